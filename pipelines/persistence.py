"""Persistence: the decision is written down, with its capture, in one transaction."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from storage.model.captures import OutcomeKind
from storage.model.health import PageReading
from storage.model.settlement import Settlement

if TYPE_CHECKING:
    from pipelines.draft import Draft
    from storage.archive import Archive


_READ = frozenset({OutcomeKind.NEW, OutcomeKind.REVISED, OutcomeKind.UNCHANGED, OutcomeKind.ALIAS, OutcomeKind.OUT_OF_SCOPE})


def persist(draft: Draft, archive: Archive, run: int) -> Draft:
    """Write the draft's outcome, with what was cut of the page, and the article where there is one, into the archive."""
    assert draft.outcome is not None, "every draft that reaches the end of the line has an outcome"
    if cuts := "; ".join(draft.reading.cuts):
        draft = replace(draft, outcome=replace(draft.outcome, reason=f"{draft.outcome.reason}; {cuts}".removeprefix("; ")))
    assert draft.outcome is not None
    published = draft.published.moment if draft.published else None
    told = Settlement(draft.capture, draft.outcome, entry=draft.entry, change=draft.change, reading=_reading(draft), published=published)
    archive.settle(run, told)
    return draft


def _reading(draft: Draft) -> PageReading | None:
    """What the page gave, where a crawl asked for it and it was read as an article; pages of others say nothing of how a source does."""
    if draft.entry is None or draft.outcome is None or draft.outcome.kind not in _READ:
        return None
    return PageReading(
        day=draft.published.moment.date() if draft.published else None,
        byline=bool(draft.reading.authors),
        body_chars=len(draft.reading.text),
        in_scope=bool(draft.topics),
        selectors=draft.reading.selectors,
    )
