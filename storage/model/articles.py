"""Articles: current state, extractions, and the changes made by their publishers."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date, datetime, timedelta

    from storage.model.captures import WarcPointer
    from storage.model.editions import Edition
    from storage.model.ingested import IngestedFile
    from storage.model.reprints import Excerpts, ReprintKind
    from storage.model.sources import Source


class Precision(StrEnum):
    """Precision of a date as its source printed it."""

    SECOND = "second"
    MINUTE = "minute"
    DAY = "day"
    MONTH = "month"


@dataclass(frozen=True, slots=True)
class DateStamp:
    """A date with its evidence.

    `moment` is aware, in the source's time zone (or with the offset that the string itself names); parts
    below `precision` are zero (first day of the month, midnight). `raw` is the string as printed, `found_in`
    the place where it was found (such as `selector:time.article__date`, `jsonld:datePublished`), `zone` the
    IANA name or offset by which it was interpreted.
    """

    moment: datetime
    precision: Precision
    raw: str
    found_in: str
    zone: str

    def iso(self) -> str:
        """Return ISO 8601 with offset; a date alone at day precision, year and month at month precision."""
        if self.precision is Precision.MONTH:
            return f"{self.moment:%Y-%m}"
        if self.precision is Precision.DAY:
            return self.moment.date().isoformat()
        return self.moment.isoformat(timespec="seconds")


@dataclass(frozen=True, slots=True)
class Image:
    """A picture of the article: absolute URL, caption and photo credit as printed (empty when none)."""

    url: str
    caption: str = ""
    credit: str = ""


@dataclass(frozen=True, slots=True)
class Relevance:
    """Why an article belongs to a topic: the score, and the matched terms, heaviest first."""

    topic: str
    score: float
    matched: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Extraction:
    """Values extracted from a capture by one version of the code.

    `text` holds paragraphs separated by a newline; `line` and `extractor` name the versions that made the
    extraction. `languages` are those of the text with the share of each, 0 to 1, the largest first; empty
    where an older version made it.
    """

    title: str
    lead: str
    text: str
    language: str
    authors: tuple[str, ...] = ()
    section: str = ""
    tags: tuple[str, ...] = ()
    images: tuple[Image, ...] = ()
    published: DateStamp | None = None
    modified: DateStamp | None = None
    text_sha256: str = ""
    line: str = ""
    extractor: str = ""
    languages: tuple[tuple[str, float], ...] = ()


class ArticleState(StrEnum):
    """Whether the article can still be read at its URL."""

    LIVE = "live"
    GONE = "gone"  # 404 or 410
    SOFT_GONE = "soft-gone"  # replaced by the front page, or by a page that says it is gone
    PAYWALLED = "paywalled"
    BLOCKED = "blocked"  # refused to this crawler
    MOVED = "moved"  # redirects to another URL of the source


@dataclass(frozen=True, slots=True)
class StateSpan:
    """A state of an article, from the first to the last capture that showed it.

    `warc` is the place of the first of these captures, `status` its HTTP status.
    """

    state: ArticleState
    since: datetime
    last_seen: datetime
    warc: WarcPointer
    status: int


@dataclass(frozen=True, slots=True)
class Edit:
    """A change by the publisher.

    `revision` is the number of the revision that it made, `changed` the changed fields, `silent` whether it
    lacks an updated-at mark. It was made between `previous_last_seen`, the last capture that showed the
    article as it was before, and `captured_at`, the first one that showed the revision.
    """

    revision: int
    captured_at: datetime
    changed: tuple[str, ...]
    silent: bool
    previous_last_seen: datetime


@dataclass(frozen=True, slots=True)
class ClusterMark:
    """The cluster of an article: its id, its number of articles, and the id of the earliest (None: unknown).

    `lag`, `lag_range`, `similarity` and `kind` are those of this article, as in `Membership`.
    """

    id: str
    size: int
    original: str | None
    lag: timedelta | None
    lag_range: tuple[timedelta, timedelta] | None
    similarity: float
    kind: ReprintKind


@dataclass(frozen=True, slots=True)
class Article:
    """An article (source and canonical URL) as archived now: the revision that it shows and its capture.

    `revision` is the number of the revision that it shows (an earlier one, once an edit was undone),
    `revisions` the number of revisions; both start at 1. `edits` are the revisions after the first, oldest
    first; `states` the states of its URL, oldest first. `cluster` is None when nothing reprints it.
    `editions` are its versions in other languages. `excerpts` are passages that it shares with articles
    outside of its cluster. `ingested_from` is the file that its capture was ingested from; None where it was
    fetched, or where that was not stored.
    """

    id: str
    url: str
    source: Source
    extraction: Extraction
    captured_at: datetime
    first_seen_at: datetime
    payload_digest: str
    warc: WarcPointer
    topics: tuple[Relevance, ...] = ()
    state: ArticleState = ArticleState.LIVE
    revision: int = 1
    revisions: int = 1
    edits: tuple[Edit, ...] = ()
    states: tuple[StateSpan, ...] = ()
    cluster: ClusterMark | None = None
    editions: tuple[Edition, ...] = ()
    excerpts: Excerpts | None = None
    ingested_from: IngestedFile | None = None

    @property
    def title(self) -> str:
        """The headline."""
        return self.extraction.title

    @property
    def lead(self) -> str:
        """The lead; empty where there is none apart from the text."""
        return self.extraction.lead

    @property
    def text(self) -> str:
        """The text, its paragraphs separated by newlines."""
        return self.extraction.text

    @property
    def language(self) -> str:
        """The main language, as a BCP 47 tag."""
        return self.extraction.language

    @property
    def authors(self) -> tuple[str, ...]:
        """The names of the byline."""
        return self.extraction.authors

    @property
    def section(self) -> str:
        """The section of the source; empty where none is printed."""
        return self.extraction.section

    @property
    def tags(self) -> tuple[str, ...]:
        """The tags."""
        return self.extraction.tags

    @property
    def published(self) -> datetime | None:
        """Aware moment of publication in the source's zone (of a day alone, midnight); None without a date."""
        return self.extraction.published.moment if self.extraction.published else None

    @property
    def day(self) -> date | None:
        """The day of publication, as the source printed it; None where no date was found."""
        return self.extraction.published.moment.date() if self.extraction.published else None

    def as_row(self) -> dict[str, object]:
        """Return the article as JSON values, as in a line of the export (docs/fields.md)."""
        from storage.export.corpus_row import corpus_row

        return corpus_row(self)

    def as_line(self) -> bytes:
        """Return the article as `harvester export` writes it, byte for byte.

        That is one line of JSON in UTF-8, line feed included.
        """
        from storage.export.corpus_row import corpus_line

        return corpus_line(self)


@dataclass(frozen=True, slots=True)
class Revision:
    """One state of an article between two changes by its publisher.

    `changed` are the fields that were changed (empty for the first), `silent` is whether no updated-at mark
    shows the change. The change was made between `previous_last_seen`, the last capture that showed the
    article as it was before (None for the first), and `captured_at`. `warc` and `payload_digest` are those of
    the capture that first showed it.
    """

    number: int
    captured_at: datetime
    text_sha256: str
    title: str
    warc: WarcPointer
    changed: tuple[str, ...] = ()
    silent: bool = False
    previous_last_seen: datetime | None = None
    payload_digest: str = ""
