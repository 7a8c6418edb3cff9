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
"""Kind of the runs that ingest files."""


def keep_file(session: Session, run: int, name: str, sha256: str, size: int, moment: datetime) -> int:
    """Return the number of a file, by name and digest; insert it when it is new."""
    known = session.scalar(select(IngestedFileRow.id).where(IngestedFileRow.sha256 == sha256, IngestedFileRow.name == name))
    if known is not None:
        return known
    row = IngestedFileRow(name=name, sha256=sha256, size=size, run_id=run, ingested_at=moment)
    session.add(row)
    session.flush()
    return row.id


def keep_origin(session: Session, place: WarcPointer, file: int) -> None:
    """Store which file a capture was ingested from, where that is not known yet.

    A version before this table, or a run killed between the record and its row, left such captures behind.
    """
    of_ingestions = select(RunRow.id).where(RunRow.kind == INGESTING)
    session.execute(
        update(CaptureRow)
        .where(CaptureRow.warc_file == place.file, CaptureRow.warc_offset == place.offset, CaptureRow.ingested_from.is_(None))
        .where(CaptureRow.run_id.in_(of_ingestions))
        .values(ingested_from=file)
    )


def origin_of(session: Session, place: WarcPointer) -> IngestedFile | None:
    """Return the file of the capture at a place of our WARC files; None where it was fetched, or unknown."""
    row = session.scalar(
        select(IngestedFileRow)
        .join(CaptureRow, CaptureRow.ingested_from == IngestedFileRow.id)
        .where(CaptureRow.warc_file == place.file, CaptureRow.warc_offset == place.offset)
    )
    return _file_of(row) if row is not None else None


def files_by_number(session: Session, numbers: set[int]) -> dict[int, IngestedFile]:
    """Return files by their numbers, with one statement."""
    if not numbers:
        return {}
    return {row.id: _file_of(row) for row in session.scalars(select(IngestedFileRow).where(IngestedFileRow.id.in_(numbers)))}


def ingested_files(session: Session) -> list[IngestedFile]:
    """Return all ingested files, in order."""
    return [_file_of(row) for row in session.scalars(select(IngestedFileRow).order_by(IngestedFileRow.id))]


def reasons_in(session: Session, run: int, kind: OutcomeKind) -> dict[str, int]:
    """Return the number of captures of a run by reason, of one kind of outcome with few reasons."""
    counts = (
        select(OutcomeRow.reason, func.count())
        .join(CaptureRow, CaptureRow.id == OutcomeRow.capture_id)
        .where(CaptureRow.run_id == run, OutcomeRow.kind == kind.value)
        .group_by(OutcomeRow.reason)
    )
    return dict(session.execute(counts).all())


def _file_of(row: IngestedFileRow) -> IngestedFile:
    return IngestedFile(row.id, row.name, row.sha256, row.size, row.run_id, row.ingested_at)
