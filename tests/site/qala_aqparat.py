"""Қала Ақпарат: an agency in Russian and Kazakh, announced by an Atom feed and a listing of many pages."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING
from urllib.parse import quote

from tests.site.dates import agency_date
from tests.site.outlet import Outlet, paragraphs, pieces, text

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.site.answers import Answer
    from tests.site.stories import Story

_IN_FEED = 8
_ON_PAGE = 5


class QalaAqparat(Outlet):
    """The agency. A listing page beyond the last is empty, with status 200."""

    id = "qala-aqparat"
    name = "Қала Ақпарат"
    compresses = True
    picture = "png"
    deny = "/deny/ru/zakrytyy-chernovik-0d0d0d"

    def path(self, story: Story) -> str:
        folder = "news" if story.language == "kk" else "ru"
        return f"/{folder}/{story.slug}-{hashlib.sha256(story.slug.encode()).hexdigest()[:6]}"

    def printed_date(self, story: Story) -> str:
        return agency_date(story.published, story.language)

    def modified(self, story: Story) -> str:
        return story.changed.isoformat()

    def channels(self) -> dict[str, Callable[[int], Answer]]:
        return {
            "/": lambda _: self.html(self._listing(1), self.changed),
            "/lenta/": lambda number: self.html(self._listing(number), self.changed),
            "/atom.xml": lambda _: self.xml(self._feed(), "application/atom+xml"),
        }

    def page(self, story: Story) -> str:
        tags = " ".join(f'<a href="/lenta/#{quote(tag)}">{text(tag)}</a>' for tag in story.tags)
        authors = " ".join(f'<a class="article__author" href="/lenta/#{quote(name)}">{text(name)}</a>' for name in story.authors)
        return f"""<!DOCTYPE html>
<html lang="{story.language}"><head><meta charset="utf-8">
<title>{text(story.title)} - {self.name}</title>
<link rel="canonical" href="{self.url(story)}">
{self._open_graph(story)}
<script type="application/ld+json">{self._structured(story)}</script>
</head><body>
{self._header()}
<main><article class="article">
<a class="article__category" href="/lenta/#{quote(story.rubric)}">{text(story.rubric)}</a>
<h1 class="article__title">{text(story.title)}</h1>
<div class="article__time">{self.printed_date(story)}</div>
<div class="article__description">{text(story.lead)}</div>
<figure class="article__image"><img src="{self.image_path(story)}" alt=""><figcaption>{text(story.caption)}</figcaption>
<span class="article__image-credit">{text(story.credit)}</span></figure>
<div class="article__body-text">
{paragraphs(story)}
</div>
<div class="article__authors">{authors}</div>
<div class="article__tags">{tags}</div>
</article></main>
<footer>© {self.name}</footer>
</body></html>
"""

    def _open_graph(self, story: Story) -> str:
        values = {
            "og:type": "article",
            "og:site_name": self.name,
            "og:locale": "kk_KZ" if story.language == "kk" else "ru_RU",
            "og:title": story.title,
            "og:description": story.lead,
            "og:url": self.url(story),
            "og:image": self.home + self.image_path(story)[1:],
            "article:published_time": story.published.isoformat(),
            "article:modified_time": self.modified(story),
            "article:section": story.rubric,
        }
        return "\n".join(f'<meta property="{name}" content="{text(value)}">' for name, value in values.items())

    def _structured(self, story: Story) -> str:
        news = {
            "@context": "https://schema.org",
            "@type": "NewsArticle",
            "headline": story.title,
            "description": story.lead,
            "inLanguage": story.language,
            "datePublished": story.published.isoformat(),
            "dateModified": self.modified(story),
            "articleSection": story.rubric,
            "keywords": list(story.tags),
            "author": [{"@type": "Person", "name": name} for name in story.authors],
            "publisher": {"@type": "Organization", "name": self.name},
            "image": self.home + self.image_path(story)[1:],
            "mainEntityOfPage": self.url(story),
        }
        return json.dumps(news, ensure_ascii=False).replace("<", "\\u003c")

    def _header(self) -> str:
        return f'<header><a href="/">{self.name}</a> <nav><a href="/lenta/">Лента</a> <a href="/atom.xml">Atom</a></nav></header>'

    def _listing(self, number: int) -> str:
        pages = pieces(self.live, _ON_PAGE)
        shown = pages[number - 1] if 0 < number <= len(pages) else []
        cards = "\n".join(
            f'<div class="allNewsCard"><a href="{self.path(story)}"><span class="allNewsCard_title">{text(story.title)}</span></a>'
            f'<span class="allNewsCard_time">{self.printed_date(story)}</span></div>'
            for story in shown
        )
        links = " ".join(f'<a class="pagination__link" href="/lenta/?page={n}">{n}</a>' for n in range(1, len(pages) + 1))
        return f"""<!DOCTYPE html>
<html lang="ru"><head><meta charset="utf-8"><title>Лента - {self.name}</title>
<link rel="alternate" type="application/atom+xml" href="/atom.xml"></head><body>
{self._header()}
<main>
{cards}
<div class="pagination">{links}</div>
</main><footer><a href="{self.deny}">Для сотрудников</a></footer>
</body></html>
"""

    def _feed(self) -> str:
        entries = "\n".join(self._feed_entry(story) for story in self.live[:_IN_FEED])
        return f"""<feed xmlns="http://www.w3.org/2005/Atom">
<id>{self.home}</id><title>{self.name}</title><updated>{self.changed.isoformat()}</updated>
<link rel="self" href="{self.home}atom.xml"/>
{entries}
</feed>
"""

    def _feed_entry(self, story: Story) -> str:
        authors = "".join(f"<author><name>{text(name)}</name></author>" for name in story.authors or (self.name,))
        return (
            f'<entry xml:lang="{story.language}"><id>{self.url(story)}</id><title>{text(story.title)}</title>'
            f'<link rel="alternate" href="{self.url(story)}"/><published>{story.published.isoformat()}</published>'
            f'<updated>{story.changed.isoformat()}</updated>{authors}<category term="{text(story.rubric)}"/>'
            f"<summary>{text(story.lead)}</summary></entry>"
        )
