"""Explanation: a verdict taken apart, so that a person can see which words of an article spoke for a topic and which did not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipelines.matching import occurrences
from pipelines.relevance import gate_of, terms_asked, verdicts_on, words_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pipelines.draft import ExtractedFields
    from pipelines.matching import Words
    from pipelines.rules import TopicRules, TopicTerm
    from storage.model.articles import Extraction

AROUND = 40
"""Characters shown on either side of a term."""
PLACES = 3
"""Places shown of a term that stands in many."""


@dataclass(frozen=True, slots=True)
class TermLocation:
    """Where a term stands: the part of the article (title, lead, section, tags, text, address) and some words around it."""

    part: str
    snippet: str


@dataclass(frozen=True, slots=True)
class MatchedTerm:
    """A term that stands in the article: its weight, how often it counts, and the first PLACES of them."""

    term: str
    language: str
    weight: float
    times: int
    places: tuple[TermLocation, ...]


@dataclass(frozen=True, slots=True)
class GuardedTerm:
    """A term that stands there and does not count, or not everywhere: the guard that struck, and by which of its phrases.

    `guard` is `unless`, `needs` (then `by` are the phrases of which none stands there) or `without`. `times` and `places` are
    those that do not count.
    """

    term: str
    language: str
    weight: float
    guard: str
    by: tuple[str, ...]
    times: int
    places: tuple[TermLocation, ...]


@dataclass(frozen=True, slots=True)
class ExplainedGate:
    """The gate: whether it is open, the host that opens it (empty: none), what names the country, and which rivals are named."""

    open: bool
    host: str
    terms: tuple[MatchedTerm, ...]
    rivals: tuple[MatchedTerm, ...]


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why an article belongs to a topic, or does not: the score, by which terms (heaviest first), and what held others back."""

    topic: str
    name: str
    belongs: bool
    score: float
    threshold: float
    terms: tuple[MatchedTerm, ...]
    struck: tuple[GuardedTerm, ...]
    gate: ExplainedGate | None


def explain(
    read: ExtractedFields | Extraction, language: str, url: str, topics: Iterable[TopicRules]
) -> list[Explanation]:
    """The verdict of each topic on what was read of a page, taken apart; it is the one that `relevance.judge` comes to."""
    article = _Article(read, language, url)
    return [_explained(article, topic) for topic in topics]


def _explained(article: _Article, topic: TopicRules) -> Explanation:
    (verdict,) = verdicts_on(article.read, article.language, article.url, [topic])
    asked = terms_asked(article.words, topic)
    gate = gate_of(article.words, topic)
    parts = (_found(article, topic.gate), _found(article, topic.rivals))
    return Explanation(
        topic=topic.id,
        name=topic.name,
        belongs=verdict.belongs,
        score=verdict.relevance.score,
        threshold=topic.threshold,
        terms=_found(article, asked),
        struck=tuple(filter(None, (_struck(article, term) for term in asked))),
        gate=ExplainedGate(gate.is_open, gate.host, *parts) if gate.exists else None,
    )


def _found(article: _Article, terms: Iterable[TopicTerm]) -> tuple[MatchedTerm, ...]:
    counted = ((term, occurrences(article.words, term).counted) for term in terms)
    found = [
        MatchedTerm(term.words, term.language, term.weight, len(places), article.places(places))
        for term, places in counted
        if places
    ]
    return tuple(sorted(found, key=lambda x: (-x.weight, -x.times)))


def _struck(article: _Article, term: TopicTerm) -> GuardedTerm | None:
    seen = occurrences(article.words, term)
    if not seen.struck:
        return None
    return GuardedTerm(
        term.words,
        term.language,
        term.weight,
        seen.guard,
        seen.by,
        len(seen.struck),
        article.places(seen.struck),
    )


class _Article:
    """An article with its words, and which of its parts lies where."""

    def __init__(self, read: ExtractedFields | Extraction, language: str, url: str) -> None:
        self.read, self.language, self.url = read, language, url
        self.words: Words = words_of(read, language, url)
        self._ends: list[tuple[int, str]] = []
        end = 0
        parts = [
            ("title", read.title),
            ("lead", read.lead),
            ("section", read.section),
            *(("tags", tag) for tag in read.tags),
        ]
        for name, part in (*parts, ("text", read.text)):
            end += len(part) + 1
            self._ends.append((end, name))

    def places(self, found: Iterable[range]) -> tuple[TermLocation, ...]:
        """The first places of a term."""
        return tuple(self._place(place) for place in list(found)[:PLACES])

    def _place(self, place: range) -> TermLocation:
        if not place:
            return TermLocation("address", self.words.path)
        start, end = self.words.span(place)
        part = next(name for stop, name in self._ends if start < stop)
        return TermLocation(part, _snippet(self.words.text, start, end))


def _snippet(text: str, start: int, end: int) -> str:
    """What stands around some characters in their paragraph, cut between words, with dots where it was cut."""
    line, stop = text.rfind("\n", 0, start) + 1, text.find("\n", end)
    stop = len(text) if stop < 0 else stop
    first, last = max(line, start - AROUND), min(stop, end + AROUND)
    if first > line:
        first = text.find(" ", first, start) + 1 or start
    if last < stop:
        cut = text.rfind(" ", end, last)
        last = cut if cut > 0 else end
    return f"{'… ' if first > line else ''}{text[first:last].strip()}{' …' if last < stop else ''}"
