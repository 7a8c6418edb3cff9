"""Tables that fit the width of the terminal; days, numbers and names are never cut."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from rich.cells import cell_len
from rich.table import Table

from harvester.cli.rendering import plain

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import Console

_FOLDED = 20
"""Minimum width, in terminal cells, of a text column that is folded."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table: numbers and moments are aligned right, names and texts left.

    `folds`: whether its cells may be broken into several lines. `optional`: rank by which it is left out on a
    narrow terminal, 1 first; 0 for a column that is always shown.
    """

    heading: str
    left: bool = False
    folds: bool = False
    optional: int = 0


def print_table(console: Console, columns: Sequence[Column], rows: Sequence[Sequence[str]], *, gap: int = 2) -> str:
    """Print a table that is not wider than the console; off a terminal there is room for every table.

    To fit, in this order: headings of several words are broken, optional columns are left out, texts are
    folded.

    Args:
        console: where to print.
        columns: the columns.
        rows: rows with a cell for each column.
        gap: blanks between two columns.

    Returns:
        A note that names the columns left out; empty where none was.
    """
    shown = list(range(len(columns)))
    headings = [column.heading for column in columns]
    widths = _widths(columns, headings, rows)
    if _total(widths, shown, gap) > console.width:
        headings = [heading.replace(" ", "\n") for heading in headings]
        widths = _widths(columns, headings, rows)
    left_out = []
    for index in sorted((x for x in shown if columns[x].optional), key=lambda x: columns[x].optional):
        if _total(widths, shown, gap) <= console.width:
            break
        shown.remove(index)
        left_out.append(columns[index].heading)
    table = Table(box=None, pad_edge=False, padding=(0, gap, 0, 0))
    for index in shown:
        column = columns[index]
        table.add_column(headings[index], justify="left" if column.left else "right", no_wrap=not column.folds, overflow="fold")
    for row in rows:
        table.add_row(*(plain(row[index]) for index in shown))
    console.print(table)
    if not left_out:
        return ""
    return f"Not shown in {console.width} columns: {', '.join(left_out)}. --json has all."


def _widths(columns: Sequence[Column], headings: Sequence[str], rows: Sequence[Sequence[str]]) -> list[int]:
    """Return the width of each column in terminal cells, with texts folded where the column may be."""
    widths = []
    for index, column in enumerate(columns):
        lines = [*headings[index].split("\n"), *(plain(row[index]) for row in rows)]
        width = max(map(cell_len, lines))
        widths.append(min(width, _FOLDED) if column.folds else width)
    return widths


def _total(widths: Sequence[int], shown: Sequence[int], gap: int) -> int:
    return sum(widths[index] for index in shown) + gap * (len(shown) - 1)
