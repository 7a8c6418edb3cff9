"""Lanes: how one source is asked, a few addresses at a time, so that what is leased is nearly what is under way."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from storage.model.sources import CHANNEL_KINDS, WALKED_KINDS, AddressKind

if TYPE_CHECKING:
    from harvester.catalogue.declaration import Declaration
    from storage.archive import Archive
    from storage.model.frontier import Backfill, FrontierEntry

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
_READ_WHOLE = tuple(kind for kind in CHANNEL_KINDS if kind not in WALKED_KINDS)


@dataclass(slots=True)
class Lane:
    """One source in one run: at most `limit` articles are asked for, and `budget` known ones again, behind everything new.

    In a `backfill` a page of a listing, search, archive or API is asked alone, when the articles before it are settled: their
    dates say whether the walk is at its end. So a limit stops the walk, too. Known articles are not asked again meanwhile.
    """

    declaration: Declaration
    limit: int
    budget: int = 0
    backfill: Backfill | None = None
    asked: int = 0
    under_way: set[int] = field(default_factory=set)
    paused_until: datetime | None = None

    @property
    def kinds(self) -> tuple[AddressKind, ...]:
        """What may still be asked."""
        if not self.is_full:
            return _ALL
        return _READ_WHOLE if self.backfill else CHANNEL_KINDS

    @property
    def is_full(self) -> bool:
        """Whether as many articles were asked for as may be."""
        return self.asked >= self.limit

    def take(self, archive: Archive, run: int) -> list[FrontierEntry]:
        """Lease what can be asked now."""
        now = datetime.now(UTC)
        free = AHEAD - len(self.under_way)
        if free <= 0 or (self.paused_until and now < self.paused_until):
            return []
        entries = self._lease(archive, run, min(free, max(1, self.limit - self.asked)), self._first_kinds, now)
        if not entries and self.backfill and not self.under_way and not self.is_full:
            archive.pass_over_older(self.backfill)
            entries = self._lease(archive, run, 1, WALKED_KINDS, now)
        self.asked += sum(entry.kind is AddressKind.ARTICLE for entry in entries)
        if not entries:
            entries = self._lease_known(archive, run, free, now)
        self.under_way.update(entry.id for entry in entries)
        return entries

    @property
    def _first_kinds(self) -> tuple[AddressKind, ...]:
        return tuple(kind for kind in self.kinds if kind not in WALKED_KINDS) if self.backfill else self.kinds

    def _lease(self, archive: Archive, run: int, limit: int, kinds: tuple[AddressKind, ...], now: datetime) -> list[FrontierEntry]:
        due = archive.next_due(self.declaration.id, kinds, self.backfill)
        return archive.lease(run, self.declaration.id, limit, kinds, self.backfill) if due is not None and due <= now else []

    def _lease_known(self, archive: Archive, run: int, free: int, now: datetime) -> list[FrontierEntry]:
        due = self._next_known(archive)
        entries = archive.lease_known(run, self.declaration.id, min(free, self.budget)) if due is not None and due <= now else []
        self.budget -= len(entries)
        return entries

    def _next_known(self, archive: Archive) -> datetime | None:
        return archive.next_known(self.declaration.id) if self.budget > 0 and self.backfill is None else None

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
        new = archive.next_due(self.declaration.id, self.kinds, self.backfill)
        due = min((moment for moment in (new, self._next_known(archive)) if moment), default=None)
        if due is None:
            return None
        wait = max(due, self.paused_until or due) - datetime.now(UTC)
        return max(wait, timedelta(0)) if wait <= HORIZON else None
