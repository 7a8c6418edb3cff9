"""A cluster as it is shown: its members by time, each compared with the first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from storage.clustering.likeness import Wording, likeness
from storage.model.clusters import CopyKind, Likeness, Membership, StoryCluster, earliest, in_time
from storage.repositories import articles, clusters

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from storage.model.clusters import Appearance
    from storage.repositories.clusters import Placed


def cluster_of(session: Session, name: str) -> StoryCluster | None:
    """The cluster of an article (by its id, address or alias), or the one that a cluster's id leads to; None when there is none."""
    article = articles.find_number(session, name)
    number = clusters.find(session, name) if article is None else clusters.clusters_of(session, [article]).get(article)
    members = clusters.appearances(session, [number]).get(number, {}) if number is not None else {}
    if number is None or not members:
        return None
    ordered = in_time(members.values())
    by_id = {article.appearance.article: article for article in clusters.placed(session, list(members)).values()}
    beside = clusters.addresses(session, list(members))
    first, original = by_id[ordered[0].article], earliest(ordered)
    shown = tuple(_membership(by_id[x.article], *beside[x.article], first, original) for x in ordered)
    return StoryCluster(clusters.names(session, [number])[number], original.article if original else None, shown)


def _membership(article: Placed, url: str, source: str, first: Placed, original: Appearance | None) -> Membership:
    appeared = article.appearance
    alike = Likeness(1.0, CopyKind.VERBATIM) if article is first else likeness(_wording(article), _wording(first))
    return Membership(
        article=appeared.article,
        url=url,
        source=source,
        title=article.title,
        moment=appeared.printed_moment or appeared.first_seen_at,
        printed=appeared.printed_moment is not None,
        similarity=round(alike.similarity, 4),
        kind=CopyKind.DIGEST if article.kind is CopyKind.DIGEST and article is not first else alike.kind,
        lag=appeared.lag_after(original) if original else None,
    )


def _wording(article: Placed) -> Wording:
    return Wording(article.title, article.text)
