"""Rewrite a query without its required phrases: their words may then be anywhere in the article."""

from __future__ import annotations

from typing import TYPE_CHECKING

from storage.errors import UsageError
from storage.search.parse import parse

if TYPE_CHECKING:
    from storage.search.parse import ParsedQuery, QueryTerm


def phrases_wanted(parsed: ParsedQuery) -> list[str]:
    """Return the required phrases, as typed; those that OR joins to another term are left out."""
    return [" ".join(clause[0].words) for clause in parsed.clauses if len(clause) == 1 and clause[0].is_phrase]


def without_quotes(parsed: ParsedQuery) -> str:
    """Return the query with the required phrases as single words.

    Empty where that is no valid query (`"to be or not to be"`).
    """
    wanted = (
        " ".join(clause[0].words) if len(clause) == 1 else " OR ".join(map(_written, clause))
        for clause in parsed.clauses
    )  # fmt: skip
    words = " ".join([*wanted, *(f"-{_written(term)}" for term in parsed.excluded)])
    try:
        parse(words)
    except UsageError:
        return ""
    return words


def _written(term: QueryTerm) -> str:
    words = " ".join(term.words)
    return f'"{words}"' if term.is_phrase else words
