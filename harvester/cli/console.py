"""The console of every command: plain text, whole lines, nothing that steers a terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.console import Console
from rich.segment import Segment

from storage.export.plain_text import plain

if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import TextIO

    from rich.console import ConsoleOptions, RenderableType

WIDE = 1000
"""Columns of what is no terminal."""


class PlainConsole(Console):
    """A console that prints what it is given: no markup, no emoji names, no lines broken, and no text that steers a terminal.

    Tables keep their width where there is no terminal to fit.
    """

    def __init__(self, file: TextIO) -> None:
        width = None if file.isatty() else WIDE
        super().__init__(file=file, soft_wrap=True, highlight=False, markup=False, emoji=False, width=width)

    def render(self, renderable: RenderableType, options: ConsoleOptions | None = None) -> Iterable[Segment]:
        """The pieces to write, each without control characters, but for those by which the console itself steers the terminal."""
        for piece in super().render(renderable, options):
            yield piece if piece.control else Segment(plain(piece.text), piece.style)

    def on_broken_pipe(self) -> None:
        """Raise what happened, where rich would leave with the exit code of a bug."""
        raise BrokenPipeError
