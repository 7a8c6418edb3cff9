"""Files of an export: where they lie, a corpus and its manifest replaced together, compression and digests."""

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
_MOST_LINKS = 40  # Linux follows no more in a row


@contextmanager
def replacing(target: Path, manifest: Path, *, keep_existing: bool = False) -> Iterator[tuple[BinaryIO, BinaryIO]]:
    """A file and its manifest to write, which take their places together when the block ends well, and vanish when it does not.

    They are written aside as `storage.atomic_files` says. When both are on the disk, the old manifest goes, the file is renamed, then the
    manifest: whoever sees a manifest sees the file that it describes, whenever this is killed.

    Raises:
        UsageError: the folder cannot be written; with `keep_existing`, the file exists, or came to be while this was written.
        DiskFull: no space left; what stood under the names is untouched.
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
    """Where an output lies that is named: a link is written through to what it names, as a shell's redirection does.

    Raises:
        UsageError: its folder is missing, it is something else than a file, or the link's name promises another compression.
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
    """Whether a path leads to an open file through /proc (`/dev/stdout`, `/dev/fd/3`): whoever opened that would lose sight of it."""
    for _ in range(_MOST_LINKS):
        if Path(os.path.realpath(path.parent)).is_relative_to("/proc"):
            return True
        if not path.is_symlink():
            return False
        path = path.parent / path.readlink()
    return False


@contextmanager
def _written_aside(target: Path) -> Iterator[PendingFile]:
    """A file to be published at a target (`storage.atomic_files.pending`). Raises UsageError where none can be made there."""
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
    """Hold a folder while files are renamed in it, so that those of two exports to one name do not mix."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


@contextmanager
def full_disk_reported(name: str) -> Iterator[None]:
    """Turn a full disk, a spent quota or a limit of file size into DiskFull."""
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
    """A stream into a file, compressed as its name says (`.gz`, `.zst`) and without name or time, so that the same bytes come out."""
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
