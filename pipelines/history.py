"""Derive the history of an article from all captures of its page, in the order of their moments.

The result does not depend on the order in which captures were added, nor on their grouping into files and
runs.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from pipelines.deciding import changes_of, decide, is_same
from storage.model.capture_result import UNSTABLE, ArticleUpdate, RevisionContext
from storage.model.captures import OutcomeKind
from storage.model.history import ExtractionSummary, History, HistoryEntry, HistoryRevision, StoredExtraction

if TYPE_CHECKING:
    from collections.abc import Iterable

    from storage.model.articles import Extraction
    from storage.model.captures import Outcome
    from storage.model.history import CaptureSighting

MOST_PAST = 20
"""Number of earlier revisions, newest first, that are compared to detect a return to one of them."""

_KEPT = ("rescored: ", "clock_suspect", "maybe_truncated", "digest_mismatch", "coding_absent")
"""Prefixes of the parts of a reason that do not follow from the captures of the page, and are kept."""


@dataclass(frozen=True, slots=True)
class CaptureExtraction:
    """The extraction of a capture.

    `number` is that of the stored extraction of this very capture; None if none is stored.
    """

    extraction: Extraction
    mark: ExtractionSummary
    number: int | None = None


@dataclass(frozen=True, slots=True)
class ExtractedCapture:
    """A capture of a page with its extraction; `reading` is None if it gave no article.

    `is_repeat`: the capture has no body of its own (a 304, the same payload again), and the extraction is
    that of an earlier capture.
    """

    sighting: CaptureSighting
    reading: CaptureExtraction | None = None
    is_repeat: bool = False


def derive(
    captures: Iterable[ExtractedCapture], article_id: str, address_ids: dict[str, tuple[str, str]]
) -> History | None:
    """Return the history of a page; None if none of its captures is an article in scope.

    Args:
        captures: the captures of the page, in order.
        article_id: the id under which the archive has the article; empty if it has none.
        address_ids: by captured URL, its canonical form and the article id that belongs to that.
    """
    builder = _HistoryBuilder()
    for capture in captures:
        builder.add(capture)
    if not builder.revisions:
        return None
    url, own_id = address_ids[builder.revisions[0].sighting.capture.url]
    addresses = {address_ids[entry.sighting.capture.url] for entry in builder.entries if entry.belongs}
    others = tuple(sorted(address for address in addresses if address != (url, own_id)))
    return History(
        own_id, url, article_id, others, tuple(builder.entries), tuple(builder.revisions), builder.current
    )


class _HistoryBuilder:
    """The history so far. Each capture is decided as if it were the newest, by the rules for live captures.

    `current` is the index of the revision that the article shows, -1 before the first.
    """

    def __init__(self) -> None:
        self.entries: list[HistoryEntry] = []
        self.revisions: list[HistoryRevision] = []
        self.current = -1
        self._extractions: list[StoredExtraction] = []
        self._streak = 0

    def add(self, capture: ExtractedCapture) -> None:
        """Decide the next capture."""
        if capture.reading is None:
            self._streak = 0
            self._enter(capture, capture.sighting.outcome)
            return
        change = _change_of(capture.reading)
        outcome = self._decide(change, capture.reading)
        if outcome.kind.is_stored:
            outcome = self._revise(capture, change, outcome)
        noisy = outcome.kind is OutcomeKind.REVISED or outcome.reason.startswith(UNSTABLE)
        self._streak = self._streak + 1 if noisy else 0
        self._enter(capture, replace(outcome, article=None, reason=_reason(capture, outcome)))

    def _decide(self, change: ArticleUpdate, reading: CaptureExtraction) -> Outcome:
        """Return the outcome of an extraction after the revision that the article shows."""
        if self.current < 0:
            return decide(change, RevisionContext(), reading.mark.out_of_scope)
        before = self._extractions[self.current]
        return decide(change, RevisionContext(article="held", before=before, streak=self._streak))

    def _revise(self, capture: ExtractedCapture, change: ArticleUpdate, outcome: Outcome) -> Outcome:
        """Add a new revision, or return to an earlier one."""
        if self.current >= 0:
            earlier = [index for index in range(len(self.revisions)) if index != self.current]
            for index in reversed(earlier[-MOST_PAST:]):
                if is_same(change, self._extractions[index]):
                    self.current = index
                    return replace(outcome, kind=OutcomeKind.REVERTED)
            change = changes_of(change, self._extractions[self.current])
        number = capture.reading.number if capture.reading else None
        extraction, digest = change.extraction, change.content_sha256
        self.revisions.append(
            HistoryRevision(capture.sighting, extraction, digest, number, change.changed, change.silent)
        )
        self._extractions.append(StoredExtraction(number or 0, extraction, digest, capture.sighting.capture))
        self.current = len(self.revisions) - 1
        return outcome

    def _enter(self, capture: ExtractedCapture, outcome: Outcome) -> None:
        """Add a capture with its outcome to the history."""
        shows = self.current if outcome.kind.is_live and self.current >= 0 else None
        belongs = outcome.kind is not OutcomeKind.OUT_OF_SCOPE
        mark = capture.reading.mark if capture.reading else None
        self.entries.append(HistoryEntry(capture.sighting, outcome, mark, shows, belongs))


def _change_of(reading: CaptureExtraction) -> ArticleUpdate:
    mark = reading.mark
    return ArticleUpdate("held", "", reading.extraction, mark.content_sha256, paywalled=mark.is_paywalled)


def _reason(capture: ExtractedCapture, outcome: Outcome) -> str:
    """Return the reason of an outcome; a repeat keeps its own, other captures what is in `_KEPT`."""
    before = capture.sighting.outcome
    if capture.is_repeat and outcome.kind is OutcomeKind.UNCHANGED:
        return before.reason
    kept = [part for part in before.reason.split("; ") if part.startswith(_KEPT)]
    return "; ".join(filter(None, (*kept, outcome.reason)))
