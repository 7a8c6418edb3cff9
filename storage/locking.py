"""Archive lock: one run holds an archive at a time.

The lock is the kernel's (`flock`), so a killed holder leaves none behind. The text of the lock file only
names the holder, for the error message of the next run. Standard library only: the lock is taken before
anything heavy is imported.
"""

from __future__ import annotations

import fcntl
import os
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from storage.atomic_files import NO_SPACE, is_at
from storage.errors import ArchiveBusy, ArchiveUnusable, DiskFull, HarvesterError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from io import TextIOWrapper
    from pathlib import Path

LOCK_NAME = ".lock"

_REOPENINGS = 100
"""Attempts to open the lock file, which an ending run may remove at the same moment."""
_TRIES, _POLL_SECONDS = 3, 0.01
"""Attempts to take a lock, and seconds between them: `holder` takes it for a moment, too."""
_NAME_SECONDS = 0.5
"""Seconds to wait for the holder to write its name into the lock file."""


@dataclass(frozen=True, slots=True)
class Lock:
    """The lock on the archive in a directory, held by this process until the block of `hold` ends."""

    directory: Path


@contextmanager
def hold(directory: Path, purpose: str) -> Iterator[Lock]:
    """Hold the lock of the archive in a directory for a purpose such as `crawl`.

    A missing directory is made, and removed at the end if nothing but the lock file was created in it.

    Raises:
        ArchiveBusy: another run holds the lock; the message names that run.
        ArchiveUnusable: the directory cannot be made or written, or its file system has no locks.
        DiskFull: there is no space for the lock file.
    """
    missing = [folder for folder in (directory, *directory.parents) if not os.path.exists(folder)]  # noqa: PTH110  Path's raises
    with _locked(directory) as file:
        try:
            file.truncate(0)
            file.write(f"{purpose} (process {os.getpid()}, since {datetime.now(UTC):%Y-%m-%d %H:%M:%S} UTC)\n")
            file.flush()
        except OSError as error:
            raise _unusable(directory, "written", error) from error
        try:
            yield Lock(directory)
        finally:
            with suppress(OSError):  # the directory, or its disk, may be gone
                file.truncate(0)
                _remove_unused(directory, missing)


def holder(directory: Path) -> str | None:
    """Return a short description of the run that holds the archive at this moment; None when none does."""
    try:
        file = (directory / LOCK_NAME).open(encoding="utf-8")
    except OSError:
        return None
    with file:
        return None if _lock(file, fcntl.LOCK_SH) else _name_in(file)


@contextmanager
def _locked(directory: Path) -> Iterator[TextIOWrapper]:
    """Open the lock file and hold an exclusive lock on it for the block.

    A run that stored nothing removes the file while it still holds the lock. A process that opened that file
    just before would lock a file without a name, so the file is opened again.

    Raises:
        ArchiveBusy: another run holds the lock, or the file was removed each of `_REOPENINGS` times.
        ArchiveUnusable: the file cannot be made, written or locked.
        DiskFull: there is no space for it.
    """
    for _ in range(_REOPENINGS):
        try:
            file = _opened(directory)
        except FileNotFoundError:
            continue
        with file:
            try:
                free = _lock(file, fcntl.LOCK_EX)
            except OSError as error:
                raise _unusable(directory, "locked", error) from error
            if not free:
                raise ArchiveBusy(f"{directory} is held by {_name_in(file)}.", "Wait for it to end, or use another --archive.")
            if is_at(directory / LOCK_NAME, file):
                yield file
                return
    raise ArchiveBusy(f"{directory} is held by runs that come and go.", "Run again.")


def _opened(directory: Path) -> TextIOWrapper:
    """Open the lock file, making the directory and the file where they are missing.

    Raises:
        FileNotFoundError: the directory is removed at this moment.
        ArchiveUnusable: the directory or the file cannot be made or written.
        DiskFull: there is no space for it.
    """
    try:
        directory.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise _unusable(directory, "made", error) from error
    try:
        return (directory / LOCK_NAME).open("a+", encoding="utf-8")
    except FileNotFoundError:
        raise
    except OSError as error:
        raise _unusable(directory, "written", error) from error


def _lock(file: TextIOWrapper, kind: int) -> bool:
    """Return whether the file could be locked, in several attempts: `holder` locks it for a moment, too."""
    for attempt in range(_TRIES):
        if attempt:
            time.sleep(_POLL_SECONDS)
        with suppress(BlockingIOError):
            fcntl.flock(file, kind | fcntl.LOCK_NB)
            return True
    return False


def _name_in(file: TextIOWrapper) -> str:
    """Return the description written by the holder; waits for a holder that has just taken the lock."""
    until = time.monotonic() + _NAME_SECONDS
    while True:
        file.seek(0)
        line = file.readline()
        if line.endswith("\n"):
            return line.strip()
        if time.monotonic() > until:
            return "another run"
        time.sleep(_POLL_SECONDS)


def _remove_unused(directory: Path, missing: Sequence[Path]) -> None:
    """Remove the directories made for the lock, innermost first, if they hold nothing but the lock file."""
    if directory in missing and [entry.name for entry in directory.iterdir()] == [LOCK_NAME]:
        (directory / LOCK_NAME).unlink()
        for folder in missing:
            folder.rmdir()


def _unusable(directory: Path, verb: str, error: OSError) -> HarvesterError:
    """Return an error with a hint for the user in place of an OSError."""
    if error.errno in NO_SPACE:
        return DiskFull(f"No space left for {directory} ({error.strerror}).", "Free some space and run again.")
    hint = "Choose another folder with --archive." if verb == "made" else "Check its owner and permissions."
    return ArchiveUnusable(f"{directory} cannot be {verb}: {error.strerror}.", hint)
