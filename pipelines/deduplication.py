"""Deduplication: is it new, revised, unchanged, or a known article under another address?

Identity is the canonical address of the fetch. What a publisher can change is compared (headline, lead, text, byline, dates,
section, tags, pictures), never counters or surroundings. A revision is judged between readings of the same line version: where
an older version read what the archive holds, its bytes are read again first.
"""

from __future__ import annotations

import hashlib
import json
import logging
from dataclasses import replace
from typing import TYPE_CHECKING

from pipelines.draft import Draft
from pipelines.page import Page
from pipelines.urls import article_id, canonical_url
from storage.model.articles import Extraction
from storage.model.captures import Outcome, OutcomeKind
from storage.model.settlement import ArticleChange, Standing
from storage.warc.errors import BadCoding, BadPointer

if TYPE_CHECKING:
    from collections.abc import Callable

    from storage.archive import Archive
    from storage.model.articles import DateStamp
    from storage.model.captures import Capture

logger = logging.getLogger(__name__)


def deduplicate(draft: Draft, archive: Archive, line: str, read: Callable[[Draft], Draft]) -> Draft:
    """Ask the archive what it knows of this article, and decide. `read` is the line's pure part, for bytes that it read otherwise."""
    url = canonical_url(draft.capture.url)
    extraction = _extraction(draft, line)
    change = ArticleChange(
        id=article_id(draft.capture.source, url),
        url=url,
        extraction=extraction,
        content_sha256=content_digest(extraction),
        topics=draft.topics,
        sketch=draft.sketch,
        editions=draft.editions,
    )
    standing = archive.standing(draft.capture, change)
    if any(_digest_today(capture, draft, archive, line, read) == change.content_sha256 for capture in standing.older):
        standing = replace(standing, before=change.content_sha256)
    outcome = decide(change, standing, draft.out_of_scope)
    return replace(draft, change=change if outcome.article else None, outcome=outcome)


def _digest_today(capture: Capture, draft: Draft, archive: Archive, line: str, read: Callable[[Draft], Draft]) -> str:
    """The content digest of an archived capture as today's line reads it; empty where its bytes are damaged."""
    try:
        page = Page(capture.url, archive.body_of(capture.warc), capture.content_type, capture.captured_at)
    except (BadPointer, BadCoding) as error:
        logger.warning("%s of %s cannot be read again: %s", capture.url, capture.captured_at, error)
        return ""
    return content_digest(_extraction(read(Draft(capture, page, draft.rules)), line))


def decide(change: ArticleChange, standing: Standing, out_of_scope: str = "") -> Outcome:
    """The outcome for an article that was read, given what the archive knows of it.

    A known article is followed even when an edit takes it out of its topic.
    """
    if standing.article:
        same = change.content_sha256 in {standing.before, standing.after}
        return Outcome(OutcomeKind.UNCHANGED if same else OutcomeKind.REVISED, article=standing.article)
    if out_of_scope:
        return Outcome(OutcomeKind.OUT_OF_SCOPE, out_of_scope)
    if standing.twin:
        return Outcome(OutcomeKind.ALIAS, "same headline and text under another address", article=standing.twin)
    return Outcome(OutcomeKind.NEW, article=change.id)


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


def _extraction(draft: Draft, line: str) -> Extraction:
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
