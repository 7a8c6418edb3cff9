"""What the tables know of an article at a moment: the readings around it, and how restless it has been."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func, select

from storage.database.tables import ArticleRow, CaptureRow, ExtractionRow, OutcomeRow, RevisionRow
from storage.model.captures import OutcomeKind
from storage.model.settlement import UNSTABLE, Known, Standing
from storage.repositories import articles
from storage.repositories.captures import capture_of
from storage.repositories.reading import read_extractions

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Select
    from sqlalchemy.orm import Session

    from storage.model.captures import Capture
    from storage.model.settlement import ArticleChange

LONGEST_STREAK = 10
MOST_PAST = 20
"""So many earlier revisions are looked at for one that an article has returned to."""


def standing(session: Session, capture: Capture, change: ArticleChange) -> Standing:
    """What the tables know of an article that was just read from a capture."""
    number = articles.number_of(session, capture.source, change.id, change.url)
    if number is None:
        twin = articles.twin_of(session, capture.source, change.extraction.title, change.extraction.text_sha256)
        return Standing(twin=articles.article_id_of(session, twin) if twin is not None else "")
    newest = session.scalar(select(func.max(RevisionRow.captured_at)).where(RevisionRow.article_number == number))
    if newest is None or capture.captured_at >= newest:
        before, after = _first(session, _face(number)), None
    else:
        before, after = (_first(session, query) for query in _neighbours(number, capture.captured_at))
    return Standing(articles.article_id_of(session, number), "", before, after, _streak(session, number))


def past_readings(session: Session, article_id: str) -> list[Known]:
    """The readings of an article's revisions that are not its face, newest first."""
    number = articles.number_by_id(session, article_id)
    return _known(
        session,
        _readings()
        .join(RevisionRow, RevisionRow.extraction_id == ExtractionRow.id)
        .join(ArticleRow, ArticleRow.number == RevisionRow.article_number)
        .where(ArticleRow.number == number, ArticleRow.extraction_id != ExtractionRow.id)
        .order_by(RevisionRow.captured_at.desc())
        .limit(MOST_PAST),
    )


def _readings() -> Select[ExtractionRow, CaptureRow]:
    return select(ExtractionRow, CaptureRow).join(CaptureRow, CaptureRow.id == ExtractionRow.capture_id)


def _face(number: int) -> Select[ExtractionRow, CaptureRow]:
    return _readings().join(ArticleRow, ArticleRow.extraction_id == ExtractionRow.id).where(ArticleRow.number == number)


def _neighbours(number: int, moment: datetime) -> list[Select[ExtractionRow, CaptureRow]]:
    """The revisions right before and right after a moment."""
    revisions = (
        _readings().join(RevisionRow, RevisionRow.extraction_id == ExtractionRow.id).where(RevisionRow.article_number == number).limit(1)
    )
    before = revisions.where(RevisionRow.captured_at <= moment).order_by(RevisionRow.captured_at.desc())
    return [before, revisions.where(RevisionRow.captured_at > moment).order_by(RevisionRow.captured_at)]


def _first(session: Session, query: Select[ExtractionRow, CaptureRow]) -> Known | None:
    return next(iter(_known(session, query)), None)


def _known(session: Session, query: Select[ExtractionRow, CaptureRow]) -> list[Known]:
    rows = session.execute(query).all()
    read = read_extractions(session, [extraction for extraction, _ in rows])
    return [
        Known(row.id, extraction, row.content_sha256, capture_of(capture)) for (row, capture), extraction in zip(rows, read, strict=True)
    ]


def _streak(session: Session, number: int) -> int:
    """How many of the newest captures of an article changed it, up to the first that did not."""
    newest = (
        select(OutcomeRow.kind, OutcomeRow.reason)
        .join(CaptureRow, CaptureRow.id == OutcomeRow.capture_id)
        .where(OutcomeRow.article_number == number)
        .order_by(CaptureRow.captured_at.desc())
        .limit(LONGEST_STREAK)
    )
    restless = [kind == OutcomeKind.REVISED or reason.startswith(UNSTABLE) for kind, reason in session.execute(newest)]
    return next((place for place, changed in enumerate(restless) if not changed), len(restless))
