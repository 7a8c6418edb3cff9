"""The stored history around a capture: its article, the current revision, and how often captures changed it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func, or_, select

from storage.database.tables import ArticleRow, CaptureRow, ExtractionRow, OutcomeRow, RevisionRow
from storage.model.capture_result import UNSTABLE, RevisionContext
from storage.model.captures import OutcomeKind
from storage.model.editions import spellings
from storage.model.history import StoredExtraction
from storage.repositories import articles
from storage.repositories.article_loader import read_extractions
from storage.repositories.captures import capture_of

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Select
    from sqlalchemy.orm import Session

    from storage.model.captures import Capture

LONGEST_STREAK = 10
MOST_PAST = 20
"""Earlier revisions compared with a text that an article may have returned to."""


def standing(session: Session, capture: Capture, url: str, article_id: str, *, reading: bool = True) -> RevisionContext:
    """Return what is stored of the page of a capture, by its canonical URL and id.

    Without `reading`, the current revision and the streak of changes are left out.
    """
    own, addresses = page_of(session, capture.source, url, article_id)
    at_page = CaptureRow.url.in_({*addresses, capture.url})
    newest = session.scalar(select(func.max(CaptureRow.captured_at)).where(CaptureRow.source_id == capture.source, at_page))
    if own is None:
        return RevisionContext(is_newest=newest is None or newest < capture.captured_at, has_captures=newest is not None)
    last, streak = _newest(session, own.number, LONGEST_STREAK if reading else 1)
    newest = max((moment for moment in (newest, last) if moment is not None), default=None)
    is_newest = newest is None or newest < capture.captured_at
    hidden = articles.article_id_of(session, own.alias_of) if own.alias_of is not None else ""
    before = _first(session, _face(own.number)) if reading and is_newest and not hidden else None
    return RevisionContext(own.id, own.url, hidden, before, streak, is_newest, has_captures=newest is not None)


def page_of(session: Session, source: str, url: str, article_id: str) -> tuple[ArticleRow | None, list[str]]:
    """Return the article of a page, and the URLs whose captures belong to it.

    The article of the very URL goes before one of another spelling: older archives may hold both.
    """
    spelled = spellings(url)
    here = or_(ArticleRow.id == article_id, (ArticleRow.source_id == source) & ArticleRow.url.in_(spelled))
    rows = session.scalars(select(ArticleRow).where(here).order_by(ArticleRow.number)).all()
    own = next((row for row in rows if row.id == article_id), rows[0] if rows else None)
    addresses = dict.fromkeys((url, *spelled, *(spellings(own.url) if own else ())))
    if own is not None:
        for row in rows:
            if row is not own:
                addresses.pop(row.url, None)
        addresses[own.url] = None
    return own, list(addresses)


def past_readings(session: Session, article_id: str) -> list[StoredExtraction]:
    """Return the extractions of an article's revisions but the current one, newest first."""
    number = articles.number_by_id(session, article_id)
    return known_readings(
        session,
        _readings()
        .join(RevisionRow, RevisionRow.extraction_id == ExtractionRow.id)
        .join(ArticleRow, ArticleRow.number == RevisionRow.article_number)
        .where(ArticleRow.number == number, ArticleRow.extraction_id != ExtractionRow.id)
        .order_by(RevisionRow.number.desc())
        .limit(MOST_PAST),
    )


def _readings() -> Select[ExtractionRow, CaptureRow]:
    return select(ExtractionRow, CaptureRow).join(CaptureRow, CaptureRow.id == ExtractionRow.capture_id)


def _face(number: int) -> Select[ExtractionRow, CaptureRow]:
    return _readings().join(ArticleRow, ArticleRow.extraction_id == ExtractionRow.id).where(ArticleRow.number == number)


def _first(session: Session, query: Select[ExtractionRow, CaptureRow]) -> StoredExtraction | None:
    return next(iter(known_readings(session, query)), None)


def known_readings(session: Session, query: Select[ExtractionRow, CaptureRow]) -> list[StoredExtraction]:
    """Return stored extractions with their captures."""
    rows = session.execute(query).all()
    read = read_extractions(session, [extraction for extraction, _ in rows])
    return [
        StoredExtraction(row.id, extraction, row.content_sha256, capture_of(capture))
        for (row, capture), extraction in zip(rows, read, strict=True)
    ]


def _newest(session: Session, number: int, limit: int) -> tuple[datetime | None, int]:
    """Return the last capture of an article, and how many of its newest captures in a row changed it."""
    newest = (
        select(OutcomeRow.kind, OutcomeRow.reason, CaptureRow.captured_at)
        .join(CaptureRow, CaptureRow.id == OutcomeRow.capture_id)
        .where(OutcomeRow.article_number == number)
        .order_by(CaptureRow.captured_at.desc(), CaptureRow.id.desc())
        .limit(limit)
    )
    rows = session.execute(newest).all()
    noisy = [row.kind == OutcomeKind.REVISED or row.reason.startswith(UNSTABLE) for row in rows]
    streak = next((place for place, changed in enumerate(noisy) if not changed), len(noisy))
    return max((row.captured_at for row in rows), default=None), streak
