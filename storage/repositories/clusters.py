"""Clusters of near-duplicates: candidates, memberships, and clusters that were merged."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, exists, func, or_, select, update
from sqlalchemy.dialects.sqlite import insert as upsert

from storage.database.cluster_tables import ClusterRow, ExcerptRow, MembershipRow
from storage.database.tables import ArticleRow, ExtractionRow
from storage.model.articles import Precision
from storage.model.clusters import Appearance, TextSimilarity
from storage.model.reprints import ReprintKind
from storage.repositories.stamps import stamp_from_json

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sqlalchemy import Row
    from sqlalchemy.orm import Session

RULES = 2
"""Version of the assignment rules; what another version decided is decided again by later runs."""

# Statements that every article needs are built once, over plain tables: building them costs more than running them.
_articles, _extractions, _memberships = (row.metadata.tables[row.__tablename__] for row in (ArticleRow, ExtractionRow, MembershipRow))
_quoted = ExcerptRow.metadata.tables[ExcerptRow.__tablename__]


@dataclass(frozen=True, slots=True)
class ClusterCandidate:
    """An article for assignment: its number, cluster and kind, its words, and when it appeared.

    `day` is the local day of publication, ISO 8601; `cluster` the cluster's number, None without one.
    `has_excerpts`: a passage of it is known to be in another article, or one of another in it.
    """

    number: int
    title: str
    text: str
    text_sha256: str
    day: str | None
    appearance: Appearance
    cluster: int | None
    kind: ReprintKind
    has_excerpts: bool


_PLACED = (
    select(
        _articles.c.number,
        _articles.c.id,
        _articles.c.first_seen_at,
        _articles.c.published_at,
        _articles.c.published_day,
        _extractions.c.title,
        _extractions.c.text,
        _extractions.c.text_sha256,
        _extractions.c.published,
        _memberships.c.cluster_number,
        _memberships.c.kind,
        exists()
        .where(or_(_quoted.c.article_number == _articles.c.number, _quoted.c.quoted_number == _articles.c.number))
        .label("has_excerpts"),
    )
    .join_from(_articles, _extractions, _extractions.c.id == _articles.c.extraction_id)
    .outerjoin(_memberships, _memberships.c.article_number == _articles.c.number)
    .where(_articles.c.number.in_(bindparam("numbers", expanding=True)))
)


def placed(session: Session, numbers: Sequence[int]) -> dict[int, ClusterCandidate]:
    """Return candidates by number, with their current text."""
    return {row.number: _placed(row) for row in session.connection().execute(_PLACED, {"numbers": list(numbers)})}


def _placed(row: Row[*tuple[Any, ...]]) -> ClusterCandidate:
    stamp = stamp_from_json(row.published)
    appeared = Appearance(row.id, row.first_seen_at, row.published_at, stamp.precision if stamp else None)
    return ClusterCandidate(
        row.number,
        row.title,
        row.text,
        row.text_sha256,
        row.published_day,
        appeared,
        row.cluster_number,
        ReprintKind(row.kind) if row.kind else ReprintKind.VERBATIM,
        bool(row.has_excerpts),
    )


_WRITE = upsert(_memberships)
_PLACE = _WRITE.on_conflict_do_update(
    index_elements=["article_number"],
    set_={name: _WRITE.excluded[name] for name in ("cluster_number", "similarity", "kind", "precision", "rules")},
)


def join(session: Session, number: int, cluster: int | None, likeness: TextSimilarity, precision: Precision | None) -> None:
    """Store the membership of an article, instead of the former one."""
    row = {
        "article_number": number,
        "cluster_number": cluster,
        "similarity": round(likeness.similarity, 4),
        "kind": likeness.kind.value,
        "precision": precision.value if precision else None,
        "rules": RULES,
    }
    session.connection().execute(_PLACE, row)


def found(session: Session, article: str) -> int:
    """Insert a cluster without members, with an id derived from the article that founds it.

    The id of a merged cluster is never used again.
    """
    for attempt in range(1000):
        name = cluster_id(article, attempt)
        row = session.scalar(select(ClusterRow).where(ClusterRow.id == name))
        if row is None:
            row = ClusterRow(id=name, merged_into=None)
            session.add(row)
            session.flush()
            return row.number
        if row.merged_into is None and not size(session, row.number):
            return row.number
    raise AssertionError("an article founds a cluster once in a while")


def cluster_id(article: str, attempt: int = 0) -> str:
    """Return the id of an article's cluster: 20 hex digits of SHA-256 over `cluster`, newline, article id.

    Where that id is taken, a newline and the number of the attempt are appended.
    """
    again = f"\n{attempt}" if attempt else ""
    return sha256(f"cluster\n{article}{again}".encode()).hexdigest()[:20]


def merge(session: Session, clusters: Iterable[int], heir: int) -> None:
    """Move the members of clusters to another one, which they are merged into from now on."""
    gone = list(clusters)
    session.execute(update(MembershipRow).where(MembershipRow.cluster_number.in_(gone)).values(cluster_number=heir))
    led = or_(ClusterRow.number.in_(gone), ClusterRow.merged_into.in_(gone))
    session.execute(update(ClusterRow).where(led).values(merged_into=heir))


def dissolve_if_single(session: Session, cluster: int) -> None:
    """Release the last member of a cluster: one article is no cluster. The cluster's id stays taken."""
    if size(session, cluster) == 1:
        session.execute(update(MembershipRow).where(MembershipRow.cluster_number == cluster).values(cluster_number=None))


_SIZE = select(func.count()).where(_memberships.c.cluster_number == bindparam("cluster"))


def size(session: Session, cluster: int) -> int:
    """Return the number of articles in a cluster."""
    return session.connection().scalar(_SIZE, {"cluster": cluster}) or 0


def clusters_of(session: Session, articles: Sequence[int]) -> dict[int, int]:
    """Return the cluster of each article; articles without one are left out."""
    rows = select(MembershipRow.article_number, MembershipRow.cluster_number)
    belonging = rows.where(MembershipRow.article_number.in_(articles), MembershipRow.cluster_number.is_not(None))
    return {article: cluster for article, cluster in session.execute(belonging) if cluster is not None}


def appearances(session: Session, clusters: Iterable[int]) -> dict[int, dict[int, Appearance]]:
    """Return, by cluster and article number, when its members appeared."""
    rows = session.execute(
        select(
            MembershipRow.cluster_number,
            ArticleRow.number,
            ArticleRow.id,
            ArticleRow.first_seen_at,
            ArticleRow.published_at,
            MembershipRow.precision,
        )
        .join(ArticleRow, ArticleRow.number == MembershipRow.article_number)
        .where(MembershipRow.cluster_number.in_(set(clusters)))
        .order_by(ArticleRow.number),
    )
    by_cluster: dict[int, dict[int, Appearance]] = {}
    for cluster, number, name, first_seen_at, published_at, precision in rows:
        assert cluster is not None
        appeared = Appearance(name, first_seen_at, published_at, Precision(precision) if precision else None)
        by_cluster.setdefault(cluster, {})[number] = appeared
    return by_cluster


def names(session: Session, clusters: Iterable[int]) -> dict[int, str]:
    """Return the ids of clusters."""
    return dict(session.execute(select(ClusterRow.number, ClusterRow.id).where(ClusterRow.number.in_(set(clusters)))).all())


def find(session: Session, cluster: str) -> int | None:
    """Return the number of a cluster by its id, or of the one that it was merged into."""
    return session.scalar(select(func.coalesce(ClusterRow.merged_into, ClusterRow.number)).where(ClusterRow.id == cluster))


def numbers_of(session: Session, articles: Sequence[int]) -> dict[str, int]:
    """Return the numbers of articles, by id."""
    return dict(session.execute(select(ArticleRow.id, ArticleRow.number).where(ArticleRow.number.in_(articles))).all())


def headed(session: Session, articles: Sequence[int]) -> dict[int, tuple[str, str, str, str]]:
    """Return id, URL, source and headline of articles, by number."""
    rows = select(ArticleRow.number, ArticleRow.id, ArticleRow.url, ArticleRow.source_id, ExtractionRow.title)
    shown = rows.join(ExtractionRow, ExtractionRow.id == ArticleRow.extraction_id).where(ArticleRow.number.in_(articles))
    return {number: (name, url, source, title) for number, name, url, source, title in session.execute(shown)}


def digests_among(session: Session, articles: Sequence[int]) -> set[int]:
    """Return those of some articles that are digests."""
    kept = MembershipRow.article_number.in_(articles), MembershipRow.kind == ReprintKind.DIGEST.value
    return set(session.scalars(select(MembershipRow.article_number).where(*kept)))


def undecided(session: Session, after: int, limit: int) -> list[int]:
    """Return the numbers of articles above a number that today's rules have not assigned, ascending."""
    rows = (
        select(ArticleRow.number)
        .outerjoin(MembershipRow, MembershipRow.article_number == ArticleRow.number)
        .where(ArticleRow.number > after, ArticleRow.alias_of.is_(None), MembershipRow.rules.is_distinct_from(RULES))
        .order_by(ArticleRow.number)
        .limit(limit)
    )
    return list(session.scalars(rows))


def members(session: Session, cluster: int) -> dict[int, int | None]:
    """Return the articles of a cluster with the version of the rules that assigned them, ascending."""
    rows = select(MembershipRow.article_number, MembershipRow.rules).where(MembershipRow.cluster_number == cluster)
    return dict(session.execute(rows.order_by(MembershipRow.article_number)).all())


def set_free(session: Session, articles: Sequence[int]) -> None:
    """Remove articles from their cluster, to be assigned again in the same transaction."""
    session.execute(update(MembershipRow).where(MembershipRow.article_number.in_(articles)).values(cluster_number=None))


def forget(session: Session, articles: Sequence[int]) -> None:
    """Delete the memberships of articles; a later run assigns them."""
    free = {"cluster_number": None, "rules": None}
    session.execute(update(MembershipRow).where(MembershipRow.article_number.in_(articles)).values(free))


def mark_as_digests(session: Session, articles: Sequence[int]) -> None:
    """Store of whole copies of a digest that they are digests; they stay in its cluster."""
    session.execute(update(MembershipRow).where(MembershipRow.article_number.in_(articles)).values(kind=ReprintKind.DIGEST.value))
