"""Persistence: the decision is written down, with its capture, in one transaction."""

from __future__ import annotations

from typing import TYPE_CHECKING

from storage.model.settlement import Settlement

if TYPE_CHECKING:
    from pipelines.draft import Draft
    from storage.archive import Archive


def persist(draft: Draft, archive: Archive, run: int) -> Draft:
    """Write the draft's outcome, and the article where there is one, into the archive."""
    assert draft.outcome is not None, "every draft that reaches the end of the line has an outcome"
    published = draft.published.moment if draft.published else None
    archive.settle(run, Settlement(draft.capture, draft.outcome, entry=draft.entry, change=draft.change, published=published))
    return draft
