from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest

from pipelines.draft import Draft
from pipelines.page import Page
from pipelines.rules import ExtractionRules, Layout, StageRules
from storage.model.captures import Capture, WarcPointer
from storage.model.sources import Source, SourceKind

if TYPE_CHECKING:
    from collections.abc import Callable

URL = "https://vestnik.example/news/2026/1"
SENTENCE = "Жители посёлка обсудили проект нового парка и предложили высадить вдоль реки триста молодых клёнов. "
PARAGRAPH = f"<p>{SENTENCE * 3}</p>"
ARTICLE = f"<h1>Парк у реки расширят</h1><article>{PARAGRAPH * 3}<p>Работы начнутся в мае.</p></article>"


def html(body: str = ARTICLE, head: str = "", title: str = "Парк у реки расширят") -> str:
    return f'<!DOCTYPE html><html lang="ru"><head><title>{title}</title>{head}</head><body>{body}</body></html>'


def page_of(source: str | bytes, content_type: str = "text/html; charset=utf-8", url: str = URL) -> Page:
    body = source if isinstance(source, bytes) else source.encode("utf-8", "surrogatepass")
    return Page(url, body, content_type, datetime(2026, 3, 3, 10, 30, tzinfo=UTC))


def draft_of(page: Page, *layouts: Layout, overrides: dict[str, Callable[[Page], object]] | None = None) -> Draft:
    capture = Capture("vestnik", page.url, page.captured_at, 200, page.content_type, "sha256:0", WarcPointer("a.warc.gz", 0, 1, "urn:1"))
    source = Source("vestnik", "Вестник", SourceKind.NEWSPAPER, "https://vestnik.example/", ("ru",))
    return Draft(capture, page, StageRules(source, ExtractionRules(layouts, overrides or {})))


@pytest.fixture
def make() -> Any:
    """The builders of pages and drafts, and the pieces to build them from."""

    class Builders:
        sentence, paragraph, article, url = SENTENCE, PARAGRAPH, ARTICLE, URL
        html = staticmethod(html)
        page = staticmethod(page_of)
        draft = staticmethod(draft_of)

    return Builders
