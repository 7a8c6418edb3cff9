"""Limit the time of one stage: a page that holds the interpreter for minutes ends the process.

The next run knows which page it was. Code that does not return to the interpreter (a regular expression,
libxml2) cannot be interrupted by Python, and signals are not handled meanwhile. `faulthandler` watches from a
thread of C code, which does not need the interpreter.
"""

from __future__ import annotations

import faulthandler
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

PAGE_SECONDS = 120.0
"""Maximum number of seconds for one stage of one page. The slowest pages known take a few."""

_STDERR = 2  # file descriptor


@contextmanager
def watchdog(seconds: float = PAGE_SECONDS) -> Iterator[None]:
    """End the process (exit code 1, tracebacks of all threads on stderr) if the block takes longer.

    Blocks must not be nested.
    """
    faulthandler.dump_traceback_later(seconds, exit=True, file=_STDERR)
    try:
        yield
    finally:
        faulthandler.cancel_dump_traceback_later()
