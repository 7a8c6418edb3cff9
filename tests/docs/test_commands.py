"""What the documentation shows is run over the demonstration archive: commands, recipes, the picture of the terminal."""

from __future__ import annotations

import fcntl
import os
import re
import shlex
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest
import typer.main

from harvester.catalogue.loader import load_catalogue
from harvester.catalogue.topic_folders import topics_named
from harvester.cli.commands import app
from harvester.cli.main import invoke
from harvester.config import load_config
from tests.docs.picture import COMMAND, PICTURE, picture
from tests.site.archive import HOMES, write_demonstration
from tests.site.server import PORTS, Newsroom

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted(str(x.relative_to(ROOT)) for x in [*ROOT.glob("docs/**/*.md"), ROOT / "README.md", ROOT / "CONTRIBUTING.md"])
RECIPES = "docs/recipes.md"
ASKS_SITES = {("crawl",): "--dry-run"}
"""Commands that ask sites, with the option that makes them ask none."""
NOT_RUN = re.compile(
    r"make\b|python3? -m (venv|tests\.site)|\.venv/bin/(pip|python) |cd |alias "
    r"|pip install |apt-get |SCRAPY_SETTINGS_MODULE=\S+ scrapy |sqlite3 |rsync "
)
"""Other programs that install, serve until they are interrupted, or copy an archive: `make ci` and other tests do what is ours."""
RUN_AS_WRITTEN = re.compile(r"(mkdir bag|find|sed|printf) ")
"""Shell lines of other programs that stay in the working directory."""
PARSED = {
    "doctor --network": "asks a name server",
    "sources new ": "asks a site",
    "sources probe ": "asks a site",
    "sources golden record ": "asks a site",
    "sources golden diff SOURCE": "SOURCE is an operand of the reader's",
    "sources golden accept SOURCE": "SOURCE is an operand of the reader's",
    "sources check --sources my-sources": "the folder is the reader's; its declarations are loaded from their blocks",
    "crawl palace-press ": "the source is the reader's",
    "crawl -q --if-free --log-file /var/log": "writes outside of the working directory",
    "verify --deep --sources declarations": "the folder is the reader's",
    "verify --archive /backup/": "the copy is the reader's",
    "search --limit 1 --archive /backup/": "the copy is the reader's",
    "schedule --minutes 60 --archive /srv/": "the archive is the reader's",
    "show 8ec68b2837ec52fbeaef --revision 1 --html": "writes bytes of windows-1251; tests/harvester/cli/test_show.py runs it",
    "coverage kazpravda --since 2026-02-01 --enqueue": "other lines of the page run it without the option",
}
"""Beginnings of command lines that are parsed with their options and not run, with the reason."""
CHECKED = {
    "sh": "run, or parsed, line by line",
    "cron": "the command is parsed",
    "toml": "loaded as configuration, source or topic",
    "python": "run, or loaded beside a declaration",
    "json": "compared with the schema in test_docs",
}
"""How a block of a language is checked."""
NOT_CHECKED = {
    (RECIPES, "library(jsonlite)"): "R is not installed with the test tools",
    (RECIPES, "datasette serve --immutable archive/archive.sqlite3"): "serves until it is interrupted",
    (RECIPES, "wb-manager init reform && wb-manager add reform archive/warc/*.warc.gz && wayback"): "serves until it is interrupted",
    ("docs/add-a-source.md", "looks right"): "what a command prints: tests/end_to_end/test_add_a_source.py",
    (
        "docs/add-a-source.md",
        "expect   = { per_day = [5, 80], dated = 0.98, byline = 0.5, body_chars = 200, in_scope = 0.01, silence_days = 3 }",
    ): ("a part of a declaration; test_docs holds its keys to the code"),
    (
        "README.md",
        " harvester/   reaches out, and opens the doors    which sources · what is due · fetch · capture · commands",
    ): "a drawing",
    ("docs/look-after.md", "/var/log/harvester.log {"): "a configuration of logrotate, which is not installed with the test tools",
    ("docs/look-after.md", "FROM python:3.12-slim"): "an image is built from a registry",
    ("docs/monitoring.md", "broken  kazpravda:"): "what a command prints: tests/harvester/cli/test_status.py",
    ("docs/monitoring.md", "failed  kazpravda:"): "what a command prints: tests/end_to_end/test_failures.py",
    ("docs/monitoring.md", "severny-vestnik: the selector for body"): "what a run says: tests/end_to_end/test_drift.py",
    ("docs/operate.md", "2026-11-29 00:56:16+05:00 WARNING"): "a line of a log",
}
"""Blocks that no test runs or loads, by page and beginning of the first line, with the reason."""


@pytest.fixture(scope="session")
def demonstration(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The demonstration archive, built once for all workers."""
    base = tmp_path_factory.getbasetemp()
    place = (base.parent if os.environ.get("PYTEST_XDIST_WORKER") else base) / "demonstration"
    with (place.parent / "demonstration.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not place.exists():
            place.mkdir()
            command = [sys.executable, "-m", "harvester", *write_demonstration(place)]
            subprocess.run(command, cwd=place, env={"PYTHONPATH": str(ROOT)}, check=True)
    return place


@pytest.fixture
def place(demonstration: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of it as the working directory."""
    copy = tmp_path / "demo"
    shutil.copytree(demonstration, copy)
    monkeypatch.chdir(copy)
    for name in [x for x in os.environ if x.startswith("HARVESTER_")]:
        monkeypatch.delenv(name)
    return copy


def blocks(name: str, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", (ROOT / name).read_text("utf-8"), re.MULTILINE | re.DOTALL)


def command_lines(name: str) -> list[str]:
    """The lines of all shell blocks of a page, comments and continued lines undone."""
    text = "\n".join(blocks(name, "sh")).replace("\\\n", " ")
    return [line.strip() for line in text.splitlines() if line.strip() and not line.startswith("#")]


def call_of(line: str) -> list[str] | None:
    """The arguments of `harvester` in a line; None where it is another program."""
    words = shlex.split(line, comments=True)
    for sign in (">", "|"):
        if sign in words:
            words = words[: words.index(sign)]
    if not words or Path(words[0]).name != "harvester":
        return None
    arguments = words[1:]
    for command, option in ASKS_SITES.items():
        if tuple(arguments[: len(command)]) == command and option not in arguments:
            arguments.append(option)
    return arguments


def parse(arguments: list[str]) -> None:
    """Parse the arguments of a command with its options, and do not run it."""
    root = typer.main.get_command(app)
    with root.make_context("harvester", list(arguments)) as context:
        command, words = root, [*context._protected_args, *context.args]
        while hasattr(command, "load"):
            _, command, words = command.resolve_command(context, words)
    with command.make_context("command", list(words)):
        pass


def prepare(name: str) -> None:
    """Write the files that a page's commands name and that its reader has written: what its blocks hold."""
    for block in blocks(name, "toml"):
        if "[terms." in block:
            Path("my-topics").mkdir()
            Path("my-topics/water.toml").write_text(block, "utf-8")


def fences(name: str) -> list[tuple[str, str]]:
    """The language and the first line of every fenced block of a page."""
    found, inside = [], False
    lines = (ROOT / name).read_text("utf-8").splitlines()
    for number, line in enumerate(lines):
        if line.startswith("```"):
            if not inside:
                found.append((line.strip("`").strip(), lines[number + 1]))
            inside = not inside
    assert not inside, f"{name}: a block is not closed"
    return found


def test_every_block_of_every_page_is_checked_or_listed_with_a_reason() -> None:
    met = {(name, first): language for name in PAGES for language, first in fences(name)}
    assert [place for place, language in met.items() if not language] == [], "a block without a language"
    unlisted = {place for place, language in met.items() if language not in CHECKED}
    listed = {place for place in unlisted if any(place[0] == page and place[1].startswith(first) for page, first in NOT_CHECKED)}
    assert unlisted - listed == set()
    assert [x for x in NOT_CHECKED if not any(place[0] == x[0] and place[1].startswith(x[1]) for place in unlisted)] == []


@pytest.mark.parametrize("name", PAGES)
def test_no_block_is_indented_instead_of_fenced(name: str) -> None:
    outside = re.sub(r"^```.*?^```$", "", (ROOT / name).read_text("utf-8"), flags=re.MULTILINE | re.DOTALL)
    assert re.findall(r"(?<=\n\n) {4}\S.*", outside) == []


@pytest.mark.parametrize("name", [x for x in PAGES if x != RECIPES and command_lines(x)])
@pytest.mark.usefixtures("place")
def test_every_command_that_is_shown_runs(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    failed = {}
    prepare(name)
    for line in command_lines(name):
        arguments = call_of(line)
        if RUN_AS_WRITTEN.match(line):
            subprocess.run(line, shell=True, check=True)
        elif arguments is None:
            assert all(NOT_RUN.match(part.strip()) or "harvester " in part for part in line.split("&&")), f"{line}: who runs this?"
        elif any(" ".join(arguments).startswith(words) for words in PARSED):
            parse(arguments)
        elif code := invoke(arguments):
            failed[line] = f"{code}: {capsys.readouterr().err[-300:]}"
    assert failed == {}


@pytest.mark.usefixtures("place")
def test_what_the_first_page_asks_the_demonstration_has_an_answer(capsys: pytest.CaptureFixture[str]) -> None:
    """Lines that name a source of the real catalogue aside, as the page says."""
    shown = [call_of(line) or [] for line in command_lines("docs/start.md")]
    asking = [x for x in shown if x[:1] in (["search"], ["show"], ["stories"]) and "--html" not in x]
    read = [x for x in asking if not {"kazpravda", "inform"} & {*x}]
    assert len(read) >= 12
    for arguments in read:
        invoke(arguments)
        assert capsys.readouterr().out, arguments


def test_the_demonstration_has_the_addresses_by_which_it_is_documented() -> None:
    """Ids are made of addresses: `make demo` serves where the archive of this test pretends to have been."""
    with Newsroom(PORTS) as newsroom:
        free = {outlet: home for outlet, home in HOMES.items() if newsroom.home(outlet) == home}
    assert free, "no port of the three is free, or `make demo` serves elsewhere"


def test_what_is_only_parsed_stands_on_a_page() -> None:
    shown = [" ".join(call_of(line) or ()) for name in PAGES for line in command_lines(name)]
    assert [words for words in PARSED if not any(line.startswith(words) for line in shown)] == []


@pytest.mark.parametrize("words", [["crawl", "--nosuch"], ["verify", "one", "two"], ["crawl", "--limit", "many"], ["nosuch"]])
def test_a_wrong_command_line_is_not_parsed(words: list[str]) -> None:
    with pytest.raises(typer.TyperException):
        parse(words)


def test_every_line_of_a_crontab_calls_a_command_that_exists() -> None:
    lines = [line for name in PAGES for block in blocks(name, "cron") for line in block.splitlines()]
    assert len(lines) >= 3
    for line in lines:
        assert re.match(r"([\d*/,-]+ +){5}cd \S+ && ", line), line
        arguments = call_of(line.rpartition("&& ")[2])
        assert arguments is not None, line
        parse([word for word in arguments if word != "--dry-run"])


@pytest.mark.parametrize("name", [x for x in PAGES if blocks(x, "toml")])
def test_every_toml_block_is_loaded_as_what_it_is(name: str, tmp_path: Path) -> None:
    for number, block in enumerate(blocks(name, "toml")):
        folder = tmp_path / str(number)
        folder.mkdir()
        (folder / "harvester.toml").write_text(block, "utf-8")
        if "home " in block:
            (folder / "harvester.toml").rename(folder / "shown.toml")
            assert load_catalogue([folder], builtin=False).get("shown").source.name
        elif "[terms." in block:
            (folder / "harvester.toml").rename(folder / "shown.toml")
            assert topics_named(["shown"], [folder])
        else:
            load_config(folder / "harvester.toml")


@pytest.mark.usefixtures("place")
def test_the_python_of_the_api_page_runs() -> None:
    for block in blocks("docs/api.md", "python"):
        exec(compile(block, "docs/api.md", "exec"), {"__name__": "shown"})
    others = {name for name in PAGES if blocks(name, "python")} - {"docs/api.md", RECIPES}
    assert others == {"docs/add-a-source.md"}, "test_docs loads that one beside its declaration"


def test_the_picture_of_the_terminal_is_todays(place: Path) -> None:
    assert PICTURE.read_text("utf-8") == picture(place), f"commands print something else now: {COMMAND}"


def requirements(block: str) -> list[str]:
    """The packages that a Python block imports and that are not there."""
    names = re.findall(r"^(?:import|from) (\w+)", block, re.MULTILINE)
    return [name for name in names if find_spec(name) is None]


@pytest.mark.usefixtures("place")
@pytest.mark.parametrize("number", range(len(blocks("docs/recipes.md", "python"))))
def test_a_python_recipe_runs(number: int) -> None:
    block = blocks("docs/recipes.md", "python")[number]
    if missing := requirements(block):
        pytest.skip(f"not installed: {', '.join(missing)}")
    for chosen in ([], ["--limit", "1"]):  # one article alone has no cluster: columns that are null in every row
        for made in ("corpus.jsonl", "corpus.csv"):
            assert invoke(["export", *chosen, "--output", made, "--force", "-q"]) == 0
        exec(compile(block, f"docs/recipes.md, Python block {number + 1}", "exec"), {"__name__": "recipe"})


@pytest.mark.parametrize("number", range(len(blocks("docs/recipes.md", "sh"))))
def test_a_shell_recipe_runs(place: Path, number: int, capfd: pytest.CaptureFixture[str]) -> None:
    """Each line in its turn; a block whose programs are not all installed is not run."""
    block = blocks("docs/recipes.md", "sh")[number]
    lines = [line for line in block.replace("\\\n", " ").splitlines() if line.strip() and not line.startswith("#")]
    programs = {shlex.split(line, comments=True)[0] for line in lines} - {"harvester"}
    if missing := sorted(program for program in programs if shutil.which(program) is None):
        pytest.skip(f"not installed: {', '.join(missing)}")
    for line in lines:
        arguments = call_of(line)
        code = subprocess.run(line, shell=True, cwd=place, check=False).returncode if arguments is None else invoke(arguments)
        assert code == 0, f"{line}: {capfd.readouterr().err}"
