"""Pages with the text that people read off them, and the score of a reading against it."""

from __future__ import annotations

import collections
import gzip
import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from fastwarc.warc import ArchiveIterator, WarcRecordType

from pipelines.draft import Draft
from pipelines.page import Page
from pipelines.rules import StageRules
from storage.model.captures import Capture, WarcPointer
from storage.model.sources import Source, SourceKind

if TYPE_CHECKING:
    from collections.abc import Iterable

SHARED = Path(__file__).resolve().parents[2].parent / "shared" / "pages"
CORPORA = {"aeb": "benchmark.warc.gz", "daniel_ru": "russian.warc.gz"}
_WORD = re.compile(r"\w+")
_ANY_SOURCE = StageRules(Source("corpus", "Corpus", SourceKind.ONLINE, "https://corpus.example/"))
_POINTER = WarcPointer("corpus.warc.gz", 0, 0, "")


@dataclass(frozen=True)
class GoldPage:
    """A page as it was captured and the text of its article."""

    page: Page
    text: str

    def draft(self) -> Draft:
        """A fresh draft: nothing of the page is decoded or parsed yet."""
        page = Page(self.page.url, self.page.body, self.page.content_type, self.page.captured_at)
        return Draft(Capture("corpus", page.url, page.captured_at, 200, page.content_type, "", _POINTER), page, _ANY_SOURCE)


def read_pages(file: Path) -> list[Page]:
    """All responses of a WARC file."""
    pages = []
    with file.open("rb") as stream:
        for record in ArchiveIterator(stream, record_types=WarcRecordType.response, parse_http=True):
            moment = datetime.fromisoformat(record.headers.get("WARC-Date") or "2026-03-01T00:00:00+00:00").astimezone(UTC)
            content_type = record.http_headers.get("Content-Type") or ""
            pages.append(Page(record.headers["WARC-Target-URI"], record.reader.read(), content_type, moment))
    return pages


def read_corpus(name: str) -> list[GoldPage]:
    """The pages of a corpus that have a gold text."""
    with gzip.open(SHARED / "gold.jsonl.gz", "rt", encoding="utf-8") as lines:
        gold = {_key(row["url"]): row["text"] for row in map(json.loads, lines) if row["set"] == name}
    return [GoldPage(page, gold[_key(page.url)]) for page in read_pages(SHARED / CORPORA[name]) if _key(page.url) in gold]


def shingle_f1(pairs: Iterable[tuple[str, str]]) -> float:
    """F1 of mean precision and mean recall over 4-grams of words, of (read, gold) texts.

    The measure of https://github.com/scrapinghub/article-extraction-benchmark.
    """
    precisions, recalls = [], []
    for read, gold in pairs:
        ours, theirs = _shingles(read), _shingles(gold)
        shared = (ours & theirs).total()
        if ours or not theirs:
            precisions.append(shared / ours.total() if ours else 1.0)
        if theirs:
            recalls.append(shared / theirs.total())
    precision, recall = sum(precisions) / max(1, len(precisions)), sum(recalls) / max(1, len(recalls))
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def _shingles(text: str) -> collections.Counter[tuple[str, ...]]:
    words = _WORD.findall(text)
    return (
        collections.Counter(tuple(words[start : start + 4]) for start in range(max(1, len(words) - 3))) if words else collections.Counter()
    )


def _key(url: str) -> str:
    return re.sub(r"^https?://(?:www\.)?", "", url).rstrip("/")
