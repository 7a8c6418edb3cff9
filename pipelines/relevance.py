"""Relevance: which topics an article belongs to, by weighted terms, with the terms that were found.

An article's words are read once (`storage.language.words`); a term is then looked up by the keys of its words, so that every
form of them counts. A term counts once, wherever it stands: title, lead, rubric, tags or text. An address is a title in other
letters and counts only for a page that has hardly any words.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from storage.language.detect import language_of
from storage.language.forms import russian_keys
from storage.language.shares import language_shares
from storage.language.words import key, readings, tokens
from storage.model.articles import Relevance

if TYPE_CHECKING:
    from pipelines.draft import Draft
    from pipelines.rules import Term, TopicRules
    from storage.language.words import Reading

SLUG = "slug"
"""The language of terms that are looked for in the address."""

_FEW_WORDS = 40
_DOMINATES = 2  # times as many mentions as all gate terms have


def judge(draft: Draft) -> Draft:
    """Sets the draft's languages and topics; an article of no topic is marked out of scope unless its rules keep all."""
    if draft.outcome:
        return draft
    read, rules = draft.reading, draft.rules
    hint = read.html_language or next(iter(rules.source.languages), "")
    language = language_of(f"{read.title}\n{read.text}", hint)
    words = _Words("\n".join((read.title, read.lead, read.section, *read.tags, read.text)), language, draft.capture.url)
    verdicts = [(_weigh(words, topic), topic) for topic in rules.topics]
    topics = tuple(verdict for verdict, topic in verdicts if verdict.score >= topic.threshold and _gate_is_open(words, topic))
    out_of_scope = ""
    if verdicts and not topics and not rules.keep_all:
        out_of_scope = _reason(*max(verdicts, key=lambda x: x[0].score - x[1].threshold))
    shares = language_shares(read.text, language)
    return replace(draft, language=language, languages=shares, topics=topics, out_of_scope=out_of_scope)


def score(title: str, text: str, url: str, topic: TopicRules) -> Relevance:
    """What an article scores for a topic, and by which terms (heaviest first), whether or not that is enough; the gate is not asked."""
    whole = f"{title}\n{text}"
    return _weigh(_Words(whole, language_of(whole), url), topic)


def passes_gate(title: str, text: str, url: str, topic: TopicRules) -> bool:
    """Whether an article is about the topic's own country: it names it, or its host is there, and no other country dominates."""
    whole = f"{title}\n{text}"
    return _gate_is_open(_Words(whole, language_of(whole), url), topic)


@dataclass(frozen=True, slots=True)
class _Word:
    """One word of a phrase: the keys that match it, or the start that a matching word has."""

    language: str
    keys: frozenset[str]
    prefix: str = ""

    def matches(self, reading: Reading) -> bool:
        """Whether a word of the article, read in the phrase's language, is a form of this one."""
        found = reading.word.startswith(self.prefix) if self.prefix else reading.key in self.keys
        return found and reading.language == self.language


class _Words:
    """The words of an article, read once, and where each key stands."""

    def __init__(self, text: str, language: str, url: str) -> None:
        address = urlsplit(url)
        self.host = (address.hostname or "").lower()
        self.path = unquote(address.path).lower().replace("_", "-")
        self.sequence: list[Reading | None] = []
        self.positions: defaultdict[tuple[str, str], list[int]] = defaultdict(list)
        line_end = text.find("\n")
        for start, _, reading in readings(text, language):
            while -1 < line_end < start:  # no phrase runs from one paragraph into the next
                self.sequence.append(None)
                line_end = text.find("\n", line_end + 1)
            self.positions[reading.language, reading.key].append(len(self.sequence))
            self.sequence.append(reading)
        self.sequence.append(None)
        self._found: dict[tuple[str, str], list[range]] = {}

    def find(self, phrase: str, language: str) -> list[range]:
        """Where a phrase stands: ranges of positions."""
        asked = phrase, language
        if asked not in self._found:
            words = _compiled(phrase, language)
            starts = sorted(self._starts(words[0])) if words else []
            self._found[asked] = [range(x, x + len(words)) for x in starts if self._follows(words[1:], x + 1)]
        return self._found[asked]

    def _starts(self, word: _Word) -> list[int]:
        if word.prefix:
            return [i for i, reading in enumerate(self.sequence) if reading and word.matches(reading)]
        return [i for key in word.keys for i in self.positions.get((word.language, key), ())]

    def _follows(self, words: tuple[_Word, ...], start: int) -> bool:
        return all(reading is not None and word.matches(reading) for word, reading in zip(words, self.sequence[start:], strict=False))


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


def _mentions(words: _Words, term: Term) -> int:
    """How often a term counts in an article."""
    if term.language == SLUG:
        return int(term.words in words.path and not any(x in words.path for x in term.unless))
    found = words.find(term.words, term.language)
    if found and term.unless:
        covered = {i for phrase in term.unless for span in words.find(phrase, term.language) for i in span}
        found = [span for span in found if covered.isdisjoint(span)]
    if found and term.needs and not any(words.find(phrase, term.language) for phrase in term.needs):
        return 0
    return len(found)


def _weigh(words: _Words, topic: TopicRules) -> Relevance:
    by_address = sum(map(len, words.positions.values())) < _FEW_WORDS
    found = [term for term in topic.terms if (by_address or term.language != SLUG) and _mentions(words, term)]
    found.sort(key=lambda term: -term.weight)
    return Relevance(topic.id, sum(term.weight for term in found), tuple(dict.fromkeys(term.words for term in found)))


def _gate_is_open(words: _Words, topic: TopicRules) -> bool:
    if not topic.gate and not topic.gate_hosts:
        return True
    own = sum(_mentions(words, term) for term in topic.gate)
    own += any(words.host == host or words.host.endswith("." + host) for host in topic.gate_hosts)
    return own > 0 and all(_mentions(words, rival) <= _DOMINATES * own for rival in topic.rivals)


def _reason(verdict: Relevance, topic: TopicRules) -> str:
    enough = verdict.score >= topic.threshold
    return f"{'gate closed, ' * enough}score {verdict.score:.1f} of {topic.threshold:.1f}: {', '.join(verdict.matched)}".removesuffix(": ")
