"""The errors that are reported to users, and the exit code of each.

    HarvesterError            1  a bug, when nothing more precise is raised
    ├── UsageError            2  a wrong argument, query, configuration or declaration
    │   └── ArchiveUnusable   2  no archive there, not writable, or written by a newer program
    ├── SourcesFailed         3  some sources failed or broke their promise
    ├── DatabaseUnavailable   4  the database is locked or unreachable
    ├── DiskFull              5  no space left; everything acknowledged is kept
    ├── ArchiveBusy           6  another run has locked the archive
    ├── DamageFound           7  rows, WARC files and digests do not agree
    ├── RowRejected           1  the database rejects a row of one capture; the run continues
    ├── LimitReached          8  a limit ended the run
    └── EverySourceFailed     9  no source could be read

Each has a message (what happened) and a hint (what to do). Messages never contain a secret or a traceback.
"""

from __future__ import annotations

from typing import ClassVar


class HarvesterError(Exception):
    """Base class of all errors of the program.

    `message` is what happened, `hint` what to do about it (empty where nothing can be done); `str` gives both.
    `exit_code` is the exit code of a command that ends with the error.
    """

    exit_code: ClassVar[int] = 1

    def __init__(self, message: str, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message} {self.hint}".strip()


class UsageError(HarvesterError):
    """A wrong argument, query, configuration or declaration."""

    exit_code = 2


class ArchiveUnusable(UsageError):
    """The archive is missing, closed, not readable or writable, or written by another version or program."""


class SourcesFailed(HarvesterError):
    """Some sources failed or broke their promise."""

    exit_code = 3


class DatabaseUnavailable(HarvesterError):
    """The database is locked or unreachable."""

    exit_code = 4


class DiskFull(HarvesterError):
    """No space is left; everything acknowledged is kept."""

    exit_code = 5


class ArchiveBusy(HarvesterError):
    """Another run has locked the archive."""

    exit_code = 6


class DamageFound(HarvesterError):
    """Rows, WARC files and digests do not agree."""

    exit_code = 7


class RowRejected(HarvesterError):
    """The database rejects a row: it violates a constraint, or holds a value that cannot be stored.

    The error concerns one capture, not the archive.
    """


class LimitReached(HarvesterError):
    """A limit ended the run."""

    exit_code = 8


class EverySourceFailed(HarvesterError):
    """No source could be read."""

    exit_code = 9


def ends_run(error: BaseException) -> bool:
    """Return whether an error concerns the archive (locked, full, damaged), not only the current capture."""
    return isinstance(error, HarvesterError) and not isinstance(error, RowRejected)
