"""The frontier: addresses found, leased and acknowledged. A lease that its run did not acknowledge is taken back."""

from __future__ import annotations

from collections import defaultdict
from enum import StrEnum
from typing import TYPE_CHECKING

from sqlalchemy import and_, case, exists, func, or_, select, true, union, update
from sqlalchemy.dialects.sqlite import insert

from storage.database.tables import ArticleRow, CaptureRow, FrontierRow, UnansweredRow
from storage.model.frontier import MAX_ATTEMPTS, FrontierEntry, wait_after
from storage.model.sources import AddressKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

    from storage.model.sources import DiscoveredUrl

BATCH = 500


class State(StrEnum):
    """Where an entry stands."""

    WAITING = "waiting"
    LEASED = "leased"
    DONE = "done"


def add_urls(session: Session, run: int, source: str, urls: Iterable[DiscoveredUrl], now: datetime, hops: int = 0) -> int:
    """Put addresses into the frontier, due now; known ones are left as they are. Returns how many were new."""
    rows = [
        {
            "source_id": source,
            "url": url.url,
            "kind": url.kind.value,
            "channel": url.channel,
            "section": url.section,
            "dated": url.dated,
            "first_seen": now,
            "found_by": run,
            "state": State.WAITING.value,
            "attempts": 0,
            "hops": hops,
            "next_due": now,
            "last_outcome": "",
        }
        for url in urls
    ]
    before = session.scalar(select(func.count()).select_from(FrontierRow).where(FrontierRow.found_by == run)) or 0
    for start in range(0, len(rows), BATCH):
        statement = insert(FrontierRow).values(rows[start : start + BATCH])
        session.execute(statement.on_conflict_do_nothing(index_elements=["source_id", "url"]))
    after = session.scalar(select(func.count()).select_from(FrontierRow).where(FrontierRow.found_by == run)) or 0
    return after - before


def wake(session: Session, source: str, urls: Iterable[str], now: datetime, *, early: bool = False) -> None:
    """Let known addresses come round again: those that are due by now, or (early) all of them."""
    done = update(FrontierRow).where(FrontierRow.source_id == source, FrontierRow.url.in_(list(urls)), FrontierRow.state == State.DONE)
    statement = done if early else done.where(FrontierRow.next_due <= now)
    session.execute(statement.values(state=State.WAITING, next_due=now))


def come_round(session: Session, source: str, urls: Iterable[DiscoveredUrl], now: datetime) -> None:
    """Let known channels among these come round again: those whose date has moved on, or that have none."""
    for url in urls:
        if url.kind is not AddressKind.ARTICLE:
            moved = or_(FrontierRow.dated.is_(None), FrontierRow.dated < url.dated) if url.dated else true()
            session.execute(
                update(FrontierRow)
                .where(FrontierRow.source_id == source, FrontierRow.url == url.url, FrontierRow.state == State.DONE, moved)
                .values(state=State.WAITING, next_due=now, dated=url.dated),
            )


def lease(session: Session, run: int, source: str, now: datetime, limit: int, kinds: Sequence[AddressKind]) -> list[FrontierEntry]:
    """Lease the due addresses of a source for a run: channels first, then the newest articles."""
    channels_first = case((FrontierRow.kind == AddressKind.ARTICLE, 1), else_=0)
    due = (
        select(FrontierRow)
        .where(
            FrontierRow.source_id == source,
            FrontierRow.state == State.WAITING,
            FrontierRow.next_due <= now,
            FrontierRow.kind.in_([kind.value for kind in kinds]),
        )
        .order_by(channels_first, func.coalesce(FrontierRow.dated, FrontierRow.first_seen).desc(), FrontierRow.id)
        .limit(limit)
    )
    rows = session.scalars(due).all()
    session.execute(
        update(FrontierRow).where(FrontierRow.id.in_([row.id for row in rows])).values(state=State.LEASED, leased_by=run),
    )
    return [_entry(row) for row in rows]


def lease_known(session: Session, run: int, source: str, now: datetime, limit: int) -> list[FrontierEntry]:
    """Lease known articles of a source that are to be asked again, the longest overdue first."""
    due = (
        select(FrontierRow)
        .where(FrontierRow.source_id == source, FrontierRow.state == State.DONE, FrontierRow.revisit_at <= now)
        .order_by(FrontierRow.revisit_at, FrontierRow.id)
        .limit(limit)
    )
    rows = session.scalars(due).all()
    session.execute(
        update(FrontierRow).where(FrontierRow.id.in_([row.id for row in rows])).values(state=State.LEASED, leased_by=run),
    )
    return [_entry(row) for row in rows]


def wake_known(session: Session, source: str, now: datetime) -> None:
    """Let every article that the archive holds of a source be asked again now."""
    held = exists().where(ArticleRow.source_id == FrontierRow.source_id, ArticleRow.url == FrontierRow.url)
    known = update(FrontierRow).where(FrontierRow.source_id == source, FrontierRow.kind == AddressKind.ARTICLE)
    session.execute(known.where(FrontierRow.state == State.DONE, held).values(revisit_at=now))


def next_known(session: Session, source: str) -> datetime | None:
    """When the next known article of a source is to be asked again."""
    return session.scalar(
        select(func.min(FrontierRow.revisit_at)).where(FrontierRow.source_id == source, FrontierRow.state == State.DONE),
    )


def checked(session: Session, entry: int, revisit_at: datetime | None) -> None:
    """An article was asked, the first time or again (only that is a check); when the next time is."""
    again = case((FrontierRow.revisit_at.is_(None), 0), else_=1)
    session.execute(update(FrontierRow).where(FrontierRow.id == entry).values(revisit_at=revisit_at, checks=FrontierRow.checks + again))


def count_checks(session: Session, source: str) -> int:
    """How often articles of a source were asked again."""
    return session.scalar(select(func.coalesce(func.sum(FrontierRow.checks), 0)).where(FrontierRow.source_id == source)) or 0


def acknowledge(session: Session, entry: int, outcome: str, next_due: datetime | None = None) -> None:
    """An address was dealt with; with `next_due` it comes round again, as channels do."""
    values: dict[str, object] = {"state": State.DONE, "attempts": 0, "leased_by": None, "last_outcome": outcome}
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
    state = State.DONE if attempts >= MAX_ATTEMPTS else State.WAITING
    failed = update(FrontierRow).where(FrontierRow.id == entry)
    values = {"attempts": attempts, "leased_by": None, "last_outcome": outcome}
    session.execute(failed.where(FrontierRow.revisit_at.is_(None)).values(state=state, next_due=due, **values))
    session.execute(failed.where(FrontierRow.revisit_at.is_not(None)).values(state=State.DONE, revisit_at=due, **values))


def release_all(session: Session) -> int:
    """Take back every lease; only the holder of the archive may. Returns how many there were."""
    leased = session.scalar(select(func.count()).select_from(FrontierRow).where(FrontierRow.state == State.LEASED)) or 0
    state = case((FrontierRow.revisit_at.is_(None), State.WAITING), else_=State.DONE)
    session.execute(update(FrontierRow).where(FrontierRow.state == State.LEASED).values(state=state, leased_by=None))
    return leased


def find_entry(session: Session, url: str) -> FrontierEntry | None:
    """The entry of an address, or nothing."""
    row = session.scalars(select(FrontierRow).where(FrontierRow.url == url).order_by(FrontierRow.id).limit(1)).first()
    return _entry(row) if row else None


def failing_in(session: Session, run: int) -> dict[str, list[tuple[str, str]]]:
    """By source, the addresses that a run asked and that are failing still, each with the last reason."""
    asked = union(
        select(CaptureRow.source_id, CaptureRow.url).where(CaptureRow.run_id == run),
        select(UnansweredRow.source_id, UnansweredRow.url).where(UnansweredRow.run_id == run),
    ).subquery()
    still = (
        select(FrontierRow.source_id, FrontierRow.url, FrontierRow.last_outcome)
        .join(asked, and_(asked.c.url == FrontierRow.url, asked.c.source_id == FrontierRow.source_id))
        .where(FrontierRow.attempts > 0)
        .order_by(FrontierRow.id)
    )
    failing: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for source, url, reason in session.execute(still):
        failing[source].append((url, reason))
    return dict(failing)


def next_due(session: Session, source: str, kinds: Sequence[AddressKind]) -> datetime | None:
    """When the next waiting address of a source is due."""
    waiting = select(func.min(FrontierRow.next_due)).where(
        FrontierRow.source_id == source,
        FrontierRow.state == State.WAITING,
        FrontierRow.kind.in_([kind.value for kind in kinds]),
    )
    return session.scalar(waiting)


def count_waiting(session: Session) -> dict[str, int]:
    """By source, how many addresses wait to be asked."""
    waiting = select(FrontierRow.source_id, func.count()).where(FrontierRow.state != State.DONE).group_by(FrontierRow.source_id)
    return dict(session.execute(waiting).all())


def _entry(row: FrontierRow) -> FrontierEntry:
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
    )
