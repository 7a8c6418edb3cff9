from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import typer
from hypothesis import given, settings
from hypothesis import strategies as st

from harvester.cli.commands import app
from harvester.cli.locking import WRITING, early_lock
from harvester.config import load_config
from harvester.config_file import archive_folder
from storage.errors import UsageError
from storage.locking import hold, holder

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.harvester.cli.said import Said

COMMANDS = {name: typer.main.get_command(app).load(name) for name in WRITING}  # type: ignore[attr-defined]
WORDS = st.one_of(
    st.sampled_from(["kazpravda", "zakon", "5", "-", "--", "all", "x.warc.gz"]),
    st.sampled_from(["--all", "--json", "-q", "-v", "-qv", "-qh", "-h", "--help", "--dry-run", "--any-source", "--verbose", "--if-free"]),
    st.sampled_from(["--limit", "--limit=5", "--topic", "--topic=x", "--keep", "--since", "--revisit", "--only-given-sources"]),
    st.sampled_from(["--archive", "--archive=one", "--archive=", "--config", "--config=two.toml"]),
)


def parsed(command: str, words: list[str]) -> dict[str, Any] | None:
    """What Typer takes the words for; None where it refuses them or only shows its help."""
    try:
        return dict(COMMANDS[command].make_context(command, list(words)).params)
    except (typer.TyperException, typer.Exit):
        return None


@given(command=st.sampled_from(WRITING), words=st.lists(WORDS, max_size=7))
@settings(max_examples=300, deadline=None)
def test_the_lock_is_taken_early_only_where_typer_reads_the_same(command: str, words: list[str], tmp_path_factory: Any) -> None:
    typed = parsed(command, words)
    if typed is None:
        return
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(tmp_path_factory.getbasetemp())
        with early_lock([command, *words]) as lock:
            if lock is not None:
                assert not typed.get("dry_run")
                assert lock.directory == archive_folder(typed["archive"], typed["config"])


@pytest.mark.usefixtures("_nowhere")
@pytest.mark.parametrize(
    "words",
    [
        "crawl",
        "crawl -q --archive archive",
        "crawl kazpravda zakon --limit 20 --archive=archive --json",
        "crawl -q --if-free",
        "crawl --all --topic x --keep all -v",
        "ingest --any-source one.warc.gz --archive archive two.warc",
        "ingest --config harvester.toml -- --archive=x",
        "ingest one.warc.gz --keep all",
    ],
)
def test_the_lines_that_people_write_leave_no_doubt(words: str) -> None:
    Path("harvester.toml").write_text("")
    for name in ("one.warc.gz", "two.warc", "--archive=x"):
        Path(name).touch()
    with early_lock(words.split()) as lock:
        assert lock is not None
        assert holder(Path("archive")) is not None


@pytest.mark.parametrize(
    "words", ["", "status", "crawl --dry-run", "crawl --help", "crawl -qh", "crawl --archive", "topics rescore", "--version", "-h crawl"]
)
def test_what_writes_nothing_takes_no_lock(words: str, tmp_path: Path) -> None:
    with early_lock(words.split()) as lock:
        assert lock is None
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("flag", [None, Path("flagged")])
@pytest.mark.parametrize("variable", [None, "HARVESTER_ARCHIVE", "harvester_archive"])
@pytest.mark.parametrize("config", [None, Path("sub/own.toml")])
@pytest.mark.parametrize("text", ["", 'archive = "data"', 'archive = "/srv/data"', "archive = ''", "archive = 5", "archive ="])
def test_the_folder_is_the_one_that_the_configuration_names(
    flag: Path | None, variable: str | None, config: Path | None, text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if variable is not None:
        monkeypatch.setenv(variable, "from the environment")
    Path("sub").mkdir()
    (config or Path("harvester.toml")).write_text(text)
    try:
        expected = load_config(config, archive=flag).archive
    except UsageError:
        return
    assert archive_folder(flag, config) == expected


@pytest.mark.parametrize("arguments", [["crawl"], ["crawl", "-qv"], ["ingest", "x.warc"], ["coverage", "--enqueue"], ["topics", "rescore"]])
def test_every_command_that_writes_is_refused_while_another_does(
    harvester: Callable[..., Said], arguments: list[str], tmp_path: Path
) -> None:
    (tmp_path / "archive").mkdir()
    (tmp_path / "x.warc").touch()
    with hold(tmp_path / "archive", "crawl"):
        said = harvester(*arguments)
    assert (said.code, said.out) == (6, "")
    assert "archive is held by crawl (process" in said.err


@pytest.mark.parametrize(
    "arguments",
    [
        ["crawl", "nosuch"],
        ["crawl", "--topic", "nosuch"],
        ["ingest", "--config", "no.toml", "x"],
        ["ingest", "missing.warc.gz"],
        ["ingest", "-q", "--", "missing.warc.gz"],
        ["ingest", "/", "--any-source"],
    ],
)
def test_a_run_that_never_began_leaves_no_folder(harvester: Callable[..., Said], arguments: list[str], tmp_path: Path) -> None:
    assert harvester(*arguments, "--archive", "new/archive").code == 2
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("words", ["crawl --if-free", "crawl -q --if-free kazpravda", "crawl --if-free --json", "crawl -qv --if-free"])
def test_an_archive_that_is_held_is_no_error_where_that_is_expected(harvester: Callable[..., Said], words: str, tmp_path: Path) -> None:
    (tmp_path / "archive").mkdir()
    with hold(tmp_path / "archive", "crawl"):
        said = harvester(*words.split())
    assert (said.code, said.out, said.err) == (0, "", "")


def test_other_commands_know_no_such_option(harvester: Callable[..., Said], tmp_path: Path) -> None:
    (tmp_path / "archive").mkdir()
    with hold(tmp_path / "archive", "crawl"):
        assert harvester("ingest", "--if-free", "x.warc").code in {2, 6}
