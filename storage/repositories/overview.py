"""Counts per source, last requests and successes, and the outcomes of single URLs."""

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
    """Return the number of articles and the newest day by source; sources without an article are left out."""
    counted = select(ArticleRow.source_id, func.count(), func.max(ArticleRow.published_day)).where(ArticleRow.alias_of.is_(None))
    by_source = counted.group_by(ArticleRow.source_id)
    return {source: SourceCounts(count, newest) for source, count, newest in session.execute(by_source)}


def newest_runs(session: Session) -> dict[str, int]:
    """Return, by source, the number of the newest run that requested anything from it."""
    asked = union_all(
        select(CaptureRow.source_id.label("source"), func.max(CaptureRow.run_id).label("run")).group_by(CaptureRow.source_id),
        select(UnansweredRow.source_id, func.max(UnansweredRow.run_id)).group_by(UnansweredRow.source_id),
    ).subquery()
    return dict(session.execute(select(asked.c.source, func.max(asked.c.run)).group_by(asked.c.source)).all())


def last_successes(session: Session) -> dict[str, datetime]:
    """Return, by source, the moment of its newest readable capture.

    Refused and unreadable captures, server errors and captures of robots.txt do not count.
    """
    unread = sorted({*(kind for kind in OutcomeKind if kind.is_failure), OutcomeKind.ROBOTS})
    rows = (
        select(CaptureRow.source_id, func.max(CaptureRow.captured_at))
        .join(OutcomeRow, OutcomeRow.capture_id == CaptureRow.id)
        .where(OutcomeRow.kind.not_in(unread))
        .group_by(CaptureRow.source_id)
    )
    return dict(session.execute(rows).all())


def growth(session: Session, since: datetime) -> Growth:
    """Return the number of captures, in all and of runs that started since a moment.

    With it goes the start of the first run; None without runs.
    """
    captures = session.scalar(select(func.count()).select_from(CaptureRow)) or 0
    late = select(RunRow.id).where(RunRow.started_at >= since)
    lately = session.scalar(select(func.count()).select_from(CaptureRow).where(CaptureRow.run_id.in_(late))) or 0
    return Growth(captures, lately, session.scalar(select(func.min(RunRow.started_at))))


def measure(session: Session) -> dict[str, object]:
    """Return values that distinguish states of the archive, for JSON.

    These are the numbers of articles and captures, the newest run and the newest capture; None where there is
    none.
    """
    newest = session.scalar(select(func.max(CaptureRow.captured_at)))
    return {
        "articles": session.scalar(select(func.count()).select_from(ArticleRow).where(ArticleRow.alias_of.is_(None))) or 0,
        "captures": session.scalar(select(func.count()).select_from(CaptureRow)) or 0,
        "newest_run": session.scalar(select(func.max(RunRow.id))),
        "newest_capture": newest.isoformat(timespec="seconds") if newest else None,
    }


def fate_of(session: Session, url: str) -> tuple[datetime, Outcome] | None:
    """Return when a URL was captured last, and that capture's outcome; None for no capture."""
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
    """Return the id of the article read from a WARC record; empty when there is none."""
    article = (
        select(ArticleRow.id)
        .join(OutcomeRow, OutcomeRow.article_number == ArticleRow.number)
        .join(CaptureRow, CaptureRow.id == OutcomeRow.capture_id)
        .where(CaptureRow.record_id == record_id)
    )
    return session.scalar(article) or ""
