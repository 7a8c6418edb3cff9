"""What the archive holds: of a source, and of one reading, as it stands in the tables."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from storage.model.articles import Extraction
    from storage.model.captures import WarcPointer


@dataclass(frozen=True, slots=True)
class Holding:
    """The articles of one source: how many, and the day (as printed, ISO 8601) of the newest; None when none is dated."""

    articles: int
    newest_day: str | None


@dataclass(frozen=True, slots=True)
class KeptReading:
    """An extraction as it is stored, with the digest that was stored beside it.

    `article` is the id of the article that it belongs to (empty when the tables name none), `warc` where its capture lies.
    """

    article: str
    url: str
    extraction: Extraction
    content_sha256: str
    warc: WarcPointer
