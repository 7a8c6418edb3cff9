"""Articles to export."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest

from storage.model.articles import Article, ArticleState, DateStamp, Edit, Extraction, Image, Precision, Relevance, StateSpan
from storage.model.captures import WarcPointer
from storage.model.editions import Edition, FoundIn
from storage.model.sources import Source, SourceKind

if TYPE_CHECKING:
    from collections.abc import Callable

MOMENT = datetime(2026, 3, 3, 5, 0, tzinfo=ZoneInfo("Asia/Almaty"))

CAPTURED = datetime(2026, 3, 3, 15, 30, 20, 999, tzinfo=ZoneInfo("Asia/Almaty"))
FIRST_SEEN = datetime(2026, 3, 3, 9, 0, tzinfo=UTC)


@pytest.fixture
def article() -> Article:
    return Article(
        id="a1",
        url="https://vestnik.example/news/2026/1",
        source=Source("vestnik", "Вестник", SourceKind.NEWSPAPER, "https://vestnik.example/", ("ru", "kk")),
        extraction=Extraction(
            title="Новый закон — принят",
            lead="Лид.",
            text="Первый абзац о 15-ти законах.\nЕкінші абзац: «Жаңа заң».",
            language="ru",
            authors=("Ербол Әлиев", "А. Автор"),
            section="Политика",
            tags=("закон", "заң"),
            images=(Image("https://vestnik.example/1.jpg", "Зал", "Фото автора"),),
            published=DateStamp(MOMENT, Precision.MINUTE, "3 марта 2026 г. 5:00", "selector:time", "Asia/Almaty"),
            modified=DateStamp(MOMENT, Precision.DAY, "03.03.2026", "jsonld:dateModified", "Asia/Almaty"),
            text_sha256="ab" * 32,
            line="1",
            extractor="own/1",
            languages=(("ru", 0.6), ("kk", 0.4)),
        ),
        captured_at=CAPTURED,
        first_seen_at=FIRST_SEEN,
        payload_digest="sha256:ABC",
        warc=WarcPointer("20260303.warc.gz", 1200, 340, "<urn:uuid:1>"),
        topics=(Relevance("reform", 0.94, ("закон*", "принят")),),
        revision=2,
        revisions=2,
        edits=(Edit(2, CAPTURED, ("title", "text"), silent=True, previous_last_seen=FIRST_SEEN),),
        states=(StateSpan(ArticleState.LIVE, FIRST_SEEN, CAPTURED, WarcPointer("20260303.warc.gz", 1200, 340, "<urn:uuid:1>"), 200),),
        editions=(
            Edition("en", "", "https://vestnik.example/en/1", FoundIn.HREFLANG),
            Edition("kk", "a2", "https://vestnik.example/kz/1", FoundIn.PATH),
        ),
    )


@pytest.fixture
def with_text(article: Article) -> Callable[..., Article]:
    """The article with other fields of its extraction."""

    def make(**fields: Any) -> Article:
        return replace(article, extraction=replace(article.extraction, **fields))

    return make
