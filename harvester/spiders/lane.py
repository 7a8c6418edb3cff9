"""Lanes: how one source is asked, a few addresses at a time, so that what is leased is nearly what is under way."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from storage.model.sources import CHANNEL_KINDS, AddressKind

if TYPE_CHECKING:
    from harvester.catalogue.declaration import Declaration
    from storage.archive import Archive
    from storage.model.frontier import FrontierEntry

AHEAD = 2
"""How many addresses of a source are leased at a time: the one that is asked, and the next."""

HORIZON = timedelta(seconds=60)
"""A run waits so long for an address that is due again; what is due later is left to the next run."""


class Revisit(StrEnum):
    """Which known articles a run asks again."""

    DUE = "due"
    ALL = "all"
    NONE = "none"


_ALL = (*CHANNEL_KINDS, AddressKind.ARTICLE)


@dataclass(slots=True)
class Lane:
    """One source in one run: at most `limit` articles are asked for, and `budget` known ones again, behind everything new."""

    declaration: Declaration
    limit: int
    budget: int = 0
    asked: int = 0
    under_way: set[int] = field(default_factory=set)
    paused_until: datetime | None = None

    @property
    def kinds(self) -> tuple[AddressKind, ...]:
        """What may still be asked."""
        return _ALL if self.asked < self.limit else CHANNEL_KINDS

    def take(self, archive: Archive, run: int) -> list[FrontierEntry]:
        """Lease what can be asked now."""
        now = datetime.now(UTC)
        free = AHEAD - len(self.under_way)
        if free <= 0 or (self.paused_until and now < self.paused_until):
            return []
        due = archive.next_due(self.declaration.id, self.kinds)
        entries = []
        if due is not None and due <= now:
            entries = archive.lease(run, self.declaration.id, min(free, max(1, self.limit - self.asked)), self.kinds)
            self.asked += sum(entry.kind is AddressKind.ARTICLE for entry in entries)
        elif self.budget > 0 and self._is_overdue(archive, now):
            entries = archive.lease_known(run, self.declaration.id, min(free, self.budget))
            self.budget -= len(entries)
        self.under_way.update(entry.id for entry in entries)
        return entries

    def _is_overdue(self, archive: Archive, now: datetime) -> bool:
        due = archive.next_known(self.declaration.id)
        return due is not None and due <= now

    def release(self, entry: FrontierEntry) -> None:
        """An address was settled."""
        self.under_way.discard(entry.id)

    def pause(self, until: datetime | None) -> None:
        """The server asked to be left alone until then."""
        if until is not None:
            self.paused_until = max(until, self.paused_until or until)

    def waits_for(self, archive: Archive) -> timedelta | None:
        """How long until this lane has something to ask; nothing when it is done for this run."""
        if self.under_way:
            return HORIZON
        new = archive.next_due(self.declaration.id, self.kinds)
        known = archive.next_known(self.declaration.id) if self.budget > 0 else None
        due = min((moment for moment in (new, known) if moment), default=None)
        if due is None:
            return None
        wait = max(due, self.paused_until or due) - datetime.now(UTC)
        return max(wait, timedelta(0)) if wait <= HORIZON else None
