"""Read a response of any channel: the source's own articles out of it."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from harvester.discovery.api import read_api
from harvester.discovery.discovery_result import FOREIGN, TOO_MANY, TRAP, ChannelParseError, DiscoveryResult
from harvester.discovery.feeds import read_feed
from harvester.discovery.listings import read_listing
from harvester.discovery.pagination import is_further, next_address
from harvester.discovery.sitemaps import read_sitemap
from harvester.discovery.sniffing import Shape, beginning, shape_of, unpacked
from pipelines.urls import is_trap
from storage.model.frontier import NO_ARTICLES
from storage.model.sources import AddressKind

if TYPE_CHECKING:
    from harvester.catalogue.declaration import Declaration
    from storage.model.sources import Channel, DiscoveredUrl

MAX_ARTICLES = 500
"""Articles taken from one page of a listing: pages with 100,000 links exist, and no real list is this long.
"""

_WEB_PAGES = frozenset({AddressKind.LISTING, AddressKind.SEARCH, AddressKind.ARCHIVE})


def discover(
    body: bytes, content_type: str, declaration: Declaration, channel_url: str, channel: Channel, captured_at: datetime | None = None
) -> DiscoveryResult:
    """Return the source's articles that a channel's response lists, and the sitemaps of an index.

    `channel_url` is the URL of the response: the channel's own, one of its further pages, or a sitemap of its
    index. A feed or sitemap is recognised by its bytes. `next_page` is set where the channel has further
    pages and this one listed articles (of an API, entries); the caller decides when to stop. `captured_at` is
    now unless given.
    """
    try:
        shape = shape_of(beginning(body))
        if shape is Shape.SITEMAP and channel.kind is not AddressKind.API:
            return _own(read_sitemap(body, channel, at=channel_url), declaration)
        plain = unpacked(body)
    except ChannelParseError as problem:
        return DiscoveryResult(problems=Counter([str(problem)]))
    if channel.kind is AddressKind.API:
        found = read_api(plain, channel, declaration.source, captured_at or datetime.now(UTC))
        return _own_of_api(found, declaration, channel_url, channel)
    if shape is Shape.FEED or channel.kind not in _WEB_PAGES:
        return _own(read_feed(plain, channel, at=channel_url), declaration)
    return _own_of_listing(read_listing(plain, channel, at=channel_url, content_type=content_type), declaration, channel_url, channel)


def _own(found: DiscoveryResult, declaration: Declaration, *, on_page: bool = False) -> DiscoveryResult:
    """Keep the source's URLs, and count those of other sites, which a feed or sitemap should not list.

    A feed or sitemap lists articles, whatever their URLs look like: Joomla and ASP.NET number theirs by five
    parameters. Links found `on_page` may be calendars and facets, which have no end.
    """
    problems = Counter(found.problems)
    kept: list[DiscoveredUrl] = []
    for discovered in found.urls:
        if not declaration.owns(discovered.url):
            problems[FOREIGN] += 1
        elif discovered.kind is AddressKind.SITEMAP:
            kept.append(discovered)
        elif declaration.is_article(discovered.url):
            if on_page and is_trap(discovered.url):
                problems[TRAP] += 1
            else:
                kept.append(discovered)
    if found.urls and not kept:
        problems[NO_ARTICLES] += 1
    return DiscoveryResult(tuple(kept), problems)


def _own_of_listing(found: DiscoveryResult, declaration: Declaration, channel_url: str, channel: Channel) -> DiscoveryResult:
    """Keep the articles and ignore other links. The last page of a listing may have no articles."""
    own = _own(found, declaration, on_page=True)
    problems = own.problems
    del problems[FOREIGN]
    if is_further(channel, channel_url):
        del problems[NO_ARTICLES]
    if len(own.urls) > MAX_ARTICLES:
        problems[TOO_MANY] += len(own.urls) - MAX_ARTICLES
    return DiscoveryResult(own.urls[:MAX_ARTICLES], problems, next_address(channel, channel_url) if own.urls else None)


def _own_of_api(found: DiscoveryResult, declaration: Declaration, channel_url: str, channel: Channel) -> DiscoveryResult:
    """Keep the articles; a page of entries of which none is an article is not taken for the last page."""
    return replace(_own(found, declaration), next_page=next_address(channel, channel_url) if found.urls else None)
