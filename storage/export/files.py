"""Files that are whole or not there: written under another name beside their place, synced, then renamed."""

from __future__ import annotations

import errno
import fcntl
import gzip
import hashlib
import os
import re
from contextlib import contextmanager
from typing import IO, TYPE_CHECKING, BinaryIO, cast

import zstandard

from storage.errors import DiskFull, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

GZIP_LEVEL = 6
ZSTANDARD_LEVEL = 9

_NO_SPACE = frozenset({errno.ENOSPC, errno.EDQUOT})


@contextmanager
def replacing(target: Path) -> Iterator[BinaryIO]:
    """A file to write, which takes its place under its name when the block ends well, and vanishes when it does not.

    It is written as `<name>.<process>.tmp`; such files of exports that were killed are removed first, and those of exports
    that still run are known by their lock.

    Raises:
        UsageError: the folder cannot be written.
        DiskFull: no space left; what stood under the name is untouched.
    """
    temporary = target.with_name(f"{target.name}.{os.getpid()}.tmp")
    with full_disk_reported(str(target)):
        try:
            _sweep(target)
            file = temporary.open("xb")
        except OSError as error:
            if error.errno in _NO_SPACE:
                raise
            raise UsageError(
                f"{target} cannot be written: {error.strerror}.", "Name a file in a folder that exists and is yours."
            ) from error
        try:
            with file:
                fcntl.flock(file, fcntl.LOCK_EX)
                yield file
                file.flush()
                os.fsync(file.fileno())
                temporary.replace(target)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise
        _sync_folder(target.parent)


def require_place(target: Path) -> None:
    """Refuse a target whose folder is missing, or that is something else than a file.

    Raises:
        UsageError: which of the two.
    """
    if not target.parent.is_dir():
        raise UsageError(f"There is no folder {target.parent} for {target.name}.", "Make it, or name a file in another folder.")
    if os.path.lexists(target) and not target.is_file():
        raise UsageError(f"{target} is not a file.", "Name a file, or `-` for standard output.")


@contextmanager
def full_disk_reported(name: str) -> Iterator[None]:
    """Turn a full disk, or a spent quota, into DiskFull."""
    try:
        yield
    except OSError as error:
        if error.errno not in _NO_SPACE:
            raise
        raise DiskFull(f"No space left for {name}.", "Free some space and run again: the archive is untouched.") from error


@contextmanager
def compressing(name: str, file: Digested) -> Iterator[IO[bytes]]:
    """A stream into a file, compressed as its name says (`.gz`, `.zst`) and without name or time, so that the same bytes come out."""
    sink = cast("IO[bytes]", file)
    if name.endswith(".gz"):
        with gzip.GzipFile("", "wb", GZIP_LEVEL, sink, mtime=0) as packed:
            yield cast("IO[bytes]", packed)
    elif name.endswith(".zst"):
        packer = zstandard.ZstdCompressor(level=ZSTANDARD_LEVEL, write_checksum=True)
        with packer.stream_writer(sink, closefd=False) as packed_stream:
            yield cast("IO[bytes]", packed_stream)
    else:
        yield sink


class Digested:
    """A stream that counts and digests what is written through it."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self._digest = hashlib.sha256()
        self.bytes = 0

    def write(self, data: bytes) -> int:
        """Write, count and digest."""
        self._stream.write(data)
        self._digest.update(data)
        self.bytes += len(data)
        return len(data)

    def flush(self) -> None:
        """Flush the stream behind."""
        self._stream.flush()

    @property
    def sha256(self) -> str:
        """The digest so far, in hexadecimal."""
        return self._digest.hexdigest()


def _sweep(target: Path) -> None:
    """Remove what killed writers of the same name left behind."""
    leftover = re.compile(re.escape(target.name) + r"\.\d+\.tmp")
    for path in target.parent.iterdir():
        if leftover.fullmatch(path.name):
            with path.open("rb") as file:
                try:
                    fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except BlockingIOError:
                    continue  # its writer is alive
                path.unlink(missing_ok=True)


def _sync_folder(folder: Path) -> None:
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
