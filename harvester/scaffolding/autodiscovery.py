"""Survey of an undeclared site: its feeds and sitemaps, where they were found, and the URLs of its articles."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

from harvester.discovery.discovery_result import ChannelParseError
from harvester.discovery.feeds import read_feed
from harvester.discovery.sitemaps import read_sitemap
from harvester.discovery.sniffing import Shape, beginning, shape_of
from harvester.fetching.live_response import LiveResponse
from harvester.scaffolding.live_check import newest_of
from harvester.scaffolding.site_features import HEADLINE, Link, feeds_of, links_of, listing_of, news_page_of
from harvester.scaffolding.troubles import hint_of, in_words
from pipelines.page import Page
from pipelines.urls import canonical_url, is_web_address, site_of
from storage.errors import SourcesFailed
from storage.model.sources import AddressKind, Channel, DiscoveredUrl
from storage.warc.errors import BadCoding

if TYPE_CHECKING:
    from harvester.fetching.live_response import LiveClient
    from storage.warc.response import WarcResponse

MAX_QUESTIONS = 14
"""Maximum number of URLs requested in one survey, robots.txt not counted."""

MAX_OF_A_KIND = 3
"""Maximum number of feeds named by the front page that are requested, and of sitemaps named by robots.txt."""

USUAL_FEEDS = ("/rss.xml", "/rss/", "/feed/", "/rss")
USUAL_SITEMAPS = ("/sitemap.xml", "/sitemap_index.xml")
USUAL_NEWS_SITEMAPS = ("/sitemap-news.xml", "/news-sitemap.xml")
_SITEMAP_LINE = re.compile(r"^[ \t]*+sitemap[ \t]*+:[ \t]*+(\S{1,2000})", re.IGNORECASE | re.MULTILINE)
_ENOUGH = 5  # article URLs that suffice to induce a pattern; feeds that list fewer are supplemented by sitemaps


@dataclass(frozen=True, slots=True)
class FoundChannel:
    """A channel that was found: its kind and URL, how it was found, and the URLs it lists.

    `index_of` is the number of sitemaps that a sitemap index names, 0 for other channels. `pages` is the URL
    pattern of a listing's further pages, empty for none.
    """

    kind: AddressKind
    url: str
    why: str
    found: tuple[DiscoveredUrl, ...] = ()
    index_of: int = 0
    pages: str = ""


@dataclass
class SiteSurvey:
    """Result of a survey. `articles` are URLs that are probably articles, `others` those of section pages."""

    front: Page
    links: list[Link]
    channels: list[FoundChannel] = field(default_factory=list)
    articles: list[str] = field(default_factory=list)
    others: list[str] = field(default_factory=list)
    headlines: list[str] = field(default_factory=list)


async def look_around(asking: LiveClient, url: str) -> SiteSurvey:
    """Request a site's front page, the feeds and sitemaps that it and robots.txt name, and a few usual URLs.

    Raises:
        SourcesFailed: the front page cannot be read, or is no HTML page.
    """
    look = _Look(asking)
    reply = await look.ask(url)
    if not reply.is_whole or reply.answer is None:
        hint = hint_of(reply.trouble, url, "Look at it in a browser first.")
        raise SourcesFailed(f"{url} cannot be read: {in_words(reply.trouble, url)}.", hint)
    front = Page(reply.at, reply.body, reply.content_type, reply.answer.capture.captured_at)
    if not front.is_html:
        raise SourcesFailed(f"{reply.at} is no web page.", "Give the address of the site's front page.")
    newcomer = SiteSurvey(front, links_of(front))
    newcomer.channels += await look.feeds(front)
    newcomer.channels += await look.sitemaps(front)
    _sort_out(newcomer)
    return newcomer


class _Look:
    """Client that sends at most `MAX_QUESTIONS` requests and keeps each response."""

    def __init__(self, asking: LiveClient) -> None:
        self.asking = asking
        self.asked: dict[str, LiveResponse] = {}

    async def ask(self, url: str, kind: AddressKind = AddressKind.ARTICLE) -> LiveResponse:
        """Return the response to a request for a URL, which is sent once only.

        After MAX_QUESTIONS requests no more are sent; a further URL has a reason in place of a response.
        """
        if url not in self.asked:
            enough = len(self.asked) >= MAX_QUESTIONS
            self.asked[url] = LiveResponse(url, reason="not asked: enough") if enough else await self.asking.ask(url, kind=kind)
        return self.asked[url]

    async def feeds(self, front: Page) -> list[FoundChannel]:
        """Return the feeds that the front page names, else the first one found at a usual URL."""
        named = [await self._feed(url, "named by the front page") for url in feeds_of(front)[:MAX_OF_A_KIND]]
        if found := [x for x in named if x]:
            return found
        for path in USUAL_FEEDS:
            if feed := await self._feed(urljoin(front.url, path), "at a usual address"):
                return [feed]
        return []

    async def _feed(self, url: str, why: str) -> FoundChannel | None:
        reply = await self.ask(url)
        if _shape(reply) is not Shape.FEED:
            return None
        found = read_feed(reply.body, Channel(AddressKind.FEED, url), at=reply.at).urls
        return FoundChannel(AddressKind.FEED, url, why, found)

    async def sitemaps(self, front: Page) -> list[FoundChannel]:
        """Return the sitemaps that robots.txt names, else the first one found at a usual URL.

        If no news sitemap is among them or in their indexes, the first one found at a usual URL is added.
        """
        named = [await self._sitemap(url, "named by robots.txt") for url in self._in_robots(front)[:MAX_OF_A_KIND]]
        found = [x for x in named if x] or await self._usual(front, USUAL_SITEMAPS)
        inner = [x.url for announced in found for x in announced.found if x.kind is AddressKind.SITEMAP]
        if not any("news" in x for x in (*inner, *(x.url for x in found))):
            found += await self._usual(front, USUAL_NEWS_SITEMAPS)
        return [await self._opened(x) for x in found]

    async def _usual(self, front: Page, paths: tuple[str, ...]) -> list[FoundChannel]:
        for path in paths:
            if sitemap := await self._sitemap(urljoin(front.url, path), "at a usual address"):
                return [sitemap]
        return []

    def _in_robots(self, front: Page) -> list[str]:
        split = urlsplit(front.url)
        answer = self.asking.robots.get(f"{split.scheme}://{split.netloc}")
        return sitemaps_named(answer.response) if answer else []

    async def _sitemap(self, url: str, why: str) -> FoundChannel | None:
        reply = await self.ask(url, AddressKind.SITEMAP)
        if _shape(reply) is not Shape.SITEMAP:
            return None
        return FoundChannel(AddressKind.SITEMAP, url, why, read_sitemap(reply.body, Channel(AddressKind.SITEMAP, url), at=reply.at).urls)

    async def _opened(self, sitemap: FoundChannel) -> FoundChannel:
        """Return a sitemap index with the URLs that its newest sitemap lists; news sitemaps take precedence.

        A sitemap that is no index is returned as it is.
        """
        inner = [x for x in sitemap.found if x.kind is AddressKind.SITEMAP]
        if not inner:
            return sitemap
        newest = newest_of([x for x in inner if "news" in x.url] or inner)
        opened = await self._sitemap(newest.url, sitemap.why)
        return FoundChannel(sitemap.kind, sitemap.url, sitemap.why, opened.found if opened else (), len(inner))


def sitemaps_named(robots: WarcResponse) -> list[str]:
    """Return the sitemaps that a robots.txt names, each once, in their order; empty unless its status is 200.

    Syntax: sitemaps.org, "Specifying the Sitemap location".
    """
    try:
        text = robots.decoded_body.decode("utf-8", "replace") if robots.status == HTTPStatus.OK else ""
    except BadCoding:
        return []
    return list(dict.fromkeys(canonical_url(x) for x in _SITEMAP_LINE.findall(text) if is_web_address(x)))


def _shape(reply: LiveResponse) -> Shape:
    try:
        return shape_of(beginning(reply.body)) if reply.is_whole else Shape.OTHER
    except ChannelParseError:
        return Shape.OTHER


def _sort_out(newcomer: SiteSurvey) -> None:
    """Set the articles, section pages and headlines of a survey, and a listing where no channel was found.

    Articles are what feeds list, then sitemaps (where feeds list fewer than `_ENOUGH`), else the front page's
    headlines.
    """
    front = newcomer.front.url
    own = site_of(front)
    for kind in (AddressKind.FEED, AddressKind.SITEMAP):
        if len(newcomer.articles) < _ENOUGH:
            listed = [x for channel in newcomer.channels if channel.kind is kind for x in channel.found if x.kind is AddressKind.ARTICLE]
            newcomer.articles += [x.url for x in listed if site_of(x.url) == own and urlsplit(x.url).path not in {"", "/"}]
            newcomer.headlines += [x.title for x in listed if x.title]
    headlines = [x for x in newcomer.links if len(x.text) >= HEADLINE and not x.in_menu]
    if not newcomer.articles:
        newcomer.articles = [x.url for x in headlines]
    newcomer.headlines = newcomer.headlines or [x.text for x in headlines]
    known = set(newcomer.articles)
    newcomer.others = [front, *(x.url for x in newcomer.links if x.in_menu and len(x.text) < HEADLINE and x.url not in known)]
    if not newcomer.channels:
        newcomer.channels.append(_listing(newcomer))


def _listing(newcomer: SiteSurvey) -> FoundChannel:
    url, pages = listing_of(newcomer.links, newcomer.front)
    if pages:
        return FoundChannel(AddressKind.LISTING, url or newcomer.front.url, "the front page turns its pages", pages=pages)
    if news := news_page_of(newcomer.links):
        return FoundChannel(AddressKind.LISTING, news, "linked by the front page; add `pages` if it has further ones")
    return FoundChannel(AddressKind.LISTING, newcomer.front.url, "nothing else was found: name the page that lists the news")
