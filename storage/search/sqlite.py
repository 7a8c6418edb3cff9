"""The word index: an FTS5 table of keys with one row per article; its rowid is the article's number.

Indexed are keys, not words, one line a paragraph; FTS5 treats newlines as any other separator. The expression
that finds candidates is built from quoted keys only, so no input of a user is parsed as FTS5 syntax.
"""

from __future__ import annotations

from itertools import product
from math import prod
from typing import TYPE_CHECKING

from sqlalchemy import bindparam, column, delete, func, insert, literal_column, select, table

from storage.language.words import readings
from storage.search.phrases import holds

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sqlalchemy import ColumnElement, Select
    from sqlalchemy.orm import Session

    from storage.search.parse import ParsedQuery, QueryTerm

TITLE_WEIGHT = 5.0
"""Weight of the headline in bm25; the weight of the text is 1."""

SPELLED_OUT = 64
"""Maximum number of combinations of a phrase's keys that are listed in the FTS5 expression; above it, its
words are only required to be in the article."""

_words = table("article_words", column("rowid"), column("title"), column("text"))


def index(session: Session, number: int, title: str, lead: str, text: str, language: str) -> None:
    """Insert the words of an article into the index, or replace them."""
    keys = words_of(title, lead, text, language)
    session.execute(insert(_words).prefix_with("OR REPLACE"), {"rowid": number, "title": keys[0], "text": keys[1]})


def words_of(title: str, lead: str, text: str, language: str) -> tuple[str, str]:
    """Return the index columns of an article: keys of headline, and of lead and text, a line a paragraph."""
    headline, paragraphs = _lines_of_keys(title.replace("\n", " "), f"{lead}\n{text}", language)
    return headline, "\n".join(paragraphs)


def indexed(session: Session, numbers: Sequence[int]) -> dict[int, tuple[str, str]]:
    """Return the stored index columns of articles by number; articles without a row are left out."""
    rows = session.execute(select(_words.c.rowid, _words.c.title, _words.c.text).where(_words.c.rowid.in_(numbers)))
    return {number: (title, text) for number, title, text in rows}


def _lines_of_keys(title: str, text: str, language: str) -> tuple[str, list[str]]:
    """Return the keys of a headline, and of every paragraph.

    All are analysed together, as a short headline does not show its alphabet.
    """
    whole = f"{title}\n{text}"
    lines: list[list[str]] = [[]]
    end = 0
    for start, stop, reading in readings(whole, language):
        lines += [[] for _ in range(whole.count("\n", end, start))]
        lines[-1].append(reading.key)
        end = stop
    headline, *paragraphs = (" ".join(line) for line in lines)
    return headline, [line for line in paragraphs if line]


def remove(session: Session, number: int) -> None:
    """Delete an article from the index."""
    session.execute(delete(_words).where(_words.c.rowid == number))


def match_expression(parsed: ParsedQuery) -> str:
    """Return the FTS5 expression of a query.

    It is exact for words; for phrases it finds all matches and maybe more (see `confirmed`). Every clause is
    a group of alternatives, all groups are joined by AND, and excluded words follow one NOT. Excluded phrases
    are left out.
    """
    wanted = " AND ".join(f"({' OR '.join(_alternatives(term) for term in clause)})" for clause in parsed.clauses)
    unwanted = " OR ".join(_alternatives(term) for term in parsed.excluded if not term.is_phrase)
    return f"({wanted}) NOT ({unwanted})" if unwanted else wanted


def _alternatives(term: QueryTerm) -> str:
    if prod(map(len, term.keys)) <= SPELLED_OUT:
        return _any(" ".join(combination) for combination in product(*map(sorted, term.keys)))
    return f"({' AND '.join(f'({_any(sorted(group))})' for group in term.keys)})"


def _any(sequences: Iterable[str]) -> str:
    return " OR ".join('"' + sequence.replace('"', '""') + '"' for sequence in sequences)


def candidates(parsed: ParsedQuery) -> Select[tuple[int]]:
    """Return a selection of the numbers of the articles that `match_expression` finds."""
    return select(_words.c.rowid).where(_matches(parsed))


def holding(session: Session, key: str, limit: int) -> list[int]:
    """Return the numbers of at most `limit` articles with a key, the newest in the archive first."""
    matches = literal_column("article_words").op("MATCH", is_comparison=True)(_any([key]))
    return list(session.scalars(select(_words.c.rowid).where(matches).order_by(_words.c.rowid.desc()).limit(limit)))


def confirmed(session: Session, parsed: ParsedQuery, numbers: Sequence[int]) -> list[int]:
    """Return the candidates that satisfy the query's phrases, in their order; all if it has no phrase."""
    if not parsed.has_phrases or not numbers:
        return list(numbers)
    rows = session.execute(select(_words.c.rowid, _words.c.title, _words.c.text).where(_words.c.rowid.in_(numbers)))
    held = {number for number, title, text in rows if holds(parsed, _lines(title, text))}
    return [number for number in numbers if number in held]


def _lines(title: str, text: str) -> list[list[str]]:
    return [line.split(" ") for line in (title, *text.split("\n"))]


def ranks(session: Session, parsed: ParsedQuery, numbers: Iterable[int]) -> dict[int, float]:
    """Return the bm25 rank of found articles by number; a smaller rank is a better match."""
    rank = func.bm25(literal_column("article_words"), TITLE_WEIGHT, 1.0)
    # The plus prevents FTS5 from running the whole query again for each number.
    among = literal_column("+rowid").in_(bindparam("numbers", list(numbers), expanding=True))
    return dict(session.execute(select(_words.c.rowid, rank).where(_matches(parsed), among)).all())


def _matches(parsed: ParsedQuery) -> ColumnElement[bool]:
    return literal_column("article_words").op("MATCH", is_comparison=True)(match_expression(parsed))
