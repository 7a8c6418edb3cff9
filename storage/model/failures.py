"""Captures that are in a WARC file, but whose extraction or storage raised an error."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from storage.model.captures import WarcPointer

MAX_ERROR_CHARS = 300

OPEN_ATTEMPT = "open"
"""Stage of an attempt that has begun and not ended: the next run finds it if the process dies meanwhile."""

UNDECLARED = "undeclared"
"""Stage of a record whose source is not in the catalogue of the run; a run that has the source processes it.
"""

MAX_TRIES = 2
"""Attempts of one version to process a record that fails, unless a retry is requested."""


@dataclass(frozen=True, slots=True)
class Failure:
    """A stage (of the pipeline, or `settle`, `persist`, `trial`) and its error, in one printable line."""

    stage: str
    error: str

    @classmethod
    def of(cls, stage: str, error: BaseException) -> Failure:
        """Return the failure for an exception: its type and message, at most 300 characters.

        Control characters and lone surrogates are escaped.
        """
        return cls(stage, printable(f"{type(error).__name__}: {error}".rstrip(": ")))

    @property
    def reason(self) -> str:
        """The reason of the outcome `unreadable` that the capture gets."""
        return f"{self.stage}: {self.error}"


@dataclass(frozen=True, slots=True)
class FailedCapture:
    """A capture that could not be processed, the place of its record, and the number of attempts.

    `version` is the version of the program that tried last, in `run`; `first_at` and `at` are the moments of
    the first and the last attempt.
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
    """Return the text on one line, cut to `limit` characters; what cannot be printed or stored is escaped."""
    shown = " ".join(text[: 4 * limit].split())
    return "".join(x if x.isprintable() else x.encode("unicode_escape").decode("ascii") for x in shown)[:limit]
