"""What every outlet of the newsroom does alike: its stories, its addresses, robots.txt, a sitemap, pictures, a closed page."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import replace
from datetime import datetime, timedelta
from html import escape
from typing import TYPE_CHECKING, ClassVar
from urllib.parse import parse_qs, urlsplit

from tests.site.answers import Answer, found
from tests.site.pictures import PICTURES
from tests.site.stories import ExpectedArticle, Story, stories

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

NOT_FOUND = "<!DOCTYPE html>\n<html><head><title>404</title></head><body><h1>404</h1></body></html>\n"


class Outlet(ABC):
    """One outlet: answers for addresses, and the knobs that change its stories.

    `home` is set when the outlet gets its server. `deny` is an address that looks like an article and that robots.txt closes.
    `redesigned` turns an outlet that has two layouts to its newer one.
    """

    id: ClassVar[str]
    name: ClassVar[str]
    charset: ClassVar[str] = "utf-8"
    compresses: ClassVar[bool] = False
    picture: ClassVar[str]
    precision: ClassVar[str] = "minute"
    deny: ClassVar[str]

    def __init__(self) -> None:
        self.home = ""
        self._stories = {story.slug: story for story in stories(self.id)}
        self._removed: frozenset[str] = frozenset()
        self._changes = 0
        self.redesigned = False

    @abstractmethod
    def path(self, story: Story) -> str:
        """The path of a story's page."""

    @abstractmethod
    def page(self, story: Story) -> str:
        """The HTML of a story's page."""

    @abstractmethod
    def printed_date(self, story: Story) -> str:
        """The date as it stands on the page."""

    @abstractmethod
    def channels(self) -> dict[str, Callable[[int], Answer]]:
        """Channels and front page by path; each is called with the number of the page asked for, 1 by default."""

    @property
    def live(self) -> list[Story]:
        """The stories that stand, newest first."""
        return [story for slug, story in self._stories.items() if slug not in self._removed]

    @property
    def changed(self) -> datetime:
        """The moment of the last change to the outlet, never going back."""
        return max(story.changed for story in self._stories.values()) + timedelta(minutes=self._changes)

    def url(self, story: Story) -> str:
        """The absolute address of a story."""
        return self.home.rstrip("/") + self.path(story)

    def image_path(self, story: Story) -> str:
        """The path of a story's picture."""
        return f"/media/{story.slug}.{self.picture}"

    def modified(self, story: Story) -> str:  # noqa: ARG002 -- outlets that print a second date need the story
        """The second date of the page in ISO 8601, empty where the outlet prints none."""
        return ""

    def expected(self, story: Story) -> ExpectedArticle:
        """What a right extraction of the story's page gives."""
        return ExpectedArticle(
            outlet=self.id,
            slug=story.slug,
            url=self.url(story),
            language=story.language,
            title=story.title,
            lead=story.lead,
            text="\n".join(story.paragraphs),
            authors=story.authors,
            section=story.rubric,
            tags=story.tags,
            credit=story.credit,
            caption=story.caption,
            image=self.home.rstrip("/") + self.image_path(story) if story.image else "",
            published=story.published.date().isoformat() if self.precision == "day" else story.published.isoformat(),
            precision=self.precision,
            raw=self.printed_date(story),
            modified=self.modified(story),
            in_scope=story.in_scope,
        )

    def edit(self, slug: str, title: str | None, paragraphs: Iterable[str] | None) -> None:
        """Give a story another title, other paragraphs, or both. A slug that the outlet does not have is a KeyError."""
        story = self._stories[slug]
        changed = replace(
            story,
            title=story.title if title is None else title,
            paragraphs=story.paragraphs if paragraphs is None else tuple(paragraphs),
            version=story.version + 1,
        )
        self._changes += 1
        self._stories = {**self._stories, slug: changed}

    def remove(self, slug: str) -> None:
        """Take a story off its address and out of the channels."""
        self._changes += 1
        self._removed |= {self._stories[slug].slug}

    def restore(self, slug: str) -> None:
        """Put a removed story back."""
        self._changes += 1
        self._removed -= {slug}

    def answer(self, target: str) -> Answer:
        """The answer for a path with its query; 404 for what the outlet does not have."""
        parts = urlsplit(target)
        story = next((x for x in self.live if self.path(x) == parts.path), None)
        if story is not None:
            return self.html(self.page(story), story.changed)
        channel = self.channels().get(parts.path)
        if channel is not None:
            number = parse_qs(parts.query).get("page", ["1"])[0]
            return channel(int(number)) if number.isdecimal() else self.missing()
        return self._fixture(parts.path)

    def _fixture(self, path: str) -> Answer:
        kind, body = PICTURES[self.picture]
        if path == "/robots.txt":
            rules = f"User-agent: *\nDisallow: /deny/\n\nSitemap: {self.home}sitemap.xml\n"
            return found("text/plain; charset=utf-8", rules.encode())
        if path == "/sitemap.xml":
            return self.xml(sitemap((self.url(story), story.changed) for story in self.live))
        if path == self.deny:
            return self.html("<!DOCTYPE html>\n<html><head><title>Закрыто</title></head><body><h1>Закрыто</h1></body></html>\n")
        if any(path == self.image_path(story) for story in self.live if story.image):
            return found(kind, body)
        return self.missing()

    def html(self, page: str, changed: datetime | None = None) -> Answer:
        """A page in the outlet's charset; letters that the charset lacks become character references."""
        body = page.encode(self.charset, errors="xmlcharrefreplace")
        return found(f"text/html; charset={self.charset}", body, *([changed] if changed else []))

    def xml(self, body: str, kind: str = "application/xml", charset: str = "utf-8") -> Answer:
        """A feed or sitemap, with its declaration put before it."""
        text = f'<?xml version="1.0" encoding="{charset}"?>\n{body}'
        return found(f"{kind}; charset={charset}", text.encode(charset, errors="xmlcharrefreplace"), self.changed)

    def missing(self) -> Answer:
        """404."""
        return Answer(404, {"Content-Type": f"text/html; charset={self.charset}"}, NOT_FOUND.encode(self.charset))


def text(words: str) -> str:
    """Words as HTML or XML text; quotation marks are safe in attributes, too."""
    return escape(words)


def paragraphs(story: Story) -> str:
    """The paragraphs of a story, one `p` a line."""
    return "\n".join(f"<p>{text(words)}</p>" for words in story.paragraphs)


def sitemap(addresses: Iterable[tuple[str, datetime]]) -> str:
    """A sitemap of addresses with the moments of their last change."""
    entries = "\n".join(f"<url><loc>{text(url)}</loc><lastmod>{changed.isoformat()}</lastmod></url>" for url, changed in addresses)
    return f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n{entries}\n</urlset>\n'


def pieces(live: list[Story], size: int) -> list[list[Story]]:
    """The stories of a listing, page by page."""
    return [live[start : start + size] for start in range(0, len(live), size)]
