"""Which gzip members of an archive's own WARC file are whole, and cutting back a torn tail.

After a crash or a power loss the end of the newest file may hold half a member, zeros, or anything. It is cut back before
anything is appended, for readers give up at the tear. A corrupt member with whole ones behind it is no tear: it is damage, and
stays as evidence for `verify`.
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

_HEAD_BYTES = 4096  # the WARC headers that we write fit, and stand first
_LOOKS = (64 * 1024, 32 * 1024 * 1024)  # a request's member; any member that a capture can make
_WARCINFO = re.compile(rb"WARC/1\.1\r\nWARC-Type: warcinfo\r\nWARC-Record-ID: (<[^>\r\n]+>)\r\n")


def warcinfo_id(path: Path) -> str | None:
    """The record id of the warcinfo that one of our files begins with; None when it does not."""
    with path.open("rb") as file:
        match = _WARCINFO.match(beginning(file, 0))
    return match[1].decode("ascii", "replace") if match else None


def whole_members(path: Path, start: int = 0) -> Iterator[tuple[int, int]]:
    """Offset and length in bytes of every whole gzip member from `start` (a member's offset) on, damage in between left out.

    A body may itself hold gzip members, even WARC records. Behind damage, therefore, only a member that names the file's
    warcinfo is taken for one of the file's own.
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
    """Whether the file ends with a whole member of its own, told from its last bytes alone (milliseconds, whatever its size)."""
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

    `ends` is where the last record ends that a row points at, by file. What was appended to a shorter file would lie where those rows
    point.

    Raises:
        DamageFound: names the first such file, and how long it has to be.
    """
    for lost in lost_files(directory, ends):
        raise DamageFound(
            f"{lost}. Nothing was appended.",
            f"Bring it back from a copy. Where there is none, `truncate -s {lost.end} '{lost.path}'` fills the place with zeros: "
            "runs go on in a new file, and `harvester verify` goes on naming what is lost.",
        )


@dataclass(frozen=True, slots=True)
class LostFile:
    """A WARC file that is missing (`size` -1), or has `size` bytes where a row points at one that ends at `end`."""

    path: Path
    size: int
    end: int

    def __str__(self) -> str:
        lost = "is missing" if self.size < 0 else f"has lost its end: {self.size} of {self.end} bytes are there"
        return f"{self.path} {lost}"


def lost_files(directory: Path, ends: Mapping[str, int]) -> Iterator[LostFile]:
    """The WARC files that lost what a row points at, in the order of their names; `ends` as in `require_whole`."""
    for name, end in sorted(ends.items()):
        path = directory / name
        size = path.stat().st_size if path.is_file() else -1
        if size < end:
            yield LostFile(path, size, end)


def repair_tail(path: Path, start: int = 0, acknowledged: int = 0) -> int:
    """Cut everything behind the last whole member, sync, and return the number of bytes cut (0 when the file ends whole).

    `start` is a member's offset before which nothing is read or cut. `acknowledged` is the end of the last record that a row points
    at: what lies before it is never cut, even when it is damaged, for it is evidence. Raises OSError when the file cannot be read or
    cut.
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
    """What every member of the file bears near its beginning."""
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
    """Offset of the next member that bears the mark, at or behind `offset`; the end of the file when there is none."""
    found = find_member(file, offset, lambda head: mark in head)
    return file.seek(0, os.SEEK_END) if found is None else found
