"""The console of every command: plain text, whole lines."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.console import Console

if TYPE_CHECKING:
    from typing import TextIO

WIDE = 1000
"""Columns of what is no terminal."""


class PlainConsole(Console):
    """A console that prints what it is given: no markup, no emoji names, no lines broken.

    Tables keep their width where there is no terminal to fit.
    """

    def __init__(self, file: TextIO) -> None:
        width = None if file.isatty() else WIDE
        super().__init__(file=file, soft_wrap=True, highlight=False, markup=False, emoji=False, width=width)

    def on_broken_pipe(self) -> None:
        """Raise what happened, where rich would leave with the exit code of a bug."""
        raise BrokenPipeError
