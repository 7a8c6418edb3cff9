"""Deduplication: is it new, revised, unchanged, or a known article under another address?

Identity is the canonical address of the fetch, whatever its spelling (http, `www.`, slash). A capture that is the newest of its page
is judged by what its article shows. Any other makes the history be derived anew from all captures (`pipelines.history`), so that it
does not matter in which order they came. A revision is judged between readings of the same version of the line: an older capture is
read again when the line has changed since. What counts as a change, `pipelines.change_detection` says.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from pipelines.aliases import Aliases, aliases_with
from pipelines.deciding import changes_of, decide, is_same
from pipelines.fingerprints import sketch
from pipelines.history import CaptureExtraction, derive
from pipelines.relevance import verdicts_on
from pipelines.rereading import Rereader, extraction_of, is_repeat, mark_of
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
    """The page of a capture: its canonical address, the id that belongs to that, and what the archive knows of it."""

    capture: Capture
    url: str
    address_id: str
    standing: RevisionContext

    @property
    def is_plain(self) -> bool:
        """Whether the capture is simply the newest of an article that stands for itself, or the first of its page."""
        here = self.standing
        return here.is_newest and not here.alias_of and (bool(here.article) or not here.has_captures)


class _Decided(NamedTuple):
    """What becomes of a capture, of its article, and of articles that share a text with it."""

    outcome: Outcome
    change: ArticleUpdate | None = None
    history: History | None = None
    aliases: tuple[AliasChange, ...] = ()


def deduplicate(draft: Draft, archive: Archive, line: str, read: Callable[[Draft], Draft]) -> Draft:
    """Ask the archive what it knows of this article, and decide. `read` runs the pure stages of the line of version `line`."""
    page = _page_of(draft.capture, archive)
    extraction = extraction_of(draft, line)
    mark = mark_of(draft, extraction)
    change = ArticleUpdate(
        id=page.standing.article or page.address_id,
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
    again = Rereader(archive, draft.rules, line, read)
    decided = _of_newest(page, change, draft.out_of_scope, archive, again) if page.is_plain else None
    if decided is None:
        fresh = CaptureExtraction(extraction, mark)
        here = CaptureSighting(None, draft.capture, Outcome(OutcomeKind.NEW), is_own=draft.entry is not None)
        decided = _of_all(page, here, fresh, archive, again, draft.rules)._replace(change=change)
    outcome = decided.outcome
    if (
        draft.entry is not None
        and decided.history is not None
        and _is_before_a_revision(draft.capture, decided.history)
    ):
        outcome = replace(outcome, reason="; ".join(filter(None, (outcome.reason, _CLOCK_SUSPECT))))
    kept = decided.change if outcome.article else None
    return replace(
        draft, mark=mark, change=kept, outcome=outcome, history=decided.history, aliases=decided.aliases
    )


def place_repeat(
    capture_result: CaptureResult,
    archive: Archive,
    rules: StageRules,
    line: str,
    read: Callable[[Draft], Draft],
) -> CaptureResult:
    """The settlement of a capture without a page, with the canonical address of its page.

    One that only repeats an earlier body (a 304, the same payload) may say that its article showed another text than was known.
    """
    capture = capture_result.capture
    if not is_web_address(capture.url):
        return capture_result
    capture_result = replace(capture_result, page=canonical_url(capture.url))
    if not is_repeat(capture):
        return capture_result
    page = _page_of(capture, archive, reading=False)
    if not page.standing.article or (page.is_plain and capture.same_as is None):
        return capture_result
    here = CaptureSighting(None, capture, capture_result.outcome, is_own=capture_result.entry is not None)
    decided = _of_all(page, here, None, archive, Rereader(archive, rules, line, read), rules)
    return replace(capture_result, outcome=decided.outcome, history=decided.history, aliases=decided.aliases)


def _page_of(capture: Capture, archive: Archive, *, reading: bool = True) -> _Page:
    url = canonical_url(capture.url)
    address_id = article_id(capture.source, url)
    return _Page(capture, url, address_id, archive.standing(capture, url, address_id, reading=reading))


# ── the newest capture of a page ──────────────────────────────────────────────────────────────────────────────────────


def _of_newest(
    page: _Page, change: ArticleUpdate, out_of_scope: str, archive: Archive, again: Rereader
) -> _Decided | None:
    """What becomes of the newest capture of a page; None where that takes all of them."""
    standing = page.standing
    if standing.before is not None:
        standing = replace(standing, before=again.of(standing.before))
    outcome = decide(change, standing, out_of_scope)
    if outcome.kind is OutcomeKind.REVISED and standing.before is not None:
        change = changes_of(change, standing.before)
        returned = next(
            (known for known in archive.past_readings(standing.article) if is_same(change, again.of(known))),
            None,
        )
        if returned is not None:
            change, outcome = (
                replace(change, returned_to=returned),
                replace(outcome, kind=OutcomeKind.REVERTED),
            )
    if not (outcome.kind.is_stored or outcome.kind is OutcomeKind.REVERTED):
        return _Decided(outcome, change)
    read = change.returned_to.extraction if change.returned_to else change.extraction
    text = ShownText(page.capture.captured_at, read.title, read.text_sha256, None)
    shown = PageTimeline(change.id, standing.url or page.url, read.language, "", (text,))
    aliases = aliases_with(
        archive, page.capture.source, standing.article, shown, {text: read}, is_whole=not standing.article
    )
    if aliases.above and standing.article:
        return None
    changes = tuple(one for one in aliases.changes if one.id != change.id)
    return _Decided(_under(outcome, aliases.above), change, aliases=changes)


# ── all captures of a page ────────────────────────────────────────────────────────────────────────────────────────────


def _of_all(
    page: _Page,
    here: CaptureSighting,
    fresh: CaptureExtraction | None,
    archive: Archive,
    again: Rereader,
    rules: StageRules,
) -> _Decided:
    """What becomes of a capture, and of all others of its page, by their order. `fresh` is what the capture was read as."""
    held = archive.sightings(page.capture, page.url, page.address_id)
    recorded = next((one for one in held if one.capture.warc == here.capture.warc), None)
    if recorded is not None:
        here = replace(here, number=recorded.number, is_own=recorded.is_own, known=recorded.known)
        fresh = again.stored_as(recorded, fresh) if fresh else None
    sightings = sorted([*(one for one in held if one is not recorded), here], key=lambda one: one.order)
    at_hand = {place: fresh for place, one in enumerate(sightings) if one is here and fresh is not None}
    addresses = {one.capture.url: _address(one.capture) for one in sightings}
    history = derive(again.all(sightings, at_hand), page.standing.article, addresses)
    if history is None:
        scope = fresh.mark.out_of_scope if fresh else ""
        return _Decided(Outcome(OutcomeKind.OUT_OF_SCOPE, scope) if fresh else here.outcome)
    aliases = _aliases_of(page, history, archive)
    entries = tuple(replace(entry, outcome=_under(entry.outcome, aliases.above)) for entry in history.entries)
    topics, judged = _topics(history, rules)
    history = replace(
        history, entries=entries, topics=topics, judged=judged, sketch=sketch(history.shown.extraction.text)
    )
    own = next(entry for entry in entries if entry.sighting is here)
    outcome = own.outcome
    if own.belongs:
        outcome = replace(outcome, article=aliases.above or history.id)
    return _Decided(outcome, history=history, aliases=aliases.changes)


def _address(capture: Capture) -> tuple[str, str]:
    url = canonical_url(capture.url)
    return url, article_id(capture.source, url)


def _aliases_of(page: _Page, history: History, archive: Archive) -> Aliases:
    readings: dict[ShownText, Extraction] = {}
    shown: list[ShownText] = []
    for entry in history.entries:
        if entry.shows is not None:
            read = history.revisions[entry.shows].extraction
            shown.append(ShownText(entry.sighting.capture.captured_at, read.title, read.text_sha256, None))
            readings[shown[-1]] = read
    timeline = PageTimeline(
        history.id, history.url, history.shown.extraction.language, page.standing.alias_of, tuple(shown)
    )
    return aliases_with(
        archive, page.capture.source, page.standing.article, timeline, readings, is_whole=True
    )


def _topics(history: History, rules: StageRules) -> tuple[tuple[Relevance, ...], tuple[str, ...]]:
    """The topics that the text shown belongs to, and those that were asked."""
    read = history.shown.extraction
    verdicts = verdicts_on(read, read.language, history.shown.sighting.capture.url, rules.topics)
    return tuple(x.relevance for x in verdicts if x.belongs), tuple(topic.id for topic in rules.topics)


def _under(outcome: Outcome, above: str) -> Outcome:
    """The outcome of a capture whose article is hidden under another (empty: it is not)."""
    if not above:
        return outcome
    if outcome.kind.is_stored or outcome.kind is OutcomeKind.REVERTED:
        return Outcome(OutcomeKind.ALIAS, "same headline and text under another address", article=above)
    return replace(outcome, article=above) if outcome.article else outcome


def _is_before_a_revision(capture: Capture, history: History) -> bool:
    return any(revision.sighting.capture.captured_at > capture.captured_at for revision in history.revisions)
