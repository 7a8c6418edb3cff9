"""A WARC file open for appending: each piece is completely on the disk, or not in the file at all."""

from __future__ import annotations

import errno
import os
from typing import TYPE_CHECKING

from storage.atomic_files import NO_SPACE, sync_directory
from storage.errors import ArchiveBusy, ArchiveUnusable, DamageFound, DiskFull, HarvesterError

if TYPE_CHECKING:
    from pathlib import Path

_NOT_OURS = frozenset({errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOENT, errno.ENOTDIR})


class AppendedFile:
    """A file that grows by whole pieces.

    A piece that cannot be written is truncated away at once. When the disk does not confirm a piece, or the
    truncation fails, nothing more is written through this object: after a failed fsync a second one may
    report success for bytes that are lost.
    """

    def __init__(self, path: Path, *, new: bool) -> None:
        """Open `path`, which must not exist when `new`, and must exist otherwise.

        Raises:
            DiskFull: there is no space for a new file.
            ArchiveUnusable: the file or its directory is missing or not writable.
            ArchiveBusy: the file is `new` and exists.
            DamageFound: the disk failed.
            HarvesterError: the system refused for another reason.
        """
        self.path = path
        flags = os.O_WRONLY | os.O_APPEND | os.O_CLOEXEC
        try:
            self._descriptor = os.open(path, flags | os.O_CREAT | os.O_EXCL if new else flags, 0o666)  # reduced by the umask
            self.size = os.fstat(self._descriptor).st_size
            if new:
                sync_directory(path.parent)
        except OSError as error:
            raise told(error, path) from error
        self.usable = True

    def append(self, piece: bytes) -> int:
        """Write `piece`, fsync it, and return the offset at which it starts.

        Raises:
            DiskFull: no space (or the file may not grow); the file is as it was before.
            DamageFound: the disk failed; the file accepts nothing more.
            HarvesterError: the system refused for another reason; the file is as it was before.
        """
        if not self.usable:
            raise DamageFound(f"{self.path} takes nothing more after the disk failed.", _AFTER_FAILURE)
        before = self.size
        try:
            self._write(piece)
        except OSError as error:
            self._cut_back(before)
            raise told(error, self.path) from error
        try:
            os.fsync(self._descriptor)
        except OSError as error:
            self.usable = False
            self._cut_back(before)
            raise _unconfirmed(error, self.path) from error
        self.size = before + len(piece)
        return before

    @property
    def is_closed(self) -> bool:
        """Whether `close` was called."""
        return self._descriptor < 0

    def close(self) -> None:
        """Close the file; a second call does nothing."""
        descriptor, self._descriptor = self._descriptor, -1
        if descriptor >= 0:
            os.close(descriptor)

    def _write(self, piece: bytes) -> None:
        rest = memoryview(piece)
        while rest:
            rest = rest[os.write(self._descriptor, rest) :]

    def _cut_back(self, size: int) -> None:
        try:
            os.ftruncate(self._descriptor, size)
        except OSError:
            self.usable = False  # the next opening of the archive finds the torn tail and truncates it


_AFTER_FAILURE = "Check the disk, then run `harvester verify`."


def told(error: OSError, path: Path) -> HarvesterError:
    """Return the error that describes to a user what the system refused at `path`, with a hint."""
    reason = os.strerror(error.errno) if error.errno else str(error)
    if error.errno in NO_SPACE:
        return DiskFull(f"No space left for {path} ({reason}).", "Make room and run again; everything acknowledged is kept.")
    if error.errno in _NOT_OURS:
        return ArchiveUnusable(f"{path} cannot be written: {reason}.", "Make the directory, or give it to the user who runs this.")
    if error.errno == errno.EEXIST:
        return ArchiveBusy(f"{path} was made by somebody else at this moment.", "Wait for the other run to end.")
    if error.errno == errno.EIO:
        return DamageFound(f"The disk failed at {path} ({reason}).", _AFTER_FAILURE)
    return HarvesterError(f"{path} cannot be written: {reason}.")


def _unconfirmed(error: OSError, path: Path) -> HarvesterError:
    if error.errno in NO_SPACE:
        return told(error, path)
    reason = os.strerror(error.errno) if error.errno else str(error)
    return DamageFound(f"The disk did not confirm what was written to {path} ({reason}).", _AFTER_FAILURE)
