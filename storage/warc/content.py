"""The content of a foreign WARC file, gzip or plain, as a stream that maps each byte to its file position."""

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
    """A position in a file: the offset of a gzip member, and that of a byte in the member's content.

    For a plain file `member` is 0 and `at` the offset of the byte in the file.
    """

    member: int
    at: int


class Content:
    """A forward reader that can return to an earlier position within limits.

    What is read a second time is at most four times what is read once, plus 16 MiB: whatever a file holds,
    the work grows linearly with its size. Memory is bounded by a piece of 64 KiB, and the length that the
    caller requests.

    Raises:
        BadMember: by every method that reads, when a gzip member is not whole.
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
        """The position of the next byte.

        At the end of a member it is that end; `peek` moves on to the next member.
        """
        return FilePosition(self._place.member, self._place.at + self._next)

    @property
    def offset(self) -> int:
        """The offset in the file of the next byte, or of the gzip member that holds it."""
        return self._place.member if self.packed else self.place.at

    def peek(self, length: int = 1) -> bytes:
        """Return the next bytes without consuming them: 1 to `length`, none at the end of the content."""
        while self._next == len(self._piece) and self._fill():
            pass
        return self._piece[self._next : self._next + length]

    def read(self, length: int) -> bytes:
        """Return the next `length` bytes, or fewer at the end."""
        parts: list[bytes] = []
        while length > 0 and (part := self.peek(length)):
            parts.append(part)
            self._next += len(part)
            length -= len(part)
        return b"".join(parts)

    def skip(self, length: int) -> int:
        """Skip up to `length` bytes and return how many were skipped."""
        left = length
        while left > 0 and self.peek():
            taken = min(left, len(self._piece) - self._next)
            self._next += taken
            left -= taken
        return length - left

    def readline(self, limit: int, *, across: bool = True) -> bytes:
        """Return the next bytes up to and including a line feed, at most `limit`.

        Without `across` the end of a gzip member also ends a line.
        """
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
        """Skip CR and LF characters, if any, and return the number of line feeds."""
        feeds = 0
        while self.peek() in {b"\r", b"\n"}:
            rest = self._piece[self._next :]
            blank = rest[: len(rest) - len(rest.lstrip(b"\r\n"))]
            self._next += len(blank)
            feeds += blank.count(b"\n")
        return feeds

    def may_hold(self, length: int) -> bool:
        """Return whether `length` more bytes may follow.

        Always true for a gzip file, whose content must be read to learn its length.
        """
        return self.packed or length <= self._size - self.place.at

    def go_back(self, place: FilePosition, since: int) -> bool:
        """Return to an earlier position and return True; False when that would exceed the limit on the work.

        `since` is the value that `mark` had at that position.
        """
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
        """Go to the first gzip member after the damaged one whose first bytes `belongs` accepts.

        Returns its offset, None when there is none. The search starts right after the first byte of the
        damaged member where that keeps the work within its limit, otherwise where reading that member
        stopped.
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
        """The number of bytes produced so far, for `go_back`."""
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
        """Load the next piece; return False at the end."""
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
