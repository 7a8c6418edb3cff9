"""Excerpts: which articles hold a passage of which."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import delete, or_, select
from sqlalchemy.dialects.sqlite import insert as upsert

from storage.database.cluster_tables import ExcerptRow

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sqlalchemy.orm import Session


@dataclass(frozen=True, slots=True)
class StoredExcerpt:
    """An article (by number) with a passage of another one, and the passage's share of the latter."""

    article: int
    quoted: int
    share: float


def replace(session: Session, number: int, found: Iterable[StoredExcerpt], *, had_some: bool) -> None:
    """Replace the excerpts in and from an article; `had_some` says whether any were stored."""
    if had_some:
        either = or_(ExcerptRow.article_number == number, ExcerptRow.quoted_number == number)
        session.execute(delete(ExcerptRow).where(either))
    rows = [{"article_number": x.article, "quoted_number": x.quoted, "share": round(x.share, 4)} for x in found]
    if rows:
        session.connection().execute(upsert(ExcerptRow).on_conflict_do_nothing(), rows)


def excerpts_of(session: Session, articles: Sequence[int]) -> list[StoredExcerpt]:
    """Return the excerpts in some articles, and those of them in others."""
    either = or_(ExcerptRow.article_number.in_(articles), ExcerptRow.quoted_number.in_(articles))
    rows = select(ExcerptRow).where(either).order_by(ExcerptRow.article_number, ExcerptRow.quoted_number)
    return [StoredExcerpt(row.article_number, row.quoted_number, row.share) for row in session.scalars(rows)]
