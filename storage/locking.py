"""One run holds an archive at a time.

The lock is the kernel's (`flock`), so that a killed holder leaves none behind; the file's text only names the holder for
the message that the next one gets. Standard library only: the lock is taken before anything heavy is imported.
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
"""How often the lock file is opened anew when the run before removed it at that moment."""
_TRIES, _POLL_SECONDS = 3, 0.01
"""How often a lock is tried, and how long apart: `holder` takes it for a moment, too."""
_NAME_SECONDS = 0.5
"""How long is waited for a holder to write its name."""


@dataclass(frozen=True, slots=True)
class Lock:
    """The lock of the archive in a directory; this process has it until the block of `hold` ends."""

    directory: Path


@contextmanager
def hold(directory: Path, purpose: str) -> Iterator[Lock]:
    """Hold the archive in a directory for a purpose such as `crawl`.

    The directory is made where it is missing, and removed in the end if nothing else came into it.

    Raises:
        ArchiveBusy: another run holds it; the message names that run.
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
            with suppress(OSError):  # the folder may be gone, or its disk
                file.truncate(0)
                _remove_unused(directory, missing)


def holder(directory: Path) -> str | None:
    """Who holds the archive in a directory at this moment, in a few words; None when nobody does."""
    try:
        file = (directory / LOCK_NAME).open(encoding="utf-8")
    except OSError:
        return None
    with file:
        return None if _lock(file, fcntl.LOCK_SH) else _name_in(file)


@contextmanager
def _locked(directory: Path) -> Iterator[TextIOWrapper]:
    """The lock file, locked for the block.

    A run that stored nothing removes the file while it still has the lock. Whoever opened that file just before would lock one that
    nobody else can find, so the file is opened anew.
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
    """The lock file, made where it is missing. Raises FileNotFoundError when the directory is removed at this moment."""
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
    """Whether the file could be locked; `holder` has it for a moment, too, so it is tried a few times."""
    for attempt in range(_TRIES):
        if attempt:
            time.sleep(_POLL_SECONDS)
        with suppress(BlockingIOError):
            fcntl.flock(file, kind | fcntl.LOCK_NB)
            return True
    return False


def _name_in(file: TextIOWrapper) -> str:
    """The name that the holder wrote; one that has just taken the lock is about to write it."""
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
    """Remove the folders that were made for the lock, innermost first, where nothing but the lock file lies in them."""
    if directory in missing and [entry.name for entry in directory.iterdir()] == [LOCK_NAME]:
        (directory / LOCK_NAME).unlink()
        for folder in missing:
            folder.rmdir()


def _unusable(directory: Path, verb: str, error: OSError) -> HarvesterError:
    """The error of the system as one that a user can act on."""
    if error.errno in NO_SPACE:
        return DiskFull(f"No space left for {directory} ({error.strerror}).", "Free some space and run again.")
    hint = "Choose another folder with --archive." if verb == "made" else "Check its owner and permissions."
    return ArchiveUnusable(f"{directory} cannot be {verb}: {error.strerror}.", hint)
