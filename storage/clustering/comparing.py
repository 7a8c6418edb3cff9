"""Compare an article word by word with articles that share shingles with it."""

from __future__ import annotations

from datetime import date
from functools import cached_property
from itertools import zip_longest
from typing import TYPE_CHECKING

from storage.clustering.passages import overlap
from storage.clustering.similarity import SHARED, TokenisedText, copied, in_series
from storage.model.reprints import ReprintKind
from storage.repositories import articles, candidates, clusters

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sqlalchemy.orm import Session

    from storage.clustering.passages import Overlap
    from storage.model.clusters import TextSimilarity
    from storage.repositories.candidates import Candidate
    from storage.repositories.clusters import ClusterCandidate

WORTH_A_LOOK = SHARED / 2
"""Share of the smaller sketch from which words are compared: a sketch of some twenty shingles may be wrong by
half."""

COMPARED = 8
"""Candidates whose words are compared: those that share most first, one of each cluster before the second of
any."""

PASSAGE_SHINGLES = 2
"""Shared shingles of a sketch, about 16 words, from which a candidate that shares less is compared for
passages."""

COMPARED_FOR_PASSAGES = 8
"""Candidates whose words are compared for passages only."""

LONGEST_COMPARED = 400_000
"""Characters of a text that are compared: a constitution is shorter, and a hostile page must not block the
archive."""

SAME_DIGEST = 0.9
"""Share of either of two digests found in the other from which they are copies of one digest."""

WHOLE_COPIES = (ReprintKind.VERBATIM, ReprintKind.EDITED)


class ComparedArticle:
    """Comparison of the article in question with another one.

    `kind` and similarity say how the first is a copy of the second (None: it is none). `is_certain` when both
    carry the same whole text.
    """

    def __init__(self, article: ClusterCandidate, likeness: TextSimilarity | None, wordings: tuple[TokenisedText, TokenisedText]) -> None:
        self.article, self.likeness, self._wordings = article, likeness, wordings
        self.is_certain = self.is_whole_copy

    @cached_property
    def overlap(self) -> Overlap:
        """The shared passages, seen from the article in question."""
        return overlap(*self._wordings)

    @property
    def group(self) -> int:
        """The number of its cluster; of an article without one, its own number, negative."""
        return -self.article.number if self.article.cluster is None else self.article.cluster

    @property
    def is_whole_copy(self) -> bool:
        """Whether the two are copies of one whole text."""
        return self.likeness is not None and self.likeness.kind in WHOLE_COPIES

    @property
    def is_same_digest(self) -> bool:
        """Whether the two are copies of one digest: two digests of one day share many of their stories."""
        return self.is_whole_copy and min(self.overlap.share_here, self.overlap.share_there) >= SAME_DIGEST

    @property
    def is_loose(self) -> bool:
        """Whether the two share much but belong to no common cluster: one is a digest, or far longer."""
        if self.article.kind is ReprintKind.DIGEST:
            return not self.is_same_digest
        return not self.is_whole_copy and self.overlap.is_a_thin_part

    @property
    def kind(self) -> ReprintKind | None:
        """Relation of the article in question to this one."""
        return self.likeness.kind if self.likeness else None

    @property
    def tie(self) -> TextSimilarity:
        """Similarity of two articles that are known to be copies."""
        assert self.likeness is not None, "only copies are joined"
        return self.likeness


def compare(session: Session, own: ClusterCandidate) -> list[ComparedArticle]:
    """Compare an article with its candidates: likely copies first, then those that share a passage."""
    near = _nearest(session, own)
    if not near:
        return []
    numbers = [found for found, _ in near]
    others, background = clusters.placed(session, numbers), candidates.boilerplate_of(session, [own.number, *numbers])
    wording = _wording(own, background)
    made: list[ComparedArticle] = []
    settled: set[int] = set()
    for number, is_likely in near:
        other = others[number]
        group = -other.number if other.cluster is None else other.cluster
        if group in settled:
            continue
        beside = _wording(other, background)
        likeness = copied(wording, beside) if is_likely else None
        found = ComparedArticle(other, likeness, (wording, beside))
        if is_likely and likeness is None and found.overlap.is_mutual and in_series(wording, beside):
            continue  # notices of a series quote each other as little as they copy each other
        made.append(found)
        if found.is_whole_copy or (found.kind is ReprintKind.EXCERPT and other.kind is not ReprintKind.CONTAINS):
            settled.add(group)  # no other member could say more
    return made


def _nearest(session: Session, own: ClusterCandidate) -> list[tuple[int, bool]]:
    """Return the numbers of the articles to compare with, and whether they may be copies."""
    found = candidates.candidates(session, own.number)
    same = [number for number, _, _ in articles.showing(session, own.text_sha256)[: COMPARED + 1] if number != own.number]
    likely = [x for x in found if x.share >= WORTH_A_LOOK]
    near = dict.fromkeys([*same, *_one_of_each(likely)][:COMPARED], True)
    groups = {_group(x) for x in likely}
    passages = [x for x in found if x.share < WORTH_A_LOOK and x.shared >= PASSAGE_SHINGLES and _group(x) not in groups]
    near.update(dict.fromkeys(_one_of_each(passages)[:COMPARED_FOR_PASSAGES], False))
    return list(near.items())


def _one_of_each(found: Iterable[Candidate]) -> list[int]:
    """Return the candidates in rounds: of every cluster the one that shares most, then the next of each."""
    groups: dict[int, list[Candidate]] = {}
    for candidate in sorted(found, key=lambda x: (-x.share, x.number)):
        groups.setdefault(_group(candidate), []).append(candidate)
    rounds: Sequence[tuple[Candidate | None, ...]] = list(zip_longest(*groups.values()))
    return [candidate.number for each in rounds for candidate in each if candidate is not None]


def _group(candidate: Candidate) -> int:
    return -candidate.number if candidate.cluster is None else candidate.cluster


def _wording(article: ClusterCandidate, background: dict[int, set[int]]) -> TokenisedText:
    day = date.fromisoformat(article.day) if article.day else None
    return TokenisedText(article.title, article.text[:LONGEST_COMPARED], day, background[article.number], digest=article.text_sha256)
