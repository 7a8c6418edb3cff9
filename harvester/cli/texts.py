"""Arguments and variables that no text can hold (bytes that are no UTF-8, NUL) are refused before anything else sees them."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from storage.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

VARIABLES = "HARVESTER_"


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
