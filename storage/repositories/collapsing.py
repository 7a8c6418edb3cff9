"""Collapsing: of the articles of one cluster that were found, the earliest stands for all."""

from __future__ import annotations

from typing import TYPE_CHECKING

from storage.model.clusters import in_time
from storage.repositories.clusters import appearances, clusters_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.orm import Session

BATCH = 5000
"""Articles, or clusters, asked for in one statement."""


def reprints_among(session: Session, numbers: Sequence[int]) -> set[int]:
    """Of some articles, those that an earlier one among them stands for; all members of a cluster have a say in which is earlier."""
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
