"""The frontier: URLs to request, when each is due, and the limits on retries, redirects and waits."""

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
"""Wait after the first, second, … failure in a row: two retries within one run, then retries in later runs.
"""

MAX_ATTEMPTS = 10
"""Failures in a row after which a URL is given up."""

MAX_HOPS = 10
"""Redirects in a row that are followed."""

TRIES = 3
"""Requests that one run sends to a URL at most: the first, and two retries after failures."""

MAX_SITEMAP_DEPTH = 3
"""Sitemap indexes above a sitemap that is still requested. The protocol (sitemaps.org) allows one level;
sites nest two."""

TOO_DEEP = "nested too deep"
"""Text in the reason of an outcome where sitemaps were left out because of MAX_SITEMAP_DEPTH."""

NO_ARTICLES = "no address matches the article patterns"
"""Text in the reason of an outcome of a channel that lists URLs, none of which is an article of the source.
"""

LONGEST_REFUSAL = timedelta(days=32)
"""Longest wait of a URL that robots.txt keeps disallowing; a changed robots.txt ends the wait earlier."""

LONGEST_DUE = timedelta(hours=25)
"""Longest wait of any other URL: the last step of `RETRY_BACKOFF` and the longest Retry-After are 24 hours.
"""

LONGEST_PAUSE = timedelta(days=30)
"""Longest pause between two requests to a source, whatever its Crawl-delay or its server asks for."""


class FailureScope(StrEnum):
    """Extent of a request that brought no response. It decides when the URL is requested again."""

    REQUEST = "request"  # this request failed: retried soon, then after growing waits, then given up
    NAME = "name"  # its host's name cannot be resolved: retried soon, then after growing waits, never given up
    HOST = "host"  # its host is closed or unknown today: left to a later run, never given up
    RULE = "rule"  # robots.txt disallows it: retried after days, or when robots.txt changes
    ADDRESS = "address"  # its URL can never be requested as it is written: given up


def wait_after_refusals(refusals: int) -> timedelta:
    """Return the wait of a URL that robots.txt disallowed this number of times in a row (1 and up)."""
    return min(timedelta(days=2 ** min(refusals - 1, 5)), LONGEST_REFUSAL)


def wait_after(attempts: int) -> timedelta:
    """Return the wait of a URL after this number of failures in a row (1 and up)."""
    return RETRY_BACKOFF[min(attempts, len(RETRY_BACKOFF)) - 1]


@dataclass(frozen=True, slots=True)
class FrontierEntry:
    """A leased URL of the frontier.

    `kind` is what the URL leads to, `channel` the URL of the channel where it was found, `attempts` the
    number of its failures, `hops` the number of redirects that led to it. `known` is whether it belongs to a
    known article that is checked again; `checks` counts those checks. `since` is set where a backfill
    requests the URL: the moment back to which the backfill goes. `depth` counts the sitemap indexes that led
    to a sitemap.
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
    """A traversal of a source's channels back to `since`, the start of a day in the source's time zone."""

    id: int
    source: str
    since: datetime


@dataclass(frozen=True, slots=True)
class BackfillRemainder:
    """Remaining requests of a backfill: pages of channels, and articles that were not requested yet.

    The backfill is finished when both are 0.
    """

    pages: int
    articles: int

    @property
    def nothing(self) -> bool:
        """Whether the backfill is finished."""
        return not (self.pages or self.articles)
