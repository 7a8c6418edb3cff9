"""Backfills: walks through a source's channels back to a day, resumable through the frontier.

Every URL found by a backfill bears its number, so that no page is requested twice and "new" means new to this
backfill. A channel's page waits for its backfill; an article stores the page that it was found on.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import func, or_, select, update
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.orm import aliased

from storage.database.backfill_tables import BackfillRow
from storage.database.tables import FrontierRow
from storage.model.captures import OutcomeKind
from storage.model.frontier import Backfill, BackfillRemainder
from storage.model.sources import AddressKind
from storage.repositories.frontier import BATCH, EntryState, rows_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

    from storage.model.capture_result import CaptureResult
    from storage.model.sources import DiscoveredUrl

MOST_DRY_PAGES = 2
"""Pages in a row without new articles after which a walk ends."""

OLDER = "older"
"""Outcome of a page that was not requested, because everything on the page before it is older than the day.
"""

_NO_ARTICLE = (OutcomeKind.REDIRECT, OutcomeKind.GONE, OutcomeKind.NOT_ARTICLE)
"""Outcomes of URLs that say nothing about the age of a page."""


def begin(session: Session, run: int, source: str, since: datetime, starts: Sequence[DiscoveredUrl], now: datetime) -> Backfill:
    """Return the unfinished backfill of a source to a moment, or a new one with the channel pages `starts`."""
    unfinished = select(BackfillRow).where(BackfillRow.source_id == source, BackfillRow.since == since, BackfillRow.finished_at.is_(None))
    row = session.scalars(unfinished.order_by(BackfillRow.id.desc()).limit(1)).first()
    if row is None:
        row = BackfillRow(source_id=source, since=since, started_at=now, finished_at=None)
        session.add(row)
        session.flush()
    _put(session, rows_of(run, source, starts, now, 0), backfill_id=row.id, found_on=None, empty_pages=0)
    return Backfill(row.id, source, since)


def is_walking(session: Session, entry: int) -> bool:
    """Return whether a frontier entry belongs to a backfill, so that what is found there does, too."""
    row = session.get_one(FrontierRow, entry)
    return row.backfill_id is not None and (row.empty_pages is not None or row.kind == AddressKind.ARTICLE)


def walk_on(session: Session, run: int, capture_result: CaptureResult, now: datetime) -> int:
    """Put the URLs of a response into the frontier, and the next page unless too many had nothing new.

    Returns how many of its articles are new to the backfill.
    """
    assert capture_result.entry is not None
    row = session.get_one(FrontierRow, capture_result.entry)
    found_on = row.found_on if capture_result.outcome.kind is OutcomeKind.REDIRECT else row.id
    rows = rows_of(run, row.source_id, capture_result.found, now, capture_result.hops, capture_result.depth)
    steps = [x for x in rows if x["kind"] != AddressKind.ARTICLE]
    articles = [x for x in rows if x["kind"] == AddressKind.ARTICLE]
    marks = {"backfill_id": row.backfill_id, "found_on": found_on}
    before = _met_on(session, found_on)
    _put(session, articles, **marks, empty_pages=None)
    new = _met_on(session, found_on) - before
    _put(session, steps, **marks, empty_pages=row.empty_pages or 0)
    empty_pages = 0 if new else (row.empty_pages or 0) + 1
    if capture_result.further is not None and empty_pages < MOST_DRY_PAGES:
        _put(
            session,
            rows_of(run, row.source_id, [capture_result.further], now, 0),
            backfill_id=row.backfill_id,
            found_on=row.id,
            empty_pages=empty_pages,
        )
    return new


def _put(
    session: Session, rows: Sequence[dict[str, Any]], *, backfill_id: int | None, found_on: int | None, empty_pages: int | None
) -> None:
    """Insert rows with a backfill's marks; known ones without them get them, and pages become due again."""
    marks: dict[str, Any] = {"backfill_id": backfill_id, "found_on": found_on, "empty_pages": empty_pages}
    for start in range(0, len(rows), BATCH):
        part = [row | marks for row in rows[start : start + BATCH]]
        again = marks if empty_pages is None else {**marks, "state": EntryState.WAITING, "next_due": part[0]["next_due"], "attempts": 0}
        statement = insert(FrontierRow).values(part)
        unmet = FrontierRow.backfill_id.is_distinct_from(backfill_id)
        session.execute(statement.on_conflict_do_update(index_elements=["source_id", "url"], set_=again, where=unmet))


def _met_on(session: Session, page: int | None) -> int:
    met = select(func.count()).where(FrontierRow.found_on == page, FrontierRow.kind == AddressKind.ARTICLE)
    return session.scalar(met) or 0


def reclaim(session: Session, source: str, urls: Sequence[str]) -> None:
    """Release channels that a backfill has not requested yet to an ordinary run."""
    waiting = update(FrontierRow).where(FrontierRow.source_id == source, FrontierRow.url.in_(urls), FrontierRow.empty_pages.is_not(None))
    session.execute(waiting.where(FrontierRow.state == EntryState.WAITING).values(empty_pages=None, backfill_id=None))


def date_entry(session: Session, entry: int, published: datetime) -> None:
    """Store when an article found by a backfill was published, where its channel did not say."""
    undated = update(FrontierRow).where(FrontierRow.id == entry, FrontierRow.backfill_id.is_not(None), FrontierRow.dated.is_(None))
    session.execute(undated.values(dated=published))


def pass_over(session: Session, backfill: Backfill) -> None:
    """Skip the pages after one all of whose new articles proved older than the day."""
    beside = aliased(FrontierRow)
    met = select(beside.id).where(beside.found_on == FrontierRow.found_on, beside.kind == AddressKind.ARTICLE)
    perhaps_young = met.where(or_(beside.dated.is_(None), beside.dated >= backfill.since), beside.last_outcome.not_in(_NO_ARTICLE))
    beyond = update(FrontierRow).where(
        FrontierRow.backfill_id == backfill.id,
        FrontierRow.state == EntryState.WAITING,
        FrontierRow.empty_pages.is_not(None),
        FrontierRow.kind != AddressKind.ARTICLE,
        met.where(beside.dated < backfill.since).exists(),
        ~perhaps_young.exists(),
    )
    session.execute(beyond.values(state=EntryState.DONE, last_outcome=OLDER, empty_pages=None))


def end(session: Session, backfill: Backfill, now: datetime) -> BackfillRemainder:
    """Return what a backfill has still to request; with nothing left it is finished."""
    own = select(func.count()).where(FrontierRow.backfill_id == backfill.id, FrontierRow.state != EntryState.DONE)
    never_asked = own.where(
        FrontierRow.kind == AddressKind.ARTICLE,
        FrontierRow.attempts == 0,
        or_(FrontierRow.dated.is_(None), FrontierRow.dated >= backfill.since),
    )
    left = BackfillRemainder(session.scalar(own.where(FrontierRow.empty_pages.is_not(None))) or 0, session.scalar(never_asked) or 0)
    if left.nothing:
        session.execute(update(BackfillRow).where(BackfillRow.id == backfill.id).values(finished_at=now))
    return left
