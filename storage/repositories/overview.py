"""The archive seen from above: what it holds of each source, when each was last asked, and what became of an address."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func, select, union_all

from storage.database.tables import ArticleRow, CaptureRow, OutcomeRow, RunRow, UnansweredRow
from storage.model.captures import Outcome, OutcomeKind
from storage.model.holdings import Growth, SourceCounts

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session


def holdings(session: Session) -> dict[str, SourceCounts]:
    """By source, what the archive holds of it; sources without an article are left out."""
    counted = select(ArticleRow.source_id, func.count(), func.max(ArticleRow.published_day)).where(ArticleRow.alias_of.is_(None))
    by_source = counted.group_by(ArticleRow.source_id)
    return {source: SourceCounts(count, newest) for source, count, newest in session.execute(by_source)}


def newest_runs(session: Session) -> dict[str, int]:
    """By source, the number of the newest run that asked it."""
    asked = union_all(
        select(CaptureRow.source_id.label("source"), func.max(CaptureRow.run_id).label("run")).group_by(CaptureRow.source_id),
        select(UnansweredRow.source_id, func.max(UnansweredRow.run_id)).group_by(UnansweredRow.source_id),
    ).subquery()
    return dict(session.execute(select(asked.c.source, func.max(asked.c.run)).group_by(asked.c.source)).all())


def last_successes(session: Session) -> dict[str, datetime]:
    """By source, the moment of its newest capture that could be read: no refusal, no server error, and more than a robots.txt."""
    unread = sorted({*(kind for kind in OutcomeKind if kind.is_failure), OutcomeKind.ROBOTS})
    rows = (
        select(CaptureRow.source_id, func.max(CaptureRow.captured_at))
        .join(OutcomeRow, OutcomeRow.capture_id == CaptureRow.id)
        .where(OutcomeRow.kind.not_in(unread))
        .group_by(CaptureRow.source_id)
    )
    return dict(session.execute(rows).all())


def growth(session: Session, since: datetime) -> Growth:
    """How many captures there are, how many of them runs brought that started since a moment, and when the first run started."""
    captures = session.scalar(select(func.count()).select_from(CaptureRow)) or 0
    late = select(RunRow.id).where(RunRow.started_at >= since)
    lately = session.scalar(select(func.count()).select_from(CaptureRow).where(CaptureRow.run_id.in_(late))) or 0
    return Growth(captures, lately, session.scalar(select(func.min(RunRow.started_at))))


def measure(session: Session) -> dict[str, object]:
    """What tells one state of the archive from another, as JSON values: counts, the newest run and the newest capture."""
    newest = session.scalar(select(func.max(CaptureRow.captured_at)))
    return {
        "articles": session.scalar(select(func.count()).select_from(ArticleRow).where(ArticleRow.alias_of.is_(None))) or 0,
        "captures": session.scalar(select(func.count()).select_from(CaptureRow)) or 0,
        "newest_run": session.scalar(select(func.max(RunRow.id))),
        "newest_capture": newest.isoformat(timespec="seconds") if newest else None,
    }


def fate_of(session: Session, url: str) -> tuple[datetime, Outcome] | None:
    """When an address was captured last, and what became of that capture."""
    newest = (
        select(CaptureRow.captured_at, OutcomeRow.kind, OutcomeRow.reason)
        .join(OutcomeRow, OutcomeRow.capture_id == CaptureRow.id)
        .where(CaptureRow.url == url)
        .order_by(CaptureRow.captured_at.desc())
        .limit(1)
    )
    row = session.execute(newest).first()
    return (row.captured_at, Outcome(OutcomeKind(row.kind), row.reason)) if row else None


def article_of_record(session: Session, record_id: str) -> str:
    """The id of the article that a WARC record was read as; empty when it was none."""
    article = (
        select(ArticleRow.id)
        .join(OutcomeRow, OutcomeRow.article_number == ArticleRow.number)
        .join(CaptureRow, CaptureRow.id == OutcomeRow.capture_id)
        .where(CaptureRow.record_id == record_id)
    )
    return session.scalar(article) or ""
