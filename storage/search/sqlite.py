"""The word index: an FTS5 table of keys, one row an article, its rowid the article's number.

What is indexed are keys, not words, one line a paragraph; FTS5 sees newlines as any other gap. The expression that finds
candidates is built from quoted keys only, so nothing that a reader types is ever read as FTS5 syntax.
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
"""How much more a word in the headline counts than one in the text, in bm25."""

SPELLED_OUT = 64
"""A phrase is given to FTS5 in all combinations of its keys up to this many; above, as words that must all be there."""

_words = table("article_words", column("rowid"), column("title"), column("text"))


def index(session: Session, number: int, title: str, lead: str, text: str, language: str) -> None:
    """Put an article's words into the index, in place of what stood there for it."""
    keys = words_of(title, lead, text, language)
    session.execute(insert(_words).prefix_with("OR REPLACE"), {"rowid": number, "title": keys[0], "text": keys[1]})


def words_of(title: str, lead: str, text: str, language: str) -> tuple[str, str]:
    """What the index holds of an article: the keys of its headline, and those of its lead and text, a line a paragraph."""
    headline, paragraphs = _lines_of_keys(title.replace("\n", " "), f"{lead}\n{text}", language)
    return headline, "\n".join(paragraphs)


def indexed(session: Session, numbers: Sequence[int]) -> dict[int, tuple[str, str]]:
    """What the index holds of some articles, by number; those that it lacks are left out."""
    rows = session.execute(select(_words.c.rowid, _words.c.title, _words.c.text).where(_words.c.rowid.in_(numbers)))
    return {number: (title, text) for number, title, text in rows}


def _lines_of_keys(title: str, text: str, language: str) -> tuple[str, list[str]]:
    """The keys of a headline, and of every paragraph; all are read together, as a short headline does not tell its alphabet."""
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
    """Take an article out of the index."""
    session.execute(delete(_words).where(_words.c.rowid == number))


def match_expression(parsed: ParsedQuery) -> str:
    """The FTS5 expression of a query: exact for words; for phrases it finds all that match and maybe more (see `confirmed`).

    Every clause is a group of alternatives, all groups are joined by AND, and excluded words stand behind one NOT. Excluded
    phrases are left out.
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
    """A selection of the numbers of the articles that `match_expression` finds."""
    return select(_words.c.rowid).where(_matches(parsed))


def holding(session: Session, key: str, limit: int) -> list[int]:
    """The numbers of some articles that hold a key, the newest in the archive first."""
    matches = literal_column("article_words").op("MATCH", is_comparison=True)(_any([key]))
    return list(session.scalars(select(_words.c.rowid).where(matches).order_by(_words.c.rowid.desc()).limit(limit)))


def confirmed(session: Session, parsed: ParsedQuery, numbers: Sequence[int]) -> list[int]:
    """Those of some candidates, in their order, that hold the query's phrases; without phrases, all of them."""
    if not parsed.has_phrases or not numbers:
        return list(numbers)
    rows = session.execute(select(_words.c.rowid, _words.c.title, _words.c.text).where(_words.c.rowid.in_(numbers)))
    held = {number for number, title, text in rows if holds(parsed, _lines(title, text))}
    return [number for number in numbers if number in held]


def _lines(title: str, text: str) -> list[list[str]]:
    return [line.split(" ") for line in (title, *text.split("\n"))]


def ranks(session: Session, parsed: ParsedQuery, numbers: Iterable[int]) -> dict[int, float]:
    """The bm25 rank of some of the articles found, by number; the smaller, the better."""
    rank = func.bm25(literal_column("article_words"), TITLE_WEIGHT, 1.0)
    # The plus keeps FTS5 from running the whole query anew for each number.
    among = literal_column("+rowid").in_(bindparam("numbers", list(numbers), expanding=True))
    return dict(session.execute(select(_words.c.rowid, rank).where(_matches(parsed), among)).all())


def _matches(parsed: ParsedQuery) -> ColumnElement[bool]:
    return literal_column("article_words").op("MATCH", is_comparison=True)(match_expression(parsed))
