"""One run holds an archive at a time.

The lock is the kernel's (`flock`), so that a killed holder leaves none behind; the file's text only names the holder for
the message that the next one gets.
"""

from __future__ import annotations

import fcntl
import os
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from storage.errors import ArchiveBusy, ArchiveUnusable

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

LOCK_NAME = ".lock"


@contextmanager
def hold(directory: Path, purpose: str) -> Iterator[None]:
    """Hold the archive in a directory for a purpose such as `crawl`.

    Raises:
        ArchiveBusy: another run holds it; the message names that run.
        ArchiveUnusable: the directory cannot be written.
    """
    try:
        file = (directory / LOCK_NAME).open("a+", encoding="utf-8")
    except OSError as error:
        raise ArchiveUnusable(f"{directory} cannot be written: {error.strerror}.", "Check its owner and permissions.") from error
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            file.seek(0)
            holder = file.readline().strip() or "another run"
            raise ArchiveBusy(f"{directory} is held by {holder}.", "Wait for it to end, or use another --archive.") from error
        file.seek(0)
        file.truncate()
        file.write(f"{purpose} (process {os.getpid()}, since {datetime.now(UTC):%Y-%m-%d %H:%M:%S} UTC)\n")
        file.flush()
        yield


def holder(directory: Path) -> str | None:
    """Who holds the archive in a directory at this moment, in a few words; None when nobody does."""
    try:
        file = (directory / LOCK_NAME).open(encoding="utf-8")
    except OSError:
        return None
    with file:
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return file.readline().strip() or "another run"
    return None
