"""Gzip members, read one by one; the end and check sum of each is verified.

The WARC libraries accept a file that is cut inside its last member, or inside its check sum, as whole. Every
statement about completeness in this package is based on the classes below.
"""

from __future__ import annotations

import zlib
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

GZIP_MAGIC = b"\x1f\x8b\x08"
_GZIP = 16 + zlib.MAX_WBITS
_CHUNK = 64 * 1024
_HEAD = 4 * 1024
_PROBED = 8 * 1024
_FIRST_WINDOW = 16 * 1024
_LARGEST_WINDOW = 1024 * 1024


class BadMember(Exception):
    """Bytes at `offset` that are no whole gzip member: cut, corrupt, or something else."""

    def __init__(self, offset: int) -> None:
        super().__init__(f"no whole gzip member at byte {offset}")
        self.offset = offset


class Members:
    """Iterator over the members of a gzip file, from `offset` on.

    `offset` is where the next member starts, or the current one while it is being inflated. Memory is bounded
    by a few hundred KiB whatever the members hold.
    """

    def __init__(self, file: IO[bytes], offset: int = 0) -> None:
        self._file = file
        self._ahead = b""
        self.offset = offset
        file.seek(offset)

    def more(self) -> bool:
        """Return whether any byte follows; it need not begin a member."""
        self._ahead = self._ahead or self._file.read(_CHUNK)
        return bool(self._ahead)

    def inflate(self) -> Iterator[bytes]:
        """Yield the content of the next member in pieces of at most 64 KiB.

        Raises:
            BadMember: it is not whole; what was yielded before may be cut or wrong.
        """
        inflater = zlib.decompressobj(_GZIP)
        taken = len(self._ahead)
        coming = self._ahead
        try:
            while not inflater.eof:
                if not coming:
                    coming = self._file.read(_CHUNK)
                    taken += len(coming)
                piece = inflater.decompress(coming, _CHUNK)
                if piece:
                    yield piece
                elif not coming and not inflater.eof:
                    raise BadMember(self.offset)
                coming = inflater.unconsumed_tail
        except zlib.error as error:
            raise BadMember(self.offset) from error
        self._ahead = inflater.unused_data
        self.offset += taken - len(self._ahead)

    def skip(self) -> None:
        """Read the next member without returning its content.

        Raises:
            BadMember: it is not whole.
        """
        for _ in self.inflate():
            pass


def find_member(file: IO[bytes], offset: int, belongs: Callable[[bytes], bool]) -> int | None:
    """Return the offset of the first gzip member at or after `offset` that `belongs` accepts, or None.

    `belongs` receives the first 4 KiB of the member's content. Whether the member is whole is not checked.
    The file is read once, and each candidate costs a few KiB.
    """
    window, size = b"", _FIRST_WINDOW
    while True:
        file.seek(offset + len(window))
        more = file.read(size)
        window += more
        at = window.find(GZIP_MAGIC)
        while at >= 0 and (at + _PROBED <= len(window) or not more):
            if belongs(_start_of(window[at : at + _PROBED])):
                return offset + at
            at = window.find(GZIP_MAGIC, at + 1)
        if not more:
            return None
        kept = at if at >= 0 else max(len(window) - len(GZIP_MAGIC) + 1, 0)
        offset, window = offset + kept, window[kept:]
        size = min(2 * size, _LARGEST_WINDOW)


def _start_of(packed: bytes) -> bytes:
    try:
        return zlib.decompressobj(_GZIP).decompress(packed, _HEAD)
    except zlib.error:
        return b""


def beginning(file: IO[bytes], offset: int) -> bytes:
    """Return the first bytes of the content of the member at `offset`, at most 64 KiB.

    Empty when no member starts there. The end of the member is not checked.
    """
    try:
        return next(Members(file, offset).inflate(), b"")
    except BadMember:
        return b""
