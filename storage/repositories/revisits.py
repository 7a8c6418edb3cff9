"""Revisits of known articles: when they are checked again, and how often they were."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import case, exists, func, select, update

from storage.database.tables import AliasRow, ArticleRow, FrontierRow
from storage.model.sources import AddressKind
from storage.repositories.frontier import EntryState, entry_of_row, leased_by, may_be_asked

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from storage.model.frontier import FrontierEntry


def lease_known(session: Session, run: int, source: str, now: datetime, limit: int) -> list[FrontierEntry]:
    """Lease known articles of a source that are due, the longest overdue first."""
    due = (
        select(FrontierRow)
        .where(FrontierRow.source_id == source, FrontierRow.state == EntryState.DONE, FrontierRow.revisit_at <= now, may_be_asked(run))
        .order_by(FrontierRow.revisit_at, FrontierRow.id)
        .limit(limit)
    )
    rows = session.scalars(due).all()
    entries = [entry_of_row(row) for row in rows]
    session.execute(update(FrontierRow).where(FrontierRow.id.in_([entry.id for entry in entries])).values(**leased_by(run)))
    return entries


def begin(session: Session, source: str, url: str, now: datetime) -> None:
    """Make a URL that proved to be an article a known one, to be checked again from now on."""
    asked = update(FrontierRow).where(FrontierRow.source_id == source, FrontierRow.url == url, FrontierRow.state == EntryState.DONE)
    session.execute(asked.where(FrontierRow.revisit_at.is_(None)).values(revisit_at=now))


def wake_known(session: Session, source: str, now: datetime) -> None:
    """Make every article of a source due now, at all its URLs."""
    held = exists().where(ArticleRow.source_id == FrontierRow.source_id, ArticleRow.url == FrontierRow.url)
    alias = exists().where(AliasRow.source_id == FrontierRow.source_id, AliasRow.url == FrontierRow.url)
    known = update(FrontierRow).where(FrontierRow.source_id == source, FrontierRow.kind == AddressKind.ARTICLE)
    session.execute(known.where(FrontierRow.state == EntryState.DONE, held | alias).values(revisit_at=now))


def next_known(session: Session, source: str, run: int | None = None) -> datetime | None:
    """Return when the next known article of a source (that `run` may request) is due."""
    known = (FrontierRow.source_id == source, FrontierRow.state == EntryState.DONE, may_be_asked(run))
    return session.scalar(select(func.min(FrontierRow.revisit_at)).where(*known))


def checked(session: Session, entry: int, revisit_at: datetime | None) -> None:
    """Store that an article was requested, the first time or again (a check), and when it is due again."""
    again = case((FrontierRow.revisit_at.is_(None), 0), else_=1)
    session.execute(update(FrontierRow).where(FrontierRow.id == entry).values(revisit_at=revisit_at, checks=FrontierRow.checks + again))


def count_checks(session: Session, source: str) -> int:
    """Return how often articles of a source were checked."""
    return session.scalar(select(func.coalesce(func.sum(FrontierRow.checks), 0)).where(FrontierRow.source_id == source)) or 0
