"""Decide whether a capture is new, revised, unchanged, or a known article under another URL.

Identity is the canonical URL of the fetch, whatever its spelling (http, `www.`, slash). A capture that is the
newest of its page is compared with what its article shows. Any other makes the history be derived again from
all captures (`pipelines.history`), so that their order does not matter. A revision is decided between
extractions by the same version of the pipeline: an older capture is extracted again if the version changed
since. `pipelines.change_detection` says what counts as a change.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from pipelines.aliases import Aliases, resolve_aliases
from pipelines.deciding import changes_of, decide, is_same
from pipelines.fingerprints import sketch
from pipelines.history import CaptureExtraction, derive
from pipelines.relevance import relevance_decisions
from pipelines.rereading import Rereader, extraction_of, is_repeat, summary_of
from pipelines.urls import article_id, canonical_url, is_web_address
from storage.model.capture_result import ArticleUpdate
from storage.model.captures import Outcome, OutcomeKind
from storage.model.history import CaptureSighting, History, PageTimeline, ShownText

if TYPE_CHECKING:
    from collections.abc import Callable

    from pipelines.draft import Draft
    from pipelines.rules import StageRules
    from storage.archive import Archive
    from storage.model.articles import Extraction, Relevance
    from storage.model.capture_result import CaptureResult, RevisionContext
    from storage.model.captures import Capture
    from storage.model.history import AliasChange

_CLOCK_SUSPECT = "clock_suspect: asked before a known revision"


class _Page(NamedTuple):
    """The page of a capture: its canonical URL, the article id of that, and what the archive knows of it."""

    capture: Capture
    url: str
    address_id: str
    context: RevisionContext

    @property
    def is_plain(self) -> bool:
        """Whether the capture is the newest of an article that is no alias, or the first of its page."""
        context = self.context
        if not context.is_newest or context.alias_of:
            return False
        return bool(context.article) or not context.has_captures


class _Decision(NamedTuple):
    """The outcome of a capture, and the changes of its article and of those that share a text with it."""

    outcome: Outcome
    change: ArticleUpdate | None = None
    history: History | None = None
    aliases: tuple[AliasChange, ...] = ()


def deduplicate(draft: Draft, archive: Archive, line: str, read: Callable[[Draft], Draft]) -> Draft:
    """Set the draft's outcome, by what the archive knows of its article.

    Args:
        draft: the draft after the pure stages.
        archive: the archive, for reading.
        line: the version of the pipeline.
        read: runs the pure stages of this version.
    """
    page = _page_of(draft.capture, archive)
    extraction = extraction_of(draft, line)
    mark = summary_of(draft, extraction)
    change = ArticleUpdate(
        id=page.context.article or page.address_id,
        url=page.url,
        extraction=extraction,
        content_sha256=mark.content_sha256,
        topics=draft.topics,
        sketch=draft.sketch,
        paywalled=bool(draft.wall),
        judged=tuple(topic.id for topic in draft.rules.topics),
        editions=draft.editions,
        address_id=page.address_id,
    )
    rereader = Rereader(archive, draft.rules, line, read)
    decision = _decide_newest(page, change, draft.out_of_scope, archive, rereader) if page.is_plain else None
    if decision is None:
        fresh = CaptureExtraction(extraction, mark)
        own = CaptureSighting(None, draft.capture, Outcome(OutcomeKind.NEW), is_own=draft.entry is not None)
        decision = _decide_history(page, own, fresh, archive, rereader, draft.rules)._replace(change=change)
    outcome, history = decision.outcome, decision.history
    # A capture of a crawl cannot be older than a known revision, unless a clock was wrong.
    if draft.entry is not None and history is not None and _is_before_a_revision(draft.capture, history):
        outcome = replace(outcome, reason="; ".join(filter(None, (outcome.reason, _CLOCK_SUSPECT))))
    return replace(
        draft,
        mark=mark,
        change=decision.change if outcome.article else None,
        outcome=outcome,
        history=history,
        aliases=decision.aliases,
    )


def resolve_repeat(
    capture_result: CaptureResult,
    archive: Archive,
    rules: StageRules,
    line: str,
    read: Callable[[Draft], Draft],
) -> CaptureResult:
    """Return the result of a capture without a page, with the canonical URL of its page.

    A capture that only repeats an earlier body (a 304, the same payload) may show that its article had
    another text at the time than was known. For the arguments see `deduplicate`.
    """
    capture = capture_result.capture
    if not is_web_address(capture.url):
        return capture_result
    capture_result = replace(capture_result, page=canonical_url(capture.url))
    if not is_repeat(capture):
        return capture_result
    page = _page_of(capture, archive, reading=False)
    if not page.context.article or (page.is_plain and capture.same_as is None):
        return capture_result
    own = CaptureSighting(None, capture, capture_result.outcome, is_own=capture_result.entry is not None)
    decision = _decide_history(page, own, None, archive, Rereader(archive, rules, line, read), rules)
    return replace(
        capture_result, outcome=decision.outcome, history=decision.history, aliases=decision.aliases
    )


def _page_of(capture: Capture, archive: Archive, *, reading: bool = True) -> _Page:
    url = canonical_url(capture.url)
    address_id = article_id(capture.source, url)
    return _Page(capture, url, address_id, archive.standing(capture, url, address_id, reading=reading))


# ── the newest capture of a page ──


def _decide_newest(
    page: _Page, change: ArticleUpdate, out_of_scope: str, archive: Archive, rereader: Rereader
) -> _Decision | None:
    """Decide the newest capture of a page; None if all captures are needed for that."""
    context = page.context
    if context.before is not None:
        context = replace(context, before=rereader.of(context.before))
    outcome = decide(change, context, out_of_scope)
    if outcome.kind is OutcomeKind.REVISED and context.before is not None:
        change = changes_of(change, context.before)
        earlier = archive.past_readings(context.article)
        returned = next((known for known in earlier if is_same(change, rereader.of(known))), None)
        if returned is not None:
            change = replace(change, returned_to=returned)
            outcome = replace(outcome, kind=OutcomeKind.REVERTED)
    if not outcome.kind.is_stored and outcome.kind is not OutcomeKind.REVERTED:
        return _Decision(outcome, change)
    extraction = change.returned_to.extraction if change.returned_to else change.extraction
    text = ShownText(page.capture.captured_at, extraction.title, extraction.text_sha256, None)
    timeline = PageTimeline(change.id, context.url or page.url, extraction.language, "", (text,))
    aliases = resolve_aliases(
        archive,
        page.capture.source,
        context.article,
        timeline,
        {text: extraction},
        is_whole=not context.article,
    )
    if aliases.above and context.article:
        return None
    changes = tuple(alias for alias in aliases.changes if alias.id != change.id)
    return _Decision(_hidden_under(outcome, aliases.above), change, aliases=changes)


# ── all captures of a page ──


def _decide_history(
    page: _Page,
    own: CaptureSighting,
    fresh: CaptureExtraction | None,
    archive: Archive,
    rereader: Rereader,
    rules: StageRules,
) -> _Decision:
    """Decide a capture and all others of its page, by their order.

    `own` is the capture with its outcome so far, `fresh` its extraction (None: a repeat).
    """
    known = archive.sightings(page.capture, page.url, page.address_id)
    recorded = next((sighting for sighting in known if sighting.capture.warc == own.capture.warc), None)
    if recorded is not None:
        own = replace(own, number=recorded.number, is_own=recorded.is_own, known=recorded.known)
        fresh = rereader.with_number(recorded, fresh) if fresh else None
    others = (sighting for sighting in known if sighting is not recorded)
    sightings = sorted([*others, own], key=lambda sighting: sighting.order)
    by_index = {index: fresh for index, x in enumerate(sightings) if x is own and fresh is not None}
    addresses = {sighting.capture.url: _address(sighting.capture) for sighting in sightings}
    history = derive(rereader.all(sightings, by_index), page.context.article, addresses)
    if history is None:
        if fresh is None:
            return _Decision(own.outcome)
        return _Decision(Outcome(OutcomeKind.OUT_OF_SCOPE, fresh.mark.out_of_scope))
    aliases = _aliases_of(page, history, archive)
    entries = tuple(
        replace(entry, outcome=_hidden_under(entry.outcome, aliases.above)) for entry in history.entries
    )
    topics, judged = _topics(history, rules)
    history = replace(
        history, entries=entries, topics=topics, judged=judged, sketch=sketch(history.shown.extraction.text)
    )
    own_entry = next(entry for entry in entries if entry.sighting is own)
    outcome = own_entry.outcome
    if own_entry.belongs:
        outcome = replace(outcome, article=aliases.above or history.id)
    return _Decision(outcome, history=history, aliases=aliases.changes)


def _address(capture: Capture) -> tuple[str, str]:
    """Return the canonical URL of a capture and the article id of that."""
    url = canonical_url(capture.url)
    return url, article_id(capture.source, url)


def _aliases_of(page: _Page, history: History, archive: Archive) -> Aliases:
    """Return what an article with this history is an alias of, and the aliases to update."""
    extractions: dict[ShownText, Extraction] = {}
    shown: list[ShownText] = []
    for entry in history.entries:
        if entry.shows is not None:
            extraction = history.revisions[entry.shows].extraction
            moment = entry.sighting.capture.captured_at
            shown.append(ShownText(moment, extraction.title, extraction.text_sha256, None))
            extractions[shown[-1]] = extraction
    language, alias_of = history.shown.extraction.language, page.context.alias_of
    timeline = PageTimeline(history.id, history.url, language, alias_of, tuple(shown))
    return resolve_aliases(
        archive, page.capture.source, page.context.article, timeline, extractions, is_whole=True
    )


def _topics(history: History, rules: StageRules) -> tuple[tuple[Relevance, ...], tuple[str, ...]]:
    """Return the topics of the text shown, and the ids of all topics that were evaluated."""
    shown = history.shown
    decisions = relevance_decisions(
        shown.extraction, shown.extraction.language, shown.sighting.capture.url, rules.topics
    )
    return tuple(x.relevance for x in decisions if x.belongs), tuple(topic.id for topic in rules.topics)


def _hidden_under(outcome: Outcome, above: str) -> Outcome:
    """Return the outcome of a capture whose article is an alias of another (empty: of none)."""
    if not above:
        return outcome
    if outcome.kind.is_stored or outcome.kind is OutcomeKind.REVERTED:
        return Outcome(OutcomeKind.ALIAS, "same headline and text under another address", article=above)
    return replace(outcome, article=above) if outcome.article else outcome


def _is_before_a_revision(capture: Capture, history: History) -> bool:
    return any(revision.sighting.capture.captured_at > capture.captured_at for revision in history.revisions)
