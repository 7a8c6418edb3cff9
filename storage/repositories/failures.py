"""Captures whose processing failed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import delete, func, select

from storage.database.failure_tables import FailedCaptureRow
from storage.database.tables import RunRow
from storage.model.captures import WarcPointer
from storage.model.failures import OPEN_ATTEMPT, FailedCapture, Failure, printable

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import ColumnElement
    from sqlalchemy.orm import Session

MAX_URL_CHARS = 2000


def record(session: Session, run: int, place: WarcPointer, source: str, url: str, failure: Failure, at: datetime) -> None:
    """Store that a record failed in a run, or failed once more.

    An error that ends an open attempt is not counted as another attempt.
    """
    version = session.get_one(RunRow, run).version
    row = session.scalars(select(FailedCaptureRow).where(*_at(place))).first()
    if row is None:
        row = FailedCaptureRow(
            warc_file=place.file,
            warc_offset=place.offset,
            warc_length=place.length,
            record_id=printable(place.record_id),
            source_id="",
            url=printable(url, MAX_URL_CHARS),
            attempts=0,
            first_at=at,
            stage="",
        )
    if row.stage != OPEN_ATTEMPT or failure.stage == OPEN_ATTEMPT:
        row.attempts += 1
    row.source_id = printable(source) or row.source_id
    row.stage, row.error = failure.stage, failure.error
    row.version, row.run_id, row.at = version, run, at
    session.add(row)
    session.flush()


def forget(session: Session, place: WarcPointer, stage: str | None = None) -> None:
    """Delete the failure of a record; with `stage` only where it failed there."""
    forgotten = delete(FailedCaptureRow).where(*_at(place))
    session.execute(forgotten if stage is None else forgotten.where(FailedCaptureRow.stage == stage))


def find(session: Session, place: WarcPointer) -> FailedCapture | None:
    """Return the failure of a record, or None."""
    row = session.scalars(select(FailedCaptureRow).where(*_at(place))).first()
    return _value(row) if row else None


def failed_captures(session: Session) -> list[FailedCapture]:
    """Return all captures whose processing failed, oldest first."""
    return [_value(row) for row in session.scalars(select(FailedCaptureRow).order_by(FailedCaptureRow.first_at, FailedCaptureRow.id))]


def failed_in(session: Session, run: int) -> dict[str, int]:
    """Return how many captures failed in a run, by source."""
    by_source = select(FailedCaptureRow.source_id, func.count()).where(FailedCaptureRow.run_id == run)
    return dict(session.execute(by_source.group_by(FailedCaptureRow.source_id)).all())


def _at(place: WarcPointer) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return FailedCaptureRow.warc_file == place.file, FailedCaptureRow.warc_offset == place.offset


def _value(row: FailedCaptureRow) -> FailedCapture:
    return FailedCapture(
        place=WarcPointer(row.warc_file, row.warc_offset, row.warc_length, row.record_id),
        source=row.source_id,
        url=row.url,
        failure=Failure(row.stage, row.error),
        version=row.version,
        attempts=row.attempts,
        run=row.run_id,
        first_at=row.first_at,
        at=row.at,
    )
