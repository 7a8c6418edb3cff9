"""Decide to which topics an article belongs, by weighted terms, and record the terms that matched.

A term counts once, wherever it occurs: title, lead, section, tags or text. `slug` terms are matched against
the URL's path, only for pages of fewer than 40 words.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from pipelines.matching import SLUG, Words, occurrences
from storage.language.detect import language_of
from storage.language.shares import language_shares
from storage.model.articles import Relevance

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pipelines.draft import Draft, ExtractedFields
    from pipelines.rules import TopicRules, TopicTerm
    from storage.model.articles import Extraction

_FEW_WORDS = 40  # words of a page, below which `slug` terms count
_DOMINATES = 2  # ratio of mentions of a rival to those of all gate terms, above which the gate closes


def judge(draft: Draft) -> Draft:
    """Set the draft's languages and topics.

    An article of no topic is marked as out of scope unless the rules keep all.
    """
    if draft.outcome:
        return draft
    fields, rules = draft.reading, draft.rules
    hint = fields.html_language or next(iter(rules.source.languages), "")
    language = language_of(f"{fields.title}\n{fields.text}", hint)
    decisions = relevance_decisions(fields, language, draft.capture.url, rules.topics)
    topics = tuple(x.relevance for x in decisions if x.belongs)
    out_of_scope = ""
    if decisions and not topics and not rules.keep_all:
        out_of_scope = max(decisions, key=lambda x: x.relevance.score - x.threshold).reason()
    shares = language_shares(fields.text, language)
    return replace(draft, language=language, languages=shares, topics=topics, out_of_scope=out_of_scope)


@dataclass(frozen=True, slots=True)
class RelevanceDecision:
    """An article's score for a topic, the score that is sufficient, and whether the topic's gate is open."""

    relevance: Relevance
    threshold: float
    gate_is_open: bool

    @property
    def belongs(self) -> bool:
        """Whether the article belongs to the topic."""
        return self.gate_is_open and self.relevance.score >= self.threshold

    def reason(self) -> str:
        """Return the score and the terms that matched on one line, and whether the gate is what failed."""
        is_enough = self.relevance.score >= self.threshold
        gate = "gate closed, " if is_enough and not self.gate_is_open else ""
        terms = ", ".join(self.relevance.matched)
        return f"{gate}score {self.relevance.score:g} of {self.threshold:g}: {terms}".removesuffix(": ")


def relevance_decisions(
    fields: ExtractedFields | Extraction, language: str, url: str, topics: Iterable[TopicRules]
) -> list[RelevanceDecision]:
    """Return the decision of each topic on an extraction, in the order of the topics."""
    words = words_of(fields, language, url)
    return [
        RelevanceDecision(_weigh(words, topic), topic.threshold, gate_of(words, topic).is_open)
        for topic in topics
    ]


def words_of(fields: ExtractedFields | Extraction, language: str, url: str) -> Words:
    """Return the words that decide about an article: title, lead, section, tags and text, in this order."""
    return Words(
        "\n".join((fields.title, fields.lead, fields.section, *fields.tags, fields.text)), language, url
    )


def score(title: str, text: str, url: str, topic: TopicRules) -> Relevance:
    """Return an article's score for a topic and the matching terms, heaviest first, whatever the gate."""
    whole = f"{title}\n{text}"
    return _weigh(Words(whole, language_of(whole), url), topic)


def passes_gate(title: str, text: str, url: str, topic: TopicRules) -> bool:
    """Return whether a topic's gate is open for an article (see `Gate.is_open`)."""
    whole = f"{title}\n{text}"
    return gate_of(Words(whole, language_of(whole), url), topic).is_open


def searched_terms(words: Words, topic: TopicRules) -> list[TopicTerm]:
    """Return the terms that an article is searched for: `slug` terms only if it has few words."""
    has_few_words = len(words) < _FEW_WORDS
    return [term for term in topic.terms if has_few_words or term.language != SLUG]


@dataclass(frozen=True, slots=True)
class Gate:
    """A topic's gate, applied to one article.

    `exists` is false for a topic without a gate, `named` the number of occurrences of its terms, `host` the
    host that opens it (empty: none), `rival` the rival that is named most often.
    """

    exists: bool
    named: int
    host: str
    rival: str
    rival_named: int

    @property
    def is_open(self) -> bool:
        """Whether the article passes: it names the country, or has one of its hosts, and no rival dominates.

        A host alone opens the gate only if no rival is named.
        """
        if not self.exists:
            return True
        return (self.named > 0 or bool(self.host)) and self.rival_named <= _DOMINATES * self.named


def gate_of(words: Words, topic: TopicRules) -> Gate:
    """Apply the gate of a topic to an article."""
    named = sum(len(occurrences(words, term).counted) for term in topic.gate)
    host = next((x for x in topic.gate_hosts if words.host == x or words.host.endswith("." + x)), "")
    rivals = Counter({"": 0})
    for term in topic.rivals:
        rivals[term.words] += len(occurrences(words, term).counted)
    ((rival, rival_named),) = rivals.most_common(1)
    return Gate(bool(topic.gate or topic.gate_hosts), named, host, rival, rival_named)


def _weigh(words: Words, topic: TopicRules) -> Relevance:
    """Return an article's score for a topic, and the matching terms."""
    terms = [term for term in searched_terms(words, topic) if occurrences(words, term).counted]
    terms.sort(key=lambda term: -term.weight)
    matched = tuple(dict.fromkeys(term.words for term in terms))
    return Relevance(topic.id, sum(term.weight for term in terms), matched)
