"""Help and completion, as a person at a shell meets them."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

import pytest
import typer.main

from harvester.cli.commands import Root, app
from harvester.cli.completion import values
from harvester.cli.examples import EXAMPLES
from harvester.cli.main import invoke
from harvester.config import Config
from harvester.config_tables import LogConfig

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.harvester.cli.said import Said


def every_command() -> dict[str, Any]:
    """All commands by their whole name."""
    found: dict[str, Any] = {}
    waiting = {"": typer.main.get_command(app)}
    while waiting:
        name, command = waiting.popitem()
        inner = getattr(command, "commands", None)
        waiting |= {f"{name} {word}".strip(): command.load(word) for word in inner or ()}
        found |= {} if inner else {name: command}
    return found


COMMANDS = every_command()


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_help_has_examples_and_names_no_type_of_python(harvester: Callable[..., Said], name: str) -> None:
    text = harvester(*name.split(), "--help").out
    assert "\nExamples:\n" in text
    assert not re.search(r"<\w|list\[|\bstr\b|\bbool\b|\[x>|<=x|range\]| \.\s| \.$", text), text
    assert max(map(len, text.partition("Examples:")[0].splitlines())) <= 100


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_an_example_is_a_command_line_that_exists(name: str) -> None:
    command = COMMANDS[name]
    known = {option for parameter in command.params for option in parameter.opts}
    for line in EXAMPLES[name]:
        words = shlex.split(line)
        assert words[: len(name.split())] == name.split()
        assert {word for word in words if re.match(r"--?[a-z]", word)} <= known
        command.make_context(name, words[len(name.split()) :], resilient_parsing=False)


def test_commands_stand_in_groups(harvester: Callable[..., Said]) -> None:
    text = harvester("--help").out
    headings = [title for title in re.findall(r"^(\w[\w ]*):$", text, re.MULTILINE) if title not in {"Options", "Examples"}]
    assert headings == ["Gather", "Read", "Declare", "Look after"]
    listed = re.findall(r"^  (\w+)  +\w", text.partition("Gather:")[2].partition("Examples:")[0], re.MULTILINE)
    assert sorted(listed) == sorted(Root.places)


def test_a_command_of_no_group_is_listed_all_the_same() -> None:
    class Few(Root):
        panels = {"Gather": ("crawl",), "Rest": ()}  # noqa: RUF012

    command = Few(name="harvester")
    formatter = typer.main.get_command(app).make_context("harvester", ["--help"], resilient_parsing=True).make_formatter()
    command.format_commands(None, formatter)
    listed = re.findall(r"^  (\w+)  +\w", formatter.getvalue(), re.MULTILINE)
    assert sorted(listed) == sorted(Root.places)


@pytest.mark.parametrize(
    ("asked", "same"),
    [
        (["help"], ["--help"]),
        (["help", "crawl"], ["crawl", "--help"]),
        (["help", "sources"], ["sources", "-h"]),
        (["help", "sources", "golden", "record"], ["sources", "golden", "record", "-h"]),
    ],
)
def test_help_is_a_command(harvester: Callable[..., Said], asked: list[str], same: list[str]) -> None:
    said = harvester(*asked)
    assert (said.code, said.out) == (0, harvester(*same).out)


def test_help_of_what_is_no_command_is_a_usage_error(harvester: Callable[..., Said]) -> None:
    said = harvester("help", "serch")
    assert (said.code, "Did you mean 'search'?" in said.err) == (2, True)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("version", "--version"),
        ("find", "search"),
        ("Stats", "status"),
        ("list", "sources list"),
        ("crwal", "crawl"),
        ("exports", "export"),
        ("sources lst", "list"),
        ("topics explian", "explain"),
        ("verification", None),
        ("nosuch", None),
        ("sources find", None),
        ("sources golden version", None),
    ],
)
def test_a_word_that_is_no_command_is_answered_with_what_is_near_or_with_nothing(
    harvester: Callable[..., Said], typed: str, meant: str | None
) -> None:
    said = harvester(*typed.split())
    assert (said.code, said.out) == (2, "")
    end = f" Did you mean '{meant}'?" if meant else ""
    assert said.err.endswith(f"No such command '{typed.rsplit(maxsplit=1)[-1]}'.{end}\n")


def test_words_that_other_programs_have_lead_to_commands_that_are_there() -> None:
    for word, meant in Root.meant.items():
        assert word not in Root.places
        assert meant.startswith("--") or meant in COMMANDS


@pytest.mark.parametrize(
    ("typed", "end"),
    [
        ("search --count", "No such option: --count. --limit 0 tells how many articles there are, and lists none."),
        ("search x --lang ru", "No such option: --lang (Possible options: --language)"),
        ("export --before 2026", "No such option: --before (Possible options: --until)"),
        ("status --before 2026", "No such option: --before"),
        ("crawl --limits 3", "No such option: --limits (Possible options: --limit)"),
        ("verify --output x", "No such option: --output"),
    ],
)
def test_an_option_that_is_not_there_is_answered_with_those_that_are_near(harvester: Callable[..., Said], typed: str, end: str) -> None:
    said = harvester(*typed.split())
    assert said.code == 2
    assert said.err.endswith(f"{end}\n")


@pytest.fixture
def completed(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Callable[..., list[str]]:
    """What bash is offered when the last of the words is being typed."""

    def complete(*words: str) -> list[str]:
        monkeypatch.setenv("_HARVESTER_COMPLETE", "complete_bash")
        monkeypatch.setenv("COMP_WORDS", "\n".join(("harvester", *map(shlex.quote, words[:-1]), words[-1])))
        monkeypatch.setenv("COMP_CWORD", str(len(words)))
        with pytest.raises(SystemExit) as left:
            invoke([])
        assert left.value.code == 0
        return capsys.readouterr().out.split()

    return complete


@pytest.mark.parametrize(
    ("words", "offered"),
    [
        (["cr"], {"crawl"}),
        (["s"], {"search", "show", "stories", "status", "sources"}),
        (["sources", "golden", ""], {"record", "diff", "accept"}),
        (["crawl", "kazp"], {"kazpravda"}),
        (["crawl", "kazpravda", "info"], {"inform"}),
        (["status", "kazp"], {"kazpravda"}),
        (["coverage", "kazp"], {"kazpravda"}),
        (["search", "референдум", "--source", "kazp"], {"kazpravda"}),
        (["sources", "show", "kazp"], {"kazpravda"}),
        (["sources", "probe", "kazp"], {"kazpravda"}),
        (["topics", "show", "con"], {"constitutional-reform"}),
        (["crawl", "--topic", "con"], {"constitutional-reform"}),
        (["export", "--topic", "con"], {"constitutional-reform"}),
        (["crawl", "--revisit", ""], {"due", "all", "none"}),
        (["crawl", "--rev"], {"--revisit"}),
        (["crawl", "nosuch"], set()),
        (["search", "--state", ""], {"live", "gone", "soft-gone", "paywalled", "blocked", "moved"}),
        (["export", "--kind", "b"], {"broadcaster"}),
        (["ingest", "--keep", ""], {"relevant", "all"}),
        (["crawl", "--log-format", "js"], {"json"}),
    ],
)
def test_the_shell_is_offered(completed: Callable[..., list[str]], words: list[str], offered: set[str]) -> None:
    assert offered <= set(completed(*words))
    assert all(word.startswith(words[-1]) for word in completed(*words))


def test_declarations_of_ones_own_are_offered_too(completed: Callable[..., list[str]], tmp_path: Path) -> None:
    for folder, name in (("given", "kazakh-one"), ("configured", "kazakh-two")):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / f"{name}.toml").write_text("", "utf-8")
    (tmp_path / "harvester.toml").write_text('sources = ["configured"]', "utf-8")
    assert {"kazakh-one", "kazakh-two", "kazpravda"} <= set(completed("crawl", "--sources", "given", "kaz"))
    assert set(completed("crawl", "--sources", "given", "--only-given-sources", "kaz")) == {"kazakh-one", "kazakh-two"}


def test_the_values_of_an_option_are_those_of_the_configuration() -> None:
    assert tuple(values("keep", "")) == get_args(Config.model_fields["keep"].annotation)
    assert tuple(values("log_format", "")) == get_args(LogConfig.model_fields["format"].annotation)


@pytest.mark.parametrize("how", ["file", "variable", "option", "config"])
def test_only_given_sources_are_offered_where_only_they_count(
    completed: Callable[..., list[str]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    (tmp_path / "etc" / "mine").mkdir(parents=True)
    (tmp_path / "etc" / "mine" / "kazakh-one.toml").touch()
    only = "only_given_sources = true\n" if how in {"file", "config"} else ""
    folder = "mine" if how == "config" else "etc/mine"
    (tmp_path / ("etc/my.toml" if how == "config" else "harvester.toml")).write_text(f'{only}sources = ["{folder}"]')
    if how == "variable":
        monkeypatch.setenv("HARVESTER_ONLY_GIVEN_SOURCES", "True")
    options = {"option": ["--only-given-sources"], "config": ["--config", "etc/my.toml"]}.get(how, [])
    assert completed("crawl", *options, "ka") == ["kazakh-one"]
    assert completed("crawl", *options, "--topic", "con") == ["constitutional-reform"]


def test_a_variable_overrides_the_file(completed: Callable[..., list[str]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "harvester.toml").write_text("only_given_sources = true")
    assert completed("crawl", "kazp") == []
    monkeypatch.setenv("HARVESTER_ONLY_GIVEN_SOURCES", "0")
    assert completed("crawl", "kazp") == ["kazpravda"]


@pytest.mark.parametrize("fault", ["sources = 3", "sources = [", "sources = [1]"])
def test_a_broken_configuration_breaks_no_completion(completed: Callable[..., list[str]], tmp_path: Path, fault: str) -> None:
    (tmp_path / "harvester.toml").write_text(fault, "utf-8")
    assert "kazpravda" in completed("crawl", "kazp")


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_script_of_every_shell_is_there(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], shell: str) -> None:
    monkeypatch.setenv("_HARVESTER_COMPLETE", f"source_{shell}")
    with pytest.raises(SystemExit) as left:
        invoke([])
    assert left.value.code == 0
    assert f"complete_{shell}" in capsys.readouterr().out


ASK_BASH = """
eval "$(harvester --show-completion)"
function=$(complete -p harvester | sed 's/.*-F \\([^ ]*\\).*/\\1/')
COMP_WORDS=(harvester crawl kazp) COMP_CWORD=2
"$function" harvester kazp crawl
echo "offered: ${COMPREPLY[*]}"
"""


@pytest.mark.skipif(shutil.which("bash") is None, reason="no bash")
def test_bash_completes_with_the_script_that_the_installed_command_shows() -> None:
    folder = Path(sys.executable).parent
    environment = {"PATH": f"{folder}{os.pathsep}{os.environ['PATH']}", "HOME": str(folder)}
    asked = subprocess.run(["bash", "--norc", "-ic", ASK_BASH], env=environment, capture_output=True, encoding="utf-8", check=False)
    assert "offered: kazpravda" in asked.stdout.splitlines(), asked.stderr
