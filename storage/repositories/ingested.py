"""Files that captures were ingested from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func, select, update

from storage.database.ingested_tables import IngestedFileRow
from storage.database.tables import CaptureRow, OutcomeRow, RunRow
from storage.model.ingested import IngestedFile

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from storage.model.captures import OutcomeKind, WarcPointer

INGESTING = "ingest"
"""The kind of the runs whose captures come from files."""


def keep_file(session: Session, run: int, name: str, sha256: str, size: int, moment: datetime) -> int:
    """Return the number of a file, by name and digest; it is written down when it is new."""
    known = session.scalar(select(IngestedFileRow.id).where(IngestedFileRow.sha256 == sha256, IngestedFileRow.name == name))
    if known is not None:
        return known
    row = IngestedFileRow(name=name, sha256=sha256, size=size, run_id=run, ingested_at=moment)
    session.add(row)
    session.flush()
    return row.id


def keep_origin(session: Session, place: WarcPointer, file: int) -> None:
    """Write down which file a capture came from, where an ingestion made it and that is not known.

    A version before this table, or a run that was killed between the record and its row, left such captures behind.
    """
    of_ingestions = select(RunRow.id).where(RunRow.kind == INGESTING)
    session.execute(
        update(CaptureRow)
        .where(CaptureRow.warc_file == place.file, CaptureRow.warc_offset == place.offset, CaptureRow.ingested_from.is_(None))
        .where(CaptureRow.run_id.in_(of_ingestions))
        .values(ingested_from=file)
    )


def origin_of(session: Session, place: WarcPointer) -> IngestedFile | None:
    """Return the file that the capture at a place of our WARC files came from; None where it was fetched, or that is not known."""
    row = session.scalar(
        select(IngestedFileRow)
        .join(CaptureRow, CaptureRow.ingested_from == IngestedFileRow.id)
        .where(CaptureRow.warc_file == place.file, CaptureRow.warc_offset == place.offset)
    )
    return _file_of(row) if row is not None else None


def files_by_number(session: Session, numbers: set[int]) -> dict[int, IngestedFile]:
    """Files by their numbers, with one statement; with none where there are no numbers."""
    if not numbers:
        return {}
    return {row.id: _file_of(row) for row in session.scalars(select(IngestedFileRow).where(IngestedFileRow.id.in_(numbers)))}


def ingested_files(session: Session) -> list[IngestedFile]:
    """Return all files that were ingested, in that order."""
    return [_file_of(row) for row in session.scalars(select(IngestedFileRow).order_by(IngestedFileRow.id))]


def reasons_in(session: Session, run: int, kind: OutcomeKind) -> dict[str, int]:
    """How many captures of a run had an outcome of a kind, by reason: for kinds whose reasons are few."""
    counts = (
        select(OutcomeRow.reason, func.count())
        .join(CaptureRow, CaptureRow.id == OutcomeRow.capture_id)
        .where(CaptureRow.run_id == run, OutcomeRow.kind == kind.value)
        .group_by(OutcomeRow.reason)
    )
    return dict(session.execute(counts).all())


def _file_of(row: IngestedFileRow) -> IngestedFile:
    return IngestedFile(row.id, row.name, row.sha256, row.size, row.run_id, row.ingested_at)
