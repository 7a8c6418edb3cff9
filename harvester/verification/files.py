"""Comparison of the WARC files with the tables: each file is read once, along its rows in order of offset."""

from __future__ import annotations

import zlib
from itertools import chain
from typing import TYPE_CHECKING

from harvester.verification.cdxj import IndexCheck
from harvester.verification.damage import Checked, Damage
from harvester.verification.origins import OriginCheck
from harvester.verification.wording import counted, was
from storage.errors import ArchiveUnusable, DamageFound
from storage.warc.errors import BadPointer
from storage.warc.index import index_of
from storage.warc.members import BadMember, Members, beginning
from storage.warc.reader import read_response
from storage.warc.repair import whole_members
from storage.warc.verify import capture_fault, header_fault, record_fault
from storage.warc.writer import own_files

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from collections.abc import Set as AbstractSet
    from pathlib import Path

    from storage.model.captures import Capture
    from storage.reader import ArchiveReader

_HEAD_BYTES = 1024  # version and type come first in records that this program writes
_CHUNK = 1024 * 1024
_MOST_NAMED = 20
"""Number of foreign files that are named; any more are counted."""


def check_files(archive: ArchiveReader, checked: Checked) -> Iterator[Damage]:
    """Yield the damages of the WARC files.

    Every row's record must lie where the row says, and every byte of every file must belong to a whole
    record.
    """
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
            of_them = f"{counted(captures, 'capture')}, of which {counted(articles, 'article')} {was(articles)} read"
            yield Damage(f"the file is missing, and with it {of_them}", name)
        else:
            yield from _File(archive, path, ends.get(name, 0), checked).damages()
    checked.notes += _foreign_files(archive.warc_directory, {*names, *ends})


def _foreign_files(folder: Path, own: AbstractSet[str]) -> list[str]:
    """Return notes on files in the WARC folder that are neither WARC files of the archive nor indexes."""
    known = {*own, *(index_of(folder / name).name for name in own)}
    try:
        others = sorted(path.name for path in folder.iterdir() if path.name not in known)
    except OSError:
        return []  # already reported
    named = [f"{folder.name}/{name}: not of this archive; it was not checked" for name in others[:_MOST_NAMED]]
    more = len(others) - _MOST_NAMED
    return [*named, f"{folder.name}/: {counted(more, 'more file')} not of this archive"] if more > 0 else named


class _Rows:
    """Iterable over the captures of one file in order of offset.

    It ends early where a row cannot be read; `broken` then has the reason.
    """

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
    """Check of one WARC file; `end` is the end in bytes of the last record that a row points at."""

    def __init__(self, archive: ArchiveReader, path: Path, end: int, checked: Checked) -> None:
        self.archive, self.path, self.end, self.checked = archive, path, end, checked
        self.rows = _Rows(archive.captures_by_offset(path.name))
        self.waiting = iter(self.rows)
        self.next = next(self.waiting, None)
        self.index = IndexCheck(path)
        self.size = self.unread = self.lost = self.mismatching = 0
        self.origin: OriginCheck | None = None

    def damages(self) -> Iterator[Damage]:
        try:
            self.size = self.path.stat().st_size
            self.origin = OriginCheck(self.archive, self.path)
            yield from self._walk()
        except OSError as error:
            yield self._damage(f"the file cannot be read ({error.strerror or error})", 0)
            return
        self.checked.files += 1
        yield from self._rows_before(None)
        if self.lost:
            lost = counted(self.lost, "capture")
            yield Damage(
                f"the file has {self.size} bytes, its rows need at least {self.end}: with its end {lost} {was(self.lost)} lost",
                self.path.name,
            )
        if self.rows.broken:
            yield Damage(self.rows.broken)
            return
        self._note()
        for what in self.index.faults():
            yield Damage(what, self.index.path.name)
        self.checked.notes += self.index.notes()

    def _note(self) -> None:
        if self.unread:
            responses = counted(self.unread, "response")
            self.checked.notes.append(f"{self.path.name}: {responses} that no row points at; a run was killed, or is under way")
        if self.mismatching:
            records = counted(self.mismatching, "record")
            had = "did not have the digest that it declared" if self.mismatching == 1 else "did not have the digests that they declared"
            self.checked.notes.append(f"{self.path.name}: {records} {had} when ingested (WARC-Original-…-Digest)")

    def _walk(self) -> Iterator[Damage]:
        for start, end, whole in _stretches(self.path, self.size):
            pointed = False
            damaged = False
            for damage, at, sound in self._checked_rows(end):
                pointed |= at == start
                damaged |= not sound and at >= start
                if damage is not None:
                    yield damage
            if whole:
                yield from self._record(start, end, pointed=pointed, damaged=damaged)
            elif not damaged:  # otherwise reported with its capture
                yield from self._gap(start, end)
            self.checked.bytes += end - start

    def _rows_before(self, end: int | None) -> Iterator[Damage]:
        return (damage for damage, _, _ in self._checked_rows(end) if damage is not None)

    def _checked_rows(self, end: int | None) -> Iterator[tuple[Damage | None, int, bool]]:
        """Check the rows that point before an offset, or all remaining ones if `end` is None.

        Yields (damage or None, offset that the row points at, whether its record is sound). Rows whose
        records were lost with the end of the file are counted and reported in one line.
        """
        while self.next is not None and (end is None or self.next.warc.offset < end):
            capture = self.next
            self.checked.captures += 1
            self.index.expect(capture)
            what, at = self._fault(capture), capture.warc.offset
            if what is None:
                yield None, at, True
            elif self._is_lost(capture):
                self.lost += 1
                yield None, at, False
            else:
                self.index.doubt()
                article = self.archive.article_of_record(capture.warc.record_id)
                yield Damage(what, self.path.name, at, article, capture.url), at, False
            self.next = next(self.waiting, None)

    def _fault(self, capture: Capture) -> str | None:
        try:
            response = read_response(self.path, capture.warc.offset, capture.warc.length)
        except BadPointer as error:
            return error.phrase
        self.mismatching += bool(response.failed_digests)
        if what := capture_fault(response, capture):
            return what
        return self.origin.fault(capture) if self.origin else None

    def _is_lost(self, capture: Capture) -> bool:
        """Return whether the record of a capture ends behind the end of the file."""
        return capture.warc.offset >= 0 and self.size < capture.warc.offset + capture.warc.length

    def _record(self, start: int, end: int, *, pointed: bool, damaged: bool) -> Iterator[Damage]:
        if what := header_fault(self.path, start):
            yield self._damage(what, start)
        if pointed or damaged:
            return
        if _type_at(self.path, start) in {b"response", b"revisit"}:
            self.unread += not self.rows.broken
        elif what := record_fault(self.path, start, end - start):
            yield self._damage(what, start)

    def _gap(self, start: int, end: int) -> Iterator[Damage]:
        if start >= self.end and end >= self.size and _was_being_written(self.path, start, self.end):
            torn = f"{counted(end - start, 'byte')} of a torn record at the end"
            self.checked.notes.append(f"{self.path.name}: {torn}, which the next run cuts off")
        else:
            yield self._damage(f"{counted(end - start, 'byte')} that are no whole WARC record", start)

    def _damage(self, what: str, offset: int) -> Damage:
        return Damage(what, self.path.name, offset)


def _stretches(path: Path, size: int) -> Iterator[tuple[int, int, bool]]:
    """Split a file into ranges (start, end, whether the range is one whole record).

    The ranges are contiguous and cover the file up to `size`, in bytes.
    """
    at = 0
    for offset, length in chain(whole_members(path), [(size, 0)]):
        # still not whole: no writer is at work
        if offset > at and next(whole_members(path, at), (None, 0))[0] != at:
            yield at, offset, False
        if length:
            yield offset, offset + length, True
        at = offset + length


def _was_being_written(path: Path, start: int, acknowledged: int) -> bool:
    """Return whether the tail of a file looks like the trace of a killed writer: half a record, or zeros.

    A request right behind the last response that a row points at was written together with it, and had to be
    whole.
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
    """Return the type of the WARC record whose gzip member begins at an offset; empty when none does."""
    with path.open("rb") as file:
        head = beginning(file, offset)[:_HEAD_BYTES].split(b"\r\n")
    return next((line.partition(b":")[2].strip() for line in head if line.lower().startswith(b"warc-type:")), b"")
