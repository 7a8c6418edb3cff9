"""The history of one page, as it follows from its captures.

A page is what the spellings of one address (http or https, with and without `www.` and a slash at the end) lead to.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from storage.model.articles import Extraction, Relevance
    from storage.model.captures import Capture, Outcome


@dataclass(frozen=True, slots=True)
class StoredExtraction:
    """A reading that the archive holds: its number, what was read, its content digest, and the capture it was read from."""

    number: int
    extraction: Extraction
    content_sha256: str
    capture: Capture


@dataclass(frozen=True, slots=True)
class ExtractionSummary:
    """What is kept of each reading of a page, so that its history can be derived again without reading the capture again.

    `line` is the version of the line that read it, `content_sha256` the digest over all that a publisher can change,
    `out_of_scope` why the text belongs to no topic (empty: it does).
    """

    line: str
    content_sha256: str
    is_paywalled: bool = False
    out_of_scope: str = ""


@dataclass(frozen=True, slots=True)
class CaptureSighting:
    """A capture of a page with its outcome so far; `known` is the reading that was stored from this very capture.

    `number` is None for the capture that is being written. `is_own` is whether this program fetched it, so that captures of one
    moment have the order in which they were written.
    """

    number: int | None
    capture: Capture
    outcome: Outcome
    is_own: bool
    mark: ExtractionSummary | None = None
    known: StoredExtraction | None = None

    @property
    def order(self) -> tuple[datetime, bool, int, str, str]:
        """The place of the capture among those of its page: the same in every archive, whatever the order in which they came."""
        return capture_order(
            self.capture.captured_at, self.number, self.capture.payload_digest, self.capture.warc.record_id, is_own=self.is_own
        )


def capture_order(
    moment: datetime, number: int | None, payload_digest: str, record_id: str, *, is_own: bool
) -> tuple[datetime, bool, int, str, str]:
    """By moment; of one moment our own first, in the order in which they were written, then those of others by their bytes."""
    if not is_own:
        return moment, True, 0, payload_digest, record_id
    return moment, False, _LAST if number is None else number, "", ""


_LAST = 2**63


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """What became of one capture. `shows` is the place (from 0) of the revision that the article had from then on.

    `belongs` is whether the capture counts for the article at all; one from before the first that is in scope does not.
    """

    sighting: CaptureSighting
    outcome: Outcome
    mark: ExtractionSummary | None
    shows: int | None
    belongs: bool = True


@dataclass(frozen=True, slots=True)
class HistoryRevision:
    """A revision: the capture that first showed it, what was read there, and how it differs from what the article showed before.

    `extraction_number` is that of the stored reading; None where none was stored of this capture yet.
    """

    sighting: CaptureSighting
    extraction: Extraction
    content_sha256: str
    extraction_number: int | None
    changed: tuple[str, ...] = ()
    silent: bool = False


@dataclass(frozen=True, slots=True)
class History:
    """All that the captures of a page say of its article, in their order.

    `id` and `url` are those of the address that was first read as the article, `held` the id that the archive has the article under
    (empty: it has none). `others` are the other addresses of the page that were captured, each with the id that belongs to it.
    `face` is the place (from 0) of the revision that the article shows; `topics`, `judged` and `sketch` are those of its text.
    """

    id: str
    url: str
    held: str
    others: tuple[tuple[str, str], ...]
    entries: tuple[HistoryEntry, ...]
    revisions: tuple[HistoryRevision, ...]
    face: int
    topics: tuple[Relevance, ...] = ()
    judged: tuple[str, ...] = ()
    sketch: frozenset[int] = frozenset()

    @property
    def shown(self) -> HistoryRevision:
        """The revision that the article shows."""
        return self.revisions[self.face]


@dataclass(frozen=True, slots=True)
class ShownText:
    """A text that an article showed at a moment; `extraction` is the number of the reading (None: of the capture being written)."""

    moment: datetime
    title: str
    text_sha256: str
    extraction: int | None


@dataclass(frozen=True, slots=True)
class PageTimeline:
    """What an article showed, capture by capture, oldest first; `alias_of` is the id of the article that it is hidden under."""

    id: str
    url: str
    language: str
    alias_of: str
    shown: tuple[ShownText, ...]


@dataclass(frozen=True, slots=True)
class AliasChange:
    """An article that is hidden under another from now on (`alias_of`), or (empty) stands for itself, with the sketch of its text."""

    id: str
    alias_of: str
    sketch: frozenset[int] = frozenset()
