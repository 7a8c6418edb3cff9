"""Explain a relevance decision: which words of an article counted for a topic and which did not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pipelines.matching import occurrences
from pipelines.relevance import gate_of, relevance_decisions, searched_terms, words_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pipelines.draft import ExtractedFields
    from pipelines.matching import Words
    from pipelines.rules import TopicRules, TopicTerm
    from storage.model.articles import Extraction

AROUND = 40
"""Characters shown before and after a term."""
PLACES = 3
"""Occurrences shown of a term."""


@dataclass(frozen=True, slots=True)
class TermLocation:
    """One occurrence: the part of the article (title, lead, section, tags, text, address) and its context."""

    part: str
    snippet: str


@dataclass(frozen=True, slots=True)
class MatchedTerm:
    """A term in the article: its weight, how many occurrences count, and the first PLACES of them."""

    term: str
    language: str
    weight: float
    times: int
    places: tuple[TermLocation, ...]


@dataclass(frozen=True, slots=True)
class GuardedTerm:
    """A term in the article of which some occurrences do not count.

    `guard` is the guard that excluded them, `unless`, `needs` (then `by` are the phrases of which none
    occurs) or `without`, and `by` its phrases that did so. `times` and `places` are the excluded occurrences.
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
    """A topic's gate: open or not, the host that opens it (empty: none), and the terms and rivals found."""

    open: bool
    host: str
    terms: tuple[MatchedTerm, ...]
    rivals: tuple[MatchedTerm, ...]


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why an article belongs to a topic or not.

    `terms` count, heaviest first; `struck` are those that guards excluded.
    """

    topic: str
    name: str
    belongs: bool
    score: float
    threshold: float
    terms: tuple[MatchedTerm, ...]
    struck: tuple[GuardedTerm, ...]
    gate: ExplainedGate | None


def explain(
    fields: ExtractedFields | Extraction, language: str, url: str, topics: Iterable[TopicRules]
) -> list[Explanation]:
    """Explain the decision of each topic on an extraction; it is the same as in `relevance.judge`."""
    article = _Article(fields, language, url)
    return [_explained(article, topic) for topic in topics]


def _explained(article: _Article, topic: TopicRules) -> Explanation:
    """Explain the decision of one topic."""
    (decision,) = relevance_decisions(article.fields, article.language, article.url, [topic])
    terms = searched_terms(article.words, topic)
    gate = gate_of(article.words, topic)
    parts = (_matched(article, topic.gate), _matched(article, topic.rivals))
    return Explanation(
        topic=topic.id,
        name=topic.name,
        belongs=decision.belongs,
        score=decision.relevance.score,
        threshold=topic.threshold,
        terms=_matched(article, terms),
        struck=tuple(filter(None, (_struck(article, term) for term in terms))),
        gate=ExplainedGate(gate.is_open, gate.host, *parts) if gate.exists else None,
    )


def _matched(article: _Article, terms: Iterable[TopicTerm]) -> tuple[MatchedTerm, ...]:
    """Return the terms with occurrences that count, heaviest and most frequent first."""
    counted = ((term, occurrences(article.words, term).counted) for term in terms)
    matched = [
        MatchedTerm(term.words, term.language, term.weight, len(matches), article.places(matches))
        for term, matches in counted
        if matches
    ]
    return tuple(sorted(matched, key=lambda x: (-x.weight, -x.times)))


def _struck(article: _Article, term: TopicTerm) -> GuardedTerm | None:
    """Return a term with its excluded occurrences; None if there are none."""
    found = occurrences(article.words, term)
    if not found.struck:
        return None
    return GuardedTerm(
        term.words,
        term.language,
        term.weight,
        found.guard,
        found.by,
        len(found.struck),
        article.places(found.struck),
    )


class _Article:
    """An article with its words, and the end of each of its parts in their text."""

    def __init__(self, fields: ExtractedFields | Extraction, language: str, url: str) -> None:
        self.fields, self.language, self.url = fields, language, url
        self.words: Words = words_of(fields, language, url)
        self._ends: list[tuple[int, str]] = []
        end = 0
        parts = [
            ("title", fields.title),
            ("lead", fields.lead),
            ("section", fields.section),
            *(("tags", tag) for tag in fields.tags),
        ]
        for name, part in (*parts, ("text", fields.text)):
            end += len(part) + 1
            self._ends.append((end, name))

    def places(self, matches: Iterable[range]) -> tuple[TermLocation, ...]:
        """Return the first PLACES occurrences of a term."""
        return tuple(self._location(match) for match in list(matches)[:PLACES])

    def _location(self, match: range) -> TermLocation:
        if not match:
            return TermLocation("address", self.words.path)
        start, end = self.words.span(match)
        part = next(name for stop, name in self._ends if start < stop)
        return TermLocation(part, _snippet(self.words.text, start, end))


def _snippet(text: str, start: int, end: int) -> str:
    """Return the context of some characters in their paragraph, cut between words, with dots where cut."""
    line, stop = text.rfind("\n", 0, start) + 1, text.find("\n", end)
    stop = len(text) if stop < 0 else stop
    first, last = max(line, start - AROUND), min(stop, end + AROUND)
    if first > line:
        first = text.find(" ", first, start) + 1 or start
    if last < stop:
        cut = text.rfind(" ", end, last)
        last = cut if cut > 0 else end
    before = "… " if first > line else ""
    after = " …" if last < stop else ""
    return f"{before}{text[first:last].strip()}{after}"
