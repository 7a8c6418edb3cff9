"""Gzip members, walked one by one with their ends and check sums proven.

The WARC libraries take a file cut inside its last member, or its check sum, for a whole one; every statement about wholeness
in this package rests on the walk below.
"""

from __future__ import annotations

import zlib
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

GZIP_MAGIC = b"\x1f\x8b\x08"
_GZIP = 16 + zlib.MAX_WBITS
_CHUNK = 64 * 1024


class BadMember(Exception):
    """The bytes at `offset` are not a whole gzip member: cut, corrupt, or something else."""

    def __init__(self, offset: int) -> None:
        super().__init__(f"no whole gzip member at byte {offset}")
        self.offset = offset


class Members:
    """Walks a gzip file member by member, from `offset` on.

    `offset` is where the next member starts, or the present one while it is being inflated. Memory stays within a few
    hundred KiB whatever the members hold.
    """

    def __init__(self, file: IO[bytes], offset: int = 0) -> None:
        self._file = file
        self._ahead = b""
        self.offset = offset
        file.seek(offset)

    def more(self) -> bool:
        """Whether any byte follows; it need not be a member."""
        self._ahead = self._ahead or self._file.read(_CHUNK)
        return bool(self._ahead)

    def inflate(self) -> Iterator[bytes]:
        """The content of the next member in pieces of at most 64 KiB.

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
        """Walk over the next member.

        Raises:
            BadMember: it is not whole.
        """
        for _ in self.inflate():
            pass


def beginning(file: IO[bytes], offset: int) -> bytes:
    """The first bytes of the member at `offset`, 64 KiB at most; empty when no member starts there. Its end is not looked at."""
    try:
        return next(Members(file, offset).inflate(), b"")
    except BadMember:
        return b""
