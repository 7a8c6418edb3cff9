"""The names that articles of the archive carry (authors, tags, sections, languages, topics), and the ids by their beginnings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func, select

from storage.database.tables import AliasRow, ArticleRow, AuthorRow, ExtractionRow, SourceRow, TagRow, TopicRow

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


def held_names(session: Session, what: str) -> dict[str, int]:
    """By name, how many articles carry it; `what` is authors, tags, sections, languages or topics."""
    count = func.count(ArticleRow.number.distinct())
    rows = {
        "authors": select(AuthorRow.name, count)
        .join(ArticleRow, ArticleRow.extraction_id == AuthorRow.extraction_id)
        .group_by(AuthorRow.name),
        "tags": select(TagRow.tag, count).join(ArticleRow, ArticleRow.extraction_id == TagRow.extraction_id).group_by(TagRow.tag),
        "topics": select(TopicRow.topic, count).join(ArticleRow, ArticleRow.number == TopicRow.article_number).group_by(TopicRow.topic),
        "sections": select(ArticleRow.section, count).where(ArticleRow.section != "").group_by(ArticleRow.section),
        "languages": select(ArticleRow.language, count).group_by(ArticleRow.language),
    }[what]
    return dict(session.execute(rows.where(ArticleRow.alias_of.is_(None))).all())


def source_names(session: Session) -> dict[str, str]:
    """By id, the names of the sources that the archive knows."""
    return dict(session.execute(select(SourceRow.id, SourceRow.name)).all())


def ids_beginning(session: Session, beginning: str, limit: int) -> dict[str, str]:
    """By id, the headlines of the articles one of whose ids begins with some hex digits in small letters; `limit` at most."""
    behind = f"{beginning}g"  # the letter after the last hex digit
    own = select(func.coalesce(ArticleRow.alias_of, ArticleRow.number)).where(ArticleRow.id >= beginning, ArticleRow.id < behind)
    earlier = select(AliasRow.article_number).where(AliasRow.id >= beginning, AliasRow.id < behind)
    rows = (
        select(ArticleRow.id, ExtractionRow.title)
        .join(ExtractionRow, ExtractionRow.id == ArticleRow.extraction_id)
        .where(ArticleRow.number.in_(own.union(earlier)))
        .order_by(ArticleRow.id)
        .limit(limit)
    )
    return dict(session.execute(rows).all())
