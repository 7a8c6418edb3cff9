"""The frontier: URLs found, leased and acknowledged.

A lease that its run did not acknowledge is released by the next run.
"""

from __future__ import annotations

from collections import defaultdict
from enum import StrEnum
from typing import TYPE_CHECKING

from sqlalchemy import and_, case, func, or_, select, true, union, update
from sqlalchemy.dialects.sqlite import insert

from storage.database.backfill_tables import BackfillRow
from storage.database.tables import CaptureRow, FrontierRow, UnansweredRow
from storage.model.frontier import LONGEST_DUE, LONGEST_REFUSAL, MAX_ATTEMPTS, TRIES, FrontierEntry, wait_after
from storage.model.runs import ROBOTS_DISALLOWED
from storage.model.sources import WALKED_KINDS, AddressKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime, timedelta
    from typing import Any

    from sqlalchemy import ColumnElement, Select
    from sqlalchemy.orm import Session

    from storage.model.frontier import Backfill
    from storage.model.sources import DiscoveredUrl

BATCH = 500


class EntryState(StrEnum):
    """State of a frontier entry."""

    WAITING = "waiting"
    LEASED = "leased"
    DONE = "done"


def add_urls(
    session: Session, run: int, source: str, urls: Iterable[DiscoveredUrl], now: datetime, hops: int = 0, *, depth: int = 0
) -> int:
    """Insert URLs, due now; known ones stay as they are. Returns how many were new."""
    rows = rows_of(run, source, urls, now, hops, depth)
    if not rows:
        return 0
    before = session.scalar(select(func.count()).select_from(FrontierRow).where(FrontierRow.found_by == run)) or 0
    for start in range(0, len(rows), BATCH):
        statement = insert(FrontierRow).values(rows[start : start + BATCH])
        session.execute(statement.on_conflict_do_nothing(index_elements=["source_id", "url"]))
    after = session.scalar(select(func.count()).select_from(FrontierRow).where(FrontierRow.found_by == run)) or 0
    return after - before


def rows_of(run: int, source: str, urls: Iterable[DiscoveredUrl], now: datetime, hops: int, depth: int = 0) -> list[dict[str, Any]]:
    """Return the rows of URLs, due now; `depth` is that of the sitemaps among them."""
    return [
        {
            "source_id": source,
            "url": url.url,
            "kind": url.kind.value,
            "channel": url.channel,
            "section": url.section,
            "dated": url.dated,
            "first_seen": now,
            "found_by": run,
            "state": EntryState.WAITING.value,
            "attempts": 0,
            "hops": hops,
            "next_due": now,
            "last_outcome": "",
            "depth": depth if url.kind is AddressKind.SITEMAP else 0,
        }
        for url in urls
    ]


def wake(session: Session, source: str, urls: Iterable[str], now: datetime, *, early: bool = False, run: int | None = None) -> None:
    """Make known URLs due: those whose time has come, or (early) all; but for those requested by `run`.

    Early are also those that failed before and wait for longer.
    """
    known = update(FrontierRow).where(FrontierRow.source_id == source, FrontierRow.url.in_(list(urls)), not_asked_in(run))
    done = known.where(FrontierRow.state == EntryState.DONE, FrontierRow.next_due <= now)
    statement = known.where(FrontierRow.state != EntryState.LEASED) if early else done
    session.execute(statement.values(state=EntryState.WAITING, next_due=now))


def come_round(session: Session, run: int, source: str, urls: Iterable[DiscoveredUrl], now: datetime) -> None:
    """Make known channels due whose date has moved on, or that have none; but for those requested by `run`."""
    for url in urls:
        if url.kind is not AddressKind.ARTICLE:
            moved = or_(FrontierRow.dated.is_(None), FrontierRow.dated < url.dated) if url.dated else true()
            session.execute(
                update(FrontierRow)
                .where(FrontierRow.source_id == source, FrontierRow.url == url.url, FrontierRow.state == EntryState.DONE, moved)
                .where(not_asked_in(run))
                .values(state=EntryState.WAITING, next_due=now, dated=url.dated),
            )


def not_asked_in(run: int | None) -> ColumnElement[bool]:
    """Select URLs that a run has not requested yet."""
    return FrontierRow.asked_in.is_distinct_from(run) if run is not None else true()


def may_be_asked(run: int | None) -> ColumnElement[bool]:
    """Select URLs that a run may request: not requested yet, or with tries left.

    This bounds the number of requests, so that a run ends.
    """
    return or_(not_asked_in(run), FrontierRow.tries_left > 0) if run is not None else true()


def leased_by(run: int) -> dict[str, Any]:
    """Return the column values of a URL that a run leases, and its remaining tries."""
    again = case((FrontierRow.asked_in == run, FrontierRow.tries_left - 1), else_=TRIES - 1)
    return {"state": EntryState.LEASED, "leased_by": run, "asked_in": run, "tries_left": again}


def lease(
    session: Session, run: int, source: str, now: datetime, limit: int, kinds: Sequence[AddressKind], backfill: Backfill | None = None
) -> list[FrontierEntry]:
    """Lease the due URLs of a source: channels first, then the newest articles; within a backfill's limits.

    None is leased more than `TRIES` times in a run, and none again that was answered.
    """
    channels_first = case((FrontierRow.kind == AddressKind.ARTICLE, 1), else_=0)
    due = (
        _with_since()
        .where(*_eligible(source, kinds, backfill, run), FrontierRow.next_due <= now)
        .order_by(channels_first, func.coalesce(FrontierRow.dated, FrontierRow.first_seen).desc(), FrontierRow.id)
        .limit(limit)
    )
    entries = [entry_of_row(row, since) for row, since in session.execute(due).all()]
    session.execute(update(FrontierRow).where(FrontierRow.id.in_([entry.id for entry in entries])).values(**leased_by(run)))
    return entries


def _eligible(source: str, kinds: Sequence[AddressKind], backfill: Backfill | None, run: int | None) -> list[ColumnElement[bool]]:
    """Return the conditions for waiting URLs that a run may request.

    The pages of a backfill are left to it, and it leaves those of others, and articles dated before its day.
    """
    walked = FrontierRow.kind.in_([kind.value for kind in WALKED_KINDS])
    waiting = [
        FrontierRow.source_id == source,
        FrontierRow.state == EntryState.WAITING,
        FrontierRow.kind.in_([kind.value for kind in kinds]),
    ]
    waiting.append(may_be_asked(run))
    if backfill is None:
        return [*waiting, or_(~walked, FrontierRow.empty_pages.is_(None))]
    own = and_(FrontierRow.backfill_id == backfill.id, FrontierRow.empty_pages.is_not(None))
    in_range = or_(FrontierRow.kind != AddressKind.ARTICLE, FrontierRow.dated.is_(None), FrontierRow.dated >= backfill.since)
    return [*waiting, or_(~walked, own), in_range]


def acknowledge(session: Session, entry: int, outcome: str, next_due: datetime | None = None) -> None:
    """Close a URL for this run; with `next_due` it becomes due again, as channels do."""
    values: dict[str, object] = {"state": EntryState.DONE, "attempts": 0, "leased_by": None, "last_outcome": outcome, "empty_pages": None}
    values |= {"tries_left": 0, "refusals": 0}
    if next_due is not None:
        values["next_due"] = next_due
    session.execute(update(FrontierRow).where(FrontierRow.id == entry).values(**values))


def restate(session: Session, source: str, url: str, before: str, after: str) -> None:
    """Replace the outcome of a URL, if that is what its entry still holds."""
    stated = (FrontierRow.source_id == source, FrontierRow.url == url, FrontierRow.last_outcome == before)
    session.execute(update(FrontierRow).where(*stated).values(last_outcome=after))


def postpone(session: Session, entry: int, outcome: str, now: datetime, not_before: datetime | None = None) -> None:
    """Store that a URL failed: it is due again after a growing wait (not before the server's), then no more.

    A known article stays known: it is checked again after everything new.
    """
    attempts = (session.scalar(select(FrontierRow.attempts).where(FrontierRow.id == entry)) or 0) + 1
    due = max(now + wait_after(attempts), not_before or now)
    values: dict[str, object] = {"attempts": attempts, "leased_by": None, "last_outcome": outcome, "refusals": 0}
    given_up: dict[str, object] = (
        {"state": EntryState.DONE, "empty_pages": None} if attempts >= MAX_ATTEMPTS else {"state": EntryState.WAITING}
    )
    failed = update(FrontierRow).where(FrontierRow.id == entry)
    session.execute(failed.where(FrontierRow.revisit_at.is_(None)).values(**values, **given_up, next_due=due))
    session.execute(failed.where(FrontierRow.revisit_at.is_not(None)).values(**values, state=EntryState.DONE, revisit_at=due))


def retry(session: Session, source: str, outcome: str, now: datetime) -> None:
    """Make the URLs due whose last outcome was this one, with all attempts; known articles are checked again."""
    failed = update(FrontierRow).where(FrontierRow.source_id == source, FrontierRow.last_outcome == outcome)
    failed = failed.where(FrontierRow.state != EntryState.LEASED)
    session.execute(failed.where(FrontierRow.revisit_at.is_(None)).values(state=EntryState.WAITING, attempts=0, next_due=now))
    session.execute(failed.where(FrontierRow.revisit_at.is_not(None)).values(attempts=0, revisit_at=now))


def pull_back(session: Session, now: datetime, longest_due: timedelta, longest_revisit: timedelta) -> int:
    """Make URLs due now whose time is beyond any interval: a clock that ran ahead wrote it. Returns how many.

    `longest_due` is the limit for found URLs, `longest_revisit` that for known articles.
    """
    refused_long = FrontierRow.next_due > now + LONGEST_REFUSAL + LONGEST_DUE
    beyond = and_(FrontierRow.next_due > now + max(longest_due, LONGEST_DUE), or_(FrontierRow.refusals == 0, refused_long))
    revisited_long = FrontierRow.revisit_at > now + max(longest_revisit, LONGEST_REFUSAL) + LONGEST_DUE
    late = session.scalar(select(func.count()).select_from(FrontierRow).where(or_(beyond, revisited_long))) or 0
    if late:
        session.execute(update(FrontierRow).where(beyond).values(next_due=now))
        session.execute(update(FrontierRow).where(revisited_long).values(revisit_at=now))
    return late


def release_all(session: Session) -> int:
    """Release every lease; only the holder of the archive may. Returns how many there were."""
    leased = session.scalar(select(func.count()).select_from(FrontierRow).where(FrontierRow.state == EntryState.LEASED)) or 0
    state = case((FrontierRow.revisit_at.is_(None), EntryState.WAITING), else_=EntryState.DONE)
    session.execute(update(FrontierRow).where(FrontierRow.state == EntryState.LEASED).values(state=state, leased_by=None))
    return leased


def find_entry(session: Session, url: str) -> FrontierEntry | None:
    """Return the entry of a URL, or None."""
    row = session.execute(_with_since().where(FrontierRow.url == url).order_by(FrontierRow.id).limit(1)).first()
    return entry_of_row(row[0], row[1]) if row else None


def failing_in(session: Session, run: int) -> dict[str, list[tuple[str, str]]]:
    """Return, by source, the URLs that a run requested and that still fail, with their last reasons."""
    asked = union(
        select(CaptureRow.source_id, CaptureRow.url).where(CaptureRow.run_id == run),
        select(UnansweredRow.source_id, UnansweredRow.url).where(UnansweredRow.run_id == run),
    ).subquery()
    still = (
        select(FrontierRow.source_id, FrontierRow.url, FrontierRow.last_outcome)
        .join(asked, and_(asked.c.url == FrontierRow.url, asked.c.source_id == FrontierRow.source_id))
        .where(or_(FrontierRow.attempts > 0, FrontierRow.refusals > 0), ~_is_disallowed())
        .order_by(FrontierRow.id)
    )
    failing: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for source, url, reason in session.execute(still):
        failing[source].append((url, reason))
    return dict(failing)


def _is_disallowed() -> ColumnElement[bool]:
    """Select articles that robots.txt disallows, which is obeyed and no failure."""
    return and_(FrontierRow.refusals > 0, FrontierRow.kind == AddressKind.ARTICLE, FrontierRow.last_outcome == ROBOTS_DISALLOWED)


def next_due(
    session: Session, source: str, kinds: Sequence[AddressKind], backfill: Backfill | None = None, run: int | None = None
) -> datetime | None:
    """Return when the next waiting URL of a source that `run` may lease is due."""
    return session.scalar(select(func.min(FrontierRow.next_due)).where(*_eligible(source, kinds, backfill, run)))


def count_waiting(session: Session) -> dict[str, int]:
    """Return the number of waiting URLs by source, without articles that robots.txt disallows."""
    waiting = select(FrontierRow.source_id, func.count()).where(FrontierRow.state != EntryState.DONE, ~_is_disallowed())
    return dict(session.execute(waiting.group_by(FrontierRow.source_id)).all())


def _with_since() -> Select[FrontierRow, datetime]:
    """Select rows with the moment that their backfill goes back to."""
    asks = and_(BackfillRow.id == FrontierRow.backfill_id, FrontierRow.empty_pages.is_not(None))
    return select(FrontierRow, BackfillRow.since).outerjoin(BackfillRow, asks)


def entry_of_row(row: FrontierRow, since: datetime | None = None) -> FrontierEntry:
    """Return a row as a value; `since` is the moment that its backfill goes back to, if it has one."""
    return FrontierEntry(
        id=row.id,
        source=row.source_id,
        url=row.url,
        kind=AddressKind(row.kind),
        channel=row.channel,
        section=row.section,
        attempts=row.attempts,
        hops=row.hops,
        first_seen=row.first_seen,
        known=row.revisit_at is not None,
        checks=row.checks,
        since=since,
        depth=row.depth,
    )
