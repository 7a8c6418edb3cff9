"""The history of one page, derived from its captures.

The captures of a page are those of all spellings of its URL: http or https, with and without `www.` and a
trailing slash.
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
    """An extraction held by the archive: its number, its values, its content digest, and its capture."""

    number: int
    extraction: Extraction
    content_sha256: str
    capture: Capture


@dataclass(frozen=True, slots=True)
class ExtractionSummary:
    """Facts stored of each extraction of a page.

    From them the history is derived without extracting the capture again. `line` is the version of the
    pipeline that made the extraction, `content_sha256` the digest over all that a publisher can change,
    `out_of_scope` the reason why the text belongs to no topic (empty: it belongs to one).
    """

    line: str
    content_sha256: str
    is_paywalled: bool = False
    out_of_scope: str = ""


@dataclass(frozen=True, slots=True)
class CaptureSighting:
    """A capture of a page with its current outcome; `known` is the extraction stored from this very capture.

    `number` is None for the capture that is being written. `is_own` is whether this program fetched it: own
    captures with one and the same moment are ordered as they were written.
    """

    number: int | None
    capture: Capture
    outcome: Outcome
    is_own: bool
    mark: ExtractionSummary | None = None
    known: StoredExtraction | None = None

    @property
    def order(self) -> tuple[datetime, bool, int, str, str]:
        """The sort key of the capture among those of its page.

        It is the same in every archive, whatever the order in which the captures were added.
        """
        return capture_order(
            self.capture.captured_at, self.number, self.capture.payload_digest, self.capture.warc.record_id, is_own=self.is_own
        )


def capture_order(
    moment: datetime, number: int | None, payload_digest: str, record_id: str, *, is_own: bool
) -> tuple[datetime, bool, int, str, str]:
    """Return the sort key of a capture: its moment, then own captures before ingested ones.

    Own captures of one moment are ordered as they were written, ingested ones by payload digest and record
    id.
    """
    if not is_own:
        return moment, True, 0, payload_digest, record_id
    return moment, False, _LAST if number is None else number, "", ""


_LAST = 2**63


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """The result of one capture.

    `shows` is the index (from 0) of the revision that the article showed from then on. `belongs` is
    whether the capture counts for the article at all; one before the first capture in scope does not.
    """

    sighting: CaptureSighting
    outcome: Outcome
    mark: ExtractionSummary | None
    shows: int | None
    belongs: bool = True


@dataclass(frozen=True, slots=True)
class HistoryRevision:
    """A revision: the capture that first showed it, its extraction, and the changed fields.

    `changed` and `silent` compare it with what the article showed before. `extraction_number` is that of the
    stored extraction; None where none is stored of this capture yet.
    """

    sighting: CaptureSighting
    extraction: Extraction
    content_sha256: str
    extraction_number: int | None
    changed: tuple[str, ...] = ()
    silent: bool = False


@dataclass(frozen=True, slots=True)
class History:
    """The article that follows from the captures of a page, with entries in the order of the captures.

    `id` and `url` are those of the URL that was first extracted as the article, `held` the id under which the
    archive has the article (empty: it has none). `others` are the other captured URLs of the page, each with
    the id that belongs to it. `face` is the index (from 0) of the revision that the article shows; `topics`,
    `judged` and `sketch` are those of its text.
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
    """A text that an article showed at a moment.

    `extraction` is the number of the extraction (None: that of the capture being written).
    """

    moment: datetime
    title: str
    text_sha256: str
    extraction: int | None


@dataclass(frozen=True, slots=True)
class PageTimeline:
    """The texts that an article showed, capture by capture, oldest first.

    `alias_of` is the id of the article of which it is an alias.
    """

    id: str
    url: str
    language: str
    alias_of: str
    shown: tuple[ShownText, ...]


@dataclass(frozen=True, slots=True)
class AliasChange:
    """An article that becomes an alias of another one, or an article of its own.

    `alias_of` is the id of the other one (empty: it becomes its own), `sketch` that of its text.
    """

    id: str
    alias_of: str
    sketch: frozenset[int] = frozenset()
