"""Run an ArticleQuery: article numbers, counts and hits.

All filters use the narrow `articles` table and the small tables beside it; long texts are read for the
articles of a page only. Batches continue after the last key (date and number), never at an offset.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import islice
from typing import TYPE_CHECKING, Any

from sqlalchemy import and_, exists, func, or_, select

from storage.article_query import ArticleQuery
from storage.clustering.marks import read_articles
from storage.conditions import conditions
from storage.database.cluster_tables import MembershipRow
from storage.database.tables import ArticleRow
from storage.repositories.collapsing import reprints_among
from storage.search.parse import parse
from storage.search.snippets import Snippet, snippet
from storage.search.sqlite import confirmed, ranks

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import date

    from sqlalchemy import ColumnElement, Row, Select
    from sqlalchemy.orm import Session

    from storage.model.articles import Article
    from storage.search.parse import ParsedQuery

__all__ = ["RANKED", "ArticleQuery", "Hit", "articles", "count", "count_undated", "hits", "numbers"]

RANKED = 1000
"""Number of newest matches that `sort=rank` orders by rank; older ones follow, newest first. bm25 costs time
for every match."""

EXPORT_BATCH = 200

FIRST_BATCH, LARGEST_BATCH = 128, 4096
"""Rows per statement: few first, as most callers stop early, then doubling, as each statement repeats the
word search."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A found article with its matches.

    `title` and `text` are snippets, of which `str` gives the plain text; `marks` are the ranges of the
    matched words. `rank` is that of bm25, smaller being better; None unless the query sorts by rank, and for
    matches beyond the newest 1,000.
    """

    article: Article
    title: Snippet
    text: Snippet
    rank: float | None = None

    @property
    def id(self) -> str:
        """The id of the article."""
        return self.article.id

    @property
    def url(self) -> str:
        """The URL of the article."""
        return self.article.url

    @property
    def day(self) -> date | None:
        """The day of publication as the source printed it; None where no date was found."""
        return self.article.day


def numbers(session: Session, query: ArticleQuery) -> Iterator[int]:
    """Return the numbers of the matching articles, in the query's order, up to its limit.

    Raises:
        UsageError: its words cannot be searched; raised at the call, not at the first number.
    """
    return (number for number, _ in islice(_ordered(session, query, _parsed(query)), query.limit))


def count(session: Session, query: ArticleQuery) -> int:
    """Return the number of matching articles, regardless of the limit."""
    parsed = _parsed(query)
    if not query.collapse and (parsed is None or not parsed.has_phrases):
        matching = select(func.count()).select_from(ArticleRow).where(*conditions(session, query, parsed))
        return session.scalar(matching) or 0
    return sum(1 for _ in _by_number(session, query, parsed))


def count_undated(session: Session, query: ArticleQuery) -> int:
    """Return the number of articles that `since` or `until` excludes only because they are undated.

    0 for a query without either, or with `undated`. Reprints are all counted.
    """
    if query.undated or not (query.since or query.until):
        return 0
    parsed = _parsed(query)
    dateless = replace(query, since=None, until=None)
    matching = select(ArticleRow.number).where(ArticleRow.published_day.is_(None), *conditions(session, dateless, parsed))
    if parsed is None or not parsed.has_phrases:
        return session.scalar(select(func.count()).select_from(matching.subquery())) or 0
    number = ArticleRow.number
    return sum(1 for _ in _walk(session, parsed, matching.order_by(number), lambda row: number > row[0]))


def articles(session: Session, query: ArticleQuery) -> Iterator[Article]:
    """Yield the matching articles, in the query's order, up to its limit; one batch is held in memory."""
    found = numbers(session, query)
    while batch := list(islice(found, EXPORT_BATCH)):
        yield from read_articles(session, batch)
        session.expunge_all()


def hits(session: Session, query: ArticleQuery) -> list[Hit]:
    """Return the matching articles with their matches, in the query's order, up to its limit."""
    parsed = _parsed(query)
    found = dict(islice(_ordered(session, query, parsed), query.limit))
    return [
        Hit(article, *_snippets(article, parsed), rank)
        for article, rank in zip(read_articles(session, list(found)), found.values(), strict=True)
    ]


def _snippets(article: Article, parsed: ParsedQuery | None) -> tuple[Snippet, Snippet]:
    read = article.extraction
    body = "\n".join(filter(None, (read.lead, read.text)))
    return snippet(read.title, parsed, read.language, width=len(read.title)), snippet(body, parsed, read.language)


def _parsed(query: ArticleQuery) -> ParsedQuery | None:
    return parse(query.words) if query.words.strip() else None


# ── order ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def _ordered(session: Session, query: ArticleQuery, parsed: ParsedQuery | None) -> Iterator[tuple[int, float | None]]:
    newest = _shown(session, query, parsed, _newest_first(session, query, parsed))
    if parsed is not None and query.sort == "rank":
        first = list(islice(newest, RANKED))
        rank = ranks(session, parsed, first)
        yield from ((number, rank[number]) for number in sorted(first, key=rank.__getitem__))
    yield from ((number, None) for number in newest)


def _newest_first(session: Session, query: ArticleQuery, parsed: ParsedQuery | None) -> Iterator[int]:
    """Yield dated articles newest first, then undated ones, the last stored first."""
    moment, number = ArticleRow.published_at, ArticleRow.number
    narrow = select(number, moment).where(*conditions(session, query, parsed))
    dated = narrow.where(moment.is_not(None)).order_by(moment.desc(), number.desc())
    yield from _walk(session, parsed, dated, lambda row: and_(moment <= row[1], or_(moment < row[1], number < row[0])))
    undated = narrow.where(moment.is_(None)).order_by(number.desc())
    yield from _walk(session, parsed, undated, lambda row: number < row[0])


def _by_number(session: Session, query: ArticleQuery, parsed: ParsedQuery | None) -> Iterator[int]:
    number = ArticleRow.number
    matching = select(number).where(*conditions(session, query, parsed)).order_by(number)
    return _shown(session, query, parsed, _walk(session, parsed, matching, lambda row: number > row[0]))


def _shown(session: Session, query: ArticleQuery, parsed: ParsedQuery | None, found: Iterator[int]) -> Iterator[int]:
    """Return the found articles; with `collapse`, without later members of a cluster."""
    if not query.collapse:
        return found
    number = ArticleRow.number
    in_a_cluster = exists().where(MembershipRow.article_number == number, MembershipRow.cluster_number.is_not(None))
    matching = select(number).where(in_a_cluster, *conditions(session, query, parsed)).order_by(number)
    hidden = reprints_among(session, list(_walk(session, parsed, matching, lambda row: number > row[0])))
    return (article for article in found if article not in hidden)


def _walk(
    session: Session,
    parsed: ParsedQuery | None,
    matching: Select[*tuple[int, *tuple[Any, ...]]],
    behind: Callable[[Row[*tuple[int, *tuple[Any, ...]]]], ColumnElement[bool]],
) -> Iterator[int]:
    """Yield the numbers (first column) of a selection batch by batch; `behind` selects what follows a row."""
    batch, size = matching, FIRST_BATCH
    while True:
        rows = session.execute(batch.limit(size)).all()
        found = [row[0] for row in rows]
        yield from confirmed(session, parsed, found) if parsed else found
        if len(rows) < size:
            return
        batch, size = matching.where(behind(rows[-1])), min(2 * size, LARGEST_BATCH)
