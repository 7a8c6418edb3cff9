"""Runs: one crawl or one ingestion, and its counts."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from threading import Lock
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from storage.model.captures import OutcomeKind


ROBOTS_DISALLOWED = "robots_disallowed"
"""Reason of a request that was not sent because robots.txt disallows it."""

NAME_FAILURE = "dns"
"""Reason of a request that was not sent because the name of its host cannot be resolved."""

FINISHED = "finished"
"""End of a run that completed."""

INTERRUPTED = "interrupted"
"""End of a run that a signal stopped."""

UNSETTLED = "unsettled"
"""End of a run that completed but left records in the WARC files without an outcome."""


INGEST = "ingest"
"""Kind of a run that ingests captures made by others."""


@dataclass(slots=True)
class SourceTally:
    """Counts of one run for one source.

    `outcomes` sums to `captures`; `unanswered` counts, by reason, requests that brought no response at all;
    `found` counts the URLs that its captures brought.
    """

    outcomes: Counter[OutcomeKind] = field(default_factory=Counter)
    unanswered: Counter[str] = field(default_factory=Counter)
    found: int = 0

    @property
    def captures(self) -> int:
        """The number of captured responses."""
        return self.outcomes.total()

    @property
    def failures(self) -> int:
        """The number of captures and requests on which the source failed.

        Requests that robots.txt disallows are no failures.
        """
        failed = sum(n for kind, n in self.outcomes.items() if kind.is_failure)
        return failed + self.unanswered.total() - self.unanswered[ROBOTS_DISALLOWED]


class RunCounter:
    """Counts of a running run, by source: increased where results are written, readable from any thread."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._tally: defaultdict[str, SourceTally] = defaultdict(SourceTally)

    def settled(self, source: str, kind: OutcomeKind, found: int) -> None:
        """Count a capture whose outcome is decided, and the URLs that it brought."""
        with self._lock:
            tally = self._tally[source]
            tally.outcomes[kind] += 1
            tally.found += found

    def unanswered(self, source: str, reason: str) -> None:
        """Count a request that brought no response."""
        with self._lock:
            self._tally[source].unanswered[reason] += 1

    def snapshot(self) -> dict[str, SourceTally]:
        """Return a copy of the counts by source; later counting does not change it."""
        with self._lock:
            return {x: SourceTally(Counter(t.outcomes), Counter(t.unanswered), t.found) for x, t in self._tally.items()}


@dataclass(frozen=True, slots=True)
class CrawlRun:
    """One run.

    `kind` is `crawl`, `ingest`, `rescore` or `coverage`; `ended` is empty while it runs, then how it ended
    (`finished`, …).
    """

    id: int
    kind: str
    started_at: datetime
    finished_at: datetime | None = None
    ended: str = ""
    tally: dict[str, SourceTally] = field(default_factory=dict)
