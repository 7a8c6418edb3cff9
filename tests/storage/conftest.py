from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from storage.archive import Archive
from storage.model.articles import DateStamp, Extraction, Image, Precision, Relevance
from storage.model.capture_result import ArticleUpdate, CaptureResult
from storage.model.captures import Capture, Outcome, OutcomeKind, WarcPointer
from storage.model.sources import Source, SourceKind

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

NOON = datetime(2026, 3, 3, 12, tzinfo=UTC)
SOURCE = Source("vestnik", "Вестник", SourceKind.NEWSPAPER, "https://vestnik.example/", ("ru", "kk"), "Asia/Almaty")


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    with Archive.held(tmp_path / "archive", "test") as held:
        held.keep_source(SOURCE)
        yield held


@pytest.fixture
def run(archive: Archive) -> int:
    return archive.start_run("crawl", "test")


class Maker:
    """Makes captures and changes; each capture lies one minute after the one before it."""

    def __init__(self) -> None:
        self.made = 0

    def capture(self, path: str = "n/1", *, minutes: int | None = None, status: int = 200, digest: str = "sha256:A") -> Capture:
        self.made += 1
        moment = NOON + timedelta(minutes=self.made if minutes is None else minutes)
        pointer = WarcPointer("harvest.warc.gz", self.made * 1000, 900, f"<urn:uuid:{self.made}>")
        return Capture("vestnik", f"https://vestnik.example/{path}", moment, status, "text/html", digest, pointer, '"e"', None)

    def change(self, path: str = "n/1", text: str = "Текст.", title: str = "Заголовок", content: str | None = None) -> ArticleUpdate:
        stamp = DateStamp(NOON, Precision.MINUTE, "3 марта 2026 г. 17:00", "selector:time", "Asia/Almaty")
        extraction = Extraction(
            title=title,
            lead="Лид",
            text=text,
            language="ru",
            authors=("Автор Первый", "Автор Второй"),
            section="Политика",
            tags=("Сенат", "реформы"),
            images=(Image("https://vestnik.example/1.jpg", "подпись", "фото"),),
            published=stamp,
            text_sha256=f"sha of {text}",
            line="1",
            extractor="test",
        )
        return ArticleUpdate(
            f"id of {path}",
            f"https://vestnik.example/{path}",
            extraction,
            content or f"{title}|{text}",
            (Relevance("reform", 3.5, ("конституция", "сенат")),),
            frozenset({1, -2, 3}),
        )

    def capture_result(self, kind: OutcomeKind, path: str = "n/1", text: str = "Текст.", *, minutes: int | None = None) -> CaptureResult:
        change = self.change(path, text)
        return CaptureResult(self.capture(path, minutes=minutes), Outcome(kind, article=change.id), change=change)


@pytest.fixture
def make() -> Maker:
    return Maker()
