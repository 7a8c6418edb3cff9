"""Catching up: articles that were stored before there were clusters are placed by the runs that follow, some by each run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from storage.clustering.placing import place
from storage.repositories import clusters

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from storage.database.engine import Database

AT_ONCE = 200
"""Articles placed in one transaction: what a kill may cost."""

PER_RUN = 10_000
"""Articles placed at the start of one run, so that no cron line waits for more than about half a minute."""


def catch_up(database: Database, most: int = PER_RUN) -> int:
    """Place articles that were not placed yet, in the order in which they came, up to a number of them; returns how many."""
    done = after = 0

    def some(session: Session) -> list[int]:
        numbers = clusters.undecided(session, after, min(AT_ONCE, most - done))
        for number in numbers:
            place(session, number)
        return numbers

    while done < most and (placed := database.write(some)):
        done, after = done + len(placed), placed[-1]
    return done
