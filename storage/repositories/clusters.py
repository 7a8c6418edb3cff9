"""Clusters of reprints in the tables: candidates by shared shingles, memberships, heirs, and the stop list of boilerplate.

Every statement starts from the shingles or the cluster of one article, so that none grows with the archive.
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING

from sqlalchemy import distinct, exists, func, insert, or_, select, update
from sqlalchemy.dialects.sqlite import insert as upsert
from sqlalchemy.orm import aliased

from storage.database.cluster_tables import BoilerplateRow, ClusterRow, MembershipRow, SketchRow
from storage.database.tables import ArticleRow, ExtractionRow
from storage.model.articles import ClusterMark, Precision
from storage.model.clusters import Appearance, CopyKind, Likeness, earliest
from storage.repositories.stamps import stamp_from_json

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sqlalchemy import ColumnElement, Row
    from sqlalchemy.orm import InstrumentedAttribute, Session

CANDIDATES = 32
"""So many articles that share the most shingles are looked at."""

STORIES_OF_BOILERPLATE = 5
"""A shingle that stands in more different texts (clusters, or articles that stand alone) than this is boilerplate."""


@dataclass(frozen=True, slots=True)
class Placed:
    """An article as the decision sees it: its number, where it stands now (cluster and kind), its wording, and when it appeared.

    `day` is the local day of publication, ISO 8601; `cluster` the cluster's number, None when it stands alone.
    """

    number: int
    title: str
    text: str
    text_sha256: str
    day: str | None
    appearance: Appearance
    cluster: int | None
    kind: CopyKind


def placed(session: Session, numbers: Sequence[int]) -> dict[int, Placed]:
    """Articles by their numbers, as they are shown today."""
    rows = session.execute(
        select(
            ArticleRow,
            ExtractionRow.title,
            ExtractionRow.text,
            ExtractionRow.text_sha256,
            ExtractionRow.published,
            MembershipRow.cluster_number,
            MembershipRow.kind,
        )
        .join(ExtractionRow, ExtractionRow.id == ArticleRow.extraction_id)
        .outerjoin(MembershipRow, MembershipRow.article_number == ArticleRow.number)
        .where(ArticleRow.number.in_(numbers)),
    )
    return {row.ArticleRow.number: _placed(row) for row in rows}


def _placed(row: Row[ArticleRow, str, str, str, str | None, int | None, str | None]) -> Placed:
    article, title, text, digest, published, cluster, kind = row
    stamp = stamp_from_json(published)
    appeared = Appearance(article.id, article.first_seen_at, article.published_at, stamp.precision if stamp else None)
    place = CopyKind(kind) if kind else CopyKind.VERBATIM
    return Placed(article.number, title, text, digest, article.published_day, appeared, cluster, place)


def candidates(session: Session, number: int) -> dict[int, float]:
    """Articles that share shingles with one, each with the share of the smaller sketch that it is; boilerplate does not count."""
    own, other = aliased(SketchRow), aliased(SketchRow)
    shared = func.count().label("shared")
    rows = session.execute(
        select(other.article_number, shared)
        .select_from(own)
        .join(other, other.shingle == own.shingle)
        .where(own.article_number == number, other.article_number != number, _tells(own.shingle))
        .group_by(other.article_number)
        .order_by(shared.desc(), other.article_number)
        .limit(CANDIDATES),
    ).all()
    if not rows:
        return {}
    sizes = _sizes(session, [number, *(found for found, _ in rows)])
    return {found: count / min(sizes[number], sizes[found]) for found, count in rows}


def _sizes(session: Session, numbers: Sequence[int]) -> dict[int, int]:
    """How many shingles of each sketch are no boilerplate."""
    rows = select(SketchRow.article_number, func.count()).where(SketchRow.article_number.in_(numbers), _tells(SketchRow.shingle))
    return dict(session.execute(rows.group_by(SketchRow.article_number)).all())


def _tells(shingle: InstrumentedAttribute[int]) -> ColumnElement[bool]:
    """Whether a shingle is not on the stop list."""
    return ~exists().where(BoilerplateRow.shingle == shingle)


def boilerplate_of(session: Session, numbers: Sequence[int]) -> dict[int, set[int]]:
    """By article, the shingles of its sketch that are boilerplate."""
    rows = select(SketchRow.article_number, SketchRow.shingle).where(SketchRow.article_number.in_(numbers), ~_tells(SketchRow.shingle))
    found: dict[int, set[int]] = {number: set() for number in numbers}
    for number, shingle in session.execute(rows):
        found[number].add(shingle)
    return found


def with_text(session: Session, text_sha256: str, but: int, limit: int) -> list[int]:
    """The numbers of other articles that show this very text, the first that came."""
    shown = (
        select(ArticleRow.number)
        .join(ExtractionRow, ExtractionRow.id == ArticleRow.extraction_id)
        .where(ExtractionRow.text_sha256 == text_sha256, ArticleRow.number != but)
    )
    return list(session.scalars(shown.order_by(ArticleRow.number).limit(limit)))


def learn_boilerplate(session: Session, number: int) -> None:
    """Put those shingles of an article on the stop list that stand in too many different texts."""
    own, other = aliased(SketchRow), aliased(SketchRow)
    text = func.coalesce(MembershipRow.cluster_number, -other.article_number)
    common = (
        select(own.shingle)
        .join(other, other.shingle == own.shingle)
        .outerjoin(MembershipRow, MembershipRow.article_number == other.article_number)
        .where(own.article_number == number, _tells(own.shingle))
        .group_by(own.shingle)
        .having(func.count(distinct(text)) > STORIES_OF_BOILERPLATE)
    )
    session.execute(insert(BoilerplateRow).from_select(["shingle"], common))


def join(session: Session, number: int, cluster: int | None, likeness: Likeness, precision: Precision | None) -> None:
    """Write down where an article stands, in place of what was written before."""
    row = {
        "cluster_number": cluster,
        "similarity": round(likeness.similarity, 4),
        "kind": likeness.kind.value,
        "precision": precision.value if precision else None,
    }
    written = upsert(MembershipRow).values(article_number=number, **row)
    session.execute(written.on_conflict_do_update(index_elements=["article_number"], set_=row))


def found(session: Session, article: str) -> int:
    """A cluster without members, named after the article that founds it; a name that has an heir is never used again."""
    for attempt in range(1000):
        name = cluster_id(article, attempt)
        row = session.scalar(select(ClusterRow).where(ClusterRow.id == name))
        if row is None:
            row = ClusterRow(id=name, heir_id=None)
            session.add(row)
            session.flush()
            return row.number
        if row.heir_id is None and not size(session, row.number):
            return row.number
    raise AssertionError("an article founds a cluster once in a while")


def cluster_id(article: str, attempt: int = 0) -> str:
    """The id of the cluster that an article founds: 20 hex digits of SHA-256 over `cluster`, newline, the article's id.

    Where that name is taken, a newline and the number of the attempt are added.
    """
    again = f"\n{attempt}" if attempt else ""
    return sha256(f"cluster\n{article}{again}".encode()).hexdigest()[:20]


def merge(session: Session, clusters: Iterable[int], heir: int) -> None:
    """Move the members of clusters to another, which is their heir from now on."""
    gone = list(clusters)
    session.execute(update(MembershipRow).where(MembershipRow.cluster_number.in_(gone)).values(cluster_number=heir))
    led = or_(ClusterRow.number.in_(gone), ClusterRow.heir_id.in_(gone))
    session.execute(update(ClusterRow).where(led).values(heir_id=heir))


def dissolve_if_single(session: Session, cluster: int) -> None:
    """Set the last member of a cluster free: one article is no cluster. The cluster's id stays taken."""
    if size(session, cluster) == 1:
        session.execute(update(MembershipRow).where(MembershipRow.cluster_number == cluster).values(cluster_number=None))


def size(session: Session, cluster: int) -> int:
    """How many articles a cluster has."""
    return session.scalar(select(func.count()).where(MembershipRow.cluster_number == cluster)) or 0


def clusters_of(session: Session, articles: Sequence[int]) -> dict[int, int]:
    """By article, the cluster that it belongs to; those that stand alone are left out."""
    rows = select(MembershipRow.article_number, MembershipRow.cluster_number)
    belonging = rows.where(MembershipRow.article_number.in_(articles), MembershipRow.cluster_number.is_not(None))
    return {article: cluster for article, cluster in session.execute(belonging) if cluster is not None}


def appearances(session: Session, clusters: Iterable[int]) -> dict[int, dict[int, Appearance]]:
    """By cluster and article number, when its members appeared."""
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


def marks(session: Session, articles: Sequence[int]) -> dict[int, ClusterMark]:
    """By article, the mark of the cluster that it belongs to; those that stand alone are left out."""
    belonging = clusters_of(session, articles)
    if not belonging:
        return {}
    named = names(session, belonging.values())
    made: dict[int, ClusterMark] = {}
    for cluster, members in appearances(session, belonging.values()).items():
        first = earliest(list(members.values()))
        made[cluster] = ClusterMark(named[cluster], len(members), first.article if first else None)
    return {article: made[cluster] for article, cluster in belonging.items()}


def names(session: Session, clusters: Iterable[int]) -> dict[int, str]:
    """The ids of clusters."""
    return dict(session.execute(select(ClusterRow.number, ClusterRow.id).where(ClusterRow.number.in_(set(clusters)))).all())


def find(session: Session, cluster: str) -> int | None:
    """The number of a cluster by its id, or that of its heir."""
    return session.scalar(select(func.coalesce(ClusterRow.heir_id, ClusterRow.number)).where(ClusterRow.id == cluster))


def addresses(session: Session, articles: Sequence[int]) -> dict[str, tuple[str, str]]:
    """By id, the address of articles and the id of their source."""
    rows = session.execute(select(ArticleRow.id, ArticleRow.url, ArticleRow.source_id).where(ArticleRow.number.in_(articles)))
    return {name: (url, source) for name, url, source in rows}


def undecided(session: Session, after: int, limit: int) -> list[int]:
    """The numbers of articles, above a number, of which nothing was decided yet, ascending."""
    rows = (
        select(ArticleRow.number)
        .outerjoin(MembershipRow, MembershipRow.article_number == ArticleRow.number)
        .where(ArticleRow.number > after, MembershipRow.article_number.is_(None))
        .order_by(ArticleRow.number)
        .limit(limit)
    )
    return list(session.scalars(rows))
