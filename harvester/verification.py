"""Verification: do the tables, the WARC files and the digests agree? It only reads, and does not need the archive's lock.

What a killed run leaves behind is no damage: a torn tail and answers that nobody has read yet lie behind everything that a row
points at, and the next run mends them. They are told as notes.
"""

from __future__ import annotations

import zlib
from array import array
from collections import defaultdict
from dataclasses import dataclass, field
from itertools import chain
from typing import TYPE_CHECKING

from pipelines.deduplication import content_digest
from pipelines.fingerprints import text_digest
from pipelines.line import LINE
from storage.errors import ArchiveUnusable, DamageFound
from storage.warc.members import BadMember, Members, beginning
from storage.warc.repair import whole_members
from storage.warc.verify import check_member
from storage.warc.writer import own_files

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from storage.model.captures import Capture
    from storage.model.holdings import KeptReading
    from storage.reader import ArchiveReader

_HEAD_BYTES = 1024  # the version and type of our records stand first
_CHUNK = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Damage:
    """One thing that is wrong: what, in which file of `warc/` and at which offset, of which article (its id) and address.

    `file`, `article` and `url` are empty, and `offset` is None, where there is none.
    """

    what: str
    file: str = ""
    offset: int | None = None
    article: str = ""
    url: str = ""

    def __str__(self) -> str:
        place = f"{self.file}, offset {self.offset}: " if self.file else ""
        concerned = ", ".join(filter(None, (f"article {self.article}" if self.article else "", self.url)))
        return f"{place}{self.what}" + (f" ({concerned})" if concerned else "")


@dataclass(slots=True)
class Checked:
    """How far a verification is: captures, readings and WARC files (and their bytes) looked at, and notes on what is no damage."""

    captures: int = 0
    readings: int = 0
    files: int = 0
    bytes: int = 0
    notes: list[str] = field(default_factory=list)


@dataclass(slots=True)
class _Seen:
    """What the tables say of one WARC file: the offsets that rows point at, the damaged ones, and the end of the last response."""

    offsets: array[int] = field(default_factory=lambda: array("Q"))
    damaged: list[int] = field(default_factory=list)
    end: int = 0


def verify(archive: ArchiveReader, checked: Checked) -> Iterator[Damage]:
    """Everything that is wrong in an archive, as it is found; `checked` grows meanwhile.

    Memory grows by eight bytes a capture. An archive that a crawl writes to meanwhile may be verified.
    """
    seen: dict[str, _Seen] = defaultdict(_Seen)
    yield from _surviving(map(Damage, archive.damage()))
    yield from _surviving(_captures(archive, checked, seen))
    yield from _surviving(_readings(archive, checked))
    try:
        files = own_files(archive.warc_directory)
    except ArchiveUnusable as error:
        yield Damage(error.message)
        return
    for path in files:
        yield from _file(path, seen[path.name], checked)


def _surviving(damages: Iterable[Damage]) -> Iterator[Damage]:
    """Damages until the tables themselves cannot be read on, which is one more."""
    try:
        yield from damages
    except DamageFound as error:
        yield Damage(error.message)
    except ValueError as error:  # a moment, a kind or a JSON value that nobody of us wrote
        yield Damage(f"a row cannot be read: {error}")


# ── tables ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def _captures(archive: ArchiveReader, checked: Checked, seen: dict[str, _Seen]) -> Iterator[Damage]:
    """Whether every capture's record lies where its row says, with the address and digest that the row says."""
    for capture in archive.captures():
        checked.captures += 1
        pointer, of_file = capture.warc, seen[capture.warc.file]
        of_file.offsets.append(max(pointer.offset, 0))
        of_file.end = max(of_file.end, pointer.offset + pointer.length)
        what = _fault(archive, capture)
        if what is not None:
            of_file.damaged.append(pointer.offset)
            yield Damage(what, pointer.file, pointer.offset, archive.article_of_record(pointer.record_id), capture.url)


def _fault(archive: ArchiveReader, capture: Capture) -> str | None:
    return check_member(archive.warc_directory / capture.warc.file, capture.warc, capture.url, capture.payload_digest)


def _readings(archive: ArchiveReader, checked: Checked) -> Iterator[Damage]:
    """Whether every stored text still has its digest, and everything else that was read has its own."""
    for kept in archive.kept_readings():
        checked.readings += 1
        what = _disagreement(kept)
        if what is not None:
            yield Damage(what, kept.warc.file, kept.warc.offset, kept.article, kept.url)


def _disagreement(kept: KeptReading) -> str | None:
    if text_digest(kept.extraction.text) != kept.extraction.text_sha256:
        return "the stored text does not have its digest"
    if kept.extraction.line == LINE and content_digest(kept.extraction) != kept.content_sha256:
        return "the stored headline, dates or byline do not have their digest"
    return None


# ── WARC files ────────────────────────────────────────────────────────────────────────────────────────────────────────


def _file(path: Path, seen: _Seen, checked: Checked) -> Iterator[Damage]:
    """Whether every byte of a file belongs to a whole WARC record."""
    try:
        size, pointed, unread = path.stat().st_size, set(seen.offsets), 0
        for start, end, whole in _stretches(path, size):
            if not whole:
                yield from _gap(path, start, end, seen, checked)
            elif start not in pointed and _type_at(path, start) in {b"response", b"revisit"}:
                unread += 1
            checked.bytes += end - start
    except OSError as error:
        yield Damage(f"the file cannot be read ({error.strerror or error})", path.name, 0)
        return
    checked.files += 1
    if unread:
        checked.notes.append(f"{path.name}: {unread} responses that no row points at; a run was killed, or is under way")


def _stretches(path: Path, size: int) -> Iterator[tuple[int, int, bool]]:
    """The bytes of a file as stretches (start, end, whether that is one whole record), without a gap up to its size."""
    at = 0
    for offset, length in chain(whole_members(path), [(size, 0)]):
        if offset > at and next(whole_members(path, at), (None, 0))[0] != at:  # not whole even now: nobody was writing it
            yield at, offset, False
        if length:
            yield offset, offset + length, True
        at = offset + length


def _gap(path: Path, start: int, end: int, seen: _Seen, checked: Checked) -> Iterator[Damage]:
    if any(start <= offset < end for offset in seen.damaged):
        return  # told with its capture
    if start >= seen.end and end >= path.stat().st_size and _was_being_written(path, start, seen.end):
        checked.notes.append(f"{path.name}: {end - start} bytes of a torn record at the end, which the next run cuts off")
        return
    yield Damage(f"{end - start} bytes that are no whole WARC record", path.name, start)


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
