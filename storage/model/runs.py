"""Runs: one crawl or one ingestion, and its tally."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from storage.model.captures import OutcomeKind


ROBOTS_DISALLOWED = "robots_disallowed"
"""The class of a request that was not made because robots.txt forbids it."""

FINISHED = "finished"
"""How a run ended that came to its own end."""

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
