"""Match the phrases of a query against the indexed keys of an article.

FTS5 has no phrases with alternatives at a position, and a word of a query has several keys. The index
therefore only proposes candidates (see `storage.search.sqlite.match_expression`), and this module decides:
the words of a phrase must be adjacent in one line, which is the headline, the lead or a paragraph.
"""

from __future__ import annotations

from operator import contains
from typing import TYPE_CHECKING

from storage.language.words import readings

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from storage.search.parse import ParsedQuery, QueryTerm


def holds(parsed: ParsedQuery, lines: Sequence[Sequence[str]]) -> bool:
    """Return whether lines of keys satisfy each clause that has a phrase, and have no excluded phrase."""
    wanted = (clause for clause in parsed.clauses if any(term.is_phrase for term in clause))
    unwanted = (term for term in parsed.excluded if term.is_phrase)
    return all(any(_stands(term, lines) for term in clause) for clause in wanted) and not any(_stands(term, lines) for term in unwanted)


def matches(parsed: ParsedQuery, title: str, text: str, language: str) -> bool:
    """Return whether a text that is not indexed satisfies a query; the result is as for an indexed one."""
    lines = [[reading.key for _, _, reading in readings(line, language)] for line in (title, *text.split("\n"))]
    wanted = all(any(_stands(term, lines) for term in clause) for clause in parsed.clauses)
    return wanted and not any(_stands(term, lines) for term in parsed.excluded)


def places(term: QueryTerm, keys: Sequence[str]) -> Iterator[int]:
    """Yield the positions in a line of keys at which a term begins; occurrences never overlap."""
    first, free = term.keys[0], 0
    for place in [place for place, key in enumerate(keys) if key in first]:
        behind = keys[place : place + len(term.keys)]
        if place >= free and len(behind) == len(term.keys) and all(map(contains, term.keys, behind)):
            free = place + len(behind)
            yield place


def _stands(term: QueryTerm, lines: Sequence[Sequence[str]]) -> bool:
    return any(True for line in lines for _ in places(term, line))
