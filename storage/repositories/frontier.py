"""The frontier: addresses found, leased and acknowledged. A lease that its run did not acknowledge is taken back."""

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
    """Where an entry stands."""

    WAITING = "waiting"
    LEASED = "leased"
    DONE = "done"


def add_urls(
    session: Session, run: int, source: str, urls: Iterable[DiscoveredUrl], now: datetime, hops: int = 0, *, depth: int = 0
) -> int:
    """Put addresses into the frontier, due now; known ones are left as they are. Returns how many were new."""
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
    """The rows of addresses that wait to be asked, due now; `depth` is that of the sitemaps among them."""
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
    """Let known addresses come round again: those that are due by now, or (early) all of them; but for those that `run` asked.

    Early are also those that failed before, and wait for longer.
    """
    known = update(FrontierRow).where(FrontierRow.source_id == source, FrontierRow.url.in_(list(urls)), not_asked_in(run))
    done = known.where(FrontierRow.state == EntryState.DONE, FrontierRow.next_due <= now)
    statement = known.where(FrontierRow.state != EntryState.LEASED) if early else done
    session.execute(statement.values(state=EntryState.WAITING, next_due=now))


def come_round(session: Session, run: int, source: str, urls: Iterable[DiscoveredUrl], now: datetime) -> None:
    """Let known channels among these come round again whose date has moved on, or that have none; but for those that `run` asked."""
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
    """The condition that a run has not asked an address yet."""
    return FrontierRow.asked_in.is_distinct_from(run) if run is not None else true()


def may_be_asked(run: int | None) -> ColumnElement[bool]:
    """The condition that a run may ask an address: it has not yet, or it may try again. This is what makes a run end."""
    return or_(not_asked_in(run), FrontierRow.tries_left > 0) if run is not None else true()


def leased_by(run: int) -> dict[str, Any]:
    """The values of an address that a run leases, and what is left of its tries."""
    again = case((FrontierRow.asked_in == run, FrontierRow.tries_left - 1), else_=TRIES - 1)
    return {"state": EntryState.LEASED, "leased_by": run, "asked_in": run, "tries_left": again}


def lease(
    session: Session, run: int, source: str, now: datetime, limit: int, kinds: Sequence[AddressKind], backfill: Backfill | None = None
) -> list[FrontierEntry]:
    """Lease the due addresses of a source for a run: channels first, then the newest articles; of a backfill, what it may ask.

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
    """The conditions for waiting addresses that a run may ask.

    The pages that a backfill walks through are left to it, and it leaves those of others, and articles dated before its day.
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
    """An address was dealt with, for this run for good; with `next_due` it comes round again, as channels do."""
    values: dict[str, object] = {"state": EntryState.DONE, "attempts": 0, "leased_by": None, "last_outcome": outcome, "empty_pages": None}
    values |= {"tries_left": 0, "refusals": 0}
    if next_due is not None:
        values["next_due"] = next_due
    session.execute(update(FrontierRow).where(FrontierRow.id == entry).values(**values))


def restate(session: Session, source: str, url: str, before: str, after: str) -> None:
    """Something else became of an address than was thought, if that is what its entry still says."""
    stated = (FrontierRow.source_id == source, FrontierRow.url == url, FrontierRow.last_outcome == before)
    session.execute(update(FrontierRow).where(*stated).values(last_outcome=after))


def postpone(session: Session, entry: int, outcome: str, now: datetime, not_before: datetime | None = None) -> None:
    """An address failed: it is asked again after a growing while (not before what the server said), then no more.

    A known article stays one: it waits among those that are asked again, behind everything new.
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
    """Make the addresses due whose last outcome was this one, with all their attempts before them; known articles are asked again."""
    failed = update(FrontierRow).where(FrontierRow.source_id == source, FrontierRow.last_outcome == outcome)
    failed = failed.where(FrontierRow.state != EntryState.LEASED)
    session.execute(failed.where(FrontierRow.revisit_at.is_(None)).values(state=EntryState.WAITING, attempts=0, next_due=now))
    session.execute(failed.where(FrontierRow.revisit_at.is_not(None)).values(attempts=0, revisit_at=now))


def pull_back(session: Session, now: datetime, longest_due: timedelta, longest_revisit: timedelta) -> int:
    """Make addresses due now that are due later than any interval allows; returns how many. A clock that ran ahead wrote them.

    `longest_due` is that of addresses found, `longest_revisit` that of known articles.
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
    """Take back every lease; only the holder of the archive may. Returns how many there were."""
    leased = session.scalar(select(func.count()).select_from(FrontierRow).where(FrontierRow.state == EntryState.LEASED)) or 0
    state = case((FrontierRow.revisit_at.is_(None), EntryState.WAITING), else_=EntryState.DONE)
    session.execute(update(FrontierRow).where(FrontierRow.state == EntryState.LEASED).values(state=state, leased_by=None))
    return leased


def find_entry(session: Session, url: str) -> FrontierEntry | None:
    """The entry of an address, or nothing."""
    row = session.execute(_with_since().where(FrontierRow.url == url).order_by(FrontierRow.id).limit(1)).first()
    return entry_of_row(row[0], row[1]) if row else None


def failing_in(session: Session, run: int) -> dict[str, list[tuple[str, str]]]:
    """By source, the addresses that a run asked and that are failing still, each with the last reason."""
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
    """The condition that an address is an article's, and robots.txt disallows it: that is obeyed, and no failure."""
    return and_(FrontierRow.refusals > 0, FrontierRow.kind == AddressKind.ARTICLE, FrontierRow.last_outcome == ROBOTS_DISALLOWED)


def next_due(
    session: Session, source: str, kinds: Sequence[AddressKind], backfill: Backfill | None = None, run: int | None = None
) -> datetime | None:
    """When the next waiting address of a source that may be leased (by `run`) is due."""
    return session.scalar(select(func.min(FrontierRow.next_due)).where(*_eligible(source, kinds, backfill, run)))


def count_waiting(session: Session) -> dict[str, int]:
    """By source, how many addresses wait to be asked; articles that robots.txt disallows are left out."""
    waiting = select(FrontierRow.source_id, func.count()).where(FrontierRow.state != EntryState.DONE, ~_is_disallowed())
    return dict(session.execute(waiting.group_by(FrontierRow.source_id)).all())


def _with_since() -> Select[FrontierRow, datetime]:
    """Rows, each with the moment that the backfill it waits for goes back to."""
    asks = and_(BackfillRow.id == FrontierRow.backfill_id, FrontierRow.empty_pages.is_not(None))
    return select(FrontierRow, BackfillRow.since).outerjoin(BackfillRow, asks)


def entry_of_row(row: FrontierRow, since: datetime | None = None) -> FrontierEntry:
    """A row as a value; `since` is the moment that a backfill goes back to, where one asks it."""
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
