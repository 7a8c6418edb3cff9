"""A query asked less strictly: its phrases as words that may stand anywhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

from storage.errors import UsageError
from storage.search.parse import parse

if TYPE_CHECKING:
    from storage.search.parse import ParsedQuery, QueryTerm


def phrases_wanted(parsed: ParsedQuery) -> list[str]:
    """The phrases that must be there, as typed; those that OR joins to another term are left out."""
    return [" ".join(clause[0].words) for clause in parsed.clauses if len(clause) == 1 and clause[0].is_phrase]


def without_quotes(parsed: ParsedQuery) -> str:
    """The query with the words of those phrases standing alone; empty where it cannot be written so (`"to be or not to be"`)."""
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
