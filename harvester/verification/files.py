"""The WARC files against the tables: each file is walked once, beside its rows in the order in which they lie there."""

from __future__ import annotations

import zlib
from itertools import chain
from typing import TYPE_CHECKING

from harvester.verification.cdxj import IndexCheck
from harvester.verification.damage import Checked, Damage
from storage.errors import ArchiveUnusable, DamageFound
from storage.warc.members import BadMember, Members, beginning
from storage.warc.repair import whole_members
from storage.warc.verify import capture_fault, header_fault, record_fault
from storage.warc.writer import own_files

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from storage.model.captures import Capture
    from storage.reader import ArchiveReader

_HEAD_BYTES = 1024  # the version and type of our records stand first
_CHUNK = 1024 * 1024


def check_files(archive: ArchiveReader, checked: Checked) -> Iterator[Damage]:
    """Whether every row's record lies where the row says, and every byte of every file belongs to a whole record."""
    try:
        ends = archive.warc_ends()
    except DamageFound as error:
        ends = {}
        yield Damage(error.message)
    try:
        names = {path.name for path in own_files(archive.warc_directory)}
    except ArchiveUnusable as error:
        names = set()
        yield Damage(error.message)
    for name in sorted({*names, *ends}):
        path = archive.warc_directory / name
        if name not in names and not path.is_file():
            captures, articles = archive.lying_in(name)
            checked.captures += captures
            yield Damage(f"the file is missing, and with it {captures} captures, of which {articles} articles were read", name)
        else:
            yield from _File(archive, path, ends.get(name, 0), checked).damages()


class _Rows:
    """The captures of one file in the order of their offsets. Where the tables cannot be read on they end, and `broken` says why."""

    def __init__(self, captures: Iterable[Capture]) -> None:
        self._captures = iter(captures)
        self.broken = ""

    def __iter__(self) -> Iterator[Capture]:
        try:
            yield from self._captures
        except DamageFound as error:
            self.broken = error.message
        except ValueError as error:
            self.broken = f"a row cannot be read: {error}"


class _File:
    """One WARC file. `end` is where the last record ends that a row points at."""

    def __init__(self, archive: ArchiveReader, path: Path, end: int, checked: Checked) -> None:
        self.archive, self.path, self.end, self.checked = archive, path, end, checked
        self.rows = _Rows(archive.captures_by_offset(path.name))
        self.waiting = iter(self.rows)
        self.next = next(self.waiting, None)
        self.index = IndexCheck(path)
        self.unread = 0

    def damages(self) -> Iterator[Damage]:
        try:
            yield from self._walk()
        except OSError as error:
            yield self._damage(f"the file cannot be read ({error.strerror or error})", 0)
            return
        self.checked.files += 1
        yield from self._rows_before(None)
        if self.rows.broken:
            yield Damage(self.rows.broken)
            return
        if self.unread:
            self.checked.notes.append(f"{self.path.name}: {self.unread} responses that no row points at; a run was killed, or is under way")
        for what in self.index.faults():
            yield Damage(what, self.index.path.name)
        self.checked.notes += self.index.notes()

    def _walk(self) -> Iterator[Damage]:
        size = self.path.stat().st_size
        for start, end, whole in _stretches(self.path, size):
            pointed = False
            damaged = False
            for damage, at in self._checked_rows(end):
                pointed |= at == start
                damaged |= damage is not None and at >= start
                if damage is not None:
                    yield damage
            if whole:
                yield from self._record(start, end, pointed=pointed, damaged=damaged)
            elif not damaged:  # else it was told with its capture
                yield from self._gap(start, end, size)
            self.checked.bytes += end - start

    def _rows_before(self, end: int | None) -> Iterator[Damage]:
        return (damage for damage, _ in self._checked_rows(end) if damage is not None)

    def _checked_rows(self, end: int | None) -> Iterator[tuple[Damage | None, int]]:
        """The rows that point before a place (or the rest), each checked: what is wrong, and where it points."""
        while self.next is not None and (end is None or self.next.warc.offset < end):
            capture = self.next
            self.checked.captures += 1
            self.index.expect(capture)
            what, at = capture_fault(self.path, capture), capture.warc.offset
            if what is None:
                yield None, at
            else:
                self.index.doubt()
                article = self.archive.article_of_record(capture.warc.record_id)
                yield Damage(what, self.path.name, at, article, capture.url), at
            self.next = next(self.waiting, None)

    def _record(self, start: int, end: int, *, pointed: bool, damaged: bool) -> Iterator[Damage]:
        if what := header_fault(self.path, start):
            yield self._damage(what, start)
        if pointed or damaged:
            return
        if _type_at(self.path, start) in {b"response", b"revisit"}:
            self.unread += not self.rows.broken
        elif what := record_fault(self.path, start, end - start):
            yield self._damage(what, start)

    def _gap(self, start: int, end: int, size: int) -> Iterator[Damage]:
        if start >= self.end and end >= size and _was_being_written(self.path, start, self.end):
            self.checked.notes.append(f"{self.path.name}: {end - start} bytes of a torn record at the end, which the next run cuts off")
        else:
            yield self._damage(f"{end - start} bytes that are no whole WARC record", start)

    def _damage(self, what: str, offset: int) -> Damage:
        return Damage(what, self.path.name, offset)


def _stretches(path: Path, size: int) -> Iterator[tuple[int, int, bool]]:
    """The bytes of a file as stretches (start, end, whether that is one whole record), without a gap up to its size."""
    at = 0
    for offset, length in chain(whole_members(path), [(size, 0)]):
        if offset > at and next(whole_members(path, at), (None, 0))[0] != at:  # not whole even now: nobody was writing it
            yield at, offset, False
        if length:
            yield offset, offset + length, True
        at = offset + length


def _was_being_written(path: Path, start: int, acknowledged: int) -> bool:
    """Whether a tail looks like what a killed writer leaves: half a record, or zeros.

    A request right behind the last response that a row points at was written with it, and had to be whole.
    """
    if start == acknowledged and _type_at(path, start) == b"request":
        return False
    with path.open("rb") as file:
        try:
            Members(file, start).skip()
        except BadMember as error:
            if not isinstance(error.__cause__, zlib.error):
                return True
        file.seek(start)
        return not any(chunk.strip(b"\0") for chunk in iter(lambda: file.read(_CHUNK), b""))


def _type_at(path: Path, offset: int) -> bytes:
    """The type of the WARC record whose gzip member begins at an offset; empty when none does."""
    with path.open("rb") as file:
        head = beginning(file, offset)[:_HEAD_BYTES].split(b"\r\n")
    return next((line.partition(b":")[2].strip() for line in head if line.lower().startswith(b"warc-type:")), b"")
