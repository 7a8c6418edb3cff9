"""Palace Press: an official site in Russian, Kazakh and English with listings only; no feed, no byline, no time of day."""

from __future__ import annotations

import zlib
from functools import partial
from typing import TYPE_CHECKING

from tests.site.dates import official_date
from tests.site.outlet import Outlet, paragraphs, pieces, text

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.site.answers import Answer
    from tests.site.stories import Story

_ON_PAGE = 4
_FOLDERS = {"ru": "ru", "kk": "kz", "en": "en"}
_HEADINGS = {"ru": "События", "kk": "Оқиғалар", "en": "Events"}


class PalacePress(Outlet):
    """The official site. A listing page beyond the last is a 404."""

    id = "palace-press"
    name = "Palace Press"
    picture = "gif"
    precision = "day"
    deny = "/deny/ru/sluzhebnaya-zapiska-900001"

    def path(self, story: Story) -> str:
        return f"/{_FOLDERS[story.language]}/{story.slug}-{100_000 + zlib.crc32((story.event or story.slug).encode()) % 800_000}"

    def printed_date(self, story: Story) -> str:
        return official_date(story.published, story.language)

    def channels(self) -> dict[str, Callable[[int], Answer]]:
        listings = {f"/{folder}/events": partial(self._listing, language) for language, folder in _FOLDERS.items()}
        return {"/": partial(self._listing, "ru"), **listings}

    def page(self, story: Story) -> str:
        picture = f'<div class="news-photo"><img src="{self.image_path(story)}" alt=""></div>' if story.image else ""
        return f"""{self._head(story.title, story.language)}
<link rel="canonical" href="{self.url(story)}">
{self._versions(story)}
</head><body>
{self._menu()}
<div class="container">
<h2 class="mt-5">{text(story.title)}</h2>
<h5>{self.printed_date(story)}</h5>
{picture}
<article>
{paragraphs(story)}
</article>
</div>
<footer>© {self.name}</footer>
</body></html>
"""

    def _head(self, title: str, language: str) -> str:
        return f"""<!DOCTYPE html>
<html lang="{language}"><head><meta charset="utf-8">
<title>{text(title)} — {self.name}</title>"""

    def _versions(self, story: Story) -> str:
        """The links of a page to itself and its versions, as the real sites write them: a country's code for the language, x-default."""
        if not story.versions:
            return ""
        others = {code: self.path(self._stories[slug]) if slug in self._stories else slug for code, slug in story.versions.items()}
        links = {**others, _FOLDERS[story.language]: self.path(story), "x-default": "/ru/events"}
        return "\n".join(f'<link rel="alternate" hreflang="{code}" href="{path}">' for code, path in links.items())

    def _menu(self) -> str:
        links = " ".join(f'<a href="/{folder}/events">{_HEADINGS[language]}</a>' for language, folder in _FOLDERS.items())
        return f"<header><h1>{self.name}</h1><nav>{links}</nav></header>"

    def _listing(self, language: str, number: int) -> Answer:
        pages = pieces([story for story in self.live if story.language == language], _ON_PAGE)
        if not 0 < number <= max(len(pages), 1):
            return self.missing()
        cards = "\n".join(
            f'<div class="card"><h3><a href="{self.path(story)}">{text(story.title)}</a></h3><h5>{self.printed_date(story)}</h5>'
            f'<p class="card-text">{text(story.paragraphs[0])}</p></div>'
            for story in (pages[number - 1] if pages else [])
        )
        links = " ".join(f'<a href="/{_FOLDERS[language]}/events?page={n}">{n}</a>' for n in range(1, len(pages) + 1))
        page = f"""{self._head(_HEADINGS[language], language)}
</head><body>
{self._menu()}
<div class="container">
{cards}
<div class="pages">{links}</div>
</div>
<footer>© {self.name} <a href="{self.deny}">Вход</a></footer>
</body></html>
"""
        return self.html(page, self.changed)
