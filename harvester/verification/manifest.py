"""Manifest: the digests of all files of an archive.

The format is that of `sha256sum` and of BagIt (RFC 8493, section 2.1.3).
"""

from __future__ import annotations

import hashlib
import sys
from typing import TYPE_CHECKING

from storage.atomic_files import NO_SPACE, write_whole
from storage.errors import ArchiveBusy, ArchiveUnusable, DiskFull, UsageError
from storage.locking import LOCK_NAME, holder

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

STDOUT = "-"
_PASSING = frozenset({LOCK_NAME, "archive.sqlite3-shm"})
"""Files without content of the archive, which come and go with the programs that have it open."""


def require_manifest(file: Path, directory: Path, *, as_json: bool) -> None:
    """Refuse a manifest that could not be written or would be wrong, before the archive is read for it.

    Raises:
        UsageError: `file` exists (digests of an earlier day are worth keeping), would lie among the files
            that it lists, or would be mixed with JSON on stdout.
        ArchiveBusy: a run holds the archive.
        ArchiveUnusable: a run that was killed left transactions in the write-ahead log.
    """
    if str(file) == STDOUT and as_json:
        raise UsageError("--json and --manifest - both write to stdout.", "Name a file for the manifest.")
    if file.exists():
        raise UsageError(f"{file} is there already.", "Check it with sha256sum -c in the archive's folder, or name another file.")
    if file.resolve().is_relative_to(directory.resolve()):
        raise UsageError(f"{file} would lie among the files that it lists.", f"Name a file outside of {directory}.")
    _require_rest(directory)


def _require_rest(directory: Path) -> None:
    """Refuse an archive whose files may change.

    They do while a run holds it, and when the next program that opens the tables copies the write-ahead log
    into them.

    Raises:
        ArchiveBusy: a run holds the archive.
        ArchiveUnusable: a run that was killed left transactions in the write-ahead log.
    """
    if held_by := holder(directory):
        raise ArchiveBusy(f"No manifest was written, for {directory} is held by {held_by}.", "Run it again when that run has ended.")
    for log in directory.glob("*-wal"):
        if log.stat().st_size:
            tables = log.name.removesuffix("-wal")
            raise ArchiveUnusable(
                f"No manifest was written: a run was killed, and {log.name} holds transactions that are not in {tables} yet. "
                "The next program that opens the tables changes both files.",
                "Let a run of `harvester crawl` or `harvester ingest` end, which writes them there.",
            )


def write_manifest(directory: Path, file: Path) -> int:
    """Write the manifest of the archive in `directory` into `file`, and return the number of files listed.

    Raises:
        ArchiveBusy: a run holds the archive, so that its files change.
        ArchiveUnusable: the write-ahead log holds transactions, a file of the archive cannot be read, or the
            manifest cannot be written.
        DiskFull: no space is left for the manifest.
    """
    _require_rest(directory)
    try:
        lines = [manifest_line(digest, path) + "\n" for digest, path in manifest(directory)]
        if str(file) == STDOUT:
            sys.stdout.write("".join(lines))
        else:
            write_whole(file, "".join(lines).encode())
    except OSError as error:
        if error.errno in NO_SPACE:
            raise DiskFull(f"No space left for {file} ({error.strerror}).", "Free some space and run again.") from error
        raise ArchiveUnusable(f"{error.filename or file}: {error.strerror}; no manifest.", "Check its owner and permissions.") from error
    return len(lines)


def manifest(directory: Path) -> Iterator[tuple[str, str]]:
    """Yield SHA-256 (hexadecimal) and path of each file of an archive, sorted by path.

    Paths are relative to `directory`, with `/`. Left out are the lock, SQLite's shared memory, an empty
    write-ahead log and whatever is no regular file: they hold nothing of the archive.

    Raises:
        OSError: a file cannot be read.
    """
    for path in sorted(directory.rglob("*")):
        is_empty_log = path.name.endswith("-wal") and path.stat().st_size == 0
        if path.is_file() and path.name not in _PASSING and not is_empty_log:
            with path.open("rb") as file:
                yield hashlib.file_digest(file, "sha256").hexdigest(), path.relative_to(directory).as_posix()


def manifest_line(digest: str, path: str) -> str:
    r"""Return a line of `sha256sum`, without its end; `\` and line ends in names are escaped as GNU coreutils does."""
    escaped = path.replace("\\", "\\\\").replace("\n", "\\n").replace("\r", "\\r")
    return f"{'' if escaped == path else chr(92)}{digest}  {escaped}"
