"""Atomic file writes: a temporary file beside the target, synced, then renamed (POSIX `rename` is atomic).

A file is complete or absent. Standard library only.
"""

from __future__ import annotations

import errno
import fcntl
import os
import re
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, BinaryIO

if TYPE_CHECKING:
    from collections.abc import Iterator

NO_SPACE = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
"""Error numbers of a full disk.

No space on the disk, the user's quota exhausted, or the file size limited (`ulimit -f`).
"""

_NO_DIRECTORY_SYNC = frozenset({errno.EINVAL, errno.ENOSYS, errno.ENOTSUP, errno.EACCES})
"""Error numbers that are ignored when a directory is synced.

Some network file systems do not sync directories, and a writable directory need not be readable.
"""


@dataclass(frozen=True, slots=True)
class PendingFile:
    """A temporary file beside its final path `place`, which it replaces when it is published."""

    place: Path
    temporary: Path
    stream: BinaryIO

    def sync(self) -> None:
        """Flush and fsync what was written.

        Raises:
            OSError: the disk does not confirm it.
        """
        self.stream.flush()
        os.fsync(self.stream.fileno())

    def publish(self) -> None:
        """Rename the file to its final path, replacing any file there; synced content survives a power loss.

        Raises:
            OSError: it cannot be renamed, or its directory cannot be synced.
        """
        self.temporary.replace(self.place)
        sync_directory(self.place.parent)


@contextmanager
def pending(path: Path) -> Iterator[PendingFile]:
    """Open a temporary file that the block may publish; unpublished, it is removed and `path` is untouched.

    It is written as `<name>.<process>.tmp`, locked while it is open. Files of this name left behind by killed
    writers are removed first. A symbolic link is followed, as by a plain write. Several files may be synced
    first and published afterwards.

    Raises:
        OSError: the file cannot be written.
    """
    place = Path(os.path.realpath(path))
    _sweep(place)
    temporary = place.with_name(f"{place.name}.{os.getpid()}.tmp")
    stream = _opened(temporary)
    try:
        with stream:
            yield PendingFile(place, temporary, stream)
    finally:
        temporary.unlink(missing_ok=True)


@contextmanager
def replacing(path: Path) -> Iterator[BinaryIO]:
    """Open a temporary file that is synced and published when the block ends without error (see `pending`).

    Raises:
        OSError: the file cannot be written; the former file at `path` is untouched.
    """
    with pending(path) as file:
        yield file.stream
        file.sync()
        file.publish()


def write_whole(path: Path, content: bytes) -> None:
    """Write a file atomically.

    Raises:
        OSError: the file cannot be written; the former file at `path` is untouched.
    """
    with replacing(path) as stream:
        stream.write(content)


def sync_directory(directory: Path) -> None:
    """Fsync a directory, so that the names in it survive a power loss, where the file system supports it.

    Raises:
        OSError: the disk fails.
    """
    try:
        descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
    except OSError as error:
        if error.errno not in _NO_DIRECTORY_SYNC:
            raise


def is_at(path: Path, file: IO[Any]) -> bool:
    """Return whether `path` currently names this open file."""
    try:
        return os.path.samestat(path.stat(), os.fstat(file.fileno()))
    except FileNotFoundError:
        return False


def _opened(temporary: Path) -> BinaryIO:
    """Create and lock a temporary file; repeated when another writer removes it before it is locked.

    Raises:
        OSError: it cannot be created or locked.
    """
    while True:
        stream = temporary.open("xb")
        try:
            fcntl.flock(stream, fcntl.LOCK_EX)
            if is_at(temporary, stream):
                return stream
        except BaseException:
            stream.close()
            temporary.unlink(missing_ok=True)
            raise
        stream.close()


def _sweep(place: Path) -> None:
    """Remove temporary files of killed writers; a locked one belongs to a running writer and stays."""
    leftover = re.compile(re.escape(place.name) + r"\.[0-9]+\.tmp")
    for name in os.listdir(place.parent):  # noqa: PTH208  names suffice
        if leftover.fullmatch(name):
            _remove_unlocked(place.with_name(name))


def _remove_unlocked(path: Path) -> None:
    try:
        with path.open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if is_at(path, file):  # its writer may have published it and begun another file of this name
                path.unlink(missing_ok=True)
    except (FileNotFoundError, BlockingIOError):
        return
