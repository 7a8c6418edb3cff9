"""Sitemaps, sitemap indexes and news sitemaps (sitemaps.org 0.9): bytes in, addresses out."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from lxml import etree

from harvester.discovery.found import MALFORMED, NOT_XML, Basket, Found, Unreadable
from harvester.discovery.shapes import Shape, xml_of
from storage.model.sources import AddressKind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from storage.model.sources import Channel

_MONTH = re.compile(r"\d{4}-\d{2}")


def read_sitemap(body: bytes, channel: Channel, *, at: str = "") -> Found:
    """The addresses of a sitemap, or the sitemaps of an index (kind SITEMAP).

    Dated by a news sitemap's `publication_date`, else by `lastmod`, in UTC; titles are a news sitemap's. `at` is the address that
    it was fetched from, where that is not the channel's own. What cannot be read is a problem in the result, never an error.
    """
    basket = Basket(channel, at or channel.url)
    try:
        root = _root(xml_of(body, Shape.SITEMAP), basket)
    except Unreadable as problem:
        basket.problems[str(problem)] += 1
        return basket.found()
    for element in root:
        kind = {"url": AddressKind.ARTICLE, "sitemap": AddressKind.SITEMAP}.get(_name(element))
        if kind:
            texts = dict(_texts(element))
            dated = _moment(texts.get("publication_date", "")) or _moment(texts.get("lastmod", ""))
            basket.put(texts.get("loc"), kind, dated=dated, title=texts.get("title"))
    return basket.found()


def _root(body: bytes, basket: Basket) -> etree._Element:
    """Parse without entities, document types and network; broken XML up to where it can be read."""
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, recover=True, remove_comments=True, remove_pis=True, remove_blank_text=True
    )
    try:
        root = etree.fromstring(body.lstrip(), parser)
    except etree.XMLSyntaxError:
        raise Unreadable(NOT_XML) from None
    if root is None:
        raise Unreadable(NOT_XML)
    if any(x.level >= etree.ErrorLevels.ERROR for x in parser.error_log):
        basket.problems[MALFORMED] += 1
    return root


def _texts(element: etree._Element) -> Iterator[tuple[str, str]]:
    """Name and text of an entry's own children and of its `news` block; pictures and translations have addresses of their own."""
    for child in element:
        if _name(child) == "news":
            yield from _texts(child)
        elif child.text:
            yield _name(child), child.text.strip()


def _name(element: etree._Element) -> str:
    return str(element.tag).rpartition("}")[2]


def _moment(text: str) -> datetime | None:
    """A W3C date (year and month, day, or moment); without a zone it is read as UTC."""
    try:
        moment = datetime.fromisoformat(f"{text}-01" if _MONTH.fullmatch(text) else text)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
