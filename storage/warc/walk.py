"""Iterate over the records of a foreign WARC file, continuing after damage."""

from __future__ import annotations

import re
from typing import IO, TYPE_CHECKING, NamedTuple

from storage.errors import UsageError
from storage.warc.content import Content
from storage.warc.errors import UnreadableRange
from storage.warc.members import BadMember
from storage.warc.parsing import MAX_HEADER_BYTES, MAX_HEADER_LINES, parse_warc_fields

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from storage.warc.content import FilePosition

_MAX_HEAD_BYTES = 1024 * 1024
_MAX_DIGITS = 15
_MAX_LINE = 64 * 1024
_LINE_ENDS = 2
_MOST_GAPS = 1_000
_BLANK = frozenset({b"\r\n", b"\n"})
_VERSION = re.compile(rb"WARC/\d{1,2}\.\d{1,2}[ \t]*\r?\n")
_MANDATORY = frozenset({"warc-type", "warc-record-id", "warc-date", "content-length"})  # WARC 1.1, section 5.1


class Record(NamedTuple):
    """A whole record: its named fields, the length of its block in bytes, and the kept part of the block.

    `oversized`: its header has over 64 KiB or 1,000 lines.
    """

    fields: dict[str, str]
    length: int
    block: bytes
    oversized: bool


class _Head(NamedTuple):
    """The header of a record, and where it begins.

    `offset` is the offset that is reported, `member` that of its gzip member (0 in a plain file).
    """

    fields: dict[str, str]
    length: int
    oversized: bool
    offset: int
    member: int


class _Cut(Exception):
    """A record that is not whole, or something else where a record should begin."""


class Walk:
    """One pass over a file.

    `gaps` are the first 1,000 unreadable ranges, in file order; `damaged` counts all of them.

    After a damaged gzip member the pass continues at the next member that begins with a record, after an
    invalid record at the next line that begins one. There, when earlier records named the file's warcinfo,
    only a record that names the same one is accepted: the body of a page may contain WARC records.
    """

    def __init__(self, file: IO[bytes], path: Path) -> None:
        """Prepare a pass over an open, seekable file; `path` names it in errors."""
        self.gaps: list[UnreadableRange] = []
        self.damaged = 0
        self._content = Content(file)
        self._path = path
        self._of_file = ""
        self._begins: int | None = None  # offset of the record that is being read
        self._block: tuple[FilePosition, int] | None = None  # position and `mark` of its block, set after its header
        self._found: _Head | None = None  # a header found after damage

    def records(self, wanted: Callable[[dict[str, str], int], int]) -> Iterator[Record]:
        """Yield every whole record.

        `wanted` receives the fields of a record and the length of its block, and returns how many bytes of
        the block are kept.

        Raises:
            UsageError: the file does not begin as a WARC file does.
        """
        self._require_warc()
        while True:
            head = record = None
            try:
                head = self._next_head()
                if head is None:
                    return
                record = self._read(head, wanted)
                self._require_end()
            except _Cut:
                if not self._go_on_behind_record():
                    return
            except BadMember as bad:
                if head is not None and record is not None and bad.offset > head.member:  # the member of the record itself is whole
                    self._begins = None
                    yield record
                if not self._go_on_behind_member(bad):
                    return
            else:
                self._of_file = record.fields.get("warc-warcinfo-id", self._of_file)
                yield record

    def _require_warc(self) -> None:
        try:
            begins = self._content.peek(5)
        except BadMember:
            return  # reported as a gap
        if not begins or not b"WARC/".startswith(begins):
            raise UsageError(f"{self._path} is no WARC file.", "Give a .warc or .warc.gz file.")

    def _next_head(self) -> _Head | None:
        """Return the header of the record that begins here, or one found after damage; None at the end.

        Raises:
            _Cut: no whole header begins here.
        """
        self._begins = self._block = None
        if self._found is not None:
            head, self._found = self._found, None
            self._begins = head.offset
            return head
        if not self._content.peek():
            return None
        self._begins, member = self._content.offset, self._content.place.member
        if not _VERSION.fullmatch(self._content.readline(_MAX_LINE)):
            raise _Cut
        lines: list[bytes] = []
        left = _MAX_HEAD_BYTES
        while (line := self._content.readline(left)).endswith(b"\n"):
            if line in _BLANK:
                return _head(lines, self._begins, member)
            lines.append(line)
            left -= len(line)
        raise _Cut

    def _read(self, head: _Head, wanted: Callable[[dict[str, str], int], int]) -> Record:
        content = self._content
        kept = wanted(head.fields, head.length)
        self._block = (content.place, content.mark)
        if not content.may_hold(head.length):
            raise _Cut
        block = content.read(kept)
        if len(block) < kept or content.skip(head.length - kept) < head.length - kept:
            raise _Cut
        return Record(head.fields, head.length, block, head.oversized)

    def _require_end(self) -> None:
        """Skip the line ends after a block; without the two that WARC requires, its length may be wrong.

        Raises:
            _Cut: neither two line ends, nor the end of a gzip member, nor another record follows.
        """
        content = self._content
        ends = content.skip_blank_lines() >= _LINE_ENDS or (content.packed and content.place.at == 0)
        if not b"WARC/".startswith(content.peek(5)) and not ends:
            raise _Cut

    def _go_on_behind_record(self) -> bool:
        """Go to the next header after an invalid record; return whether there is one."""
        begins = self._begins or 0
        try:
            if self._block is not None:
                self._content.go_back(*self._block)  # its length is wrong: the next record may lie in its block
            self._found = self._find_head()
        except BadMember as bad:
            self._begins = begins
            return self._go_on_behind_member(bad)
        self._lost(begins, self._found.offset if self._found else None)
        return self._found is not None

    def _go_on_behind_member(self, bad: BadMember) -> bool:
        begins = bad.offset if self._begins is None else min(self._begins, bad.offset)
        found = self._content.go_behind(bad.offset, lambda start: start.startswith(b"WARC/"))
        self._lost(begins, found)
        return found is not None

    def _lost(self, start: int, end: int | None) -> None:
        self.damaged += 1
        if len(self.gaps) < _MOST_GAPS:
            self.gaps.append(UnreadableRange(start, end))

    def _find_head(self) -> _Head | None:
        """Return the next header that begins a line from here on; None when there is none."""
        content = self._content
        lines: list[bytes] | None = None
        offset = member = left = 0
        begins_line = True
        while content.peek():
            here, here_member = content.offset, content.place.member
            line = content.readline(_MAX_LINE, across=False)
            if begins_line and _VERSION.fullmatch(line):
                lines, offset, member, left = [], here, here_member, _MAX_HEAD_BYTES
            elif lines is not None and line in _BLANK:
                head = self._believable(lines, offset, member)
                if head is not None:
                    return head
                lines = None
            elif lines is not None:
                lines.append(line)
                left -= len(line)
                lines = lines if left > 0 else None
            begins_line = line.endswith(b"\n") or (content.packed and bool(content.peek()) and content.place.at == 0)
        return None

    def _believable(self, lines: list[bytes], offset: int, member: int) -> _Head | None:
        """Return the header in these lines; None unless it is that of a record of this file."""
        try:
            head = _head(lines, offset, member)
        except _Cut:
            return None
        is_ours = head.fields.get("warc-warcinfo-id", "") == self._of_file or not self._of_file
        return head if head.fields.keys() >= _MANDATORY and is_ours else None


def _head(lines: list[bytes], offset: int, member: int) -> _Head:
    fields = parse_warc_fields(lines)
    length = fields.get("content-length", "")
    if not (length.isascii() and length.isdecimal()) or len(length) > _MAX_DIGITS:
        raise _Cut
    oversized = len(lines) > MAX_HEADER_LINES or sum(map(len, lines)) > MAX_HEADER_BYTES
    return _Head(fields, int(length), oversized, offset, member)
