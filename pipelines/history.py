"""The history of an article, derived from the captures of its page in their order.

The same captures give the same history whatever the order in which they came, and however they were grouped into files and runs.
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
"""So many earlier revisions, the newest first, are looked at for one that an article has returned to."""

_KEPT = ("rescored: ", "clock_suspect", "maybe_truncated", "digest_mismatch", "coding_absent")
"""How parts of a reason begin that do not follow from the captures of the page."""


@dataclass(frozen=True, slots=True)
class CaptureExtraction:
    """What a capture was read as. `number` is that of the stored reading of this very capture; None where none is stored."""

    extraction: Extraction
    mark: ExtractionSummary
    number: int | None = None


@dataclass(frozen=True, slots=True)
class ExtractedCapture:
    """A capture of a page and what it was read as; `reading` is None where it brought no article.

    `is_repeat` is whether the capture has no body of its own (a 304, the same payload again): the reading is that of an earlier one.
    """

    sighting: CaptureSighting
    reading: CaptureExtraction | None = None
    is_repeat: bool = False


def derive(seen: Iterable[ExtractedCapture], article_id: str, address_ids: dict[str, tuple[str, str]]) -> History | None:
    """The history of a page; None where none of its captures is an article in scope.

    Args:
        seen: the captures of the page, in their order.
        article_id: the id under which the archive holds the article; empty when it has none.
        address_ids: by captured address, the canonical one and the article id that belongs to it.
    """
    folding = _Folding()
    for one in seen:
        folding.add(one)
    if not folding.revisions:
        return None
    url, own_id = address_ids[folding.revisions[0].sighting.capture.url]
    here = {address_ids[entry.sighting.capture.url] for entry in folding.entries if entry.belongs}
    others = tuple(sorted(address for address in here if address != (url, own_id)))
    return History(own_id, url, article_id, others, tuple(folding.entries), tuple(folding.revisions), folding.face)


class _Folding:
    """The history so far. Each capture is judged as if it were the newest, by the rules that live captures are judged by."""

    def __init__(self) -> None:
        self.entries: list[HistoryEntry] = []
        self.revisions: list[HistoryRevision] = []
        self.face = -1
        self._readings: list[StoredExtraction] = []
        self._streak = 0

    def add(self, seen: ExtractedCapture) -> None:
        """Judge the next capture."""
        if seen.reading is None:
            self._streak = 0
            self._enter(seen, seen.sighting.outcome)
            return
        change = _change_of(seen.reading)
        outcome = self._decide(change, seen.reading)
        if outcome.kind.is_stored:
            outcome = self._revise(seen, change, outcome)
        noisy = outcome.kind is OutcomeKind.REVISED or outcome.reason.startswith(UNSTABLE)
        self._streak = self._streak + 1 if noisy else 0
        self._enter(seen, replace(outcome, article=None, reason=_reason(seen, outcome)))

    def _decide(self, change: ArticleUpdate, reading: CaptureExtraction) -> Outcome:
        if self.face < 0:
            return decide(change, RevisionContext(), reading.mark.out_of_scope)
        return decide(change, RevisionContext(article="held", before=self._readings[self.face], streak=self._streak))

    def _revise(self, seen: ExtractedCapture, change: ArticleUpdate, outcome: Outcome) -> Outcome:
        """A new revision, or the return to an earlier one."""
        if self.face >= 0:
            earlier = [place for place in range(len(self.revisions)) if place != self.face]
            for place in reversed(earlier[-MOST_PAST:]):
                if is_same(change, self._readings[place]):
                    self.face = place
                    return replace(outcome, kind=OutcomeKind.REVERTED)
            change = changes_of(change, self._readings[self.face])
        number = seen.reading.number if seen.reading else None
        self.revisions.append(
            HistoryRevision(seen.sighting, change.extraction, change.content_sha256, number, change.changed, change.silent)
        )
        self._readings.append(StoredExtraction(number or 0, change.extraction, change.content_sha256, seen.sighting.capture))
        self.face = len(self.revisions) - 1
        return outcome

    def _enter(self, seen: ExtractedCapture, outcome: Outcome) -> None:
        shows = self.face if outcome.kind.is_live and self.face >= 0 else None
        belongs = outcome.kind is not OutcomeKind.OUT_OF_SCOPE
        mark = seen.reading.mark if seen.reading else None
        self.entries.append(HistoryEntry(seen.sighting, outcome, mark, shows, belongs))


def _change_of(reading: CaptureExtraction) -> ArticleUpdate:
    mark = reading.mark
    return ArticleUpdate("held", "", reading.extraction, mark.content_sha256, paywalled=mark.is_paywalled)


def _reason(seen: ExtractedCapture, outcome: Outcome) -> str:
    """The reason of an outcome: a repeat says how it was one, and what does not follow from the captures is kept."""
    before = seen.sighting.outcome
    if seen.is_repeat and outcome.kind is OutcomeKind.UNCHANGED:
        return before.reason
    kept = [part for part in before.reason.split("; ") if part.startswith(_KEPT)]
    return "; ".join(filter(None, (*kept, outcome.reason)))
