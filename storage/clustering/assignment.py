"""Assign articles to clusters of near-duplicates, in the transaction that writes the article.

Articles that share shingles are candidates; their words decide. Copies of whole texts hold a cluster
together; an excerpt, or a text that contains another, joins one cluster and never merges two. A digest joins
nothing (docs/adr/0023): passages of other articles in it are stored as excerpts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from storage.clustering.comparing import WHOLE_COPIES, compare
from storage.clustering.passages import SEVERAL, WHOLE, collected, is_collection, stand_apart
from storage.model.clusters import TextSimilarity, in_time
from storage.model.reprints import ReprintKind
from storage.repositories import candidates, clusters, excerpts
from storage.repositories.excerpts import StoredExcerpt

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sqlalchemy.orm import Session

    from storage.clustering.comparing import ComparedArticle
    from storage.repositories.clusters import ClusterCandidate

ALONE = TextSimilarity(1.0, ReprintKind.VERBATIM)
A_DIGEST = TextSimilarity(1.0, ReprintKind.DIGEST)

MOST_FREED = 64
"""Articles of one cluster that are assigned again in the transaction that finds a digest among them; the rest
in the next run."""


def assign_cluster(session: Session, number: int) -> None:
    """Assign an article to a cluster by its current text, whatever was decided before.

    Articles of which it holds a passage, or that hold one of it, are assigned again where that may show them
    to be digests.
    """
    for other in _place(session, number):
        _place(session, other)


def _place(session: Session, number: int) -> list[int]:
    """Assign one article; returns the articles that may be digests in view of it."""
    own = clusters.placed(session, [number])[number]
    compared = compare(session, own)
    is_digest = _is_digest(own, compared)
    matches = _copies_of_digest(compared) if is_digest else _matches(own, compared)
    if matches:
        _join(session, own, matches, is_digest=is_digest)
    else:
        clusters.join(session, number, None, A_DIGEST if is_digest else ALONE, own.appearance.precision)
    if own.cluster is not None:
        clusters.dissolve_if_single(session, own.cluster)
    excerpts.replace(session, number, _excerpts(own, compared, is_digest=is_digest), had_some=own.has_excerpts)
    if is_digest:
        _let_go(session, own, compared)
    candidates.learn_boilerplate(session, number)
    return [] if is_digest else _to_look_at_again(compared)


# ── digests ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def _is_digest(own: ClusterCandidate, compared: Sequence[ComparedArticle]) -> bool:
    """Return whether an article collects passages of unrelated texts.

    Cards beside a whole copy of another article collect nothing. Two whole texts inside one that was printed
    before both are excerpts of it; three are not, as nobody prints a live blog whole. A whole copy of a
    digest is a digest.
    """
    if any(x.article.kind is ReprintKind.DIGEST and x.is_same_digest for x in compared):
        return True
    held = [x for x in compared if not x.is_whole_copy and x.article.kind is not ReprintKind.DIGEST and x.overlap.is_excerpt]
    if len(held) < SEVERAL:
        return False
    copies = [x.overlap for x in compared if x.is_whole_copy and x.article.kind is not ReprintKind.DIGEST]
    parts = [x for x in held if not x.overlap.is_shared_beginning and not any(stand_apart(copy.here, x.overlap.here) for copy in copies)]
    if not is_collection([x.overlap for x in parts]):
        return False
    is_original = all(x.overlap.share_there >= WHOLE and own.appearance.is_printed_before(x.article.appearance) for x in parts)
    return not is_original or len(collected(x.overlap for x in parts)) > SEVERAL


def _to_look_at_again(compared: Sequence[ComparedArticle]) -> list[int]:
    """Return the articles that hold a passage of this one, where it may change whether they are digests.

    Articles that this one copies or contains whole, and their clusters, are left out.
    """
    alike = {x.group for x in compared if x.kind in {*WHOLE_COPIES, ReprintKind.CONTAINS}}
    return [x.article.number for x in compared if x.group not in alike and _may_be_a_digest(x)]


def _may_be_a_digest(found: ComparedArticle) -> bool:
    other = found.article
    if other.kind is ReprintKind.DIGEST:
        return found.likeness is not None and not found.overlap.is_a_thin_part
    return (other.has_excerpts or other.kind in {ReprintKind.CONTAINS, ReprintKind.EXCERPT}) and found.overlap.mirrored().is_excerpt


def _let_go(session: Session, own: ClusterCandidate, compared: Sequence[ComparedArticle]) -> None:
    """Assign again what was in a cluster only because a digest held it together.

    A cluster made by older rules is assigned again as a whole, MOST_FREED articles at a time.
    """
    copies = {x.article.number for x in compared if x.is_same_digest}
    clusters.mark_as_digests(session, sorted(copies))
    if own.cluster is None:
        return
    members = clusters.members(session, own.cluster)
    held = {x.article.number for x in compared if (x.overlap.is_excerpt or x.is_whole_copy) and not x.is_same_digest}
    if all(rules == clusters.RULES for rules in members.values()):
        freed = [number for number in members if number in held]
    else:
        freed = [number for number in members if number != own.number and number not in copies]
    clusters.set_free(session, freed[:MOST_FREED])
    clusters.forget(session, freed[MOST_FREED:])
    for number in freed[:MOST_FREED]:
        _place(session, number)
    clusters.dissolve_if_single(session, own.cluster)


def _excerpts(own: ClusterCandidate, compared: Iterable[ComparedArticle], *, is_digest: bool) -> list[StoredExcerpt]:
    """Return which articles hold an excerpt of which, with this article on either side.

    Of two texts that hold each other's lead, the one of which the smaller share is shared holds the excerpt;
    of equal shares the later one, in whichever order they are assigned.
    """
    found = []
    for other in compared:
        is_beside_a_digest = other.article.kind is ReprintKind.DIGEST
        here = other.overlap
        if other.is_whole_copy or (is_digest and is_beside_a_digest):
            continue
        if here.is_shared_beginning and not is_digest and not is_beside_a_digest:
            continue
        holds, held = here.is_excerpt, here.mirrored().is_excerpt
        is_later = in_time([own.appearance, other.article.appearance])[0] is not own.appearance
        is_smaller = here.share_here < here.share_there or (here.share_here == here.share_there and is_later)
        if holds and not is_beside_a_digest and (is_digest or not held or is_smaller):
            found.append(StoredExcerpt(own.number, other.article.number, here.share_there))
        elif held and not is_digest:
            found.append(StoredExcerpt(other.article.number, own.number, here.share_here))
    return found


# ── clusters ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def _copies_of_digest(compared: Iterable[ComparedArticle]) -> list[ComparedArticle]:
    """Return, of every cluster and of every article without one, the first copy of a digest."""
    best: dict[int, ComparedArticle] = {}
    for found in compared:
        if found.is_same_digest:
            best.setdefault(found.group, found)
    return list(best.values())


def _matches(own: ClusterCandidate, compared: Iterable[ComparedArticle]) -> list[ComparedArticle]:
    """Return, of every cluster and of every article without one, the best match with the same text."""
    groups: dict[int, dict[ReprintKind, ComparedArticle]] = {}
    for found in compared:
        if found.likeness is not None and not found.is_loose:
            groups.setdefault(found.group, {}).setdefault(found.likeness.kind, found)
    return [match for group in groups.values() if (match := _best(own, group))]


def _best(own: ClusterCandidate, group: dict[ReprintKind, ComparedArticle]) -> ComparedArticle | None:
    """Return the best match of one cluster; a text between a part and an extension counts as whole."""
    for kind in WHOLE_COPIES:
        if kind in group:
            return group[kind]
    part, more = group.get(ReprintKind.CONTAINS), group.get(ReprintKind.EXCERPT)
    if part and more:
        part.is_certain = True
        return part
    if more and more.article.kind is ReprintKind.CONTAINS and more.article.cluster not in {None, own.cluster}:
        return None  # it has, beside the text of its cluster, others: this one is of those
    return part or more


def _join(session: Session, own: ClusterCandidate, matches: list[ComparedArticle], *, is_digest: bool) -> None:
    """Join articles with the same text; a part or an extension of it joins without merging clusters."""
    best = max(matches, key=lambda match: (match.is_certain, match.tie.similarity, match.article.cluster == own.cluster))
    certain = [match for match in matches if match.is_certain]
    lone = [match for match in matches if match.article.cluster is None and match.kind is ReprintKind.EXCERPT]
    parts = [match for match in matches if match.kind is ReprintKind.CONTAINS]
    joined = {match.article.number: match for match in [*(certain or [best, *parts]), *lone]}
    home = _home(session, own, list(joined.values()))
    likeness = TextSimilarity(best.tie.similarity, ReprintKind.DIGEST) if is_digest else best.tie
    clusters.join(session, own.number, home, likeness, own.appearance.precision)


def _home(session: Session, own: ClusterCandidate, joined: list[ComparedArticle]) -> int:
    """Merge clusters into the oldest of them, or make a new one, and add articles without a cluster."""
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
            likeness = match.tie.mirrored()
            if other.kind is ReprintKind.DIGEST:
                likeness = TextSimilarity(match.tie.similarity, ReprintKind.DIGEST)
            clusters.join(session, other.number, home, likeness, other.appearance.precision)
    return home
