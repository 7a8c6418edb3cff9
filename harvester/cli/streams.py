"""The standard streams: there whatever the caller closed, in UTF-8 whatever the locale, and silent once nobody reads them."""

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
    """Open closed standard descriptors onto /dev/null, and write UTF-8 that is never refused.

    A descriptor that its caller closed (`>&-`) would be given to the next file that is opened, such as a WARC file, and whatever
    a library prints would then be written into that. What goes to a closed stream is lost, as its caller wished.
    """
    for name, descriptor in _DESCRIPTORS.items():
        try:
            os.fstat(descriptor)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # the lowest number that is free: this one, as those below it are open by now
        if getattr(sys, name) is None:
            setattr(sys, name, os.fdopen(descriptor, "r" if descriptor == 0 else "w", closefd=False))
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(encoding="utf-8", errors="backslashreplace")  # in JSON, that is how a lone surrogate is written


def silence(stream: TextIO) -> None:
    """Let what is still in a stream's buffer go nowhere, or the interpreter stumbles over it at its end."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, stream.fileno())
    os.close(nowhere)


@contextmanager
def best_effort() -> Iterator[None]:
    """Write messages to stderr in the block; where that fails, the exit code has to do."""
    try:
        yield
        sys.stderr.flush()
    except OSError:
        silence(sys.stderr)
