"""The frontier: which addresses are to be asked, and when again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from storage.model.sources import AddressKind

PATIENCE = (
    timedelta(seconds=5),
    timedelta(seconds=30),
    timedelta(hours=1),
    timedelta(hours=4),
    timedelta(hours=12),
    timedelta(hours=24),
)
"""How long to wait after the first, second, … failure: twice within a run, then in later runs."""

MAX_ATTEMPTS = 10
"""After so many failures in a row an address is asked no more."""

MAX_HOPS = 10
"""So many redirects in a row are followed."""


def wait_after(attempts: int) -> timedelta:
    """How long to leave an address alone after so many failures in a row (1 and up)."""
    return PATIENCE[min(attempts, len(PATIENCE)) - 1]


@dataclass(frozen=True, slots=True)
class FrontierEntry:
    """A leased address: what it leads to, the channel it was found in, how often it failed, how many redirects led to it.

    `known`: a known article, asked again; `checks` counts how often that was done. `since` is set where a backfill asks the address,
    and is the moment that it goes back to.
    """

    id: int
    source: str
    url: str
    kind: AddressKind
    channel: str
    section: str | None
    attempts: int
    hops: int
    first_seen: datetime
    known: bool = False
    checks: int = 0
    since: datetime | None = None


@dataclass(frozen=True, slots=True)
class Backfill:
    """A walk through a source's channels back to the moment `since`, the start of a day in the source's zone."""

    id: int
    source: str
    since: datetime


@dataclass(frozen=True, slots=True)
class Leftover:
    """What a backfill has still to ask: pages of channels, and articles that were not asked yet. None of both: it is finished."""

    pages: int
    articles: int

    @property
    def nothing(self) -> bool:
        """Whether the backfill is finished."""
        return not (self.pages or self.articles)
