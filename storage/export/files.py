"""Files of an export: paths, atomic replacement of a corpus with its manifest, compression, digests."""

from __future__ import annotations

import fcntl
import gzip
import hashlib
import os
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING, BinaryIO, cast

import zstandard

from storage.atomic_files import NO_SPACE, pending, sync_directory
from storage.errors import DiskFull, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from storage.atomic_files import PendingFile

GZIP_LEVEL = 6
ZSTANDARD_LEVEL = 9

PACKED = frozenset({".gz", ".zst"})
_MOST_LINKS = 40  # links in a row that Linux follows at most


@contextmanager
def replacing(target: Path, manifest: Path, *, keep_existing: bool = False) -> Iterator[tuple[BinaryIO, BinaryIO]]:
    """Yield a file and its manifest to write; publish both when the block succeeds, else remove both.

    They are written to temporary files (`storage.atomic_files`). When both are on disk, the old manifest is
    removed, then the file is renamed, then the manifest: a manifest that exists describes the file beside it,
    even if the process is killed.

    Raises:
        UsageError: the folder cannot be written; with `keep_existing`, the file exists, or was created while
            this one was written.
        DiskFull: no space left; earlier files of these names are unchanged.
    """
    if keep_existing:
        _refuse_existing(target)
    with full_disk_reported(str(target)), _written_aside(target) as file, _written_aside(manifest) as manifest_file:
        yield file.stream, manifest_file.stream
        file.sync()
        manifest_file.sync()
        with _held(target.parent):
            if keep_existing:
                _refuse_existing(target)
            manifest.unlink(missing_ok=True)
            sync_directory(manifest.parent)
            file.publish()
            manifest_file.publish()


def _refuse_existing(target: Path) -> None:
    if os.path.lexists(target):
        raise UsageError(f"{target} exists; --force replaces it.", "Or write to another name: a corpus that was cited stays as it is.")


def real_place(output: Path) -> Path:
    """Return the path that an output is written to: of a link, its target, as a shell's redirection does.

    Raises:
        UsageError: its folder is missing, it is not a regular file, or the link's suffix names another
            compression than its target's.
    """
    place = Path(os.path.realpath(output))
    if _names_a_descriptor(output) or (os.path.lexists(place) and not place.is_file()):
        raise UsageError(f"{output} is not a file.", "Name a file, or `-` for standard output.")
    if not place.parent.is_dir():
        raise UsageError(f"There is no folder {place.parent} for {output.name}.", "Make it, or name a file in another folder.")
    named, real = output.suffix.lower(), place.suffix.lower()
    if {named, real} & PACKED and named != real:
        raise UsageError(f"{output} is a link to {place}, which is packed in another way.", "Name the file itself.")
    return place


def _names_a_descriptor(path: Path) -> bool:
    """Return whether a path leads to an open file through /proc (`/dev/stdout`, `/dev/fd/3`).

    Replacing such a file would disconnect the process that opened it.
    """
    for _ in range(_MOST_LINKS):
        if Path(os.path.realpath(path.parent)).is_relative_to("/proc"):
            return True
        if not path.is_symlink():
            return False
        path = path.parent / path.readlink()
    return False


@contextmanager
def _written_aside(target: Path) -> Iterator[PendingFile]:
    """Yield a file to be published at a target (`storage.atomic_files.pending`).

    Raises:
        UsageError: no file can be made there.
        OSError: no space left.
    """
    with ExitStack() as stack:
        try:
            file = stack.enter_context(pending(target))
        except OSError as error:
            if error.errno in NO_SPACE:
                raise
            hint = "Name a file in a folder that exists and is yours."
            raise UsageError(f"{target} cannot be written: {error.strerror}.", hint) from error
        yield file


@contextmanager
def _held(folder: Path) -> Iterator[None]:
    """Lock a folder while files are renamed in it, so that files of two exports to one name do not mix."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


@contextmanager
def full_disk_reported(name: str) -> Iterator[None]:
    """Convert the error of a full disk, an exhausted quota or a file size limit.

    Raises:
        DiskFull: in place of such an OSError.
        OSError: any other one, unchanged.
    """
    try:
        yield
    except OSError as error:
        if error.errno not in NO_SPACE:
            raise
        raise DiskFull(
            f"No space left for {name} ({error.strerror}).", "Free some space and run again: the archive is untouched."
        ) from error


@contextmanager
def compressing(name: str, file: Digested) -> Iterator[IO[bytes]]:
    """Yield a stream into a file, compressed as the file's name says (`.gz`, `.zst`).

    The compressed data holds no name and no time, so that the same content gives the same bytes.
    """
    sink = cast("IO[bytes]", file)
    suffix = Path(name).suffix.lower()
    if suffix == ".gz":
        with gzip.GzipFile("", "wb", GZIP_LEVEL, sink, mtime=0) as packed:
            yield cast("IO[bytes]", packed)
    elif suffix == ".zst":
        packer = zstandard.ZstdCompressor(level=ZSTANDARD_LEVEL, write_checksum=True)
        with packer.stream_writer(sink, closefd=False) as packed_stream:
            yield cast("IO[bytes]", packed_stream)
    else:
        yield sink


class Digested:
    """A stream that counts the bytes written through it and computes their SHA-256."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self._digest = hashlib.sha256()
        self.bytes = 0

    def write(self, data: bytes) -> int:
        """Write data; count and digest it."""
        self._stream.write(data)
        self._digest.update(data)
        self.bytes += len(data)
        return len(data)

    def flush(self) -> None:
        """Flush the underlying stream."""
        self._stream.flush()

    @property
    def sha256(self) -> str:
        """The digest so far, in hexadecimal."""
        return self._digest.hexdigest()
