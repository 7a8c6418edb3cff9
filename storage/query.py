"""ArticleQuery: which articles are meant, as a value; one language for the command line, the export and the web.

All filters look at the narrow `articles` table and at the small tables beside it; the long texts are read for the articles of a
page only. Batches follow a key (the last date and number seen), never an offset.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import date
from functools import lru_cache
from itertools import islice
from typing import TYPE_CHECKING, Any
from unicodedata import normalize

from sqlalchemy import and_, exists, func, or_, select

from storage.clustering.marks import read_articles
from storage.database.cluster_tables import MembershipRow
from storage.database.tables import ArticleRow, AuthorRow, RevisionRow, SourceRow, TagRow, TopicRow
from storage.errors import UsageError
from storage.model.articles import ArticleState
from storage.model.sources import SourceKind
from storage.repositories.collapsing import reprints_among
from storage.search.parse import parse
from storage.search.snippets import Snippet, snippet
from storage.search.sqlite import candidates, confirmed, ranks

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from sqlalchemy import ColumnElement, Row, Select
    from sqlalchemy.orm import InstrumentedAttribute, Session

    from storage.model.articles import Article
    from storage.search.parse import ParsedQuery

SORTS = ("newest", "rank")

RANKED = 1000
"""By rank, this many of the newest matches are ranked; older ones follow, newest first. bm25 costs time for every match."""

FIRST_BATCH, LARGEST_BATCH = 128, 4096
"""Numbers per statement: small first, as most readers stop early, then doubling, as each statement repeats the word search."""


@dataclass(frozen=True, slots=True)
class ArticleQuery:
    """Which articles are meant. Filters all hold together; the values of one filter are alternatives.

    `words` is a query as `storage.search.parse` reads it; empty means filters alone. `since` and `until` are local days as the
    source printed them, both included; an undated article is on no day. `languages` are BCP 47 tags, and `kk` also means
    `kk-Latn` and `kk-Arab`. `sections`, `tags` and `authors` are whole names in any case. `kinds` are those of SourceKind,
    `topics` names of topics, `states` those of ArticleState. `changed`: edited by the publisher, `silent`: at least once without an
    updated-at mark. `sort` is `newest` (undated articles last) or `rank` (see RANKED; `newest` without words). With `collapse`, of the
    reprints of one text that are found only the earliest counts.

    Raises:
        UsageError: a value that cannot be meant; the message names the field.
    """

    words: str = ""
    sources: tuple[str, ...] = ()
    since: date | None = None
    until: date | None = None
    languages: tuple[str, ...] = ()
    sections: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    kinds: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    states: tuple[str, ...] = ()
    changed: bool = False
    silent: bool = False
    sort: str = "newest"
    limit: int | None = None
    collapse: bool = False

    def __post_init__(self) -> None:
        if self.since and self.until and self.since > self.until:
            raise UsageError(f"since ({self.since}) is later than until ({self.until}).", "Exchange the two dates.")
        if self.sort not in SORTS:
            raise UsageError(f"sort cannot be {self.sort!r}.", f"Choose one of: {', '.join(SORTS)}.")
        if self.limit is not None and self.limit < 0:
            raise UsageError(f"limit cannot be {self.limit}.", "Give a number of articles, 0 or more.")
        for field, values, valid in (("kind", self.kinds, SourceKind), ("state", self.states, ArticleState)):
            if wrong := next((value for value in values if value not in list(valid)), None):
                raise UsageError(f"{field} cannot be {wrong!r}.", f"Choose one of: {', '.join(valid)}.")

    def as_dict(self) -> dict[str, object]:
        """The query as JSON values, every field of it, dates in ISO 8601."""
        values: dict[str, Any] = {field.name: getattr(self, field.name) for field in fields(self)}
        return {
            name: value.isoformat() if isinstance(value, date) else list(value) if isinstance(value, tuple) else value
            for name, value in values.items()
        }


@dataclass(frozen=True, slots=True)
class Hit:
    """An article that was found, with the words found in it. `rank` is bm25's, the smaller the better, where it was asked for."""

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


def export_numbers(session: Session, query: ArticleQuery) -> Iterator[int]:
    """The numbers of the articles that a query asks for, ascending, which is the order in which they came.

    With a limit they are those that `numbers` gives first.
    """
    if query.limit is not None:
        return iter(sorted(numbers(session, query)))
    return _by_number(session, query, _parsed(query))


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
    conditions = [*_of_the_article(query), *_beside_the_article(query)]
    if query.sections or query.tags or query.authors:
        _teach_folding(session)
    if parsed is not None:
        conditions.append(ArticleRow.number.in_(candidates(parsed)))
    return conditions


def _of_the_article(query: ArticleQuery) -> Iterator[ColumnElement[bool]]:
    yield ArticleRow.alias_of.is_(None)
    if query.sources:
        yield ArticleRow.source_id.in_(query.sources)
    if query.since:
        yield ArticleRow.published_day >= query.since.isoformat()
    if query.until:
        yield ArticleRow.published_day <= query.until.isoformat()
    if query.languages:
        yield or_(*map(_in_language, query.languages))
    if query.sections:
        yield _is_one_of(ArticleRow.section, query.sections)


def _beside_the_article(query: ArticleQuery) -> Iterator[ColumnElement[bool]]:
    extraction, number = ArticleRow.extraction_id, ArticleRow.number
    if query.tags:
        yield exists().where(TagRow.extraction_id == extraction, _is_one_of(TagRow.tag, query.tags))
    if query.authors:
        yield exists().where(AuthorRow.extraction_id == extraction, _is_one_of(AuthorRow.name, query.authors))
    if query.kinds:
        yield ArticleRow.source_id.in_(select(SourceRow.id).where(SourceRow.kind.in_(query.kinds)))
    if query.states:
        yield ArticleRow.state.in_(query.states)
    if query.changed or query.silent:
        edits = exists().where(RevisionRow.article_number == number, RevisionRow.changed != "")
        yield edits.where(RevisionRow.silent) if query.silent else edits
    if query.topics:
        yield number.in_(select(TopicRow.article_number).where(TopicRow.topic.in_(query.topics)))


def _in_language(tag: str) -> ColumnElement[bool]:
    return or_(ArticleRow.language == tag, ArticleRow.language.startswith(f"{tag}-", autoescape=True))


def _is_one_of(column: InstrumentedAttribute[str], names: Iterable[str]) -> ColumnElement[bool]:
    """Whether a column holds one of some names in any case."""
    return func.folded(column).in_([_folded(name) for name in names])


def _teach_folding(session: Session) -> None:
    """Give the session's connection the function `folded`: SQLite's own `lower` knows ASCII only."""
    connection = session.connection()
    driver = connection.connection.driver_connection
    assert driver is not None
    if not connection.info.get("folded"):
        driver.create_function("folded", 1, _folded, deterministic=True)
        connection.info["folded"] = True


@lru_cache(maxsize=4096)
def _folded(name: str) -> str:
    return normalize("NFC", " ".join(name.split())).casefold()
