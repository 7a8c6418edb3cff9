"""A cluster for display: its members by time, each compared with the first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from storage.clustering.marks import kind_of
from storage.model.articles import Precision
from storage.model.clusters import Membership, StoryCluster, earliest, in_time
from storage.repositories import articles, clusters

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from storage.model.clusters import Appearance
    from storage.repositories.clusters import ClusterCandidate


def cluster_of(session: Session, name: str) -> StoryCluster | None:
    """Return the cluster of an article (by id, URL or alias), or of a cluster id; None when there is none.

    The id of a merged cluster leads to the cluster that it was merged into.
    """
    article = articles.find_number(session, name)
    number = clusters.find(session, name) if article is None else clusters.clusters_of(session, [article]).get(article)
    members = clusters.appearances(session, [number]).get(number, {}) if number is not None else {}
    if number is None or not members:
        return None
    ordered = in_time(members.values())
    by_id = {article.appearance.article: article for article in clusters.placed(session, list(members)).values()}
    beside = {about[0]: about for about in clusters.headed(session, list(members)).values()}
    first, original = by_id[ordered[0].article], earliest(ordered)
    shown = tuple(_membership(by_id[x.article], beside[x.article], first, original) for x in ordered)
    return StoryCluster(clusters.names(session, [number])[number], original.article if original else None, shown)


def _membership(
    article: ClusterCandidate, about: tuple[str, str, str, str], first: ClusterCandidate, original: Appearance | None
) -> Membership:
    appeared = article.appearance
    name, url, source, title = about
    kind, similarity = kind_of(article, first, is_original=appeared == original)
    return Membership(
        article=name,
        url=url,
        source=source,
        title=title,
        moment=appeared.printed_moment or appeared.first_seen_at,
        printed=appeared.printed_moment is not None,
        similarity=similarity,
        kind=kind,
        lag=appeared.lag_after(original) if original else None,
        lag_range=appeared.lag_range_after(original) if original else None,
        printed_day=_printed_day(article),
    )


def _printed_day(article: ClusterCandidate) -> str:
    """The day that the source printed, in its zone; the month where it printed no day; empty without a date."""
    if article.day is None or article.appearance.precision is None:
        return ""
    return article.day[:7] if article.appearance.precision is Precision.MONTH else article.day
