"""Captures and their outcomes."""

from __future__ import annotations

from array import array
from datetime import timedelta
from http import HTTPStatus
from typing import TYPE_CHECKING

from sqlalchemy import delete, func, select, tuple_, update

from storage.database.tables import ArticleRow, CaptureRow, ExtractionRow, OutcomeRow, RunRow, UnansweredRow
from storage.model.captures import Capture, LastCapture, Outcome, OutcomeKind, WarcPointer
from storage.model.runs import FINISHED

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from sqlalchemy.orm import Session

    from storage.model.articles import ArticleState
    from storage.model.history import ExtractionSummary

BATCH = 1_000
_IS_WHOLE = (
    CaptureRow.status == HTTPStatus.OK.value,
    CaptureRow.truncated == "",
    OutcomeRow.kind != OutcomeKind.UNREADABLE.value,
)


def add_capture(session: Session, run: int, capture: Capture) -> int:
    """Insert a capture and return its number; its outcome follows in the same transaction."""
    row = CaptureRow(
        run_id=run,
        source_id=capture.source,
        url=capture.url,
        captured_at=capture.captured_at,
        status=capture.status,
        content_type=capture.content_type,
        payload_digest=capture.payload_digest,
        warc_file=capture.warc.file,
        warc_offset=capture.warc.offset,
        warc_length=capture.warc.length,
        record_id=capture.warc.record_id,
        etag=capture.etag,
        last_modified=capture.last_modified,
        same_as=capture.same_as,
        truncated=capture.truncated,
        ingested_from=capture.ingested_from,
    )
    session.add(row)
    session.flush()
    return row.id


def number_at(session: Session, place: WarcPointer) -> int | None:
    """Return the number of the capture whose record is at this place of our WARC files, or None."""
    return session.scalar(select(CaptureRow.id).where(CaptureRow.warc_file == place.file, CaptureRow.warc_offset == place.offset))


def add_outcome(
    session: Session,
    capture: int,
    outcome: Outcome,
    article: int | None,
    *,
    mark: ExtractionSummary | None = None,
    state: ArticleState | None = None,
    extraction: int | None = None,
) -> None:
    """Insert the outcome of a capture, with the article of its page, its state and its extraction."""
    row = OutcomeRow(
        capture_id=capture,
        kind=outcome.kind.value,
        reason=outcome.reason,
        article_number=article,
        state=state.value if state else None,
        extraction_id=extraction,
        line=mark.line if mark else None,
        content_sha256=mark.content_sha256 if mark else None,
        is_paywalled=mark.is_paywalled if mark else None,
        out_of_scope=mark.out_of_scope if mark else None,
    )
    session.add(row)
    session.flush()


def keep_outcome(session: Session, capture: int, outcome: Outcome) -> None:
    """Replace kind and reason of an outcome."""
    values = {"kind": outcome.kind.value, "reason": outcome.reason}
    session.execute(update(OutcomeRow).where(OutcomeRow.capture_id == capture).values(**values))


def drop_outcome(session: Session, capture: int) -> None:
    """Delete the outcome of a capture, to be replaced in the same transaction."""
    session.execute(delete(OutcomeRow).where(OutcomeRow.capture_id == capture))


def out_of_scope(session: Session) -> array[int]:
    """Return the numbers of the captures of no topic, in the order of their moments: eight bytes each."""
    outside = (
        select(CaptureRow.id)
        .join(OutcomeRow, OutcomeRow.capture_id == CaptureRow.id)
        .where(OutcomeRow.kind == OutcomeKind.OUT_OF_SCOPE.value)
        .order_by(CaptureRow.captured_at, CaptureRow.id)
    )
    return array("Q", session.scalars(outside))


def unreadable_because(session: Session, reason: str) -> array[int]:
    """Return the numbers of the captures unreadable for a reason, by moment: eight bytes each."""
    found = (
        select(CaptureRow.id)
        .join(OutcomeRow, OutcomeRow.capture_id == CaptureRow.id)
        .where(OutcomeRow.kind == OutcomeKind.UNREADABLE.value, OutcomeRow.reason == reason)
        .order_by(CaptureRow.captured_at, CaptureRow.id)
    )
    return array("Q", session.scalars(found))


def with_outcome(session: Session, number: int) -> tuple[Capture, Outcome]:
    """Return a capture and its outcome, without the article."""
    row, outcome = session.get_one(CaptureRow, number), session.get_one(OutcomeRow, number)
    return capture_of(row), Outcome(OutcomeKind(outcome.kind), outcome.reason)


def left_out(session: Session, number: int) -> tuple[Capture, Outcome]:
    """Return a capture and why it belongs to no topic; older versions stored that in the outcome alone."""
    row, outcome = session.get_one(CaptureRow, number), session.get_one(OutcomeRow, number)
    return capture_of(row), Outcome(OutcomeKind.OUT_OF_SCOPE, outcome.out_of_scope or outcome.reason)


def newest_of(session: Session, url: str) -> int | None:
    """Return the number of the newest capture of a URL."""
    return session.scalar(select(CaptureRow.id).where(CaptureRow.url == url).order_by(CaptureRow.captured_at.desc()).limit(1))


def add_unanswered(session: Session, run: int, source: str, url: str, at: datetime, reason: str) -> None:
    """Insert a request that brought no response."""
    session.add(UnansweredRow(run_id=run, source_id=source, url=url, at=at, reason=reason))
    session.flush()


def last_capture(session: Session, source: str, url: str) -> LastCapture | None:
    """Return the newest complete and readable capture of a URL with status 200, and its outcome.

    Its validators go into the next request; those of an unreadable capture would hide that it fails again.
    """
    newest = (
        select(CaptureRow, OutcomeRow)
        .join(OutcomeRow, OutcomeRow.capture_id == CaptureRow.id)
        .where(CaptureRow.url == url, CaptureRow.source_id == source, *_IS_WHOLE)
        .order_by(CaptureRow.captured_at.desc())
        .limit(1)
    )
    row = session.execute(newest).first()
    return LastCapture(capture_of(row.CaptureRow), Outcome(OutcomeKind(row.OutcomeRow.kind), row.OutcomeRow.reason)) if row else None


def captured_as(session: Session, record_id: str) -> Capture | None:
    """Return the capture with a WARC record id."""
    row = session.scalar(select(CaptureRow).where(CaptureRow.record_id == record_id))
    return capture_of(row) if row is not None else None


def referred_to(session: Session, url: str, moment: datetime | None, record_id: str) -> Capture | None:
    """Return the complete capture that a revisit record refers to: by URL and second, else by record id.

    WARC-Refers-To-Date may lack the fraction of a second of the capture's own date.
    """
    found = None
    if moment is not None:
        second = moment.replace(microsecond=0)
        found = session.scalar(
            select(CaptureRow)
            .join(OutcomeRow, OutcomeRow.capture_id == CaptureRow.id)
            .where(CaptureRow.url == url, *_IS_WHOLE)
            .where(CaptureRow.captured_at >= second, CaptureRow.captured_at < second + timedelta(seconds=1))
            .order_by(CaptureRow.captured_at != moment, CaptureRow.id)
            .limit(1)
        )
    if found is None and record_id:
        found = session.scalar(
            select(CaptureRow).join(OutcomeRow, OutcomeRow.capture_id == CaptureRow.id).where(CaptureRow.record_id == record_id, *_IS_WHOLE)
        )
    return capture_of(found) if found is not None else None


def wholes_of(session: Session, source: str, url: str, before: datetime, limit: int) -> list[Capture]:
    """Return the newest complete captures of a URL before a moment that hold their body, `limit` at most."""
    rows = (
        select(CaptureRow)
        .join(OutcomeRow, OutcomeRow.capture_id == CaptureRow.id)
        .where(CaptureRow.url == url, CaptureRow.source_id == source, *_IS_WHOLE)
        .where(CaptureRow.same_as.is_(None), CaptureRow.captured_at < before)
        .order_by(CaptureRow.captured_at.desc())
        .limit(limit)
    )
    return [capture_of(row) for row in session.scalars(rows)]


def newest_pages(session: Session, source: str, limit: int) -> list[Capture]:
    """Return the captures of the newest articles of a source, `limit` at most."""
    rows = (
        select(CaptureRow)
        .join(ExtractionRow, ExtractionRow.capture_id == CaptureRow.id)
        .join(ArticleRow, ArticleRow.extraction_id == ExtractionRow.id)
        .where(ArticleRow.source_id == source, CaptureRow.truncated == "")
        .order_by(ArticleRow.published_at.desc(), ArticleRow.number.desc())
        .limit(limit)
    )
    return [capture_of(row) for row in session.scalars(rows)]


def has_warc_record(session: Session, record_id: str) -> bool:
    """Return whether a WARC record is in the archive."""
    return session.scalar(select(CaptureRow.id).where(CaptureRow.record_id == record_id)) is not None


def warc_ends(session: Session) -> dict[str, int]:
    """Return, by WARC file, the end in bytes of the last record that a row points at."""
    ends = select(CaptureRow.warc_file, func.max(CaptureRow.warc_offset + CaptureRow.warc_length)).group_by(CaptureRow.warc_file)
    return dict(session.execute(ends).all())


def settled_until(session: Session) -> dict[str, int]:
    """Return, by WARC file, the offset up to which every capture has an outcome.

    Outcomes are written in another order than captures, so after runs that did not finish it is the offset of
    the first of their captures; otherwise it is the end of the last capture.
    """
    last_finished = select(func.coalesce(func.max(RunRow.id), 0)).where(RunRow.ended == FINISHED).scalar_subquery()
    firsts = (
        select(CaptureRow.warc_file, func.min(CaptureRow.warc_offset))
        .where(CaptureRow.run_id > last_finished)
        .group_by(CaptureRow.warc_file)
    )
    return warc_ends(session) | dict(session.execute(firsts).all())


def files_of(session: Session, run: int) -> list[str]:
    """Return the WARC files that a run wrote to."""
    return list(session.scalars(select(CaptureRow.warc_file).where(CaptureRow.run_id == run).distinct()))


def captures(session: Session, file: str | None = None) -> Iterator[Capture]:
    """Yield all captures, or those of one WARC file, in insertion order, in batches."""
    after = 0
    while True:
        batch = select(CaptureRow).where(CaptureRow.id > after).order_by(CaptureRow.id).limit(BATCH)
        rows = session.scalars(batch if file is None else batch.where(CaptureRow.warc_file == file)).all()
        if not rows:
            return
        yield from map(capture_of, rows)
        after = rows[-1].id
        session.expunge_all()


def by_offset(session: Session, file: str) -> Iterator[Capture]:
    """Yield the captures of one WARC file in the order of their offsets, in batches."""
    rows = select(CaptureRow).where(CaptureRow.warc_file == file).order_by(CaptureRow.warc_offset, CaptureRow.id).limit(BATCH)
    batch = session.scalars(rows).all()
    while batch:
        yield from map(capture_of, batch)
        at, after = batch[-1].warc_offset, batch[-1].id
        session.expunge_all()
        batch = session.scalars(rows.where(tuple_(CaptureRow.warc_offset, CaptureRow.id) > (at, after))).all()


def lying_in(session: Session, file: str) -> tuple[int, int]:
    """Return the number of captures in a WARC file, and of the articles read from them."""
    counts = select(func.count(), func.count(OutcomeRow.article_number.distinct())).select_from(CaptureRow)
    row = session.execute(counts.outerjoin(OutcomeRow, OutcomeRow.capture_id == CaptureRow.id).where(CaptureRow.warc_file == file)).one()
    return row[0], row[1]


def without_outcome(session: Session) -> list[str]:
    """Return the URLs of captures without an outcome; there are none unless the tables were tampered with."""
    missing = select(CaptureRow.url).outerjoin(OutcomeRow, OutcomeRow.capture_id == CaptureRow.id)
    return list(session.scalars(missing.where(OutcomeRow.capture_id.is_(None)).limit(100)))


def capture_of(row: CaptureRow) -> Capture:
    """Return a row as a value."""
    return Capture(
        source=row.source_id,
        url=row.url,
        captured_at=row.captured_at,
        status=row.status,
        content_type=row.content_type,
        payload_digest=row.payload_digest,
        warc=WarcPointer(row.warc_file, row.warc_offset, row.warc_length, row.record_id),
        etag=row.etag,
        last_modified=row.last_modified,
        same_as=row.same_as,
        truncated=row.truncated,
        ingested_from=row.ingested_from,
    )
