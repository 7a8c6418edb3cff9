"""The ladder: when known articles are asked again, by their age."""

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
"""How often, and up to which age: most edits and takedowns happen early."""

CHECKS_WITHOUT_EDIT = (200, 1000)
"""After so many checks of a source's articles without one edit, the ladder's waits are doubled, then doubled again."""

MOST_SLOWNESS = 2 ** len(CHECKS_WITHOUT_EDIT)
"""The largest factor by which the ladder's waits are stretched."""

MOST_AHEAD = timedelta(days=31)
"""An article that seems to be born later than that was seen first by a clock that ran ahead by months or years."""


@dataclass(frozen=True, slots=True)
class RevisitSchedule:
    """Waits between two checks of an article, by its age; each step is (wait, up to this age), youngest first."""

    steps: tuple[tuple[timedelta, timedelta], ...] = STEPS

    def next_check(self, born: datetime, now: datetime, interval_factor: int = 1) -> datetime | None:
        """When an article that was `born` then (published, or first seen) is asked again after a check at `now`; None: no more.

        One that was born far in the future was seen first by a wrong clock: it is asked as rarely as the oldest, not for ever as new.
        """
        age = now - born
        if age < -MOST_AHEAD:
            return now + self.longest * interval_factor
        wait = next((wait for wait, until in self.steps if age < until), None)
        return now + wait * interval_factor if wait is not None else None

    @property
    def longest(self) -> timedelta:
        """The longest wait of its steps."""
        return max((wait for wait, _ in self.steps), default=timedelta(0))


def interval_factor(checks: int, edits: int) -> int:
    """The factor by which a source's checks are stretched: 1, or more where it never edits."""
    return 1 if edits else 2 ** sum(checks >= many for many in CHECKS_WITHOUT_EDIT)
