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

from harvester.cli.main import invoke
from tests.docs.picture import COMMAND, PICTURE, picture
from tests.site.archive import write_demonstration

ROOT = Path(__file__).resolve().parents[2]
PAGES = ("README.md", "docs/start.md")
ASKS_SITES = {("crawl",): "--dry-run"}
"""Commands that ask sites, with the option that makes them ask none."""
NOT_RUN = re.compile(r"make |python3? -m (venv|tests\.site)|\.venv/bin/(pip|python) |cd |alias ")
"""What installs, or serves until it is interrupted: `make ci` and other tests do."""


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
    if ">" in words:
        words = words[: words.index(">")]
    if not words or Path(words[0]).name != "harvester":
        return None
    arguments = words[1:]
    for command, option in ASKS_SITES.items():
        if tuple(arguments[: len(command)]) == command and option not in arguments:
            arguments.append(option)
    return arguments


@pytest.mark.parametrize("name", PAGES)
@pytest.mark.usefixtures("place")
def test_every_command_that_is_shown_runs(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    ran, failed = 0, {}
    for line in command_lines(name):
        arguments = call_of(line)
        if arguments is None:
            assert all(NOT_RUN.match(part.strip()) or "harvester " in part for part in line.split("&&")), f"{line}: who runs this?"
            continue
        code = invoke(arguments)
        said = capsys.readouterr()
        ran += 1
        if code:
            failed[line] = f"{code}: {said.err[-300:]}"
    assert failed == {}
    assert ran >= 5


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
    for made in ("corpus.jsonl", "corpus.csv"):
        assert invoke(["export", "--output", made, "--force", "-q"]) == 0
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
