"""What a reader typed, as words, phrases and exclusions.

Words are all wanted; `"…"`, `«…»`, `“…”` and `„…“` hold words that stand next to each other; a leading `-` excludes a word or
phrase; `OR`, `ИЛИ` or `НЕМЕСЕ` in capitals between two of them asks for either. Signs that mean something in other query languages
are refused (see `storage.search.signs`), and every other sign only parts words: a query is what it looks like, or a UsageError that
says what to write.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from storage.errors import UsageError
from storage.language.forms import query_keys
from storage.language.words import tokens
from storage.search.signs import BOTH, EITHER, PHRASE, refuse_foreign_signs

if TYPE_CHECKING:
    from collections.abc import Iterator

LONGEST_QUERY = 256
"""Characters of a query that are read; a longer one is refused, as it is pasted text rather than a question."""

_PIECE = re.compile(
    rf"""
    (?P<minus>(?<!\S)-+(?=\S))?                           # a minus counts at the start of a piece only
    (?: {PHRASE.pattern}
      | (?P<word>[^\s"«»“”„:,;!?]+) )                     # hyphens, dots and slashes inside a word keep its parts together
    """,
    re.VERBOSE,
)
_GROUPS = ("straight", "angle", "curly", "single", "word")


@dataclass(frozen=True, slots=True)
class QueryTerm:
    """One word, or several that stand next to each other.

    `words` are as typed; `keys` holds for each of them every key under which one of its forms may be indexed.
    """

    words: tuple[str, ...]
    keys: tuple[frozenset[str], ...]

    @property
    def is_phrase(self) -> bool:
        """Whether the order of its words matters."""
        return len(self.keys) > 1


@dataclass(frozen=True, slots=True)
class ParsedQuery:
    """A query that can be searched: of every clause one term must be there, and no excluded one."""

    clauses: tuple[tuple[QueryTerm, ...], ...]
    excluded: tuple[QueryTerm, ...] = ()

    @property
    def wanted(self) -> tuple[QueryTerm, ...]:
        """The terms of all clauses, in the order they were typed."""
        return tuple(term for clause in self.clauses for term in clause)

    @property
    def has_phrases(self) -> bool:
        """Whether the order of words matters anywhere."""
        return any(term.is_phrase for term in (*self.wanted, *self.excluded))


def parse(text: str) -> ParsedQuery:
    """Read a query.

    Raises:
        UsageError: it holds no word to look for, only exclusions, a sign of another query language, or more than LONGEST_QUERY
            characters.
    """
    text = text.strip()
    if len(text) > LONGEST_QUERY:
        raise UsageError(f"The query is {len(text)} characters long; at most {LONGEST_QUERY} are read.", "Keep the words that matter.")
    refuse_foreign_signs(text)
    clauses: list[tuple[QueryTerm, ...]] = []
    excluded: list[QueryTerm] = []
    previous = pending = False  # whether a clause stands just before, and whether an OR joins the next term to it
    for sign, term in _pieces(text):
        if sign == "either":
            pending = previous
        elif term is not None and sign == "without":
            excluded.append(term)
            previous = pending = False
        elif term is not None:
            clauses[len(clauses) - pending :] = [(*clauses[-1], term) if pending else (term,)]
            previous, pending = True, False
    if not clauses:
        raise _nothing_to_find(excluded)
    return ParsedQuery(tuple(clauses), tuple(excluded))


def _pieces(text: str) -> Iterator[tuple[str, QueryTerm | None]]:
    """Signs (`with`, `without`, `either`) and their terms; pieces without a searchable word are left out, and so is AND."""
    for match in _PIECE.finditer(text):
        word = match["word"]
        if word in EITHER and not match["minus"]:
            yield "either", None
        elif word not in BOTH and (term := _term(next(filter(None, match.group(*_GROUPS)), ""))):
            yield ("without" if match["minus"] else "with"), term


def _term(text: str) -> QueryTerm | None:
    found = [(token.surface, keys) for token in tokens(text) if (keys := query_keys(token.surface))]
    return QueryTerm(tuple(word for word, _ in found), tuple(keys for _, keys in found)) if found else None


def _nothing_to_find(excluded: list[QueryTerm]) -> UsageError:
    if excluded:
        return UsageError("The query only excludes words.", "Add a word to look for, such as `выборы -референдум`.")
    return UsageError("The query holds no word to look for.", "Write one or more words, or leave it empty to use filters alone.")
