"""Relevance: which topics an article belongs to, by weighted terms, with the terms that were found.

A term counts once, wherever it stands: title, lead, rubric, tags or text. An address is a title in other letters and counts
only for a page that has hardly any words.
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

_FEW_WORDS = 40
_DOMINATES = 2  # times as many mentions as all gate terms have


def judge(draft: Draft) -> Draft:
    """Sets the draft's languages and topics; an article of no topic is marked out of scope unless its rules keep all."""
    if draft.outcome:
        return draft
    read, rules = draft.reading, draft.rules
    hint = read.html_language or next(iter(rules.source.languages), "")
    language = language_of(f"{read.title}\n{read.text}", hint)
    verdicts = verdicts_on(read, language, draft.capture.url, rules.topics)
    topics = tuple(x.relevance for x in verdicts if x.belongs)
    out_of_scope = ""
    if verdicts and not topics and not rules.keep_all:
        out_of_scope = max(verdicts, key=lambda x: x.relevance.score - x.threshold).reason()
    shares = language_shares(read.text, language)
    return replace(draft, language=language, languages=shares, topics=topics, out_of_scope=out_of_scope)


@dataclass(frozen=True, slots=True)
class RelevanceDecision:
    """What an article scores for a topic, the score that is enough, and whether the topic's gate lets it through."""

    relevance: Relevance
    threshold: float
    gate_is_open: bool

    @property
    def belongs(self) -> bool:
        """Whether the article belongs to the topic."""
        return self.gate_is_open and self.relevance.score >= self.threshold

    def reason(self) -> str:
        """Why it does or does not, in one line."""
        enough = self.relevance.score >= self.threshold
        shut = "gate closed, " if enough and not self.gate_is_open else ""
        found = ", ".join(self.relevance.matched)
        return f"{shut}score {self.relevance.score:g} of {self.threshold:g}: {found}".removesuffix(": ")


def verdicts_on(read: ExtractedFields | Extraction, language: str, url: str, topics: Iterable[TopicRules]) -> list[RelevanceDecision]:
    """The verdict of each topic on what was read of a page, in the order of the topics."""
    words = words_of(read, language, url)
    return [RelevanceDecision(_weigh(words, topic), topic.threshold, gate_of(words, topic).is_open) for topic in topics]


def words_of(read: ExtractedFields | Extraction, language: str, url: str) -> Words:
    """The words that an article is judged by: title, lead, rubric, tags and text, in this order."""
    return Words("\n".join((read.title, read.lead, read.section, *read.tags, read.text)), language, url)


def score(title: str, text: str, url: str, topic: TopicRules) -> Relevance:
    """What an article scores for a topic, and by which terms (heaviest first), whether or not that is enough; the gate is not asked."""
    whole = f"{title}\n{text}"
    return _weigh(Words(whole, language_of(whole), url), topic)


def passes_gate(title: str, text: str, url: str, topic: TopicRules) -> bool:
    """Whether an article is about the topic's own country: it names it, or its host is there, and no other country dominates."""
    whole = f"{title}\n{text}"
    return gate_of(Words(whole, language_of(whole), url), topic).is_open


def terms_asked(words: Words, topic: TopicRules) -> list[TopicTerm]:
    """The terms that an article is searched for: those of the address only where there are few words."""
    by_address = len(words) < _FEW_WORDS
    return [term for term in topic.terms if by_address or term.language != SLUG]


@dataclass(frozen=True, slots=True)
class Gate:
    """A topic's gate before one article.

    Whether there is one, how often its terms stand there, the host that opens it (empty: none), and the most often named rival.
    """

    exists: bool
    named: int
    host: str
    rival: str
    rival_named: int

    @property
    def is_open(self) -> bool:
        """Whether the article passes: it names the country, or its host is there; and no other country dominates.

        A host alone opens the gate only where no other country is named.
        """
        return not self.exists or ((self.named > 0 or bool(self.host)) and self.rival_named <= _DOMINATES * self.named)


def gate_of(words: Words, topic: TopicRules) -> Gate:
    """The gate of a topic before an article."""
    named = sum(len(occurrences(words, term).counted) for term in topic.gate)
    host = next((x for x in topic.gate_hosts if words.host == x or words.host.endswith("." + x)), "")
    rivals = Counter({"": 0})
    for term in topic.rivals:
        rivals[term.words] += len(occurrences(words, term).counted)
    ((rival, rival_named),) = rivals.most_common(1)
    return Gate(bool(topic.gate or topic.gate_hosts), named, host, rival, rival_named)


def _weigh(words: Words, topic: TopicRules) -> Relevance:
    found = [term for term in terms_asked(words, topic) if occurrences(words, term).counted]
    found.sort(key=lambda term: -term.weight)
    return Relevance(topic.id, sum(term.weight for term in found), tuple(dict.fromkeys(term.words for term in found)))
