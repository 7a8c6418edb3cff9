"""Parse a search query into words, phrases and exclusions.

All words are required; `"…"`, `«…»`, `“…”` and `„…“` hold words that must be adjacent and in order; a leading
`-` excludes a word or phrase; `OR`, `ИЛИ` or `НЕМЕСЕ` in capitals between two terms requires either.
Operators of other query languages are refused (see `storage.search.signs`), and every other sign only
separates words. Nothing is reinterpreted: what cannot be searched as typed raises UsageError, whose hint says
what to write.
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
"""Maximum length of a query in characters; a longer one is refused, as it is pasted text rather than a
question."""

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
    """One word, or several adjacent ones.

    `words` are as typed; `keys` holds for each of them every key under which one of its forms may be indexed.
    """

    words: tuple[str, ...]
    keys: tuple[frozenset[str], ...]

    @property
    def is_phrase(self) -> bool:
        """Whether the term has several words, whose order matters."""
        return len(self.keys) > 1


@dataclass(frozen=True, slots=True)
class ParsedQuery:
    """A searchable query: one term of every clause must match, and no excluded one."""

    clauses: tuple[tuple[QueryTerm, ...], ...]
    excluded: tuple[QueryTerm, ...] = ()

    @property
    def wanted(self) -> tuple[QueryTerm, ...]:
        """The terms of all clauses, in the order typed."""
        return tuple(term for clause in self.clauses for term in clause)

    @property
    def has_phrases(self) -> bool:
        """Whether any term, excluded ones included, is a phrase."""
        return any(term.is_phrase for term in (*self.wanted, *self.excluded))


def parse(text: str) -> ParsedQuery:
    """Parse a query.

    Raises:
        UsageError: the query has no word to search for, has only exclusions, contains a sign of another query
            language, or is longer than LONGEST_QUERY characters.
    """
    text = text.strip()
    if len(text) > LONGEST_QUERY:
        raise UsageError(f"The query is {len(text)} characters long; at most {LONGEST_QUERY} are read.", "Keep the words that matter.")
    refuse_foreign_signs(text)
    clauses: list[tuple[QueryTerm, ...]] = []
    excluded: list[QueryTerm] = []
    previous = pending = False  # whether the previous piece was a clause, and whether an OR joins the next term to it
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
    """Yield (`with`, `without` or `either`, term) for each piece of a query; the term of `either` is None.

    Pieces without a searchable word are left out, and so is AND.
    """
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
