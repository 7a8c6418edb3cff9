"""Северный вестник: a newspaper in Russian, in windows-1251, announced by a feed and a tree of sitemaps."""

from __future__ import annotations

import gzip
from email.utils import format_datetime
from typing import TYPE_CHECKING
from urllib.parse import quote

from tests.site.answers import Answer, found
from tests.site.dates import newspaper_date
from tests.site.outlet import Outlet, paragraphs, sitemap, text
from tests.site.stories import Story, stories

if TYPE_CHECKING:
    from collections.abc import Callable

_IN_FEED = 10
_IN_NEWS_SITEMAP = 6
_CLOCK = "Жезтау, понедельник, 29 июня 2026 г. 14:07"


class SevernyVestnik(Outlet):
    """The newspaper."""

    id = "severny-vestnik"
    name = "Северный вестник"
    charset = "windows-1251"
    picture = "jpg"
    deny = "/deny/n/chernovik-peredovitsy/"

    def path(self, story: Story) -> str:
        return f"/n/{story.slug}/"

    def printed_date(self, story: Story) -> str:
        return newspaper_date(story.published)

    def channels(self) -> dict[str, Callable[[int], Answer]]:
        return {
            "/": lambda _: self.html(self._front_page(), self.changed),
            "/rss.xml": lambda _: self.xml(self._feed(), "application/rss+xml", self.charset),
            "/sitemap.xml": lambda _: self.xml(self._sitemap_index()),
            "/sitemap-news.xml": lambda _: self.xml(self._news_sitemap()),
            "/sitemap-archive.xml.gz": lambda _: self._archive_sitemap(),
        }

    def page(self, story: Story) -> str:
        return self._new_page(story) if self.redesigned else self._old_page(story)

    def _new_page(self, story: Story) -> str:
        """The page after a redesign: other class names, other elements, another order."""
        authors = ", ".join(text(name) for name in story.authors)
        return f"""{self._head(story.title, "article")}<link rel="canonical" href="{self.url(story)}">
</head><body class="v2">
{self._masthead()}
<div class="page"><section class="post">
<div class="post-top"><span class="post-rubric">{text(story.rubric)}</span> <span class="post-when">{self.printed_date(story)}</span></div>
<h1 class="post-heading">{text(story.title)}</h1>
<p class="post-intro"><b>{text(story.lead)}</b></p>
<div class="post-content">
{paragraphs(story)}
</div>
<p class="post-by">Автор: {authors}</p>
</section></div>
<footer>© {self.name}. Перепечатка материалов только с разрешения редакции.</footer>
</body></html>
"""

    def _old_page(self, story: Story) -> str:
        authors = " ".join(f'<a class="article__author" href="/#{quote(name)}">{text(name)}</a>' for name in story.authors)
        tags = " ".join(f'<a href="/#{quote(tag)}">#{text(tag)}</a>' for tag in story.tags)
        return f"""{self._head(story.title, "article")}<link rel="canonical" href="{self.url(story)}">
</head><body>
{self._masthead()}
<main><article class="article">
<h1 class="article__title">{text(story.title)}</h1>
<div class="article__meta"><a class="article__rubric" href="/#{quote(story.rubric)}">{text(story.rubric)}</a>
<time class="article__date">{self.printed_date(story)}</time> <span class="article__views">{story.views}</span>
{authors}</div>
<div class="article__lead">{text(story.lead)}</div>
<figure class="article__photo"><img src="{self.image_path(story)}" alt=""><figcaption>{text(story.credit)}</figcaption></figure>
<div class="article__body">
{paragraphs(story)}
{self._related(story)}</div>
<div class="article__tags">{tags}</div>
</article>
{self._popular()}
</main><footer>© {self.name}. Перепечатка материалов только с разрешения редакции.</footer>
</body></html>
"""

    def _head(self, title: str, kind: str) -> str:
        return f"""<!DOCTYPE html>
<html lang="ru"><head><meta http-equiv="Content-Type" content="text/html; charset={self.charset}">
<title>{text(title)} - {self.name}</title>
<meta property="og:type" content="{kind}"><meta property="og:title" content="{text(title)}">
<meta property="og:site_name" content="{self.name}">
"""

    def _masthead(self) -> str:
        return f"""<header class="header"><a class="logo" href="/">{self.name}</a> <span class="header__clock">{_CLOCK}</span>
<nav class="menu"><ul><li><a href="/">Новости</a></li><li><a href="/rss.xml">Подписка</a></li></ul></nav>
<form class="search" action="/"><input name="q" placeholder="Поиск по сайту"></form></header>"""

    def _related(self, story: Story) -> str:
        """The block inside the body, with the titles of the first day: an edit of one story leaves the pages of others alone."""
        titles = {other.slug: other for other in stories(self.id)}
        links = "".join(f'<li><a href="{self.path(titles[slug])}">{text(titles[slug].title)}</a></li>' for slug in story.related)
        return f'<div class="article__related"><b>Читайте также</b><ul>{links}</ul></div>\n' if links else ""

    def _popular(self) -> str:
        most_read = sorted(stories(self.id), key=lambda story: -story.views)[:3]
        links = "".join(f'<li><a href="{self.path(x)}">{text(x.title)}</a> {self.printed_date(x)}</li>' for x in most_read)
        return f'<aside class="popular"><h3>Популярное</h3><ul>{links}</ul></aside>'

    def _front_page(self) -> str:
        links = "\n".join(f'<li><a href="{self.path(x)}">{text(x.title)}</a> {self.printed_date(x)}</li>' for x in self.live)
        return f"{self._head('Новости', 'website')}</head><body>\n{self._masthead()}\n<main><ul>\n{links}\n</ul></main>\n</body></html>\n"

    def _feed(self) -> str:
        entries = "\n".join(self._feed_entry(story) for story in self.live[:_IN_FEED])
        return f"""<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel>
<title>{self.name}</title><link>{self.home}</link><description>Новости севера</description><language>ru</language>
{entries}
</channel></rss>
"""

    def _feed_entry(self, story: Story) -> str:
        authors = "".join(f"<dc:creator>{text(name)}</dc:creator>" for name in story.authors)
        return (
            f'<item><title>{text(story.title)}</title><link>{self.url(story)}</link><guid isPermaLink="true">{self.url(story)}</guid>'
            f"<pubDate>{format_datetime(story.published)}</pubDate><category>{text(story.rubric)}</category>{authors}"
            f"<description>{text(story.lead)}</description></item>"
        )

    def _sitemap_index(self) -> str:
        names = ("sitemap-news.xml", "sitemap-archive.xml.gz")
        stamp = self.changed.isoformat()
        entries = "\n".join(f"<sitemap><loc>{self.home}{name}</loc><lastmod>{stamp}</lastmod></sitemap>" for name in names)
        return f'<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n{entries}\n</sitemapindex>\n'

    def _news_sitemap(self) -> str:
        entries = "\n".join(
            f"<url><loc>{self.url(story)}</loc><news:news><news:publication><news:name>{self.name}</news:name>"
            f"<news:language>ru</news:language></news:publication><news:publication_date>{story.published.isoformat()}"
            f"</news:publication_date><news:title>{text(story.title)}</news:title></news:news></url>"
            for story in self.live[:_IN_NEWS_SITEMAP]
        )
        spaces = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:news="http://www.google.com/schemas/sitemap-news/0.9"'
        return f"<urlset {spaces}>\n{entries}\n</urlset>\n"

    def _archive_sitemap(self) -> Answer:
        """The older stories and the closed page, as a gzip file (not as a content coding)."""
        older = [(self.url(story), story.changed) for story in self.live[_IN_NEWS_SITEMAP:]]
        plain = self.xml(sitemap([*older, (self.home + self.deny[1:], stories(self.id)[-1].published)]))
        return found("application/gzip", gzip.compress(plain.body, mtime=0), self.changed)
