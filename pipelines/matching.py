"""Find the terms of a topic in an article.

An article's words are analysed once (`storage.language.words`); a term is then looked up by the keys of its
words, so that each of their forms matches.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from storage.language.forms import russian_keys
from storage.language.words import key, readings, tokens

if TYPE_CHECKING:
    from pipelines.rules import TopicTerm
    from storage.language.words import TokenAnalysis

SLUG = "slug"
"""Language of terms that are matched against the URL's path."""

_IN_ADDRESS = (range(0),)


@dataclass(frozen=True, slots=True)
class _Word:
    """One word of a phrase: the keys that match it, or the prefix of a matching word."""

    language: str
    keys: frozenset[str]
    prefix: str = ""

    def matches(self, token: TokenAnalysis) -> bool:
        """Return whether a word of the article is a form of this one, in the same language."""
        is_form = token.word.startswith(self.prefix) if self.prefix else token.key in self.keys
        return is_form and token.language == self.language


class Words:
    """The words of an article, analysed once, and the positions of each key.

    `sequence` has the words in order, None between paragraphs; `spans` the offsets in `text` of each of its
    positions. `host` and `path` are those of the URL, in lower case and decoded.
    """

    def __init__(self, text: str, language: str, url: str) -> None:
        address = urlsplit(url)
        self.text = text
        self.host = (address.hostname or "").lower()
        self.path = unquote(address.path).lower().replace("_", "-")
        self.sequence: list[TokenAnalysis | None] = []
        self.spans: list[tuple[int, int]] = []
        self.positions: defaultdict[tuple[str, str], list[int]] = defaultdict(list)
        line_end = text.find("\n")
        for start, end, token in readings(text, language):
            while -1 < line_end < start:  # a None, so that no phrase continues in the next paragraph
                self._append(None, line_end, line_end)
                line_end = text.find("\n", line_end + 1)
            self.positions[token.language, token.key].append(len(self.sequence))
            self._append(token, start, end)
        self._append(None, len(text), len(text))
        self._ranges: dict[tuple[str, str], list[range]] = {}

    def __len__(self) -> int:
        """Return the number of words."""
        return sum(map(len, self.positions.values()))

    def find(self, phrase: str, language: str) -> list[range]:
        """Return the positions at which a phrase occurs, as ranges."""
        query = phrase, language
        if query not in self._ranges:
            words = _compiled(phrase, language)
            starts = sorted(self._starts(words[0])) if words else []
            self._ranges[query] = [
                range(x, x + len(words)) for x in starts if self._follows(words[1:], x + 1)
            ]
        return self._ranges[query]

    def span(self, positions: range) -> tuple[int, int]:
        """Return start and end offset in the text of an occurrence that `find` returned."""
        return self.spans[positions.start][0], self.spans[positions.stop - 1][1]

    def _append(self, token: TokenAnalysis | None, start: int, end: int) -> None:
        self.sequence.append(token)
        self.spans.append((start, end))

    def _starts(self, word: _Word) -> list[int]:
        """Return the positions of a word."""
        if word.prefix:
            return [i for i, token in enumerate(self.sequence) if token and word.matches(token)]
        return [i for key in word.keys for i in self.positions.get((word.language, key), ())]

    def _follows(self, words: tuple[_Word, ...], start: int) -> bool:
        """Return whether words follow each other from a position on."""
        following = self.sequence[start : start + len(words)]
        pairs = zip(words, following, strict=False)
        return all(token is not None and word.matches(token) for word, token in pairs)


@lru_cache(maxsize=4096)
def _compiled(phrase: str, language: str) -> tuple[_Word, ...]:
    """Return a phrase's words with the keys of all their forms."""
    words = []
    for token in tokens(phrase):
        lower = token.surface.lower()
        if phrase[token.end : token.end + 1] == "*":
            words.append(_Word(language, frozenset(), lower))
        elif language == "ru":
            words.append(_Word(language, frozenset(russian_keys(lower))))
        else:
            words.append(_Word(language, frozenset({key(token.surface, language)})))
    return tuple(words)


def are_forms_of_one(first: str, second: str, language: str) -> bool:
    """Return whether two phrases of a language are forms of the same words, and so match the same text."""
    words, others = _compiled(first, language), _compiled(second, language)
    return len(words) == len(others) and all(
        word.prefix == other.prefix and (word.keys <= other.keys or other.keys <= word.keys)
        for word, other in zip(words, others, strict=True)
    )


@dataclass(frozen=True, slots=True)
class Occurrences:
    """Occurrences of a term that count, and those that do not.

    Each is a range of positions (see `Words.span`), an empty range for a term in the URL. `guard` is the
    guard of the term that excluded some (`unless`, `needs` or `without`), `by` its phrases that did so, or
    for `needs` those that are missing.
    """

    counted: tuple[range, ...] = ()
    struck: tuple[range, ...] = ()
    guard: str = ""
    by: tuple[str, ...] = ()


def occurrences(words: Words, term: TopicTerm) -> Occurrences:
    """Find a term of a topic in an article and apply its guards."""
    if term.language == SLUG:
        return _in_address(words, term)
    matches = words.find(term.words, term.language)
    if not matches:
        return Occurrences()
    if term.needs and not any(words.find(phrase, term.language) for phrase in term.needs):
        return Occurrences(struck=tuple(matches), guard="needs", by=term.needs)
    if by := tuple(phrase for phrase in term.without if words.find(phrase, term.language)):
        return Occurrences(struck=tuple(matches), guard="without", by=by)
    cover = {
        i: phrase
        for phrase in term.unless
        for positions in words.find(phrase, term.language)
        for i in positions
    }
    struck = tuple(match for match in matches if any(i in cover for i in match)) if cover else ()
    if not struck:
        return Occurrences(tuple(matches))
    by = tuple(dict.fromkeys(cover[i] for match in struck for i in match if i in cover))
    starts = {match.start for match in struck}
    return Occurrences(tuple(match for match in matches if match.start not in starts), struck, "unless", by)


def _in_address(words: Words, term: TopicTerm) -> Occurrences:
    """Find a `slug` term in the URL's path and apply its `unless` guard."""
    if term.words not in words.path:
        return Occurrences()
    by = tuple(x for x in term.unless if x in words.path)
    return Occurrences(struck=_IN_ADDRESS, guard="unless", by=by) if by else Occurrences(_IN_ADDRESS)
