"""The frontier: which addresses are to be asked, and when again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from storage.model.sources import AddressKind

RETRY_BACKOFF = (
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

TRIES = 3
"""How often one run asks an address at most: once, and two retries after failures."""

MAX_SITEMAP_DEPTH = 3
"""How many sitemap indexes deep a sitemap may lie. The protocol (sitemaps.org) knows one; sites nest two."""

TOO_DEEP = "nested too deep"
"""What the reason of an outcome says where sitemaps were left out for that."""

NO_ARTICLES = "no address matches the article patterns"
"""What the reason of an outcome says of a channel that lists addresses, none of which is an article of the source."""

LONGEST_REFUSAL = timedelta(days=32)
"""How long an address waits at most that robots.txt keeps disallowing; a robots.txt that changes ends the wait."""

LONGEST_DUE = timedelta(hours=25)
"""No other address waits longer: the last step of `RETRY_BACKOFF` and the longest Retry-After are a day."""

LONGEST_PAUSE = timedelta(days=30)
"""A source is left alone for so long at most, whatever its Crawl-delay says."""


class FailureScope(StrEnum):
    """What a request without a response tells of: that decides when the address is asked again."""

    REQUEST = "request"  # it failed once: soon again, then after growing waits, then no more
    NAME = "name"  # its host's name cannot be resolved: soon again, then after growing waits, and never given up
    HOST = "host"  # its host is closed or unknown today: the address waits for a later run, and is never given up
    RULE = "rule"  # robots.txt disallows it: it waits for days, or for another robots.txt
    ADDRESS = "address"  # its spelling can never be asked: given up


def wait_after_refusals(refusals: int) -> timedelta:
    """How long an address waits that robots.txt disallowed so many times in a row (1 and up)."""
    return min(timedelta(days=2 ** min(refusals - 1, 5)), LONGEST_REFUSAL)


def wait_after(attempts: int) -> timedelta:
    """How long to leave an address alone after so many failures in a row (1 and up)."""
    return RETRY_BACKOFF[min(attempts, len(RETRY_BACKOFF)) - 1]


@dataclass(frozen=True, slots=True)
class FrontierEntry:
    """A leased address: what it leads to, the channel it was found in, how often it failed, how many redirects led to it.

    `known`: a known article, asked again; `checks` counts how often that was done. `since` is set where a backfill asks the address,
    and is the moment that it goes back to. `depth` counts the sitemap indexes that led to a sitemap.
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
    depth: int = 0


@dataclass(frozen=True, slots=True)
class Backfill:
    """A walk through a source's channels back to the moment `since`, the start of a day in the source's zone."""

    id: int
    source: str
    since: datetime


@dataclass(frozen=True, slots=True)
class BackfillRemainder:
    """What a backfill has still to ask: pages of channels, and articles that were not asked yet. None of both: it is finished."""

    pages: int
    articles: int

    @property
    def nothing(self) -> bool:
        """Whether the backfill is finished."""
        return not (self.pages or self.articles)
