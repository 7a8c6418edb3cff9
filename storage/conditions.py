"""Filters of an ArticleQuery as SQL conditions on the narrow `articles` table and the small tables beside it."""

from __future__ import annotations

import re
from datetime import UTC, datetime, time
from functools import lru_cache
from typing import TYPE_CHECKING
from unicodedata import normalize

from sqlalchemy import and_, exists, func, or_, select
from sqlalchemy.orm import aliased

from storage.database.tables import ArticleRow, AuthorRow, RevisionRow, SourceRow, StateRow, TagRow, TopicRow
from storage.model.articles import ArticleState
from storage.search.sqlite import candidates

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import date

    from sqlalchemy import ColumnElement, Select
    from sqlalchemy.orm import InstrumentedAttribute, Session

    from storage.article_query import ArticleQuery
    from storage.search.parse import ParsedQuery

_BEFORE_SITE = re.compile(r"\A(?:(?:https?:)?//(?:www\.)?|www\.)")

GONE = (ArticleState.GONE.value, ArticleState.SOFT_GONE.value)
"""States of what was taken down; what moved is at another URL."""


def conditions(session: Session, query: ArticleQuery, parsed: ParsedQuery | None) -> list[ColumnElement[bool]]:
    """Return the SQL conditions of a query; phrases are still to be confirmed."""
    wanted = [*_of_the_article(query), *_beside_the_article(query), *_of_its_history(query)]
    if query.sources or query.sections or query.tags or query.authors:
        _teach_folding(session)
    if parsed is not None:
        wanted.append(ArticleRow.number.in_(candidates(parsed)))
    return wanted


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
    """Select articles that were gone before a moment and have not come back since."""
    gone, back = aliased(StateRow), aliased(StateRow)
    returned = exists().where(back.article_number == gone.article_number, back.since > gone.since, back.state.not_in(GONE))
    return exists().where(gone.article_number == ArticleRow.number, gone.state.in_(GONE), gone.since < moment, ~returned)


def _sources_named(names: Sequence[str]) -> Select[str]:
    """Return the ids of the sources with these ids, names or home pages, in any case.

    A home page is accepted without scheme and `www.`, too.
    """
    folded, sites = [_folded(name) for name in names], [_site(name) for name in names if "." in name]
    named = or_(func.folded(SourceRow.id).in_(folded), func.folded(SourceRow.name).in_(folded))
    return select(SourceRow.id).where(or_(named, func.site(SourceRow.home).in_(sites)) if sites else named)


def _in_language(tag: str) -> ColumnElement[bool]:
    """Compare tags in any case (RFC 5646, section 2.1.1)."""
    lower, language = tag.strip().lower().replace("_", "-"), func.lower(ArticleRow.language)
    return or_(language == lower, language.startswith(f"{lower}-", autoescape=True))


def _is_one_of(column: InstrumentedAttribute[str], names: Iterable[str]) -> ColumnElement[bool]:
    """Compare a column with some names in any case."""
    return func.folded(column).in_([_folded(name) for name in names])


def _teach_folding(session: Session) -> None:
    """Give the session's connection the functions by which names are compared: SQLite's own `lower` knows ASCII only."""
    connection = session.connection()
    driver = connection.connection.driver_connection
    assert driver is not None
    if not connection.info.get("folded"):
        driver.create_function("folded", 1, _folded, deterministic=True)
        driver.create_function("site", 1, _site, deterministic=True)
        driver.create_function("has_words", 2, _has_words, deterministic=True)
        connection.info["folded"] = True


@lru_cache(maxsize=4096)
def _folded(name: str) -> str:
    return normalize("NFC", " ".join(name.split())).casefold()


def _has_words(name: str, wanted: str) -> bool:
    """Return whether a name has all the words of a folded one: a surname, or both names in either order."""
    return set(wanted.replace(",", " ").split()) <= set(_folded(name).replace(",", " ").split())


def _site(address: str) -> str:
    """Return a home page's URL without scheme, `www.` and final slash."""
    return _BEFORE_SITE.sub("", address.strip().lower()).rstrip("/")
