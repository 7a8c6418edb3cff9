"""What tables show in terminals of several widths: nothing that cannot be read from a part of it is cut."""

from __future__ import annotations

import io
import os
import pty
import re
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from rich.cells import cell_len
from rich.console import Console

from harvester.cli.coverage import _COLUMNS as COUNTED
from harvester.cli.tables import Column, print_table

if TYPE_CHECKING:
    from tests.archives import SmallArchive

COLUMNS = [
    Column("host", left=True, folds=True),
    Column("first seen", optional=2),
    Column("no answer", optional=1),
    Column("size"),
]
ROWS = [["www.thehindubusinessline.com", "2026-02-11", "7", "1048576"], ["жаңа.қаз", "2025-12-31", "12", "3"]]


def printed(width: int, columns: list[Column] = COLUMNS, rows: list[list[str]] = ROWS) -> tuple[list[str], str]:
    """The lines of a table in a terminal of this width, and the note under it."""
    shown = io.StringIO()
    note = print_table(Console(file=shown, force_terminal=True, color_system=None, width=width), columns, rows)
    return shown.getvalue().splitlines(), note


@pytest.mark.parametrize(
    ("width", "headings", "left_out"),
    [
        (80, "host first seen no answer size", ""),
        (50, "first no host seen answer size", ""),
        (44, "first host seen size", "no answer"),
        (30, "host size", "no answer, first seen"),
    ],
)
def test_a_narrow_terminal_leaves_whole_columns_out_and_says_which(width: int, headings: str, left_out: str) -> None:
    lines, note = printed(width)
    assert " ".join(" ".join(lines).split()).startswith(headings)
    assert max(map(cell_len, lines)) <= width
    assert note == (f"Not shown in {width} columns: {left_out}. --json has all." if left_out else "")


@pytest.mark.parametrize("width", [30, 44, 50, 80, 1000])
def test_numbers_and_days_are_whole_and_a_text_is_folded(width: int) -> None:
    lines, note = printed(width)
    text = "\n".join(lines)
    assert "1048576" in text
    assert ("2026-02-11" in text) == ("first seen" not in note)
    assert "…" not in text
    assert "www.thehindubusinessline.com" in "".join(line.split()[0] for line in lines if not line.startswith(" "))


def test_the_days_of_coverage_are_whole_in_eighty_columns() -> None:
    rows = [["severny-vestnik", f"2026-02-{day:02}", "120", "90", "20", "4", "3", "3"] for day in range(1, 29)]
    lines, note = printed(80, [Column("source", left=True, folds=True), *map(Column, ("day", *COUNTED))], rows)
    assert [line.split()[1] for line in lines[-28:]] == [row[1] for row in rows]
    assert note == ""


_STYLES = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|\r")
"""Control sequences of a terminal, and the half of its line ends."""

IN_A_TERMINAL = """
import sys, termios
from harvester.cli.main import invoke
for words in (["status"], ["config"], ["sources", "list"], ["topics", "list"]):
    for width in (80, 120):
        termios.tcsetwinsize(1, (24, width))
        print(f"== {words[0]} {width}", flush=True)
        invoke(words)
print("== export 0", flush=True)
invoke(["export"])
"""


@pytest.mark.usefixtures("kept")
def test_what_commands_print_into_a_terminal_fits_it(kept: SmallArchive) -> None:
    ours, theirs = pty.openpty()
    environment = {"PATH": os.environ["PATH"], "PYTHONPATH": os.pathsep.join(sys.path), "TERM": "xterm"}
    command = [sys.executable, "-c", IN_A_TERMINAL]
    process = subprocess.Popen(command, stdin=theirs, stdout=theirs, stderr=theirs, env=environment, cwd=kept.directory.parent)
    os.close(theirs)
    screens: dict[tuple[str, str], list[str]] = {}
    for line in _STYLES.sub("", _read(ours)).splitlines():
        if line.startswith("== "):
            _, command_, width = line.split()
            screens[command_, width] = lines = []
        else:
            lines.append(line)
    assert process.wait(30) == 0
    *rows, amount, hint = screens.pop(("export", "0"))
    assert (len(rows), amount[:11], hint[:28]) == (3, "3 articles,", "--output corpus.jsonl writes")
    for (_, width), lines in screens.items():
        assert [line for line in lines if cell_len(line) > int(width) and not line.startswith("disk: ")] == []
        assert not [line for line in lines if "…" in line]
    for width, headings in (("80", 9), ("120", 12)):
        header, qala, vestnik = screens["status", width][2:5]
        assert len(header.split()) == headings
        assert qala.split()[:3] == ["qala", "1", "2026-03-02"]
        assert vestnik.split()[:3] == ["vestnik", "2", "2026-03-03"]


def _read(terminal: int) -> str:
    """All that is written to a pseudo-terminal until its last writer leaves (on Linux, reading then fails with EIO)."""
    read = bytearray()
    while True:
        try:
            part = os.read(terminal, 65_536)
        except OSError:
            part = b""
        if not part:
            os.close(terminal)
            return read.decode()
        read += part
