"""Persistence: the decision is written down, with its capture, in one transaction."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from pipelines.urls import canonical_url
from storage.model.capture_result import CaptureResult
from storage.model.health import PageQuality

if TYPE_CHECKING:
    from pipelines.draft import Draft
    from storage.archive import Archive


def persist(draft: Draft, archive: Archive, run: int) -> Draft:
    """Write the draft's outcome, and the article where there is one, into the archive."""
    archive.record_capture(run, capture_result_of(draft))
    return draft


def capture_result_of(draft: Draft) -> CaptureResult:
    """All that follows from a draft that went down the line. The reason of its outcome tells what was cut of the page, and doubts."""
    assert draft.outcome is not None, "every draft that reaches the end of the line has an outcome"
    reasons = (draft.outcome.reason, *draft.reading.cuts, *draft.flags)
    return CaptureResult(
        draft.capture,
        replace(draft.outcome, reason="; ".join(filter(None, reasons))),
        entry=draft.entry,
        change=draft.change,
        reading=_reading(draft),
        published=draft.published.moment if draft.published else None,
        failure=draft.failure,
        mark=draft.mark,
        history=draft.history,
        aliases=draft.aliases,
        page=canonical_url(draft.capture.url),
    )


def _reading(draft: Draft) -> PageQuality | None:
    """What the page gave, where a crawl asked for it and it was read as an article; pages of others say nothing of how a source does."""
    if draft.entry is None or draft.outcome is None or not draft.outcome.kind.is_reading:
        return None
    return PageQuality(
        day=draft.published.moment.date() if draft.published else None,
        byline=bool(draft.reading.authors),
        body_chars=len(draft.reading.text),
        in_scope=bool(draft.topics),
        selectors=draft.reading.selectors,
    )
