"""Texts on their way in and out: what no text can hold comes in by no argument; what is printed steers no terminal and no table."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from storage.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

VARIABLES = "HARVESTER_"

_STEERING = {code: " " for code in (*range(0x20), *range(0x7F, 0xA0), 0x2028, 0x2029) if code != ord("\n")} | dict.fromkeys(
    (*range(0x202A, 0x202F), *range(0x2066, 0x206A))
)
"""C0 and C1 (ECMA-48), by which terminals are steered, and the separators of lines; the bidirectional overrides and isolates (UAX 9),
which show a line in another order."""


def plain(text: str) -> str:
    """The text without characters that steer a terminal; line feeds stay."""
    return text.translate(_STEERING)


def plain_cell(text: str) -> str:
    """As `plain`, and in one line: a field of a table."""
    return plain(text).replace("\n", " ").strip()


def refuse_broken_texts(arguments: Sequence[str]) -> None:
    """Refuse arguments and HARVESTER_* variables that no text can hold, before anything else sees them.

    Python hands bytes that are no UTF-8 over as lone surrogates (PEP 383), which can be neither stored nor printed. NUL ends a path.

    Raises:
        UsageError: names the argument, or the variable.
    """
    named = [("the argument", argument) for argument in arguments]
    named += [(f"the value of {name}", value) for name, value in sorted(os.environ.items()) if name.startswith(VARIABLES)]
    for name, value in named:
        if "\0" in value or any("\ud800" <= character <= "\udfff" for character in value):
            raise UsageError(f"Not in UTF-8: {name} “{_escaped(value)}”.", "Write it in UTF-8, without NUL.")


def _escaped(text: str) -> str:
    """A broken text such that it can be printed, with escapes for the bytes that are no UTF-8."""
    try:
        raw = text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:  # surrogates that stand for no byte: only a caller in this process can hand them over
        raw = text.encode("utf-8", "backslashreplace")
    return raw.decode("utf-8", "backslashreplace").replace("\0", "\\x00")
