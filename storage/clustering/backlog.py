"""Catching up: articles that no rules, or older ones, placed in clusters are placed by the runs that follow, some by each run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from storage.clustering.assignment import assign_cluster
from storage.repositories import clusters

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from storage.database.engine import Database

AT_ONCE = 200
"""Articles placed in one transaction: what a kill may cost."""

PER_RUN = 10_000
"""Articles placed at the start of one run, so that no cron line waits for more than about half a minute."""


def catch_up(database: Database, most: int = PER_RUN) -> int:
    """Place articles that today's rules did not place yet, in the order in which they came, up to a number of them; returns how many.

    What a digest had brought together is taken apart meanwhile, so a second pass finds what was set free behind the first.
    """
    done = after = 0

    def some(session: Session) -> list[int]:
        numbers = clusters.undecided(session, after, min(AT_ONCE, most - done))
        for number in numbers:
            assign_cluster(session, number)
        return numbers

    while done < most:
        placed = database.write(some)
        if not placed and not after:
            break
        done, after = done + len(placed), placed[-1] if placed else 0
    return done
