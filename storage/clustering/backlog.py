"""Assign clusters to articles that no rules, or older ones, assigned; each run takes some."""

from __future__ import annotations

from typing import TYPE_CHECKING

from storage.clustering.assignment import assign_cluster
from storage.repositories import clusters

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from storage.database.engine import Database

AT_ONCE = 200
"""Articles assigned in one transaction: the most that a killed run loses."""

PER_RUN = 10_000
"""Articles assigned at the start of one run, so that no scheduled run waits for more than about half a
minute."""


def catch_up(database: Database, most: int = PER_RUN) -> int:
    """Assign articles that today's rules did not assign yet, oldest first, at most `most`; returns how many.

    Clusters that only a digest held together are dissolved meanwhile, so a second pass assigns what was freed
    behind the first.
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
