"""Captures whose processing failed: the response is in a WARC file, but reading it or writing down what it brought threw an error."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from storage.model.captures import WarcPointer

MAX_ERROR_CHARS = 300

OPEN_ATTEMPT = "open"
"""The stage of an attempt that has begun and not ended: if the process dies meanwhile, this is what the next run finds."""

UNDECLARED = "undeclared"
"""The stage of a record whose source the catalogue of the run lacked; a run that has the source processes it."""

MAX_TRIES = 2
"""How often the same version reads a record that failed without being asked to."""


@dataclass(frozen=True, slots=True)
class Failure:
    """Where processing failed (a stage of the pipeline, `settle`, `persist`, `trial`) and the error in one printable line."""

    stage: str
    error: str

    @classmethod
    def of(cls, stage: str, error: BaseException) -> Failure:
        """Describe an exception: its type and message, at most 300 characters, control characters and lone surrogates escaped."""
        return cls(stage, printable(f"{type(error).__name__}: {error}".rstrip(": ")))

    @property
    def reason(self) -> str:
        """The reason of the outcome `unreadable` that the capture gets."""
        return f"{self.stage}: {self.error}"


@dataclass(frozen=True, slots=True)
class FailedCapture:
    """A capture that could not be processed, where its record lies, and how often that was tried.

    `version` is the version of the program that tried last, in `run`; `first_at` and `at` are the moments of the first and the last try.
    """

    place: WarcPointer
    source: str
    url: str
    failure: Failure
    version: str
    attempts: int
    run: int
    first_at: datetime
    at: datetime


def printable(text: str, limit: int = MAX_ERROR_CHARS) -> str:
    """Return the text on one line, cut to `limit` characters, with everything that cannot be printed or stored escaped."""
    shown = " ".join(text[: 4 * limit].split())
    return "".join(x if x.isprintable() else x.encode("unicode_escape").decode("ascii") for x in shown)[:limit]
