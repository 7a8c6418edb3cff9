"""Candidates for a cluster: articles that share shingles with one, and the stop list of boilerplate.

Every statement starts from the shingles of one article, so that none grows with the archive.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import bindparam, distinct, exists, func, insert, select

from storage.database.cluster_tables import BoilerplateRow, ExcerptRow, MembershipRow, SketchRow
from storage.model.reprints import ReprintKind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import ColumnElement, FromClause
    from sqlalchemy.orm import Session

CANDIDATES = 48
"""Candidates returned, those with the most shared shingles."""

STORIES_OF_BOILERPLATE = 5
"""Different texts (clusters, or articles without one) above which a shared shingle is boilerplate."""


# Statements that every article needs are built once, over plain tables: building them costs more than running them.
_memberships = MembershipRow.metadata.tables[MembershipRow.__tablename__]
_boilerplate = BoilerplateRow.metadata.tables[BoilerplateRow.__tablename__]
_excerpts = ExcerptRow.metadata.tables[ExcerptRow.__tablename__]
_own, _other = (SketchRow.metadata.tables[SketchRow.__tablename__].alias(name) for name in ("own", "other"))


@dataclass(frozen=True, slots=True)
class Candidate:
    """An article that shares shingles with another one.

    Its number, its cluster, the number of shared shingles, and their share of the smaller sketch.
    """

    number: int
    cluster: int | None
    shared: int
    share: float


def _is_boilerplate(sketch: FromClause) -> ColumnElement[bool]:
    """Select whether a shingle of a sketch is on the stop list."""
    return exists().where(_boilerplate.c.shingle == sketch.c.shingle)


_SHARED = func.count().label("shared")
_most = (
    select(_other.c.article_number, _SHARED)
    .join_from(_own, _other, _other.c.shingle == _own.c.shingle)
    .where(_own.c.article_number == bindparam("number"), _other.c.article_number != bindparam("number"), ~_is_boilerplate(_own))
    .group_by(_other.c.article_number)
    .order_by(_SHARED.desc(), _other.c.article_number)
    .limit(CANDIDATES)
    .subquery()
)
_CANDIDATES = (
    select(_most.c.article_number, _most.c.shared, _memberships.c.cluster_number)
    .outerjoin(_memberships, _memberships.c.article_number == _most.c.article_number)
    .order_by(_most.c.shared.desc(), _most.c.article_number)
)
_SIZES = (
    select(_own.c.article_number, func.count())
    .where(_own.c.article_number.in_(bindparam("numbers", expanding=True)), ~_is_boilerplate(_own))
    .group_by(_own.c.article_number)
)


def candidates(session: Session, number: int) -> list[Candidate]:
    """Return articles that share shingles with one, the most first; boilerplate does not count."""
    connection = session.connection()
    rows = connection.execute(_CANDIDATES, {"number": number}).all()
    if not rows:
        return []
    sizes: dict[int, int] = dict(connection.execute(_SIZES, {"numbers": [number, *(found for found, _, _ in rows)]}).all())
    return [Candidate(found, cluster, shared, shared / min(sizes[number], sizes[found])) for found, shared, cluster in rows]


_BOILERPLATE_OF = select(_own.c.article_number, _own.c.shingle).where(
    _own.c.article_number.in_(bindparam("numbers", expanding=True)), _is_boilerplate(_own)
)


def boilerplate_of(session: Session, numbers: Sequence[int]) -> dict[int, set[int]]:
    """Return the boilerplate shingles of each article's sketch."""
    found: dict[int, set[int]] = {number: set() for number in numbers}
    for number, shingle in session.connection().execute(_BOILERPLATE_OF, {"numbers": list(numbers)}):
        found[number].add(shingle)
    return found


def _is_excerpt(article: ColumnElement[int], quoted: ColumnElement[int]) -> ColumnElement[bool]:
    """Select whether an article holds a stored excerpt of another one."""
    return exists().where(_excerpts.c.article_number == article, _excerpts.c.quoted_number == quoted)


_TEXTS = func.count(distinct(func.coalesce(_memberships.c.cluster_number, -_other.c.article_number)))
_LEARN = insert(_boilerplate).from_select(
    ["shingle"],
    select(_own.c.shingle)
    .join_from(_own, _other, _other.c.shingle == _own.c.shingle)
    .outerjoin(_memberships, _memberships.c.article_number == _other.c.article_number)
    .where(
        _own.c.article_number == bindparam("number"),
        ~_is_boilerplate(_own),
        _memberships.c.kind.is_distinct_from(ReprintKind.DIGEST.value),
        ~_is_excerpt(_own.c.article_number, _other.c.article_number),
        ~_is_excerpt(_other.c.article_number, _own.c.article_number),
    )
    .group_by(_own.c.shingle)
    .having(_TEXTS > STORIES_OF_BOILERPLATE),
)


def learn_boilerplate(session: Session, number: int) -> None:
    """Put the shingles of an article that are in too many different texts on the stop list.

    Digests, and texts that hold an excerpt of the article or of which it holds one, do not count as different
    texts: what is quoted often is no boilerplate.
    """
    session.connection().execute(_LEARN, {"number": number})
