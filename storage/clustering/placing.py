"""Placing: which cluster an article belongs to, decided in the transaction that writes the article.

Articles that share half of the smaller sketch are candidates; their words decide. Copies of whole texts hold a cluster together;
an excerpt, or a text that contains another, joins one cluster and never makes two into one.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING

from storage.clustering.likeness import SHARED, Wording, copied
from storage.model.clusters import CopyKind, Likeness, in_time
from storage.repositories import clusters

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy.orm import Session

    from storage.repositories.clusters import Placed

WORTH_A_LOOK = SHARED / 2
"""Share of the smaller sketch from which words are compared: a sketch of some twenty shingles may miss the truth by half."""

COMPARED = 8
"""Of so many candidates the words are compared, those that share most first."""

LONGEST_COMPARED = 400_000
"""Characters of a text that are compared: a constitution is shorter, and a hostile page must not hold the archive up."""

WHOLE = (CopyKind.VERBATIM, CopyKind.EDITED)
ALONE = Likeness(1.0, CopyKind.VERBATIM)


@dataclass(frozen=True, slots=True)
class _Match:
    """An article of which the one in question is a copy, and how. `is_certain` when the two carry the same whole text."""

    article: Placed
    likeness: Likeness
    is_certain: bool


def place(session: Session, number: int) -> None:
    """Decide which cluster an article belongs to, by what it says today; whatever was decided before is decided anew."""
    own = clusters.placed(session, [number])[number]
    clusters.join(session, number, None, ALONE, own.appearance.precision)
    matches = _matches(session, own)
    if matches:
        _join(session, own, matches)
    if own.cluster is not None:
        clusters.dissolve_if_single(session, own.cluster)
    clusters.learn_boilerplate(session, number)


def _matches(session: Session, own: Placed) -> list[_Match]:
    """Of every cluster around, and of every article that stands alone, the one that shows best that it carries the same text."""
    shares = {found: share for found, share in clusters.candidates(session, own.number).items() if share >= WORTH_A_LOOK}
    shares |= dict.fromkeys(clusters.with_text(session, own.text_sha256, own.number, COMPARED), 1.0)
    nearest = sorted(shares, key=lambda found: (-shares[found], found))[:COMPARED]
    if not nearest:
        return []
    others, background = clusters.placed(session, nearest), clusters.boilerplate_of(session, [own.number, *nearest])
    wording = _wording(own, background)
    groups: dict[int, dict[CopyKind, _Match]] = {}
    for other in (others[found] for found in nearest):
        group = groups.setdefault(-other.number if other.cluster is None else other.cluster, {})
        if group.keys().isdisjoint(WHOLE) and (alike := copied(wording, _wording(other, background))):
            known = group.get(alike.kind)
            if known is None or _collects(known.article):
                group[alike.kind] = _Match(other, alike, alike.kind in WHOLE)
    return [match for group in groups.values() if (match := _best(group))]


def _collects(article: Placed) -> bool:
    """Whether an article has, beside the text of its cluster, others."""
    return article.cluster is not None and article.kind in {CopyKind.CONTAINS, CopyKind.DIGEST}


def _best(group: Mapping[CopyKind, _Match]) -> _Match | None:
    """Of the matches with one cluster, that of a whole text; a text between a part of it and more than it is whole, too."""
    for kind in WHOLE:
        if kind in group:
            return group[kind]
    part, more = group.get(CopyKind.CONTAINS), group.get(CopyKind.EXCERPT)
    if part and more:
        return replace(part, is_certain=True)
    return None if more and _collects(more.article) else part or more


def _join(session: Session, own: Placed, matches: list[_Match]) -> None:
    """Join what carries the same text; what is only a part of it, or has it as a part, comes in but holds no clusters together."""
    best = max(matches, key=lambda match: (match.is_certain, match.likeness.similarity, match.article.cluster == own.cluster))
    likeness = best.likeness
    parts = [match for match in matches if match.likeness.kind is CopyKind.CONTAINS and not match.is_certain]
    if len(parts) > 1 and not all(own.appearance.is_before(match.article.appearance) for match in parts):
        parts = []
        if best.likeness.kind is CopyKind.CONTAINS:
            likeness = Likeness(best.likeness.similarity, CopyKind.DIGEST)
    lone = [match for match in matches if match.article.cluster is None and match.likeness.kind is CopyKind.EXCERPT]
    certain = [match for match in matches if match.is_certain]
    joined = {match.article.number: match for match in [*(certain or [best, *parts]), *lone]}
    home = _home(session, own, list(joined.values()))
    clusters.join(session, own.number, home, likeness, own.appearance.precision)


def _home(session: Session, own: Placed, joined: list[_Match]) -> int:
    """One cluster out of all that are joined: the oldest of them, or a new one; lone articles come in, other clusters are merged."""
    known = sorted({match.article.cluster for match in joined if match.article.cluster is not None})
    if known:
        home = known[0]
        if known[1:]:
            clusters.merge(session, known[1:], home)
    else:
        founders = in_time([own.appearance, *(match.article.appearance for match in joined)])
        home = clusters.found(session, founders[0].article)
    for match in joined:
        other = match.article
        if other.cluster is None:
            clusters.join(session, other.number, home, match.likeness.mirrored(), other.appearance.precision)
    return home


def _wording(article: Placed, background: dict[int, set[int]]) -> Wording:
    day = date.fromisoformat(article.day) if article.day else None
    return Wording(article.title, article.text[:LONGEST_COMPARED], day, background[article.number])
