"""Runs: one crawl or one ingestion, and its tally."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from threading import Lock
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from storage.model.captures import OutcomeKind


ROBOTS_DISALLOWED = "robots_disallowed"
"""The class of a request that was not made because robots.txt forbids it."""

NAME_FAILURE = "dns"
"""The class of a request that was not made because the name of its host cannot be resolved."""

FINISHED = "finished"
"""How a run ended that came to its own end."""

INTERRUPTED = "interrupted"
"""How a run ended that a signal ended."""

UNSETTLED = "unsettled"
"""How a run ended that came to its own end and left records in the WARC files without an outcome."""


INGEST = "ingest"
"""The kind of a run that took captures of others over."""


@dataclass(slots=True)
class SourceTally:
    """What one run did with one source. `outcomes` sums to `captures`; `unanswered` requests brought no response at all."""

    outcomes: Counter[OutcomeKind] = field(default_factory=Counter)
    unanswered: Counter[str] = field(default_factory=Counter)
    found: int = 0

    @property
    def captures(self) -> int:
        """How many responses were captured."""
        return self.outcomes.total()

    @property
    def failures(self) -> int:
        """How many captures and requests the source failed on; what it closes to robots is no failure."""
        failed = sum(n for kind, n in self.outcomes.items() if kind.is_failure)
        return failed + self.unanswered.total() - self.unanswered[ROBOTS_DISALLOWED]


class RunCounter:
    """What a run has done so far, by source: counted where it is written down, read from any thread."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._tally: defaultdict[str, SourceTally] = defaultdict(SourceTally)

    def settled(self, source: str, kind: OutcomeKind, found: int) -> None:
        """Count a capture that has its outcome, and the addresses that it brought."""
        with self._lock:
            tally = self._tally[source]
            tally.outcomes[kind] += 1
            tally.found += found

    def unanswered(self, source: str, reason: str) -> None:
        """Count a request that brought no response."""
        with self._lock:
            self._tally[source].unanswered[reason] += 1

    def snapshot(self) -> dict[str, SourceTally]:
        """The counts of this moment; later ones do not change it."""
        with self._lock:
            return {x: SourceTally(Counter(t.outcomes), Counter(t.unanswered), t.found) for x, t in self._tally.items()}


@dataclass(frozen=True, slots=True)
class CrawlRun:
    """One run.

    `kind` is `crawl`, `ingest`, `rescore` or `coverage`; `ended` is empty while it runs, then how it ended (`finished`, …).
    """

    id: int
    kind: str
    started_at: datetime
    finished_at: datetime | None = None
    ended: str = ""
    tally: dict[str, SourceTally] = field(default_factory=dict)
