"""Contents of the archive: counts, and rows with the copies and digests that verification compares."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from storage.model.articles import Extraction, Relevance
    from storage.model.captures import Capture, WarcPointer


@dataclass(frozen=True, slots=True)
class SourceCounts:
    """The number of articles of one source, and the day of the newest.

    The day is as printed (ISO 8601); None when no article is dated.
    """

    articles: int
    newest_day: str | None


@dataclass(frozen=True, slots=True)
class Growth:
    """The number of captures of an archive, and when its first run started (None: there was none).

    `lately` is the number of captures of recent runs.
    """

    captures: int
    lately: int
    first_run: datetime | None


@dataclass(frozen=True, slots=True)
class DigestedExtraction:
    """An extraction as it is stored, with the digest that was stored beside it.

    `article` is the id of the article to which it belongs (empty when the tables name none), `capture` that
    from which it was made.
    """

    article: str
    url: str
    extraction: Extraction
    content_sha256: str
    capture: Capture

    @property
    def warc(self) -> WarcPointer:
        """The place of its capture in the WARC files."""
        return self.capture.warc


@dataclass(frozen=True, slots=True)
class ShownArticle:
    """An article's row with its copies of columns of other tables, and the originals of those.

    `reading` is the extraction that the article shows. `language`, `section`, `published_at`, `published_day`
    and `revisions` are the row's own columns, `counted` is the number of revisions in their table. `indexed`
    is what the search index holds of it (None: nothing). `is_hidden` is whether it is an alias of another
    article, and therefore in no index. `topics_sha256` was stored with `topics`.
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
