"""Find the whole gzip members of an archive's own WARC file, and truncate a torn tail.

After a crash or a power loss the end of the newest file may hold half a member, zeros, or anything. It is
truncated before anything is appended, because readers stop at the tear. A corrupt member with whole ones
after it is not a tear but damage, and is kept as evidence for `verify`.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING

from storage.errors import DamageFound
from storage.warc.members import GZIP_MAGIC, BadMember, Members, beginning, find_member

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

_HEAD_BYTES = 4096  # holds the WARC headers of any record that this program writes, which come first
# Bytes searched at the end: enough for the member of a request; for the largest member of a capture.
_LOOKS = (64 * 1024, 32 * 1024 * 1024)
_WARCINFO = re.compile(rb"WARC/1\.1\r\nWARC-Type: warcinfo\r\nWARC-Record-ID: (<[^>\r\n]+>)\r\n")


def warcinfo_id(path: Path) -> str | None:
    """Return the record id of the warcinfo at the beginning of one of the archive's own files, or None."""
    with path.open("rb") as file:
        match = _WARCINFO.match(beginning(file, 0))
    return match[1].decode("ascii", "replace") if match else None


def whole_members(path: Path, start: int = 0) -> Iterator[tuple[int, int]]:
    """Yield offset and length in bytes of every whole gzip member; damage in between is left out.

    `start` is the offset of the first member that is read. A body may itself hold gzip members, even WARC
    records. After damage, therefore, only a member that names the file's warcinfo is accepted as one of the
    file's own.
    """
    mark = _mark(path)
    with path.open("rb") as file:
        members = Members(file, start)
        while members.more():
            offset = members.offset
            try:
                members.skip()
            except BadMember:
                members = Members(file, _next_own(file, offset + 1, mark))
            else:
                yield offset, members.offset - offset


def ends_whole(path: Path) -> bool:
    """Return whether the file ends with a whole member of its own.

    Only its last bytes are read (milliseconds, whatever its size).
    """
    mark = _mark(path)
    with path.open("rb") as file:
        size = file.seek(0, os.SEEK_END)
        for look in _LOOKS:
            start = max(0, size - look)
            file.seek(start)
            tail = file.read()
            at = tail.rfind(GZIP_MAGIC)
            while at >= 0:
                if mark in beginning(file, start + at)[:_HEAD_BYTES]:
                    return _whole_to_the_end(file, start + at)
                at = tail.rfind(GZIP_MAGIC, 0, at + len(GZIP_MAGIC) - 1)
    return False


def require_whole(directory: Path, ends: Mapping[str, int]) -> None:
    """Refuse WARC files that lost what a row points at, before anything is appended to them or beside them.

    `ends` maps the name of a file to the end offset of the last record in it that a row points at. Records
    appended to a shorter file would lie where those rows point.

    Raises:
        DamageFound: a file is missing or shorter; the message names the first such file, and the length it
            must have.
    """
    for lost in lost_files(directory, ends):
        raise DamageFound(
            f"{lost}. Nothing was appended.",
            f"Bring it back from a copy. Where there is none, `truncate -s {lost.end} '{lost.path}'` fills the place with zeros: "
            "runs go on in a new file, and `harvester verify` goes on naming what is lost.",
        )


@dataclass(frozen=True, slots=True)
class LostFile:
    """A WARC file that is missing (`size` -1), or has `size` bytes although a row needs `end`."""

    path: Path
    size: int
    end: int

    def __str__(self) -> str:
        lost = "is missing" if self.size < 0 else f"has lost its end: {self.size} of {self.end} bytes are there"
        return f"{self.path} {lost}"


def lost_files(directory: Path, ends: Mapping[str, int]) -> Iterator[LostFile]:
    """Yield the WARC files that lost data that a row points at, in the order of their names.

    `ends` is as for `require_whole`.
    """
    for name, end in sorted(ends.items()):
        path = directory / name
        size = path.stat().st_size if path.is_file() else -1
        if size < end:
            yield LostFile(path, size, end)


def repair_tail(path: Path, start: int = 0, acknowledged: int = 0) -> int:
    """Truncate everything after the last whole member, sync, and return the number of bytes removed.

    0 when the file ends whole. `start` is a member's offset before which nothing is read or removed.
    `acknowledged` is the end of the last record that a row points at: what lies before it is never removed,
    even when damaged, for it is evidence.

    Raises:
        OSError: the file cannot be read or truncated.
    """
    size = path.stat().st_size
    if size <= start or ends_whole(path):
        return 0
    end = max(start, acknowledged)
    for offset, length in whole_members(path, start):
        end = max(end, offset + length)
    if end < size:
        with path.open("r+b") as file:
            file.truncate(end)
            os.fsync(file.fileno())
    return size - end


def _mark(path: Path) -> bytes:
    """Return the bytes that every member of the file contains near its beginning."""
    return (warcinfo_id(path) or "WARC/").encode()


def _whole_to_the_end(file: IO[bytes], offset: int) -> bool:
    members = Members(file, offset)
    try:
        while members.more():
            members.skip()
    except BadMember:
        return False
    return True


def _next_own(file: IO[bytes], offset: int, mark: bytes) -> int:
    """Return the offset of the next member that contains the mark, at or after `offset`.

    The end of the file when there is none.
    """
    found = find_member(file, offset, lambda head: mark in head)
    return file.seek(0, os.SEEK_END) if found is None else found
