"""Standard streams: usable whatever the caller closed, in UTF-8 whatever the locale.

A stream that nobody reads any more is silenced.
"""

from __future__ import annotations

import io
import os
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from collections.abc import Iterator

_DESCRIPTORS = {"stdin": 0, "stdout": 1, "stderr": 2}


def prepare() -> None:
    """Open closed standard descriptors onto /dev/null, and make stdout and stderr write UTF-8.

    Characters that UTF-8 cannot encode are escaped, so that no output raises an error.

    A descriptor that the caller closed (`>&-`) would be given to the next file that is opened, such as a WARC
    file, and what a library prints would then be written into that file. Output to a closed stream is lost,
    as the caller wanted.
    """
    for name, descriptor in _DESCRIPTORS.items():
        try:
            os.fstat(descriptor)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # gets the lowest free number: this one, as those below it are open by now
        if getattr(sys, name) is None:
            setattr(sys, name, os.fdopen(descriptor, "r" if descriptor == 0 else "w", closefd=False))
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")  # a lone surrogate becomes its JSON escape


def silence(stream: TextIO) -> None:
    """Redirect a stream to /dev/null, together with what is still in its buffer.

    Otherwise the interpreter fails to flush the buffer when it exits.
    """
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, stream.fileno())
    os.close(nowhere)


@contextmanager
def best_effort() -> Iterator[None]:
    """Write messages to stderr in the block; if that fails, silence it: the exit code has to do."""
    try:
        yield
        sys.stderr.flush()
    except OSError:
        silence(sys.stderr)
