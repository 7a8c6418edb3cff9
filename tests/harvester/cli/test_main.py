from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from harvester.cli.main import _unforeseen
from storage.archive import Archive
from storage.errors import DamageFound
from storage.locking import hold

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.archives import SmallArchive
    from tests.harvester.cli.said import Said

ROOT = Path(__file__).resolve().parents[3]


def alone(*arguments: str, stdout: int = subprocess.PIPE, **variables: str) -> subprocess.CompletedProcess[bytes]:
    """The command in a process of its own, in an environment that holds nothing but these variables."""
    command = [sys.executable, "-m", "harvester", *arguments]
    environment = {"PYTHONPATH": str(ROOT), **variables}
    return subprocess.run(command, env=environment, stdout=stdout, stderr=subprocess.PIPE, timeout=60, check=False)


@pytest.mark.parametrize("name", ["crawl", "ingest", "search", "show", "export", "status", "verify", "doctor", "sources"])
def test_every_command_has_its_help(harvester: Callable[..., Said], name: str) -> None:
    said = harvester(name, "--help")
    assert said.code == 0
    assert f"harvester {name}" in said.out


@pytest.mark.parametrize(
    "name", ["search", "show", "export", "status", "verify", "doctor", "sources list", "sources show", "sources check"]
)
def test_every_command_takes_the_common_options(harvester: Callable[..., Said], name: str) -> None:
    text = harvester(*name.split(), "--help").out
    assert all(option in text for option in ("--archive", "--config", "--json", "-q", "-v"))


def test_the_version_is_told(harvester: Callable[..., Said]) -> None:
    said = harvester("--version")
    assert said.code == 0
    assert said.out.startswith("news-harvester ")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["serch"], "Did you mean 'search'?"),
        (["search", "--lmit", "1"], "--limit"),
        (["search", "--limit", "many"], "--limit"),
        (["verify", "now"], "now"),
        (["search", "--config", "nowhere.toml"], "nowhere.toml cannot be read"),
    ],
)
def test_a_slip_is_a_usage_error_and_no_bug(harvester: Callable[..., Said], arguments: list[str], message: str) -> None:
    said = harvester(*arguments)
    assert (said.code, said.out) == (2, "")
    assert message in said.err
    assert "bug" not in said.err


def test_a_typo_in_a_variable_is_told(harvester: Callable[..., Said], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HARVESTER_ARCHIV", "x")
    said = harvester("status")
    assert said.code == 2
    assert "The nearest is HARVESTER_ARCHIVE." in said.err


def test_a_bug_leaves_with_one(capsys: pytest.CaptureFixture[str]) -> None:
    assert _unforeseen(ZeroDivisionError("by zero")) == 1
    assert "This is a bug: ZeroDivisionError: by zero." in capsys.readouterr().err


@pytest.mark.parametrize("command", [["search", "x"], ["export"], ["status"], ["verify"], ["show", "x"], ["stories"], ["coverage"]])
def test_a_missing_archive_is_named_and_not_made(harvester: Callable[..., Said], command: list[str], tmp_path: Path) -> None:
    said = harvester(*command)
    assert (said.code, said.out) == (2, "")
    assert "There is no archive in archive" in said.err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["crawl", "--topic", "nothing"], "There is no topic nothing"),
        (["crawl", "--keep", "some"], "keep"),
        (["crawl", "--sources", "nowhere"], "nowhere is not a folder"),
        (["crawl", "--config", "nowhere.toml"], "nowhere.toml cannot be read"),
        (["crawl", "--no-such-option"], "No such option"),
        (["crawl", "--limit", "-1"], "limit"),
        (["search", "x", "--since", "2026-13-45"], "since"),
        (["search", "x", "--sort", "best"], "sort"),
    ],
)
def test_a_wrong_argument_is_named(harvester: Callable[..., Said], arguments: list[str], told: str, tmp_path: Path) -> None:
    said = harvester(*arguments)
    assert (said.code, told in said.err) == (2, True)
    assert "bug" not in said.err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.usefixtures("kept")
@pytest.mark.parametrize(
    "query", ['"', "NEAR(", "*", "a OR", "col:x", "-", "^", "' OR 1=1--", "\\x00", "\x00", "и", "-конституция", "\ud800", "(" * 200]
)
def test_whatever_is_typed_is_a_query_or_a_message(harvester: Callable[..., Said], query: str) -> None:
    said = harvester("search", "--", query)
    assert said.code in {0, 2}, said.err
    assert "bug" not in said.err


@pytest.mark.usefixtures("kept")
@pytest.mark.parametrize("variables", [{}, {"LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"}, {"PYTHONIOENCODING": "ascii"}])
def test_output_is_utf8_whatever_the_environment(variables: dict[str, str]) -> None:
    found = alone("search", "--json", **variables)
    assert found.returncode == 0, found.stderr
    assert json.loads(found.stdout.decode())["articles"][0]["title"] == "Референдум назначен на лето"


@pytest.mark.usefixtures("kept")
def test_a_reader_who_leaves_early_is_no_error() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    try:
        for arguments in (["search"], ["export"]):
            left = alone(*arguments, stdout=writing)
            assert left.returncode == 0
            assert b"Traceback" not in left.stderr
    finally:
        os.close(writing)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="/dev/full is Linux's")
@pytest.mark.usefixtures("kept")
def test_a_full_disk_behind_stdout_is_told() -> None:
    with Path("/dev/full").open("wb") as full:
        for arguments in (["search", "--json"], ["export"]):
            refused = alone(*arguments, stdout=full.fileno())
            assert refused.returncode == 5
            assert b"No space left" in refused.stderr
            assert b"Traceback" not in refused.stderr


@pytest.mark.parametrize(
    ("since", "told"),
    [
        ("2999-01-01", "no day that news could be fetched of"),
        ("0025-09-01", "no day that news could be fetched of"),
        ("2025-13-01", "is not a date"),
        ("September", "is not a date"),
        ("2025-02-30", "is not a date"),
        ("", "is not a date"),
    ],
)
def test_a_backfill_needs_a_day_that_was(harvester: Callable[..., Said], tmp_path: Path, since: str, told: str) -> None:
    said = harvester("crawl", "kazpravda", "--since", since)
    assert (said.code, told in said.err) == (2, True)
    assert not (tmp_path / "archive").exists()


def lose_rows(database: Path, table: str) -> None:
    """Make a table's first page one without rows, and leave its indexes as they are (sqlite.org/fileformat2.html, section 1.6)."""
    with closing(sqlite3.connect(database, isolation_level=None)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        ((size,),) = connection.execute("PRAGMA page_size")
        ((root,),) = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = ?", [table])
    with database.open("r+b") as file:
        file.seek((root - 1) * size)
        file.write(b"\x0d\0\0\0\0" + size.to_bytes(2, "big") + b"\0")


@pytest.mark.parametrize("table", ["articles", "extractions", "captures", "outcomes", "sources", "runs", "topics"])
def test_a_damaged_database_is_never_a_bug(harvester: Callable[..., Said], kept: SmallArchive, table: str) -> None:
    lose_rows(kept.directory / "archive.sqlite3", table)
    codes = {}
    for command in ("search", "search референдум", "export", "status", "show REFORM", "stories", "coverage"):
        said = harvester(*command.split())
        codes[command] = said.code
        assert "This is a bug" not in said.err, command
        if said.code == 7:
            assert "harvester verify" in said.err
    assert set(codes.values()) <= {0, 2, 7}
    assert harvester("verify", "-q").code == 7


def test_an_error_over_sound_tables_stays_what_it_is(kept: SmallArchive) -> None:
    with Archive.opened(kept.directory) as archive:
        for _ in range(2):
            with pytest.raises(ValueError, match="ours"), archive.database.read_session():
                raise ValueError("ours")
    lose_rows(kept.directory / "archive.sqlite3", "articles")
    with (
        Archive.opened(kept.directory) as archive,
        pytest.raises(DamageFound, match=r"met as ValueError.*harvester verify"),
        archive.database.read_session(),
    ):
        raise ValueError("ours")


UNWRITABLE = '[log]\nfile = "nowhere/log"\n'


@pytest.mark.usefixtures("kept")
@pytest.mark.parametrize("command", ["status", "export", "topics rescore --dry-run", "crawl --dry-run"])
def test_a_command_that_reads_opens_no_log_file(harvester: Callable[..., Said], tmp_path: Path, command: str) -> None:
    (tmp_path / "harvester.toml").write_text(UNWRITABLE)
    assert "log" not in harvester(*command.split()).err


@pytest.mark.usefixtures("kept")
@pytest.mark.parametrize("command", ["crawl", "ingest x.warc", "topics rescore", "upgrade", "coverage --enqueue"])
def test_a_command_that_writes_refuses_a_log_file_that_cannot_be_written(
    harvester: Callable[..., Said], tmp_path: Path, command: str
) -> None:
    (tmp_path / "harvester.toml").write_text(UNWRITABLE)
    (tmp_path / "x.warc").touch()
    said = harvester(*command.split())
    assert (said.code, "nowhere/log cannot be written" in said.err) == (2, True)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["crawl", "nosuch"], "nosuch"),
        (["crawl", "--no-such-option"], "No such option"),
        (["crawl", "--existing"], "There is no archive in archive."),
        (["ingest"], "Missing argument"),
    ],
)
@pytest.mark.parametrize("by_option", [True, False])
def test_a_refusal_is_in_the_log_file_and_an_event_as_json(
    harvester: Callable[..., Said],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    arguments: list[str],
    message: str,
    by_option: bool,  # noqa: FBT001
) -> None:
    options = ["--log-file", "log", "--log-format", "json"] if by_option else []
    if not by_option:
        monkeypatch.setenv("HARVESTER_LOG__FILE", "log")
        (tmp_path / "harvester.toml").write_text('[log]\nformat = "json"\n')
    said = harvester(*arguments, *options)
    (event,) = [json.loads(line) for line in (tmp_path / "log").read_text().splitlines()]
    assert said.code == 2
    assert (event["level"], message in event["message"]) == ("ERROR", True)
    assert [json.loads(line)["message"] for line in said.err.splitlines()] == [event["message"]]


def test_a_run_that_is_refused_because_of_another_is_in_the_log_file(
    harvester: Callable[..., Said], kept: SmallArchive, tmp_path: Path
) -> None:
    with hold(kept.directory, "test"):
        assert harvester("crawl", "--log-file", "log").code == 6
        assert harvester("crawl", "--log-file", "silent", "--if-free").code == 0
    assert "ERROR archive is held by test (process " in (tmp_path / "log").read_text()
    assert not (tmp_path / "silent").exists()


@pytest.mark.parametrize("arguments", [["--existing"], ["-qv", "--existing"], ["--existing", "--archive", "empty"]])
def test_no_archive_is_begun_where_one_shall_be(harvester: Callable[..., Said], tmp_path: Path, arguments: list[str]) -> None:
    (tmp_path / "empty").mkdir()
    said = harvester("crawl", *arguments)
    assert (said.code, "There is no archive in" in said.err) == (2, True)
    assert [path.name for path in tmp_path.rglob("*")] == ["empty"]
