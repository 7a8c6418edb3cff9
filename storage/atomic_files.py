"""Files that are whole or not there: written under another name beside their place, synced, then renamed (POSIX `rename` is atomic).

Standard library only.
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
"""The disk, or the user's share of it, is full, or the file may not grow (`ulimit -f`)."""

_NO_DIRECTORY_SYNC = frozenset({errno.EINVAL, errno.ENOSYS, errno.ENOTSUP, errno.EACCES})
"""Some network file systems do not sync directories; a directory that may be written need not be readable."""


@dataclass(frozen=True, slots=True)
class PendingFile:
    """A file that is being written beside its place, which it takes when it is published."""

    place: Path
    temporary: Path
    stream: BinaryIO

    def sync(self) -> None:
        """Wait until what was written is on the disk. Raises OSError."""
        self.stream.flush()
        os.fsync(self.stream.fileno())

    def publish(self) -> None:
        """Take the place of whatever stands there; what was synced before survives a power loss. Raises OSError."""
        self.temporary.replace(self.place)
        sync_directory(self.place.parent)


@contextmanager
def pending(path: Path) -> Iterator[PendingFile]:
    """Open a file to be published inside the block; unless it is, nothing of it is left, and what stood at `path` is untouched.

    It is written as `<name>.<process>.tmp`, locked while it is open. Files of this name that killed writers left behind are removed
    first. A link is written through to what it names, as a plain write would. Several files may be synced first and published then.

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
    """Open a file that is synced and takes its place when the block ends well, as `pending` says.

    Raises:
        OSError: the file cannot be written; what stood at `path` is untouched.
    """
    with pending(path) as file:
        yield file.stream
        file.sync()
        file.publish()


def write_whole(path: Path, content: bytes) -> None:
    """Write a file at once. Raises OSError; what stood at `path` is untouched then."""
    with replacing(path) as stream:
        stream.write(content)


def sync_directory(directory: Path) -> None:
    """Make the names in a directory survive a power loss, where the file system can. Raises OSError when the disk fails."""
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
    """Whether an open file is the one that has this name now."""
    try:
        return os.path.samestat(path.stat(), os.fstat(file.fileno()))
    except FileNotFoundError:
        return False


def _opened(temporary: Path) -> BinaryIO:
    """A new locked file. Another writer may sweep it away before it is locked; then it is made again."""
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
    """Remove what killed writers of a file left behind; what is locked belongs to a writer that is alive."""
    leftover = re.compile(re.escape(place.name) + r"\.[0-9]+\.tmp")
    for name in os.listdir(place.parent):  # noqa: PTH208  names suffice
        if leftover.fullmatch(name):
            _remove_unlocked(place.with_name(name))


def _remove_unlocked(path: Path) -> None:
    try:
        with path.open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            if is_at(path, file):  # its writer may have published it, and begun another one
                path.unlink(missing_ok=True)
    except (FileNotFoundError, BlockingIOError):
        return
