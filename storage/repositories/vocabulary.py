"""Names of articles (authors, tags, sections, languages, topics), names of sources, and ids by prefix."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func, select

from storage.database.tables import AliasRow, ArticleRow, AuthorRow, ExtractionRow, SourceRow, TagRow, TopicRow

if TYPE_CHECKING:
    from sqlalchemy.orm import Session


def held_names(session: Session, what: str) -> dict[str, int]:
    """Return the number of articles by name; aliases of other articles are not counted.

    `what` is authors, tags, sections, languages or topics.
    """
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
    """Return the names of the sources in the archive, by id."""
    return dict(session.execute(select(SourceRow.id, SourceRow.name)).all())


def ids_beginning(session: Session, beginning: str, limit: int) -> dict[str, str]:
    """Return the headlines of articles by id; at most `limit`, in the order of the ids.

    One of the ids of each article, earlier ones included, begins with `beginning`: hex digits in lower case.
    An alias of another article counts as that article.
    """
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
