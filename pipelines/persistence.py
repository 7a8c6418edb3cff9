"""Write a finished draft into the archive, with its capture, in one transaction."""

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
    """Write the draft's outcome, and its article if there is one, into the archive.

    Raises:
        HarvesterError: the archive cannot be written.
    """
    archive.record_capture(run, capture_result_of(draft))
    return draft


def capture_result_of(draft: Draft) -> CaptureResult:
    """Return everything that is written for a finished draft.

    The outcome's reason also says what was cut off the page, and doubts about the response.
    """
    assert draft.outcome is not None, "every draft that reaches the end of the pipeline has an outcome"
    reasons = (draft.outcome.reason, *draft.reading.cuts, *draft.flags)
    return CaptureResult(
        draft.capture,
        replace(draft.outcome, reason="; ".join(filter(None, reasons))),
        entry=draft.entry,
        change=draft.change,
        reading=_page_quality(draft),
        published=draft.published.moment if draft.published else None,
        failure=draft.failure,
        mark=draft.mark,
        history=draft.history,
        aliases=draft.aliases,
        page=canonical_url(draft.capture.url),
    )


def _page_quality(draft: Draft) -> PageQuality | None:
    """Return measures of a page that a crawl fetched and that is an article; None for all others.

    Captures without a frontier entry (ingested files) say nothing about the state of a source.
    """
    if draft.entry is None or draft.outcome is None or not draft.outcome.kind.is_reading:
        return None
    return PageQuality(
        day=draft.published.moment.date() if draft.published else None,
        byline=bool(draft.reading.authors),
        body_chars=len(draft.reading.text),
        in_scope=bool(draft.topics),
        selectors=draft.reading.selectors,
    )
