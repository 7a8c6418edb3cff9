"""The content of somebody's WARC file, packed or not, as one stream whose every byte knows where it lies in the file."""

from __future__ import annotations

import os
from typing import IO, TYPE_CHECKING, NamedTuple

from storage.warc.members import GZIP_MAGIC, Members, find_member

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_PIECE = 64 * 1024
_FREE_BYTES = 16 * 1024 * 1024
_SHARE = 4


class FilePosition(NamedTuple):
    """A place in a file: the offset of a gzip member and of a byte of its content; of a plain file 0 and the byte's own offset."""

    member: int
    at: int


class Content:
    """Reads forward, and goes back to an earlier place within limits.

    What is read a second time is at most four times what is read once, and 16 MiB: whatever a file holds, the work grows with its
    size. Memory is bounded by a piece of 64 KiB, and what the caller asks for.

    Every method that reads raises BadMember where the gzip file is not whole.
    """

    def __init__(self, file: IO[bytes]) -> None:
        """Read a seekable binary file from its beginning."""
        self.file = file
        self._size = file.seek(0, os.SEEK_END)
        file.seek(0)
        self.packed = file.read(len(GZIP_MAGIC)) == GZIP_MAGIC
        self._produced = 0
        self._repeated = 0
        self._open(FilePosition(0, 0))

    @property
    def place(self) -> FilePosition:
        """Where the next byte lies. At the end of a member that is its end; `peek` goes on to the next one."""
        return FilePosition(self._place.member, self._place.at + self._next)

    @property
    def offset(self) -> int:
        """The offset in the file of the next byte, or of the gzip member that holds it."""
        return self._place.member if self.packed else self.place.at

    def peek(self, length: int = 1) -> bytes:
        """The next bytes, at least one unless the content is over, `length` at most."""
        while self._next == len(self._piece) and self._fill():
            pass
        return self._piece[self._next : self._next + length]

    def read(self, length: int) -> bytes:
        """The next bytes: `length`, or fewer at the end."""
        parts: list[bytes] = []
        while length > 0 and (part := self.peek(length)):
            parts.append(part)
            self._next += len(part)
            length -= len(part)
        return b"".join(parts)

    def skip(self, length: int) -> int:
        """Pass over `length` bytes and return how many there were."""
        left = length
        while left > 0 and self.peek():
            taken = min(left, len(self._piece) - self._next)
            self._next += taken
            left -= taken
        return length - left

    def readline(self, limit: int, *, across: bool = True) -> bytes:
        """The next bytes up to and with a line feed, `limit` at most; without `across` a gzip member's end ends a line, too."""
        parts: list[bytes] = []
        while limit > 0 and self.peek():
            if parts and not across and self.packed and self.place.at == 0:
                break
            end = self._piece.find(b"\n", self._next, self._next + limit)
            part = self._piece[self._next : end + 1 if end >= 0 else self._next + limit]
            parts.append(part)
            self._next += len(part)
            limit -= len(part)
            if end >= 0:
                break
        return b"".join(parts)

    def skip_blank_lines(self) -> int:
        """Pass over line ends, many or none, and return how many line feeds there were."""
        feeds = 0
        while self.peek() in {b"\r", b"\n"}:
            rest = self._piece[self._next :]
            blank = rest[: len(rest) - len(rest.lstrip(b"\r\n"))]
            self._next += len(blank)
            feeds += blank.count(b"\n")
        return feeds

    def may_hold(self, length: int) -> bool:
        """Whether so many bytes may follow; of a gzip file nobody knows without reading it."""
        return self.packed or length <= self._size - self.place.at

    def go_back(self, place: FilePosition, since: int) -> bool:
        """Go to an earlier place, where that keeps the work within its limit; `since` is `mark` as it was there."""
        back = place.at - self._place.at
        if place.member == self._place.member and 0 <= back <= len(self._piece):
            self._next = back
            return True
        repeated = self._produced - since + (place.at if self.packed else 0)
        if not self._within_limit(repeated):
            return False
        self._repeated += repeated
        self._open(FilePosition(place.member, 0) if self.packed else place)
        if self.packed:
            self.skip(place.at)
        return True

    def go_behind(self, damaged: int, belongs: Callable[[bytes], bool]) -> int | None:
        """Go to the first gzip member behind the `damaged` one whose first bytes `belongs` accepts; its offset, None without one.

        The search begins right behind the damaged member's first byte where that keeps the work within its limit, otherwise
        where the reading of it ended.
        """
        read = self.file.tell()
        repeated = max(read - damaged, 0) + self._produced - self._member_began
        start = damaged + 1
        if self._within_limit(repeated):
            self._repeated += repeated
        else:
            start = max(start, read)
        found = find_member(self.file, start, belongs)
        if found is not None:
            self._open(FilePosition(found, 0))
        return found

    def _within_limit(self, repeated: int) -> bool:
        return self._repeated + repeated <= _FREE_BYTES + _SHARE * (self._produced - self._repeated)

    @property
    def mark(self) -> int:
        """How many bytes were produced so far, for `go_back`."""
        return self._produced

    def _open(self, place: FilePosition) -> None:
        self._place = place
        self._piece = b""
        self._next = 0
        self._member_began = self._produced
        self._pieces: Iterator[bytes] = iter(())
        self._members = Members(self.file, place.member) if self.packed else None
        if self._members is None:
            self.file.seek(place.at)

    def _fill(self) -> bool:
        """Make the next piece the present one; False at the end."""
        self._place, self._next = self.place, 0
        self._piece = self._next_piece()
        self._produced += len(self._piece)
        return bool(self._piece)

    def _next_piece(self) -> bytes:
        if self._members is None:
            return self.file.read(_PIECE)
        while True:
            piece = next(self._pieces, b"")
            if piece:
                return piece
            if not self._members.more():
                return b""
            self._place = FilePosition(self._members.offset, 0)
            self._member_began = self._produced
            self._pieces = self._members.inflate()
