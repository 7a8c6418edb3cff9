"""Parse sitemaps, sitemap indexes and news sitemaps (sitemaps.org 0.9) into discovered URLs.

A sitemap may hold 50 MB, so it is parsed as a stream: an entry is freed before the next one is read.
"""

from __future__ import annotations

import re
from collections import Counter
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from lxml import etree

from harvester.discovery.discovery_result import MALFORMED, NOT_XML, TOO_COMPLEX, TOO_MANY, ChannelParseError, DiscoveryResult, UrlCollector
from harvester.discovery.sniffing import Shape, xml_pieces
from storage.model.sources import AddressKind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from storage.model.sources import Channel

MAX_ENTRIES = 250_000
"""Entries read from one sitemap, from its start: five times what the protocol allows."""

_MOST_ELEMENTS = 20_000  # of one entry: the extension for pictures allows a thousand of them, of five elements each
_MOST_OF_ALL = 2_000_000  # elements: as many entries as are read have five each
_ENTRY = re.compile(rb"<(?:[\w.-]{1,50}:)?(?:url|sitemap)(?=[\s/>])")
_KINDS = {"url": AddressKind.ARTICLE, "sitemap": AddressKind.SITEMAP}
_MONTH = re.compile(r"\d{4}-\d{2}")


def read_sitemap(body: bytes, channel: Channel, *, at: str = "") -> DiscoveryResult:
    """Return the URLs of a sitemap, or the sitemaps of an index (kind SITEMAP).

    Dates come from a news sitemap's `publication_date`, else from `lastmod`, in UTC; titles from a news
    sitemap. `at` is the URL that it was fetched from, where that is not the channel's own. What cannot be
    read is a problem in the result, never an error.
    """
    basket = UrlCollector(channel, at or channel.url)
    try:
        for element in _children(_first_entries(xml_pieces(body, Shape.SITEMAP), basket), basket):
            if kind := _KINDS.get(_name(element)):
                texts = dict(_texts(element))
                dated = _moment(texts.get("publication_date", "")) or _moment(texts.get("lastmod", ""))
                basket.put(texts.get("loc"), kind, dated=dated, title=texts.get("title"))
    except ChannelParseError as problem:  # half of what is refused is no sitemap
        return DiscoveryResult(problems=Counter([str(problem)]))
    return basket.found()


def _first_entries(pieces: Iterator[bytes], basket: UrlCollector) -> Iterator[bytes]:
    """Yield the pieces up to the end of entry MAX_ENTRIES; entries after it are counted, not parsed."""
    count = 0
    for piece in pieces:
        starts = [found.start() for found in _ENTRY.finditer(piece)]
        if count >= MAX_ENTRIES:
            basket.problems[TOO_MANY] += len(starts)
        elif count + len(starts) > MAX_ENTRIES:
            basket.problems[TOO_MANY] += count + len(starts) - MAX_ENTRIES
            yield piece[: starts[MAX_ENTRIES - count]]
        else:
            yield piece
        count += len(starts)


def _children(pieces: Iterator[bytes], basket: UrlCollector) -> Iterator[etree._Element]:
    """Yield the children of the root one by one; each is freed when the next one is requested.

    Parsed without entities, document types and network; broken XML up to where it can be read.

    Raises:
        ChannelParseError: as the pieces do.
    """
    parser = etree.XMLPullParser(
        ("start", "end"),
        encoding="utf-8",
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        recover=True,
        remove_comments=True,
        remove_pis=True,
        remove_blank_text=True,
    )
    root: etree._Element | None = None
    inside = depth = total = 0
    for event, element in _events(parser, pieces):
        root = element if root is None else root
        depth += 1 if event == "start" else -1
        inside, total = inside + 1, total + 1
        if inside > 2 * _MOST_ELEMENTS or total > 2 * _MOST_OF_ALL:
            raise ChannelParseError(TOO_COMPLEX)
        if event == "end" and depth == 1:
            yield element
            root.clear()
            inside = 0
    if root is None:
        raise ChannelParseError(NOT_XML)
    if not basket.problems[TOO_MANY] and any(x.level >= etree.ErrorLevels.ERROR for x in parser.feed_error_log):  # else cut by us
        basket.problems[MALFORMED] += 1


def _events(parser: etree.XMLPullParser, pieces: Iterator[bytes]) -> Iterator[Any]:
    """Yield the parser's events, piece by piece, up to where it cannot go on, which its error log says."""
    try:
        for piece in pieces:
            parser.feed(piece)
            yield from parser.read_events()
        parser.close()
    except etree.XMLSyntaxError:
        pass
    yield from parser.read_events()


def _texts(element: etree._Element) -> Iterator[tuple[str, str]]:
    """Yield name and text of an entry's children and its `news` block, not of pictures and translations."""
    for child in element:
        if _name(child) == "news":
            yield from _texts(child)
        elif child.text:
            yield _name(child), child.text.strip()


def _name(element: etree._Element) -> str:
    return str(element.tag).rpartition("}")[2]


def _moment(text: str) -> datetime | None:
    """Return a W3C date (year and month, day, or moment); without a zone it is read as UTC."""
    try:
        moment = datetime.fromisoformat(f"{text}-01" if _MONTH.fullmatch(text) else text)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
