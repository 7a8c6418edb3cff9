"""Cluster relations and shared passages of many articles at once."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING

from storage.clustering.similarity import TokenisedText, likeness
from storage.model.articles import ClusterMark
from storage.model.clusters import earliest, in_time
from storage.model.reprints import Excerpt, Excerpts, ReprintKind
from storage.repositories import article_loader, clusters, excerpts

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from sqlalchemy.orm import Session

    from storage.model.articles import Article
    from storage.model.clusters import Appearance
    from storage.repositories.clusters import ClusterCandidate
    from storage.repositories.excerpts import StoredExcerpt


def read_articles(session: Session, numbers: Sequence[int]) -> list[Article]:
    """Return the articles of these numbers, in order, with clusters and excerpts."""
    clustered, shared = marks(session, numbers), excerpts_of(session, numbers)
    found = article_loader.read_articles(session, numbers)
    if not clustered and not shared:
        return found
    number_of = clusters.numbers_of(session, numbers)
    by_article = [(article, number_of[article.id]) for article in found]
    return [replace(article, cluster=clustered.get(number), excerpts=shared.get(number)) for article, number in by_article]


def marks(session: Session, articles: Sequence[int]) -> dict[int, ClusterMark]:
    """Return the cluster relation of each article; articles without a cluster are left out."""
    belonging = clusters.clusters_of(session, articles)
    if not belonging:
        return {}
    named = clusters.names(session, belonging.values())
    members = clusters.appearances(session, belonging.values())
    numbers = {appeared.article: number for cluster in members.values() for number, appeared in cluster.items()}
    firsts = {cluster: in_time(found.values())[0] for cluster, found in members.items()}
    texts = clusters.placed(session, [*belonging, *(numbers[first.article] for first in firsts.values())])
    made = {}
    for article, cluster in belonging.items():
        original, first = earliest(list(members[cluster].values())), firsts[cluster]
        appeared = members[cluster][article]
        kind, similarity = kind_of(texts[article], texts[numbers[first.article]], is_original=appeared == original)
        made[article] = ClusterMark(
            id=named[cluster],
            size=len(members[cluster]),
            original=original.article if original else None,
            lag=appeared.lag_after(original) if original else None,
            lag_range=appeared.lag_range_after(original) if original else None,
            similarity=similarity,
            kind=kind,
        )
    return made


def kind_of(article: ClusterCandidate, first: ClusterCandidate, *, is_original: bool) -> tuple[ReprintKind, float]:
    """Return the relation of a member to the first one listed, and their similarity (4 decimals)."""
    if is_original:
        return ReprintKind.ORIGINAL, 1.0
    alike = likeness(_wording(article), _wording(first))
    # What was decided with all texts around is known of a digest, not what two texts tell.
    is_digest = article.kind is ReprintKind.DIGEST and alike.kind is not ReprintKind.VERBATIM
    return ReprintKind.DIGEST if is_digest else alike.kind, round(alike.similarity, 4)


def _wording(article: ClusterCandidate) -> TokenisedText:
    return TokenisedText(article.title, article.text, digest=article.text_sha256)


def excerpts_of(session: Session, articles: Sequence[int]) -> dict[int, Excerpts]:
    """Return the shared passages of each article; articles without any are left out."""
    stored = excerpts.excerpts_of(session, articles)
    if not stored:
        return {}
    asked, about = set(articles), _About(session, stored)
    sides: dict[int, tuple[list[tuple[int, float]], list[tuple[int, float]]]] = defaultdict(lambda: ([], []))
    for found in stored:
        if found.quoted in about.digests:
            continue  # what they share is neither's own
        if found.article in asked:
            sides[found.article][0].append((found.quoted, found.share))
        if found.quoted in asked:
            sides[found.quoted][1].append((found.article, found.share))
    made = {
        article: Excerpts(about.shown(article, held), about.shown(article, quoting), article in about.digests)
        for article, (held, quoting) in sides.items()
    }
    return {article: shown for article, shown in made.items() if shown.held or shown.quoting}


class _About:
    """Fields of the articles on both sides of some excerpts."""

    def __init__(self, session: Session, stored: Iterable[StoredExcerpt]) -> None:
        numbers = sorted({number for found in stored for number in (found.article, found.quoted)})
        self.cluster = clusters.clusters_of(session, numbers)
        self.names = clusters.names(session, self.cluster.values())
        self.members: Mapping[int, Mapping[int, Appearance]] = clusters.appearances(session, self.cluster.values())
        everyone = {number for members in self.members.values() for number in members} | set(numbers)
        self.headed = clusters.headed(session, sorted(everyone))
        self.digests = clusters.digests_among(session, numbers)

    def shown(self, article: int, found: Iterable[tuple[int, float]]) -> tuple[Excerpt, ...]:
        """Return one excerpt of each other cluster, the longest first, named after its earliest article."""
        own = self.cluster.get(article)
        shown: dict[int, Excerpt] = {}
        for number, share in sorted(found, key=lambda x: (-x[1], x[0])):
            cluster = self.cluster.get(number)
            if cluster is None:
                shown[-number] = Excerpt(*self.headed[number], "", round(share, 4))
            elif cluster != own and cluster not in shown:
                shown[cluster] = Excerpt(*self.headed[self._first(cluster)], self.names[cluster], round(share, 4))
        return tuple(shown.values())

    def _first(self, cluster: int) -> int:
        members = self.members[cluster]
        first = in_time(members.values())[0]
        return next(number for number, appeared in members.items() if appeared.article == first.article)
