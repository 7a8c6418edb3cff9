"""Parse the links of a web page into discovered URLs, in page order."""

from __future__ import annotations

import re
from collections import Counter
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from urllib.parse import urljoin

from harvester.discovery.discovery_result import (
    FOREIGN_BASE,
    NO_WEB_PAGE,
    TOO_COMPLEX,
    TOO_MANY,
    ChannelParseError,
    DiscoveryResult,
    UrlCollector,
)
from harvester.discovery.sniffing import unpacked
from pipelines.page import Page, short_text
from pipelines.urls import is_web_address, site_of

if TYPE_CHECKING:
    from storage.model.sources import Channel

_LONGEST_TITLE = 500  # characters
_LONGEST_HREF = 10_000  # white space around an address included

MAX_LINKS = 10_000
"""Links read from one page, from its start: each takes about 0.1 ms."""

_NO_MOMENT = datetime.min.replace(tzinfo=UTC)  # links do not depend on when a page was fetched
_NO_LINK = re.compile(r"\s*+(?:#|$|(?:javascript|mailto|tel|sms|whatsapp|tg|viber|data):)", re.IGNORECASE)


def read_listing(body: bytes, channel: Channel, *, at: str = "", content_type: str = "") -> DiscoveryResult:
    """Return the links of a page with their text as title, without script, mail and telephone links.

    `at` is the URL that it was fetched from, where that is not the channel's own; `<base>` is followed while
    it stays on the same site. What cannot be read is a problem in the result, never an error.
    """
    base = at or channel.url
    try:
        page = Page(base, unpacked(body), content_type, _NO_MOMENT)
    except ChannelParseError as problem:
        return DiscoveryResult(problems=Counter([str(problem)]))
    if not page.is_html:
        return DiscoveryResult(problems=Counter([NO_WEB_PAGE]))
    if page.parse_limit:
        return DiscoveryResult(problems=Counter([TOO_COMPLEX]))
    basket = UrlCollector(channel, base, page.charset)
    _take_base(page, basket)
    links = [x for x in page.tree.iter("a") if not _NO_LINK.match((x.get("href") or "")[:_LONGEST_HREF])]
    if len(links) > MAX_LINKS:
        basket.problems[TOO_MANY] += len(links) - MAX_LINKS
    for link in links[:MAX_LINKS]:
        basket.put(link.get("href"), title=short_text(link, _LONGEST_TITLE))
    return basket.found()


def _take_base(page: Page, basket: UrlCollector) -> None:
    href = next((x.get("href") for x in page.tree.iter("base") if x.get("href")), None)
    if href is None:
        return
    try:
        base = urljoin(basket.base, href.strip())
    except ValueError:
        base = ""
    if is_web_address(base) and site_of(base) == site_of(basket.base):
        basket.base = base
    else:
        basket.problems[FOREIGN_BASE] += 1
