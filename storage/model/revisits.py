"""Revisit schedule: when known articles are checked again, by their age."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

STEPS = (
    (timedelta(minutes=15), timedelta(hours=3)),
    (timedelta(hours=1), timedelta(days=1)),
    (timedelta(hours=3), timedelta(days=7)),
    (timedelta(days=3), timedelta(days=30)),
    (timedelta(days=30), timedelta(days=365)),
)
"""(interval, maximum age) of each step, youngest first: most edits and takedowns happen early."""

CHECKS_WITHOUT_EDIT = (200, 1000)
"""Numbers of checks of a source's articles without a single edit: at each, the intervals are doubled once
more."""

MOST_SLOWNESS = 2 ** len(CHECKS_WITHOUT_EDIT)
"""Largest factor by which the intervals are multiplied."""

MOST_AHEAD = timedelta(days=31)
"""Largest time by which an article's birth may lie in the future. Beyond it, a clock that ran ahead by months
or years set it."""


@dataclass(frozen=True, slots=True)
class RevisitSchedule:
    """Intervals between two checks of an article, by its age.

    Each step is (interval, maximum age), youngest first.
    """

    steps: tuple[tuple[timedelta, timedelta], ...] = STEPS

    def next_check(self, born: datetime, now: datetime, interval_factor: int = 1) -> datetime | None:
        """Return when an article is checked again after a check at `now`; None: never.

        `born` is when it was published, or first seen. If that lies more than MOST_AHEAD in the future, the
        clock was wrong: the article is checked as rarely as the oldest, not forever as a new one.
        """
        age = now - born
        if age < -MOST_AHEAD:
            return now + self.longest * interval_factor
        wait = next((wait for wait, until in self.steps if age < until), None)
        return now + wait * interval_factor if wait is not None else None

    @property
    def longest(self) -> timedelta:
        """The longest interval of its steps; zero where it has none."""
        return max((wait for wait, _ in self.steps), default=timedelta(0))


def interval_factor(checks: int, edits: int) -> int:
    """Return the factor by which a source's intervals are multiplied: 1, or more where it never edits."""
    return 1 if edits else 2 ** sum(checks >= many for many in CHECKS_WITHOUT_EDIT)
