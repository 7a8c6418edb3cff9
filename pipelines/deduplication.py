"""Deduplication: is it new, revised, unchanged, or a known article under another address?

Identity is the canonical address of the fetch. A revision is judged between readings of the same version of the line: an older
capture is read again when the line has changed since. What counts as a change, `pipelines.revising` says.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import replace
from typing import TYPE_CHECKING

from pipelines.draft import Draft
from pipelines.page import Page
from pipelines.revising import FEW_TOKENS, changes, is_shortened, touched
from pipelines.twins import is_same_article, other_addresses
from pipelines.urls import article_id, canonical_url
from storage.model.articles import Extraction
from storage.model.captures import Outcome, OutcomeKind
from storage.model.settlement import UNSTABLE, ArticleChange, Standing
from storage.warc.errors import BadCoding, BadPointer

if TYPE_CHECKING:
    from collections.abc import Callable

    from storage.archive import Archive
    from storage.model.articles import DateStamp
    from storage.model.captures import Capture
    from storage.model.settlement import Known

RESTLESS = 3
"""After so many revisions in a row, a change of a few words is taken for a token that changes at every fetch."""


def deduplicate(draft: Draft, archive: Archive, line: str, read: Callable[[Draft], Draft]) -> Draft:
    """Ask the archive what it knows of this article, and decide. `read` runs the pure stages of the line of version `line`."""
    url = canonical_url(draft.capture.url)
    extraction = extraction_of(draft, line)
    change = ArticleChange(
        id=article_id(draft.capture.source, url),
        url=url,
        extraction=extraction,
        content_sha256=content_digest(extraction),
        topics=draft.topics,
        sketch=draft.sketch,
        paywalled=bool(draft.wall),
        judged=tuple(topic.id for topic in draft.rules.topics),
        editions=draft.editions,
    )
    again = _Rereader(draft, archive, line, read)
    standing = _known_in_another_form(draft.capture, change, archive.standing(draft.capture, change), archive)
    standing = replace(standing, before=again.of(standing.before), after=again.of(standing.after))
    outcome = decide(change, standing, draft.out_of_scope)
    if outcome.kind is OutcomeKind.REVISED:
        change = _with_changes(change, standing)
        past = archive.past_readings(standing.article) if standing.after is None else []
        returned = next((known.number for known in past if _is_same(change, again.of(known))), None)
        if returned is not None:
            change, outcome = replace(change, returned_to=returned), replace(outcome, kind=OutcomeKind.REVERTED)
    if draft.entry is not None and standing.after is not None:
        outcome = replace(outcome, reason=f"{outcome.reason}; clock_suspect: asked before a known revision".removeprefix("; "))
    return replace(draft, change=change if outcome.article else None, outcome=outcome)


def _known_in_another_form(capture: Capture, change: ArticleChange, standing: Standing, archive: Archive) -> Standing:
    """The standing, with a twin where this page is another form of an article that is known by another address."""
    if standing.article == change.id or standing.twin:
        return standing
    addresses = [change.url, *other_addresses(change.url, change.extraction.language)]
    known = archive.article_at(capture.source, addresses)
    return replace(standing, twin=known.id) if known and is_same_article(known.extraction, change.extraction) else standing


def decide(change: ArticleChange, standing: Standing, out_of_scope: str = "") -> Outcome:
    """The outcome for an article that was read, given what the archive knows of it.

    A known article is followed even when an edit takes it out of its topic.
    """
    if standing.article and standing.twin:
        return Outcome(OutcomeKind.UNCHANGED, article=standing.article)
    if standing.article:
        return _of_known(change, standing)
    if out_of_scope:
        return Outcome(OutcomeKind.OUT_OF_SCOPE, out_of_scope)
    if standing.twin:
        return Outcome(OutcomeKind.ALIAS, "same headline and text under another address", article=standing.twin)
    return Outcome(OutcomeKind.NEW, article=change.id)


def _of_known(change: ArticleChange, standing: Standing) -> Outcome:
    if _is_same(change, standing.before) or _is_same(change, standing.after):
        return Outcome(OutcomeKind.UNCHANGED, article=standing.article)
    before = standing.before
    if before is None:
        return Outcome(OutcomeKind.REVISED, article=standing.article)
    if change.paywalled and len(change.extraction.text) < len(before.extraction.text):
        return Outcome(OutcomeKind.WALLED, "paywall", article=standing.article)
    if is_shortened(before.extraction, change.extraction):
        return Outcome(OutcomeKind.SHORTENED, "most of the text is missing", article=standing.article)
    changed = changes(before.extraction, change.extraction)
    if standing.streak >= RESTLESS and changed == ("text",) and touched(before.extraction, change.extraction) <= FEW_TOKENS:
        return Outcome(OutcomeKind.UNCHANGED, f"{UNSTABLE}: a few words change at every fetch", article=standing.article)
    return Outcome(OutcomeKind.REVISED, " ".join(changed) + _suspicion(change, before), article=standing.article)


def _suspicion(change: ArticleChange, before: Known) -> str:
    """A flag for a publication date that went back."""
    now, then = change.extraction.published, before.extraction.published
    return "; date_suspect: published went back" if now and then and now.moment < then.moment else ""


def _is_same(change: ArticleChange, known: Known | None) -> bool:
    return known is not None and (known.content_sha256 == change.content_sha256 or not changes(known.extraction, change.extraction))


def _with_changes(change: ArticleChange, standing: Standing) -> ArticleChange:
    before = standing.before
    if before is None:
        return change
    told = change.extraction.modified
    unmarked = told is None or _moment(told) == _moment(before.extraction.modified)
    return replace(change, changed=changes(before.extraction, change.extraction), silent=unmarked)


class _Rereader:
    """Readings of the archive as the line of today reads them."""

    def __init__(self, draft: Draft, archive: Archive, line: str, read: Callable[[Draft], Draft]) -> None:
        self._draft, self._archive, self._line, self._read = draft, archive, line, read

    def of(self, known: Known | None) -> Known | None:
        """The reading itself when this line made it, else one made anew from its capture (the old one, when that cannot be read)."""
        if known is None or known.extraction.line == self._line:
            return known
        capture = known.capture
        try:
            body = self._archive.response(capture.warc).decoded_body
        except (BadPointer, BadCoding):
            return known
        page = Page(url=capture.url, body=body, content_type=capture.content_type, captured_at=capture.captured_at)
        draft = self._read(Draft(capture=capture, page=page, rules=self._draft.rules))
        if not draft.reading.text:
            return known
        extraction = extraction_of(draft, self._line)
        return replace(known, extraction=extraction, content_sha256=content_digest(extraction))


def content_digest(extraction: Extraction) -> str:
    """SHA-256 (hex) over all that a publisher can change in an article."""
    content = [
        extraction.title,
        extraction.lead,
        extraction.text,
        extraction.authors,
        _moment(extraction.published),
        _moment(extraction.modified),
        extraction.section,
        extraction.tags,
        [(image.url, image.caption, image.credit) for image in extraction.images],
    ]
    return hashlib.sha256(json.dumps(content, ensure_ascii=False).encode("utf-8", "surrogatepass")).hexdigest()


def _moment(stamp: DateStamp | None) -> str:
    return stamp.iso() if stamp else ""


def extraction_of(draft: Draft, line: str) -> Extraction:
    """What the stages read of a page, as the archive keeps it; `line` is the version that read it."""
    reading = draft.reading
    return Extraction(
        title=reading.title,
        lead=reading.lead,
        text=reading.text,
        language=draft.language,
        authors=reading.authors,
        section=reading.section,
        tags=reading.tags,
        images=reading.images,
        published=draft.published,
        modified=draft.modified,
        text_sha256=draft.text_sha256,
        line=line,
        extractor=reading.extractor,
        languages=draft.languages,
    )
