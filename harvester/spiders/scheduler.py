"""Request scheduler of a run, over all its sources; pure logic with a clock, without network or sleeping.

A run ends because the frontier gives a URL to a run a bounded number of times
(`storage.repositories.frontier.may_be_asked`), because each source has a `Budget`, and because no wait is
longer than `MAX_WAIT`. The cost of a response does not grow with the number of sources: only the source that
responded is examined.
"""

from __future__ import annotations

import sys
from collections import Counter
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from harvester.discovery.seeds import starts
from harvester.spiders.source_scheduler import BACKFILL_PAGES, MAX_WAIT, Budget, Revisit, SourceScheduler
from pipelines.failures import log_failure
from storage.errors import ends_run
from storage.model.failures import Failure
from storage.model.runs import NAME_FAILURE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import date

    from harvester.catalogue.declaration import Declaration
    from harvester.config import Config
    from pipelines.rules import TopicRules
    from storage.archive import Archive
    from storage.model.frontier import Backfill, FailureScope, FrontierEntry

MOST_BEHIND = timedelta(minutes=5)
"""Time by which a clock may be behind the start of the run before without a warning."""


def budget_of(config: Config, limit: int | None, revisit: Revisit) -> Budget:
    """Return the limits of a source in one run; known articles have none where the user asked for all."""
    articles = min(limit, config.crawl.max_articles) if limit is not None else config.crawl.max_articles
    known = {Revisit.DUE: config.revisit.budget, Revisit.ALL: sys.maxsize, Revisit.NONE: 0}[revisit]
    budget = Budget(articles, known)
    return replace(budget, bytes=None, time=None) if revisit is Revisit.ALL else budget


class RunScheduler:
    """The schedulers of a run, one a source.

    Those in `_stale` are examined when URLs are taken next, the others when they are due. `errors` counts, by
    type, unexpected exceptions: each stops one source for the run, and no other.
    """

    def __init__(
        self,
        archive: Archive,
        run: int,
        declarations: Sequence[Declaration],
        budget: Budget,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.archive = archive
        self.run = run
        self.clock = clock
        self.source_schedulers = {x.id: SourceScheduler(x, archive, run, budget, clock) for x in declarations}
        self.backfills: dict[str, Backfill] = {}
        self.warnings: list[str] = []
        self.errors: Counter[str] = Counter()
        self._stale = set(self.source_schedulers)
        self._nameless: set[str] = set()
        self._any_name_resolved = False
        self._wake_at: dict[str, datetime] = {}

    def begin(self, topics: Sequence[TopicRules], *, early: bool, revisit: Revisit, since: date | None, recheck: timedelta) -> None:
        """Put the channels of each source into the frontier, and known articles or a backfill."""
        self._check_clock(recheck)
        for source_scheduler in self.source_schedulers.values():
            with self.stopping(source_scheduler):
                self._begin_lane(source_scheduler, topics, since, early=early)
                if revisit is Revisit.ALL:
                    self.archive.wake_known(source_scheduler.id)
                source_scheduler.resume()

    def _begin_lane(self, source_scheduler: SourceScheduler, topics: Sequence[TopicRules], since: date | None, *, early: bool) -> None:
        source = source_scheduler.declaration.source
        zone = ZoneInfo(source.timezone)
        channels = starts(source_scheduler.declaration, topics, self.clock().astimezone(zone).date(), since)
        if since is None:
            self.archive.seed(self.run, source.id, channels, early=early)
        else:
            source_scheduler.budget = replace(source_scheduler.budget, pages=BACKFILL_PAGES)
            source_scheduler.backfill = self.archive.begin_backfill(self.run, source.id, datetime.combine(since, time(), zone), channels)
            self.backfills[source.id] = source_scheduler.backfill

    @contextmanager
    def stopping(self, source_scheduler: SourceScheduler) -> Iterator[None]:
        """Stop one source, and no other, on an exception inside that does not concern the whole archive."""
        try:
            yield
        except Exception as error:
            if ends_run(error):
                raise
            failure = Failure.of("schedule", error)
            log_failure(source_scheduler.id, failure, error)
            source_scheduler.stopped = f"an error in the program ended its run: {failure.reason}"
            self.errors[type(error).__name__] += 1

    def _check_clock(self, recheck: timedelta) -> None:
        """Undo what a clock that ran ahead has written, and warn where it is behind now."""
        if late := self.archive.pull_back(recheck):
            self.warnings.append(f"{late} addresses were due further ahead than any interval: a clock ran ahead; they are due now")
        last = self.archive.last_start(self.run)
        if last is not None and self.clock() < last - MOST_BEHIND:
            self.warnings.append(
                f"the clock says {self.clock():%Y-%m-%d %H:%M} UTC, but the run before began {last:%Y-%m-%d %H:%M}: check it"
            )

    def take(self) -> Iterator[FrontierEntry]:
        """Lease what may be requested now, one URL a source at most."""
        now = self.clock()
        ready = self._stale | {source for source, moment in self._waking() if moment <= now}
        for source in [x for x in self.source_schedulers if x in ready]:
            self._stale.discard(source)
            self._wake_at.pop(source, None)
            entry = None
            with self.stopping(self.source_schedulers[source]):
                entry = self.source_schedulers[source].take()
                if entry is None:
                    self._sleep(source)
            if entry is not None:
                yield entry

    def wait(self) -> timedelta | None:
        """Return the time until the next request, if no response comes before; None at the end of the run."""
        if self._stale:
            return timedelta(0)
        waits = [max(moment - self.clock(), timedelta(0)) for _, moment in self._waking()]
        waits += [MAX_WAIT for source_scheduler in self.source_schedulers.values() if source_scheduler.is_under_way()]
        return min(waits, default=None)

    @property
    def is_offline(self) -> bool:
        """Return whether every request so far failed because its host's name could not be resolved."""
        return bool(self._nameless) and not self._any_name_resolved

    def _waking(self) -> list[tuple[str, datetime]]:
        """Return the sources that are waited for, and when to examine them again.

        Where no name could be resolved the network is down, and retries within the run would only prolong it.
        """
        given_up = self._nameless if self.is_offline else ()
        return [(source, moment) for source, moment in self._wake_at.items() if source not in given_up]

    def answered(self, entry: FrontierEntry, status: int, size: int, retry_after: datetime | None = None) -> None:
        """Record that a URL was answered and its outcome written."""
        self._any_name_resolved = True
        self._stale.add(entry.source)
        self.source_schedulers[entry.source].answered(status, size, retry_after)

    def unanswered(self, entry: FrontierEntry, reason: str, scope: FailureScope) -> None:
        """Record that a URL brought no response; the scope of the failure decides when it is tried again."""
        if reason == NAME_FAILURE:
            self._nameless.add(entry.source)
        else:
            self._any_name_resolved = True
        self.source_schedulers[entry.source].unanswered(scope)
        self._stale.add(entry.source)
        self.archive.unanswered(self.run, entry, reason, scope)

    def lost(self, entry: FrontierEntry) -> None:
        """Go on after an error of the program that leaves a URL's outcome unknown."""
        self.source_schedulers[entry.source].lost()
        self._stale.add(entry.source)

    def pause(self, source: str, until: datetime) -> None:
        """Send nothing to a source before a moment."""
        if source in self.source_schedulers:
            self.source_schedulers[source].pause(until)

    def _sleep(self, source: str) -> None:
        source_scheduler = self.source_schedulers[source]
        wait = None if source_scheduler.under_way else source_scheduler.waits_for()
        if wait is not None:
            self._wake_at[source] = self.clock() + wait

    # ── how it ended ──────────────────────────────────────────────────────────────────────────────────────────────

    def full(self) -> set[str]:
        """The sources that reached their limit on articles."""
        return {source for source, source_scheduler in self.source_schedulers.items() if source_scheduler.is_full}

    def limits_reached(self) -> dict[str, list[str]]:
        """Return why due URLs were not requested, by source; offline, that alone is the reason."""
        if self.is_offline:
            return {}
        reached = {source: source_scheduler.limits_reached() for source, source_scheduler in self.source_schedulers.items()}
        for source, source_scheduler in self.source_schedulers.items():
            if source_scheduler.is_left_out():
                reached[source].append("it was never asked, although addresses of it were due")
        return {source: reasons for source, reasons in reached.items() if reasons}

    def postponed(self) -> dict[str, datetime]:
        """Return, by source, the moment before which its server wants no request, if after the run."""
        return {
            source: source_scheduler.postponed_to
            for source, source_scheduler in self.source_schedulers.items()
            if source_scheduler.postponed_to is not None
        }
