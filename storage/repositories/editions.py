"""Editions: one article in several languages.

Clues are stored as pages give them and resolved when an article is read, so that the order of the editions
does not matter.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, Any, NamedTuple

from sqlalchemy import and_, delete, insert, select
from sqlalchemy.orm import aliased

from storage.database.tables import AliasRow, ArticleRow, CaptureRow, EditionRow, OutcomeRow
from storage.model.captures import OutcomeKind
from storage.model.editions import Edition, FoundIn, spelled_alike, spellings

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

    from storage.model.editions import EditionClue

MOST_VERSIONS = 16
"""Articles that may share an id or a path; what more of them share (a year, a rubric's number) is ignored."""

_SUREST = {found_in: place for place, found_in in enumerate(FoundIn)}
_READ = tuple(kind for kind in OutcomeKind if kind.is_live)
_ASKED = 4000  # values in one statement; SQLite takes 32,766


def is_newest(session: Session, number: int, moment: datetime) -> bool:
    """Return whether no capture after `moment` was read as the article."""
    later = (
        select(OutcomeRow.capture_id)
        .join(CaptureRow, CaptureRow.id == OutcomeRow.capture_id)
        .where(OutcomeRow.article_number == number, OutcomeRow.kind.in_(_READ), CaptureRow.captured_at > moment)
        .limit(1)
    )
    return session.scalar(later) is None


def replace(session: Session, number: int, source: str, clues: Iterable[EditionClue]) -> None:
    """Replace the clues of an article by those of its newest capture."""
    session.execute(delete(EditionRow).where(EditionRow.article_number == number))
    rows = {(clue.found_in, clue.key): clue.language for clue in clues}
    if rows:
        told = [{"found_in": found_in.value, "key": key, "language": language} for (found_in, key), language in rows.items()]
        session.execute(insert(EditionRow), [{"article_number": number, "source_id": source, **row} for row in told])


class ArticleRef(NamedTuple):
    """The columns of an article that an edition shows."""

    number: int
    source: str
    id: str
    url: str
    language: str


def read(session: Session, faces: Sequence[ArticleRef]) -> Mapping[int, tuple[Edition, ...]]:
    """Return the editions of each article, by language and URL, with a fixed number of statements a batch."""
    numbers = [face.number for face in faces]
    named = _named(session, numbers)
    links: defaultdict[int, dict[int, FoundIn]] = defaultdict(dict)
    for own, other, found_in in (*_by_address(session, named), *_naming(session, faces), *_sharing(session, numbers)):
        links[own][other] = min(found_in, links[own].get(other, found_in), key=_SUREST.__getitem__)
    known = {face.number: face for face in faces}
    others = sorted({other for linked in links.values() for other in linked} - known.keys())
    known |= {face.number: face for part in _parts(others) for face in _faces(session, part)}
    shown = {own: {other: how for other, how in found.items() if other in known} for own, found in links.items()}
    return {face.number: _editions(face, shown.get(face.number, {}), named, known) for face in faces}


def _faces(session: Session, numbers: Sequence[int]) -> Iterator[ArticleRef]:
    """Return those of them that are no aliases."""
    columns = select(ArticleRow.number, ArticleRow.source_id, ArticleRow.id, ArticleRow.url, ArticleRow.language)
    return (ArticleRef(*row) for row in session.execute(columns.where(ArticleRow.number.in_(numbers), ArticleRow.alias_of.is_(None))))


def _editions(
    own: ArticleRef, links: Mapping[int, FoundIn], named: Sequence[EditionRow], known: Mapping[int, ArticleRef]
) -> tuple[Edition, ...]:
    """Return the stored editions, then those that only the page names, in languages that are not stored."""
    held = [Edition(known[x].language, known[x].id, known[x].url, how) for x, how in links.items() if known[x].language != own.language]
    there = {own.language, *(edition.language for edition in held)}
    reached = {spelled_alike(known[other].url) for other in links}
    missing = [
        Edition(row.language, "", row.key, FoundIn.HREFLANG)
        for row in named
        if row.article_number == own.number and row.language not in there and spelled_alike(row.key) not in reached
    ]
    return tuple(sorted((*held, *missing), key=lambda edition: (edition.language, edition.url)))


def _named(session: Session, numbers: Sequence[int]) -> Sequence[EditionRow]:
    """Return the clues of these articles that are URLs."""
    clues = select(EditionRow).where(EditionRow.article_number.in_(numbers), EditionRow.found_in == FoundIn.HREFLANG)
    return session.scalars(clues).all()


def _by_address(session: Session, named: Sequence[EditionRow]) -> Iterator[tuple[int, int, FoundIn]]:
    """Return articles and those that their pages name, by URL or alias."""
    askers = defaultdict(list)
    for row in named:
        askers[row.source_id, spelled_alike(row.key)].append(row.article_number)
    sources = {row.source_id for row in named}
    for part in _parts(sorted({spelling for row in named for spelling in spellings(row.key)})):
        articles = select(ArticleRow.number, ArticleRow.source_id, ArticleRow.url).where(
            ArticleRow.source_id.in_(sources), ArticleRow.url.in_(part)
        )
        aliases = select(AliasRow.article_number, AliasRow.source_id, AliasRow.url).where(
            AliasRow.source_id.in_(sources), AliasRow.url.in_(part)
        )
        for number, source, url in session.execute(articles.union_all(aliases)):
            yield from ((own, number, FoundIn.HREFLANG) for own in askers[source, spelled_alike(url)] if own != number)


def _naming(session: Session, faces: Sequence[ArticleRef]) -> Iterator[tuple[int, int, FoundIn]]:
    """Return articles and those whose pages name them, by URL or alias."""
    aliases = select(AliasRow.source_id, AliasRow.url, AliasRow.article_number)
    addresses = [(face.source, face.url, face.number) for face in faces]
    addresses += [(*row,) for row in session.execute(aliases.where(AliasRow.article_number.in_([face.number for face in faces])))]
    own = {(source, spelling): number for source, url, number in addresses for spelling in spellings(url)}
    for part in _parts(sorted({spelling for _, spelling in own})):
        clues = select(EditionRow.article_number, EditionRow.source_id, EditionRow.key).where(
            EditionRow.source_id.in_({face.source for face in faces}), EditionRow.found_in == FoundIn.HREFLANG, EditionRow.key.in_(part)
        )
        for other, source, key in session.execute(clues):
            number = own.get((source, key), other)
            if number != other:
                yield number, other, FoundIn.HREFLANG


def _sharing(session: Session, numbers: Sequence[int]) -> Iterator[tuple[int, int, FoundIn]]:
    """Return articles and those of the same source that share an id or a path with them."""
    own, other, crowd = aliased(EditionRow), aliased(EditionRow), aliased(EditionRow)
    same = and_(other.source_id == own.source_id, other.found_in == own.found_in, other.key == own.key)
    many = and_(crowd.source_id == own.source_id, crowd.found_in == own.found_in, crowd.key == own.key)
    too_many = select(crowd.article_number).where(many).offset(MOST_VERSIONS).limit(1).scalar_subquery()
    shared = (
        select(own.article_number, other.article_number, own.found_in)
        .join(other, and_(same, other.article_number != own.article_number))
        .where(own.article_number.in_(numbers), own.found_in != FoundIn.HREFLANG, too_many.is_(None))
    )
    return ((number, also, FoundIn(found_in)) for number, also, found_in in session.execute(shared))


def _parts(values: Sequence[str] | Sequence[int]) -> Iterator[Sequence[Any]]:
    for start in range(0, len(values), _ASKED):
        yield values[start : start + _ASKED]
