"""Request scheduler of one source in one run: one URL at a time, within budgets and the server's pauses."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum
from http import HTTPStatus
from typing import TYPE_CHECKING

from storage.model.frontier import LONGEST_PAUSE, FailureScope
from storage.model.sources import CHANNEL_KINDS, WALKED_KINDS, AddressKind

if TYPE_CHECKING:
    from collections.abc import Callable

    from harvester.catalogue.declaration import Declaration
    from storage.archive import Archive
    from storage.model.frontier import Backfill, FrontierEntry

MAX_WAIT = timedelta(seconds=60)
"""Longest time that a run waits for a URL that becomes due, or for a server's pause; longer ones are left to
later runs."""

MOST_BUSY = 3
"""Responses in a row with status 429 or 503 after which the source is stopped for the run."""

LOST_AFTER = timedelta(hours=1)
"""Time after which a response is given up as lost: delays and timeouts of one request are minutes."""

MOST_SILENT = 20
"""Requests in a row without a response after which the source is stopped for the run: its host is down."""

LEAST_SLOWDOWN = timedelta(seconds=1)
MOST_SLOWDOWN = timedelta(seconds=60)
"""First and largest extra delay of a source that responds with 429 or 503 without a Retry-After."""

_BUSY = frozenset({HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE})


class Revisit(StrEnum):
    """Which known articles a run requests again."""

    DUE = "due"
    ALL = "all"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Budget:
    """Limits of one source in one run.

    `articles` new articles and `known` ones requested again, retries included; `sitemaps`; `pages` of
    listings, searches, archives and APIs; `bytes` of bodies as sent; `time` from the first request on. The
    last two are None where the user asked for all known articles.
    """

    articles: int
    known: int = 0
    sitemaps: int = 50
    pages: int = 200
    bytes: int | None = 1024**3
    time: timedelta | None = timedelta(hours=3)


BACKFILL_PAGES = 2000
"""Pages of listings that a backfill requests in one run; the next run continues."""

_ALL = (*CHANNEL_KINDS, AddressKind.ARTICLE)


@dataclass(slots=True)
class SourceScheduler:
    """Scheduler of one source in one run, with `clock` as its only source of time; it never sleeps.

    New URLs come first, then known articles. In a `backfill`, a page of a listing, search, archive or API is
    requested only when the articles before it are recorded, because their dates show whether the walk is at
    its end; so a limit on articles stops the walk, too. Known articles are not requested again meanwhile.
    `stopped` says why the source was stopped early; `postponed_to` is the moment before which no request may
    go to the source, where that is after the run. `requests` counts the URLs leased.
    """

    declaration: Declaration
    archive: Archive
    run: int
    budget: Budget
    clock: Callable[[], datetime]
    backfill: Backfill | None = None
    requests: int = 0
    stopped: str = ""
    postponed_to: datetime | None = None
    under_way: FrontierEntry | None = None
    _articles: int = 0
    _known: int = 0
    _sitemaps: int = 0
    _pages: int = 0
    _bytes: int = 0
    _started: datetime | None = None
    _leased_at: datetime | None = None
    _paused_until: datetime | None = None
    _slowdown: timedelta = field(default=timedelta(0))
    _busy: int = 0
    _silent: int = 0

    @property
    def id(self) -> str:
        """The source's id."""
        return self.declaration.id

    @property
    def is_full(self) -> bool:
        """Whether the limit on articles is reached."""
        return self._articles >= self.budget.articles

    # ── what is asked next ────────────────────────────────────────────────────────────────────────────────────────

    def take(self) -> FrontierEntry | None:
        """Lease the next URL; None while one is in flight, during a pause, and at the end."""
        now = self.clock()
        if self.under_way is not None or self.stopped or self._is_paused(now) or self._is_spent(now):
            return None
        entry = self._lease(self._kinds(walking=False), now)
        if entry is None and self.backfill is not None and not self.is_full:
            self.archive.pass_over_older(self.backfill)
            entry = self._lease(self._kinds(walking=True), now)
        if entry is None:
            entry = self._lease_known(now)
        if entry is not None:
            self._charge(entry, now)
        return entry

    def waits_for(self) -> timedelta | None:
        """Return the time until there is something to request; None when the source is done for this run."""
        if self.is_under_way():
            return MAX_WAIT
        if self.stopped:
            return None
        due = min((moment for moment in (self._next_new(), self._next_known()) if moment), default=None)
        if due is None:
            return None
        wait = max(due, self._paused_until or due) - self.clock()
        return max(wait, timedelta(0)) if wait <= MAX_WAIT else None

    def is_under_way(self) -> bool:
        """Return whether a response is awaited; one that never comes stops the source."""
        if self.under_way is not None and self._leased_at is not None and self.clock() - self._leased_at > LOST_AFTER:
            self.stopped = f"what became of {self.under_way.url} is not known after {LOST_AFTER}"
            self.under_way = None
        return self.under_way is not None

    def _lease(self, kinds: tuple[AddressKind, ...], now: datetime) -> FrontierEntry | None:
        due = self.archive.next_due(self.id, kinds, self.backfill, self.run)
        if due is None or due > now:
            return None
        return next(iter(self.archive.lease(self.run, self.id, 1, kinds, self.backfill)), None)

    def _lease_known(self, now: datetime) -> FrontierEntry | None:
        due = self._next_known()
        if due is None or due > now:
            return None
        return next(iter(self.archive.lease_known(self.run, self.id, 1)), None)

    def _next_new(self) -> datetime | None:
        walking = self.backfill is not None and not self.is_full
        kinds = {*self._kinds(walking=False), *(self._kinds(walking=True) if walking else ())}
        return self.archive.next_due(self.id, tuple(sorted(kinds)), self.backfill, self.run) if kinds else None

    def _next_known(self) -> datetime | None:
        if self.backfill is not None or self._known >= self.budget.known:
            return None
        return self.archive.next_known(self.id, self.run)

    def _kinds(self, *, walking: bool) -> tuple[AddressKind, ...]:
        """Return the kinds that may be requested; in a backfill, pages (`walking`) only after all else."""
        spent = set()
        if self.is_full:
            spent.add(AddressKind.ARTICLE)
        if self._sitemaps >= self.budget.sitemaps:
            spent.add(AddressKind.SITEMAP)
        if self._pages >= self.budget.pages:
            spent.update(WALKED_KINDS)
        kinds = WALKED_KINDS if walking else _ALL
        if self.backfill is not None and not walking:
            spent.update(WALKED_KINDS)
        return tuple(kind for kind in kinds if kind not in spent)

    # ── what it costs ─────────────────────────────────────────────────────────────────────────────────────────────

    def _charge(self, entry: FrontierEntry, now: datetime) -> None:
        self.under_way, self._leased_at = entry, now
        self._started = self._started or now
        self.requests += 1
        if entry.known:
            self._known += 1
        elif entry.kind is AddressKind.ARTICLE:
            self._articles += 1
        elif entry.kind is AddressKind.SITEMAP:
            self._sitemaps += 1
        elif entry.kind in WALKED_KINDS:
            self._pages += 1

    def _is_spent(self, now: datetime) -> bool:
        """Return whether the budget of time or bytes is used up, and set `stopped` then."""
        if self.budget.time is not None and self._started is not None and now - self._started > self.budget.time:
            self.stopped = f"its time in one run is over ({self.budget.time}); the rest waits for the next"
        elif self.budget.bytes is not None and self._bytes > self.budget.bytes:
            self.stopped = f"over {self.budget.bytes // 1024**2} MiB in one run; the rest waits for the next"
        return bool(self.stopped)

    def limits_reached(self) -> list[str]:
        """Return why due URLs were not requested, one sentence a budget.

        The limit on articles is not named: what is left stays in the frontier.
        """
        reached = [self.stopped] if self.stopped else []
        if self._sitemaps >= self.budget.sitemaps and self._is_due((AddressKind.SITEMAP,)):
            reached.append(f"{self.budget.sitemaps} sitemaps were asked, and there are more: they wait for the next run")
        if self._pages >= self.budget.pages and self._is_due(WALKED_KINDS):
            reached.append(f"{self.budget.pages} pages of listings were asked, and there are more: they wait for the next run")
        return reached

    def is_left_out(self) -> bool:
        """Return whether something was due and no request was made: the run ended before this source."""
        excused = self.requests or self.stopped or self.postponed_to is not None
        return not excused and self._is_due(self._kinds(walking=False))

    def _is_due(self, kinds: tuple[AddressKind, ...]) -> bool:
        due = self.archive.next_due(self.id, kinds, self.backfill, self.run)
        return due is not None and due <= self.clock()

    # ── what came of it ───────────────────────────────────────────────────────────────────────────────────────────

    def answered(self, status: int, size: int, retry_after: datetime | None = None) -> None:
        """Record that the URL in flight was answered, with the size of its body in bytes.

        `again_at` is when a busy server allows the next request.
        """
        self.under_way = None
        self._bytes += size
        self._silent = 0
        if status in _BUSY:
            self._slow_down(retry_after)
        elif status < HTTPStatus.INTERNAL_SERVER_ERROR:
            self._busy = 0
            self._slowdown = self._slowdown / 2 if self._slowdown > LEAST_SLOWDOWN else timedelta(0)
        if self._slowdown:
            self._wait_until(self.clock() + self._slowdown)

    def unanswered(self, scope: FailureScope) -> None:
        """Record that the URL in flight brought no response."""
        self.under_way = None
        if scope not in {FailureScope.RULE, FailureScope.ADDRESS}:
            self._count_silent()

    def lost(self) -> None:
        """Record that the outcome of the URL in flight is unknown, because of an error in the program."""
        self.under_way = None
        self._count_silent()

    def _count_silent(self) -> None:
        self._silent += 1
        if self._silent >= MOST_SILENT:
            self.stopped = f"{MOST_SILENT} requests in a row brought no response; the rest waits for the next run"

    def pause(self, until: datetime) -> None:
        """Send nothing to the source before a moment, as its server asked; stored for later runs."""
        now = self.clock()
        until = min(until, now + LONGEST_PAUSE)
        self._wait_until(until)
        self.archive.hold_off(self.id, until)
        if until - now > MAX_WAIT:
            self.postponed_to = max(until, self.postponed_to or until)

    def resume(self) -> None:
        """Apply the pause that an earlier run was asked for."""
        until = self.archive.resume_at(self.id)
        if until is not None and until > self.clock():
            self._paused_until = until
            self.postponed_to = until if until - self.clock() > MAX_WAIT else None

    def _slow_down(self, retry_after: datetime | None) -> None:
        self._busy += 1
        if retry_after is not None and retry_after > self.clock():
            self.pause(retry_after)
        else:
            declared = timedelta(seconds=self.declaration.delay or 0)
            self._slowdown = min(max(2 * self._slowdown, 2 * declared, LEAST_SLOWDOWN), MOST_SLOWDOWN)
        if self._busy >= MOST_BUSY:
            self.stopped = f"{MOST_BUSY} answers in a row asked us to slow down (429, 503); the rest waits for the next run"

    def _wait_until(self, moment: datetime) -> None:
        self._paused_until = max(moment, self._paused_until or moment)

    def _is_paused(self, now: datetime) -> bool:
        return self._paused_until is not None and now < self._paused_until
