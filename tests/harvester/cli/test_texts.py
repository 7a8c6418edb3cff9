from __future__ import annotations

import csv
import io
import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from rich.table import Table
from rich.text import Text

from harvester.cli.console import PlainConsole
from harvester.cli.texts import refuse_broken_texts
from storage.errors import UsageError
from storage.export.json_text import json_text
from storage.export.plain_text import plain, plain_cell

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.archives import SmallArchive
    from tests.harvester.cli.said import Said

ROOT = Path(__file__).resolve().parents[3]
HOSTILE = "Заголовок \x1b]0;pwn\x07 \x9b31m \u202eобман\u202c\u2066\x7f\u2028=1+1"
STEERING = {*map(chr, range(0x20)), *map(chr, range(0x7F, 0xA0)), *map(chr, range(0x202A, 0x202F)), *map(chr, range(0x2066, 0x206A))}
STEERING -= {"\n"}


def test_plain_text_keeps_its_lines_and_a_cell_has_one() -> None:
    assert plain("один\nдва\x1b[2J\x9b1m\x00три\u202eчетыре\u2066") == "один\nдва [2J 1m тричетыре"
    assert plain_cell("\x00=1\n2\u202e") == "=1 2"


def in_a_table(cell: str) -> Table:
    table = Table(box=None)
    table.add_column(cell)
    table.add_row(cell)
    return table


@pytest.mark.parametrize("shape", [str, Text, lambda x: Text(x, "bold"), in_a_table])
def test_whatever_is_printed_steers_no_terminal(shape: Callable[[str], object]) -> None:
    written = io.StringIO()
    PlainConsole(written).print(shape(HOSTILE))
    assert not STEERING & set(written.getvalue())
    assert "Заголовок  ]0;pwn" in written.getvalue()


@pytest.mark.parametrize(
    "command", ["search", "search --json", "search --format csv", "search --format jsonl", "export", "stories снег", "status", "show {}"]
)
def test_an_archive_of_an_older_version_steers_no_terminal(harvester: Callable[..., Said], kept: SmallArchive, command: str) -> None:
    with closing(sqlite3.connect(kept.directory / "archive.sqlite3")) as tables, tables:
        tables.execute("UPDATE extractions SET title = ?, lead = ?, section = ?", (HOSTILE, HOSTILE, HOSTILE))
        tables.execute("UPDATE sources SET name = ?", (HOSTILE,))
        tables.execute("UPDATE authors SET name = ?", (HOSTILE,))
    said = harvester(*command.format(kept.odd).split())
    assert said.code == 0
    assert not STEERING & set(said.out)
    assert not STEERING & set(said.err)


def test_a_formula_behind_control_characters_is_guarded(harvester: Callable[..., Said], kept: SmallArchive) -> None:
    with closing(sqlite3.connect(kept.directory / "archive.sqlite3")) as tables, tables:
        tables.execute("UPDATE extractions SET title = ?", ("\x00\u202e\n=HYPERLINK(1)",))
    rows = list(csv.DictReader(io.StringIO(harvester("search", "--format", "csv").out)))
    assert {row["title"] for row in rows} == {"'=HYPERLINK(1)"}


def test_json_loses_nothing() -> None:
    assert json_text({"a": "\x9b\u202e\x85é"}) == r'{"a": "\u009b\u202e\u0085é"}'


@pytest.mark.parametrize(
    ("argument", "told"),
    [("Òîê".encode("latin-1").decode("utf-8", "surrogateescape"), r"\xd2\xee\xea"), ("a\0b", r"a\x00b"), ("\ud83d!", r"\ud83d!")],
)
def test_an_argument_that_is_no_text_is_refused_in_words_that_can_be_printed(
    harvester: Callable[..., Said], argument: str, told: str
) -> None:
    for arguments in (["search", "--author", argument], ["search", argument], ["show", argument], [argument], ["ingest", argument]):
        said = harvester(*arguments)
        assert (said.code, said.out) == (2, "")
        assert told in said.err


def test_a_variable_that_is_no_text_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HARVESTER_CONTACT", os.fsdecode(b"\xd2"))
    with pytest.raises(UsageError, match=r"HARVESTER_CONTACT “\\xd2”"):
        refuse_broken_texts([])


def in_a_shell(redirection: str, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    command = ["bash", "-c", f'"$@" {redirection}', "bash", sys.executable, "-m", "harvester", *arguments]
    return subprocess.run(command, env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, timeout=60, check=False)


@pytest.mark.usefixtures("kept")
@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"])
def test_a_closed_stream_ends_nothing(closed: str) -> None:
    done = in_a_shell(closed, "status")
    assert done.returncode == 0, done.stderr
    assert b"Traceback" not in done.stderr


@pytest.mark.usefixtures("kept")
def test_what_is_opened_never_becomes_a_standard_stream(tmp_path: Path) -> None:
    done = in_a_shell("<&- >&- 2>&-", "export", "--output", str(tmp_path / "a.jsonl"))
    assert done.returncode == 0
    assert len((tmp_path / "a.jsonl").read_bytes().splitlines()) == 3
    assert (tmp_path / "archive" / "archive.sqlite3").read_bytes().startswith(b"SQLite format 3\0")


@pytest.mark.usefixtures("kept")
@pytest.mark.parametrize(
    ("redirection", "arguments", "code"),
    [
        (">/dev/full", ("--version",), 5),
        (">/dev/full", ("search", "--format", "csv"), 5),
        ("2>/dev/full", ("search", "--bogus"), 2),
        ("2>/dev/full", ("show", "nothing"), 2),
    ],
)
def test_a_full_disk_behind_a_stream_has_an_exit_code(redirection: str, arguments: tuple[str, ...], code: int) -> None:
    done = in_a_shell(redirection, *arguments)
    assert done.returncode == code, done.stderr
    assert b"Traceback" not in done.stderr + done.stdout
