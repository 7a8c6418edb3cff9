"""What the archive holds: of a source, and of one reading, as it stands in the tables."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from storage.model.articles import Extraction, Relevance
    from storage.model.captures import Capture, WarcPointer


@dataclass(frozen=True, slots=True)
class SourceCounts:
    """The articles of one source: how many, and the day (as printed, ISO 8601) of the newest; None when none is dated."""

    articles: int
    newest_day: str | None


@dataclass(frozen=True, slots=True)
class Growth:
    """How many captures an archive has, how many came lately, and when its first run started (None: none did)."""

    captures: int
    lately: int
    first_run: datetime | None


@dataclass(frozen=True, slots=True)
class DigestedExtraction:
    """An extraction as it is stored, with the digest that was stored beside it.

    `article` is the id of the article that it belongs to (empty when the tables name none), `capture` what it was read from.
    """

    article: str
    url: str
    extraction: Extraction
    content_sha256: str
    capture: Capture

    @property
    def warc(self) -> WarcPointer:
        """Where its capture lies."""
        return self.capture.warc


@dataclass(frozen=True, slots=True)
class ShownArticle:
    """An article's row with what it repeats of other tables, and what those say.

    `reading` is what is shown. `language`, `section`, `published_at`, `published_day`
    and `revisions` are the row's own columns, `counted` is how many revisions there are. `indexed` is what the search index holds of
    it (None: nothing). `is_hidden`: it is an alias of another article, and in no index. `topics_sha256` was stored with `topics`.
    """

    reading: DigestedExtraction
    language: str
    section: str
    published_at: datetime | None
    published_day: str | None
    revisions: int
    counted: int
    indexed: tuple[str, str] | None
    is_hidden: bool
    topics: tuple[Relevance, ...]
    topics_sha256: str | None
