"""Matching: where the terms of a topic stand in an article.

An article's words are read once (`storage.language.words`); a term is then looked up by the keys of its words, so that every
form of them counts.
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
"""The language of terms that are looked for in the address."""

_ADDRESS = (range(0),)


@dataclass(frozen=True, slots=True)
class _Word:
    """One word of a phrase: the keys that match it, or the start that a matching word has."""

    language: str
    keys: frozenset[str]
    prefix: str = ""

    def matches(self, reading: TokenAnalysis) -> bool:
        """Whether a word of the article, read in the phrase's language, is a form of this one."""
        found = reading.word.startswith(self.prefix) if self.prefix else reading.key in self.keys
        return found and reading.language == self.language


class Words:
    """The words of an article, read once, and where each key stands.

    `sequence` holds None between paragraphs; `spans` are the offsets in `text` of the word at each place of it. `host` and `path`
    are those of the address, in lower case and decoded.
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
        for start, end, reading in readings(text, language):
            while -1 < line_end < start:  # no phrase runs from one paragraph into the next
                self._append(None, line_end, line_end)
                line_end = text.find("\n", line_end + 1)
            self.positions[reading.language, reading.key].append(len(self.sequence))
            self._append(reading, start, end)
        self._append(None, len(text), len(text))
        self._found: dict[tuple[str, str], list[range]] = {}

    def __len__(self) -> int:
        """How many words there are."""
        return sum(map(len, self.positions.values()))

    def find(self, phrase: str, language: str) -> list[range]:
        """Where a phrase stands: ranges of positions."""
        asked = phrase, language
        if asked not in self._found:
            words = _compiled(phrase, language)
            starts = sorted(self._starts(words[0])) if words else []
            self._found[asked] = [range(x, x + len(words)) for x in starts if self._follows(words[1:], x + 1)]
        return self._found[asked]

    def span(self, place: range) -> tuple[int, int]:
        """The offsets in the text of what stands at a place that `find` gave."""
        return self.spans[place.start][0], self.spans[place.stop - 1][1]

    def _append(self, reading: TokenAnalysis | None, start: int, end: int) -> None:
        self.sequence.append(reading)
        self.spans.append((start, end))

    def _starts(self, word: _Word) -> list[int]:
        if word.prefix:
            return [i for i, reading in enumerate(self.sequence) if reading and word.matches(reading)]
        return [i for key in word.keys for i in self.positions.get((word.language, key), ())]

    def _follows(self, words: tuple[_Word, ...], start: int) -> bool:
        return all(
            reading is not None and word.matches(reading)
            for word, reading in zip(words, self.sequence[start : start + len(words)], strict=False)
        )


@lru_cache(maxsize=4096)
def _compiled(phrase: str, language: str) -> tuple[_Word, ...]:
    """A phrase's words with all keys of their forms."""
    words = []
    for token in tokens(phrase):
        if phrase[token.end : token.end + 1] == "*":
            words.append(_Word(language, frozenset(), token.surface.lower()))
        else:
            forms = russian_keys(token.surface.lower()) if language == "ru" else {key(token.surface, language)}
            words.append(_Word(language, frozenset(forms)))
    return tuple(words)


def are_forms_of_one(first: str, second: str, language: str) -> bool:
    """Whether two phrases of a language are forms of the same words, so that where one stands the other is found, too."""
    words, others = _compiled(first, language), _compiled(second, language)
    return len(words) == len(others) and all(
        word.prefix == other.prefix and (word.keys <= other.keys or other.keys <= word.keys)
        for word, other in zip(words, others, strict=True)
    )


@dataclass(frozen=True, slots=True)
class Occurrences:
    """Where a term counts, and where it stands and does not count.

    Places are ranges of words (see `Words.span`); a term found in the address has one empty range. `guard` is the guard of the
    term that struck (`unless`, `needs` or `without`), `by` the phrases of it that did so, or that are missing.
    """

    counted: tuple[range, ...] = ()
    struck: tuple[range, ...] = ()
    guard: str = ""
    by: tuple[str, ...] = ()


def occurrences(words: Words, term: TopicTerm) -> Occurrences:
    """Where a term of a topic stands in an article, its guards asked."""
    if term.language == SLUG:
        return _in_address(words, term)
    found = words.find(term.words, term.language)
    if not found:
        return Occurrences()
    if term.needs and not any(words.find(phrase, term.language) for phrase in term.needs):
        return Occurrences(struck=tuple(found), guard="needs", by=term.needs)
    if by := tuple(phrase for phrase in term.without if words.find(phrase, term.language)):
        return Occurrences(struck=tuple(found), guard="without", by=by)
    cover = {i: phrase for phrase in term.unless for place in words.find(phrase, term.language) for i in place}
    struck = tuple(place for place in found if any(i in cover for i in place)) if cover else ()
    if not struck:
        return Occurrences(tuple(found))
    by = tuple(dict.fromkeys(cover[i] for place in struck for i in place if i in cover))
    without = {place.start for place in struck}
    return Occurrences(tuple(place for place in found if place.start not in without), struck, "unless", by)


def _in_address(words: Words, term: TopicTerm) -> Occurrences:
    if term.words not in words.path:
        return Occurrences()
    by = tuple(x for x in term.unless if x in words.path)
    return Occurrences(struck=_ADDRESS, guard="unless", by=by) if by else Occurrences(_ADDRESS)
