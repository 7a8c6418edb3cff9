"""Explanation of topic verdicts, as `harvester topics explain` prints it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from rich.text import Text

from harvester.article_lookup import names_of
from harvester.cli.rendering import plain
from harvester.rereading import frame_of, reread
from pipelines.explanation import Explanation, explain
from pipelines.pipeline import EXTRACTION_STAGES
from storage.errors import UsageError
from storage.model.captures import OutcomeKind

if TYPE_CHECKING:
    from collections.abc import Iterable

    from rich.console import Console

    from harvester.cli.options import Invocation
    from pipelines.explanation import ExplainedGate, MatchedTerm, TermLocation
    from storage.model.articles import Relevance
    from storage.model.captures import Capture
    from storage.reader import ArchiveReader


@dataclass(frozen=True, slots=True)
class Explained:
    """An article and the verdict of each topic on it.

    `id` is empty for a capture that is out of scope, which was extracted again; `stored` are the verdicts in
    the archive.
    """

    id: str
    url: str
    title: str
    language: str
    stored: tuple[Relevance, ...]
    topics: list[Explanation]


def explanation_of(call: Invocation, archive: ArchiveReader, asked: str) -> Explained:
    """Return the article of an id or a URL, judged by the topics of a call.

    A capture that was out of scope is extracted again.

    Raises:
        UsageError: the archive does not have it, or it is no article; the hint names its outcome.
        BadPointer: the WARC record of a capture is damaged.
    """
    names = names_of(archive, asked)
    for name in names:
        if (found := archive.article(name)) is not None:
            article, read = found[0], found[0].extraction
            verdicts = explain(read, read.language, article.url, call.topics)
            return Explained(article.id, article.url, read.title, read.language, article.topics, verdicts)
    for name in names:
        if (kept := archive.newest_capture(name)) is not None:
            capture, outcome = kept
            if outcome.kind is not OutcomeKind.OUT_OF_SCOPE:
                became = f"{outcome.kind.value} ({outcome.reason})" if outcome.reason else outcome.kind.value
                raise UsageError(f"{asked} is no article.", f"It was captured on {capture.captured_at:%Y-%m-%d %H:%M} UTC: {became}.")
            return _reread(call, archive, capture)
    raise UsageError(f"The archive holds no capture of {asked}.", "Give an id or an address that `harvester search` or a source shows.")


def _reread(call: Invocation, archive: ArchiveReader, capture: Capture) -> Explained:
    """Extract a capture again and return it with its verdicts; it has no id.

    Raises:
        UsageError: the capture is no article any more.
        BadPointer: its WARC record is damaged.
    """
    source_context = frame_of(capture.source, call.catalogue, call.topics, keep_all=False)
    draft = reread(capture, source_context, archive)
    for stage in EXTRACTION_STAGES.values():
        if draft is not None and draft.outcome is None:
            draft = stage(draft)
    if draft is None or draft.outcome is not None:
        raise UsageError(f"The capture of {capture.url} does not read as an article any more.", "Look at it with `harvester show --html`.")
    verdicts = explain(draft.reading, draft.language, capture.url, call.topics)
    return Explained("", capture.url, draft.reading.title, draft.language, (), verdicts)


def print_explanation(console: Console, explained: Explained) -> None:
    """Print the verdicts on an article for users."""
    console.print(Text(plain(explained.title), "bold"))
    console.print(plain(f"{explained.url} ({explained.language}), {explained.id or 'not stored: read again from its WARC record'}"))
    stored = {x.topic: x for x in explained.stored}
    for topic in explained.topics:
        _print_topic(console, topic, stored.pop(topic.topic, None))
    for other in stored.values():
        console.print(Text(plain(f"\n{other.topic}: belongs by the archive, score {other.score:g}: {', '.join(other.matched)}"), "bold"))
        console.print(plain(f"  Not judged again here: give --topic {other.topic}, and --topics DIR where its folder is another."))


def _print_topic(console: Console, topic: Explanation, stored: Relevance | None) -> None:
    says = "belongs" if topic.belongs else "does not belong"
    console.print(Text(plain(f"\n{topic.name} ({topic.topic}): {says}, score {topic.score:g} of {topic.threshold:g}"), "bold"))
    if stored is not None and (not topic.belongs or stored.score != topic.score):
        console.print(f"  The archive says {stored.score:g}; `harvester topics rescore` brings it up to date.")
    _print_terms(console, topic.terms)
    for struck in topic.struck:
        by = ", ".join(struck.by)
        why = {"unless": f"inside «{by}»", "needs": f"none of {by} stands there", "without": f"«{by}» stands there"}[struck.guard]
        console.print(plain(f"  does not count: {struck.term} ({struck.language}) ×{struck.times}: {why}"))
        _print_places(console, struck.places)
    if topic.gate is not None:
        console.print(plain(f"  gate {_gate(topic.gate)}"))
        for name, terms in (("names", topic.gate.terms), ("rivals", topic.gate.rivals)):
            if terms:
                console.print(plain(f"    {name}: {', '.join(f'{x.term} ×{x.times}' for x in terms)}"))


def _gate(gate: ExplainedGate) -> str:
    host = f", host {gate.host}" if gate.host else ""
    if gate.open:
        return f"open{host}"
    return f"closed: a rival dominates{host}" if gate.terms or gate.host else "closed: nothing opens it"


def _print_terms(console: Console, terms: Iterable[MatchedTerm]) -> None:
    for found in terms:
        console.print(plain(f"  {found.weight:>+5g}  {found.term} ({found.language}) ×{found.times}"))
        _print_places(console, found.places)


def _print_places(console: Console, places: Iterable[TermLocation]) -> None:
    for place in places:
        console.print(Text(plain(f"         {place.part}: {place.snippet}"), "dim"))
