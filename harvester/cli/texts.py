"""Check that arguments and environment variables are valid text: UTF-8 without NUL.

This is done before anything else reads them.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from storage.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

VARIABLES = "HARVESTER_"


def refuse_broken_texts(arguments: Sequence[str]) -> None:
    """Check that arguments and HARVESTER_* variables are valid text, before anything else reads them.

    Python decodes bytes that are not UTF-8 as lone surrogates (PEP 383), which can be neither stored nor
    printed. NUL ends a path.

    Raises:
        UsageError: one is not valid text; the message names it.
    """
    named = [("the argument", argument) for argument in arguments]
    named += [(f"the value of {name}", value) for name, value in sorted(os.environ.items()) if name.startswith(VARIABLES)]
    for name, value in named:
        if "\0" in value or any("\ud800" <= character <= "\udfff" for character in value):
            raise UsageError(f"Not in UTF-8: {name} “{_escaped(value)}”.", "Write it in UTF-8, without NUL.")


def _escaped(text: str) -> str:
    """Return an invalid text in printable form, with escapes for bytes that are not UTF-8 and for NUL."""
    try:
        raw = text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:  # surrogates that encode no byte: only a caller in this process can pass them
        raw = text.encode("utf-8", "backslashreplace")
    return raw.decode("utf-8", "backslashreplace").replace("\0", "\\x00")
