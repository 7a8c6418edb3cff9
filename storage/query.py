"""Articles by an ArticleQuery: numbers, counts and hits.

All filters look at the narrow `articles` table and at the small tables beside it; the long texts are read for the articles of a
page only. Batches follow a key (the last date and number seen), never an offset.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime, time
from functools import lru_cache
from itertools import islice
from typing import TYPE_CHECKING, Any
from unicodedata import normalize

from sqlalchemy import and_, exists, func, or_, select
from sqlalchemy.orm import aliased

from storage.article_query import ArticleQuery
from storage.database.cluster_tables import MembershipRow
from storage.database.tables import ArticleRow, AuthorRow, RevisionRow, SourceRow, StateRow, TagRow, TopicRow
from storage.model.articles import ArticleState
from storage.repositories.collapsing import reprints_among
from storage.repositories.reading import read_articles
from storage.search.parse import parse
from storage.search.snippets import Snippet, snippet
from storage.search.sqlite import candidates, confirmed, ranks

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from datetime import date

    from sqlalchemy import ColumnElement, Row, Select
    from sqlalchemy.orm import InstrumentedAttribute, Session

    from storage.model.articles import Article
    from storage.search.parse import ParsedQuery

__all__ = ["RANKED", "ArticleQuery", "Hit", "articles", "count", "count_undated", "export_numbers", "hits", "numbers"]

RANKED = 1000
"""By rank, this many of the newest matches are ranked; older ones follow, newest first. bm25 costs time for every match."""

EXPORT_BATCH = 200

GONE = (ArticleState.GONE.value, ArticleState.SOFT_GONE.value)
"""The states of what was taken away. What moved stands at another address."""

FIRST_BATCH, LARGEST_BATCH = 128, 4096
"""Numbers per statement: small first, as most readers stop early, then doubling, as each statement repeats the word search."""


@dataclass(frozen=True, slots=True)
class Hit:
    """An article that was found, with what was found in it.

    `title` and `text` are snippets, of which `str` gives the plain text; `marks` are the ranges of the words found. `rank` is bm25's,
    the smaller the better, where it was asked for.
    """

    article: Article
    title: Snippet
    text: Snippet
    rank: float | None = None


def numbers(session: Session, query: ArticleQuery) -> Iterator[int]:
    """The numbers of the articles that a query asks for, in its order, up to its limit.

    Raises:
        UsageError: its words cannot be searched; raised at the call, not at the first number.
    """
    return (number for number, _ in islice(_ordered(session, query, _parsed(query)), query.limit))


def count(session: Session, query: ArticleQuery) -> int:
    """How many articles match, whatever the limit."""
    parsed = _parsed(query)
    if not query.collapse and (parsed is None or not parsed.has_phrases):
        matching = select(func.count()).select_from(ArticleRow).where(*_conditions(session, query, parsed))
        return session.scalar(matching) or 0
    return sum(1 for _ in _by_number(session, query, parsed))


def count_undated(session: Session, query: ArticleQuery) -> int:
    """How many articles match but for their date: they have none, and `since` or `until` leaves them out. Reprints are all counted."""
    if query.undated or not (query.since or query.until):
        return 0
    parsed = _parsed(query)
    dateless = replace(query, since=None, until=None)
    matching = select(ArticleRow.number).where(ArticleRow.published_day.is_(None), *_conditions(session, dateless, parsed))
    if parsed is None or not parsed.has_phrases:
        return session.scalar(select(func.count()).select_from(matching.subquery())) or 0
    number = ArticleRow.number
    return sum(1 for _ in _walk(session, parsed, matching.order_by(number), lambda row: number > row[0]))


def export_numbers(session: Session, query: ArticleQuery) -> Iterator[int]:
    """The numbers of the articles that a query asks for, ascending, which is the order in which they came.

    With a limit they are those that `numbers` gives first.
    """
    if query.limit is not None:
        return iter(sorted(numbers(session, query)))
    return _by_number(session, query, _parsed(query))


def articles(session: Session, query: ArticleQuery) -> Iterator[Article]:
    """The articles that a query asks for, as `export_numbers` orders them; a batch is held at a time."""
    found = export_numbers(session, query)
    while batch := list(islice(found, EXPORT_BATCH)):
        yield from read_articles(session, batch)
        session.expunge_all()


def hits(session: Session, query: ArticleQuery) -> list[Hit]:
    """The articles that a query asks for, in its order, up to its limit, with what was found in them."""
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
    """Dated articles, newest first, then the undated ones, the last that came first."""
    moment, number = ArticleRow.published_at, ArticleRow.number
    narrow = select(number, moment).where(*_conditions(session, query, parsed))
    dated = narrow.where(moment.is_not(None)).order_by(moment.desc(), number.desc())
    yield from _walk(session, parsed, dated, lambda row: and_(moment <= row[1], or_(moment < row[1], number < row[0])))
    undated = narrow.where(moment.is_(None)).order_by(number.desc())
    yield from _walk(session, parsed, undated, lambda row: number < row[0])


def _by_number(session: Session, query: ArticleQuery, parsed: ParsedQuery | None) -> Iterator[int]:
    number = ArticleRow.number
    matching = select(number).where(*_conditions(session, query, parsed)).order_by(number)
    return _shown(session, query, parsed, _walk(session, parsed, matching, lambda row: number > row[0]))


def _shown(session: Session, query: ArticleQuery, parsed: ParsedQuery | None, found: Iterator[int]) -> Iterator[int]:
    """Those of the articles found that no earlier one stands for, where that is asked."""
    if not query.collapse:
        return found
    number = ArticleRow.number
    in_a_cluster = exists().where(MembershipRow.article_number == number, MembershipRow.cluster_number.is_not(None))
    matching = select(number).where(in_a_cluster, *_conditions(session, query, parsed)).order_by(number)
    hidden = reprints_among(session, list(_walk(session, parsed, matching, lambda row: number > row[0])))
    return (article for article in found if article not in hidden)


def _walk(
    session: Session,
    parsed: ParsedQuery | None,
    matching: Select[*tuple[int, *tuple[Any, ...]]],
    behind: Callable[[Row[*tuple[int, *tuple[Any, ...]]]], ColumnElement[bool]],
) -> Iterator[int]:
    """The numbers (first column) of a selection, batch by batch; `behind` says what follows the last row of a batch."""
    batch, size = matching, FIRST_BATCH
    while True:
        rows = session.execute(batch.limit(size)).all()
        found = [row[0] for row in rows]
        yield from confirmed(session, parsed, found) if parsed else found
        if len(rows) < size:
            return
        batch, size = matching.where(behind(rows[-1])), min(2 * size, LARGEST_BATCH)


# ── filters ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def _conditions(session: Session, query: ArticleQuery, parsed: ParsedQuery | None) -> list[ColumnElement[bool]]:
    conditions = [*_of_the_article(query), *_beside_the_article(query), *_of_its_history(query)]
    if query.sources or query.sections or query.tags or query.authors:
        _teach_folding(session)
    if parsed is not None:
        conditions.append(ArticleRow.number.in_(candidates(parsed)))
    return conditions


def _of_the_article(query: ArticleQuery) -> Iterator[ColumnElement[bool]]:
    yield ArticleRow.alias_of.is_(None)
    if query.sources:
        yield ArticleRow.source_id.in_(_sources_named(query.sources))
    if query.since or query.until:
        days = [ArticleRow.published_day >= query.since.isoformat()] if query.since else []
        days += [ArticleRow.published_day <= query.until.isoformat()] if query.until else []
        yield or_(and_(*days), ArticleRow.published_day.is_(None)) if query.undated else and_(*days)
    if query.languages:
        yield or_(*map(_in_language, query.languages))
    if query.sections:
        yield _is_one_of(ArticleRow.section, query.sections)
    if query.states:
        yield ArticleRow.state.in_(query.states)


def _beside_the_article(query: ArticleQuery) -> Iterator[ColumnElement[bool]]:
    extraction = ArticleRow.extraction_id
    if query.tags:
        yield exists().where(TagRow.extraction_id == extraction, _is_one_of(TagRow.tag, query.tags))
    if query.authors:
        named = or_(*(func.has_words(AuthorRow.name, _folded(name)) for name in query.authors))
        yield exists().where(AuthorRow.extraction_id == extraction, named)
    if query.kinds:
        yield ArticleRow.source_id.in_(select(SourceRow.id).where(SourceRow.kind.in_(query.kinds)))
    if query.topics:
        yield ArticleRow.number.in_(select(TopicRow.article_number).where(TopicRow.topic.in_(query.topics)))


def _of_its_history(query: ArticleQuery) -> Iterator[ColumnElement[bool]]:
    edits = exists().where(RevisionRow.article_number == ArticleRow.number, RevisionRow.changed != "")
    if query.changed or query.silent:
        yield edits.where(RevisionRow.silent) if query.silent else edits
    if query.edited_since:
        lately = edits.where(RevisionRow.captured_at >= _begins(query.edited_since))
        yield lately.where(RevisionRow.silent) if query.silent else lately
    if query.gone_since:
        yield ArticleRow.state.in_(GONE)
        yield ~_gone_before(_begins(query.gone_since))
    if query.seen_since:
        yield ArticleRow.first_seen_at >= _begins(query.seen_since)


def _begins(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


def _gone_before(moment: datetime) -> ColumnElement[bool]:
    """Whether an article that is gone was so before a moment, and has not stood at its address since."""
    gone, back = aliased(StateRow), aliased(StateRow)
    returned = exists().where(back.article_number == gone.article_number, back.since > gone.since, back.state.not_in(GONE))
    return exists().where(gone.article_number == ArticleRow.number, gone.state.in_(GONE), gone.since < moment, ~returned)


def _sources_named(names: Sequence[str]) -> Select[str]:
    """The ids of the sources with these ids or names, in any case."""
    folded = [_folded(name) for name in names]
    return select(SourceRow.id).where(or_(func.folded(SourceRow.id).in_(folded), func.folded(SourceRow.name).in_(folded)))


def _in_language(tag: str) -> ColumnElement[bool]:
    """Tags are equal in any case (RFC 5646, section 2.1.1)."""
    lower, language = tag.strip().lower().replace("_", "-"), func.lower(ArticleRow.language)
    return or_(language == lower, language.startswith(f"{lower}-", autoescape=True))


def _is_one_of(column: InstrumentedAttribute[str], names: Iterable[str]) -> ColumnElement[bool]:
    """Whether a column holds one of some names in any case."""
    return func.folded(column).in_([_folded(name) for name in names])


def _teach_folding(session: Session) -> None:
    """Give the session's connection the functions `folded` (SQLite's own `lower` knows ASCII only) and `has_words`."""
    connection = session.connection()
    driver = connection.connection.driver_connection
    assert driver is not None
    if not connection.info.get("folded"):
        driver.create_function("folded", 1, _folded, deterministic=True)
        driver.create_function("has_words", 2, _has_words, deterministic=True)
        connection.info["folded"] = True


@lru_cache(maxsize=4096)
def _folded(name: str) -> str:
    return normalize("NFC", " ".join(name.split())).casefold()


def _has_words(name: str, wanted: str) -> bool:
    """Whether a name has all the words of a folded one: a surname, or a name and surname in either order."""
    return set(wanted.replace(",", " ").split()) <= set(_folded(name).replace(",", " ").split())
