"""Collapse search results: of the found articles of one cluster the earliest is shown."""

from __future__ import annotations

from typing import TYPE_CHECKING

from storage.model.clusters import in_time
from storage.repositories.clusters import appearances, clusters_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.orm import Session

BATCH = 5000
"""Articles, or clusters, selected by one statement."""


def reprints_among(session: Session, numbers: Sequence[int]) -> set[int]:
    """Return those of some articles of whose cluster an earlier one is among them."""
    found: dict[int, list[int]] = {}
    for start in range(0, len(numbers), BATCH):
        for article, cluster in clusters_of(session, numbers[start : start + BATCH]).items():
            found.setdefault(cluster, []).append(article)
    several = [cluster for cluster, articles in found.items() if len(articles) > 1]
    hidden: set[int] = set()
    for start in range(0, len(several), BATCH):
        for cluster, members in appearances(session, several[start : start + BATCH]).items():
            place = {appeared.article: rank for rank, appeared in enumerate(in_time(members.values()))}
            hidden |= set(found[cluster]) - {min(found[cluster], key=lambda number: place[members[number].article])}
    return hidden
