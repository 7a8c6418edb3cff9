"""Refusals: URLs that their host does not allow to be requested (robots.txt, address guard, unresolved name)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import select, update

from storage.database.tables import FrontierRow
from storage.model.runs import ROBOTS_DISALLOWED
from storage.repositories.frontier import EntryState

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session


def refuse(session: Session, entry: int, outcome: str, due: datetime, *, again: bool = False) -> None:
    """Store that the host of a URL refused it.

    It waits, in this run only when it may be tried `again`, and is never given up.
    """
    values: dict[str, Any] = {"leased_by": None, "last_outcome": outcome, "refusals": FrontierRow.refusals + 1}
    if not again:
        values["tries_left"] = 0
    refused = update(FrontierRow).where(FrontierRow.id == entry)
    session.execute(refused.where(FrontierRow.revisit_at.is_(None)).values(**values, state=EntryState.WAITING, next_due=due))
    session.execute(refused.where(FrontierRow.revisit_at.is_not(None)).values(**values, state=EntryState.DONE, revisit_at=due))


def count_refusals(session: Session, entry: int) -> int:
    """Return how often in a row the host of a URL refused it."""
    return session.scalar(select(FrontierRow.refusals).where(FrontierRow.id == entry)) or 0


def wake_refused(session: Session, host: str, now: datetime, *, rules_changed: bool) -> None:
    """Release the refused URLs of a host (`https://example.org`) that may be requested again.

    Those that robots.txt disallowed stay until it has other rules (`rules_changed`).
    """
    refused = update(FrontierRow).where(FrontierRow.url.startswith(f"{host}/", autoescape=True), FrontierRow.refusals > 0)
    if not rules_changed:
        refused = refused.where(FrontierRow.last_outcome != ROBOTS_DISALLOWED)
    waiting = refused.where(FrontierRow.state == EntryState.WAITING, FrontierRow.next_due > now)
    session.execute(waiting.values(next_due=now))
    session.execute(refused.where(FrontierRow.state == EntryState.DONE, FrontierRow.revisit_at > now).values(revisit_at=now))
