"""Console of all commands: plain text without terminal control codes, lines broken between words."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from rich.cells import cell_len
from rich.console import Console
from rich.segment import Segment
from rich.text import Text

from storage.export.plain_text import plain

if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any, TextIO

    from rich.console import ConsoleOptions, RenderableType

WIDE = 1000
"""Width, in columns, of output that is no terminal."""

_WORD = re.compile(r"[ \t]*[^ \t]+")  # a no-break space does not separate words


class PlainConsole(Console):
    """A console that prints text literally: no markup, no emoji names, no control codes from the text.

    On a terminal, lines are broken between words. Elsewhere they are not broken, for programs that read
    lines, and tables keep their width.
    """

    def __init__(self, file: TextIO) -> None:
        self._breaks_lines = file.isatty()
        width = None if self._breaks_lines else WIDE
        super().__init__(file=file, soft_wrap=True, highlight=False, markup=False, emoji=False, width=width)

    def print(self, *objects: Any, **options: Any) -> None:
        """Print as rich does; on a terminal, lines of a text are broken between words."""
        fitted = map(self._fitted, objects) if self._breaks_lines else objects
        super().print(*fitted, **options)

    def _fitted(self, printed: Any) -> Any:
        if isinstance(printed, str):
            printed = Text(printed)
        return broken(printed, self.width) if isinstance(printed, Text) else printed

    def render(self, renderable: RenderableType, options: ConsoleOptions | None = None) -> Iterable[Segment]:
        """Yield the segments to write, each without control characters.

        Control segments, by which the console itself controls the terminal, are kept.
        """
        for piece in super().render(renderable, options):
            yield piece if piece.control else Segment(plain(piece.text), piece.style)

    def on_broken_pipe(self) -> None:
        """Raise the error that occurred; rich would exit with the exit code of a bug.

        Raises:
            BrokenPipeError: always.
        """
        raise BrokenPipeError


def broken(text: Text, width: int) -> Text:
    """Return a text whose lines are broken between words where they are wider than `width` columns.

    Continuation lines are indented like the line that they continue. A wider word (a URL, a digest) stays
    whole, for copying.
    """
    lines = []
    for line in text.split("\n", allow_blank=True):
        first, *others = line.divide(_breaks(line.plain, width))
        indented = [Text(_indent(line.plain)).append_text(other) for other in others]
        lines += [first, *indented]
    for line in lines[:-1]:
        line.rstrip()
    return Text("\n").join(lines)


def _indent(line: str) -> str:
    return line[: len(line) - len(line.lstrip(" "))]


def _breaks(line: str, width: int) -> list[int]:
    """Return the offsets, in characters, of the words that begin a new line."""
    places, column = [], 0
    for word in _WORD.finditer(line):
        begins = word.end() - len(word[0].lstrip(" \t"))
        if word.start() and column + cell_len(word[0]) > width:
            places.append(begins)
            column = len(_indent(line)) + cell_len(line[begins : word.end()])
        else:
            column += cell_len(word[0])
    return places
