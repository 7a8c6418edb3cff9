"""Clusters of reprints in the tables: candidates by shared shingles, memberships, heirs, and the stop list of boilerplate.

Every statement starts from the shingles or the cluster of one article, so that none grows with the archive.
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, distinct, exists, func, insert, or_, select, update
from sqlalchemy.dialects.sqlite import insert as upsert

from storage.database.cluster_tables import BoilerplateRow, ClusterRow, MembershipRow, SketchRow
from storage.database.tables import ArticleRow, ExtractionRow
from storage.model.articles import ClusterMark, Precision
from storage.model.clusters import Appearance, CopyKind, Likeness, earliest
from storage.repositories.stamps import stamp_from_json

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sqlalchemy import ColumnElement, FromClause, Row
    from sqlalchemy.orm import Session

CANDIDATES = 32
"""So many articles that share the most shingles are looked at."""

STORIES_OF_BOILERPLATE = 5
"""A shingle that stands in more different texts (clusters, or articles that stand alone) than this is boilerplate."""


# Statements that every article needs are built once, over plain tables: building them costs more than running them.
_articles, _extractions, _memberships = (row.metadata.tables[row.__tablename__] for row in (ArticleRow, ExtractionRow, MembershipRow))
_boilerplate = BoilerplateRow.metadata.tables[BoilerplateRow.__tablename__]
_own, _other = (SketchRow.metadata.tables[SketchRow.__tablename__].alias(name) for name in ("own", "other"))


def _is_boilerplate(sketch: FromClause) -> ColumnElement[bool]:
    """Whether a shingle of a sketch is on the stop list."""
    return exists().where(_boilerplate.c.shingle == sketch.c.shingle)


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
    )
    .join_from(_articles, _extractions, _extractions.c.id == _articles.c.extraction_id)
    .outerjoin(_memberships, _memberships.c.article_number == _articles.c.number)
    .where(_articles.c.number.in_(bindparam("numbers", expanding=True)))
)


def placed(session: Session, numbers: Sequence[int]) -> dict[int, Placed]:
    """Articles by their numbers, as they are shown today."""
    return {row.number: _placed(row) for row in session.connection().execute(_PLACED, {"numbers": list(numbers)})}


def _placed(row: Row[*tuple[Any, ...]]) -> Placed:
    stamp = stamp_from_json(row.published)
    appeared = Appearance(row.id, row.first_seen_at, row.published_at, stamp.precision if stamp else None)
    kind = CopyKind(row.kind) if row.kind else CopyKind.VERBATIM
    return Placed(row.number, row.title, row.text, row.text_sha256, row.published_day, appeared, row.cluster_number, kind)


_SHARED = func.count().label("shared")
_CANDIDATES = (
    select(_other.c.article_number, _SHARED)
    .join_from(_own, _other, _other.c.shingle == _own.c.shingle)
    .where(_own.c.article_number == bindparam("number"), _other.c.article_number != bindparam("number"), ~_is_boilerplate(_own))
    .group_by(_other.c.article_number)
    .order_by(_SHARED.desc(), _other.c.article_number)
    .limit(CANDIDATES)
)
_SIZES = (
    select(_own.c.article_number, func.count())
    .where(_own.c.article_number.in_(bindparam("numbers", expanding=True)), ~_is_boilerplate(_own))
    .group_by(_own.c.article_number)
)


def candidates(session: Session, number: int) -> dict[int, float]:
    """Articles that share shingles with one, each with the share of the smaller sketch that it is; boilerplate does not count."""
    connection = session.connection()
    rows = connection.execute(_CANDIDATES, {"number": number}).all()
    if not rows:
        return {}
    sizes: dict[int, int] = dict(connection.execute(_SIZES, {"numbers": [number, *(found for found, _ in rows)]}).all())
    return {found: count / min(sizes[number], sizes[found]) for found, count in rows}


_BOILERPLATE_OF = select(_own.c.article_number, _own.c.shingle).where(
    _own.c.article_number.in_(bindparam("numbers", expanding=True)), _is_boilerplate(_own)
)


def boilerplate_of(session: Session, numbers: Sequence[int]) -> dict[int, set[int]]:
    """By article, the shingles of its sketch that are boilerplate."""
    found: dict[int, set[int]] = {number: set() for number in numbers}
    for number, shingle in session.connection().execute(_BOILERPLATE_OF, {"numbers": list(numbers)}):
        found[number].add(shingle)
    return found


_TEXTS = func.count(distinct(func.coalesce(_memberships.c.cluster_number, -_other.c.article_number)))
_LEARN = insert(_boilerplate).from_select(
    ["shingle"],
    select(_own.c.shingle)
    .join_from(_own, _other, _other.c.shingle == _own.c.shingle)
    .outerjoin(_memberships, _memberships.c.article_number == _other.c.article_number)
    .where(_own.c.article_number == bindparam("number"), ~_is_boilerplate(_own))
    .group_by(_own.c.shingle)
    .having(_TEXTS > STORIES_OF_BOILERPLATE),
)


def learn_boilerplate(session: Session, number: int) -> None:
    """Put those shingles of an article on the stop list that stand in too many different texts."""
    session.connection().execute(_LEARN, {"number": number})


_WRITE = upsert(_memberships)
_PLACE = _WRITE.on_conflict_do_update(
    index_elements=["article_number"],
    set_={name: _WRITE.excluded[name] for name in ("cluster_number", "similarity", "kind", "precision")},
)


def join(session: Session, number: int, cluster: int | None, likeness: Likeness, precision: Precision | None) -> None:
    """Write down where an article stands, in place of what was written before."""
    row = {
        "article_number": number,
        "cluster_number": cluster,
        "similarity": round(likeness.similarity, 4),
        "kind": likeness.kind.value,
        "precision": precision.value if precision else None,
    }
    session.connection().execute(_PLACE, row)


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


_SIZE = select(func.count()).where(_memberships.c.cluster_number == bindparam("cluster"))


def size(session: Session, cluster: int) -> int:
    """How many articles a cluster has."""
    return session.connection().scalar(_SIZE, {"cluster": cluster}) or 0


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
