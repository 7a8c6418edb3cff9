"""Parse RSS, Atom and RDF feeds into discovered URLs."""

from __future__ import annotations

import io
import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import feedparser

from harvester.discovery.discovery_result import MALFORMED, NOT_XML, TOO_COMPLEX, TOO_MANY, ChannelParseError, DiscoveryResult, UrlCollector
from harvester.discovery.sniffing import Shape, xml_of
from pipelines.urls import is_web_address

if TYPE_CHECKING:
    from storage.model.sources import Channel

MAX_ENTRIES = 5000
"""Entries read from one feed, from its start: feedparser takes 0.3 ms an entry."""

MAX_TAGS = 250_000
"""Tags read from one feed, from its start: feedparser takes 20 µs a tag."""

_ENTRY_END = re.compile(rb"</(?:\w{1,50}:)?(?:item|entry)\s*>", re.IGNORECASE)
_UNUSED = re.compile(
    rb"<(/?)(?:[\w.-]{1,50}:)?(?:category|subject|keywords|author|creator|managingeditor|webmaster|publisher|contributor|owner)(?=[\s/>])",
    re.IGNORECASE,
)
"""Elements that are not used, and for which feedparser's time grows with the square of their number
(categories) or of their length (names)."""
_PAGE_TYPES = frozenset({"text/html", "application/xhtml+xml"})
_MEDIA = re.compile("(?:image|audio|video)/", re.IGNORECASE)
_YEARS = range(1990, 2100)  # a date outside them is a mistake


def read_feed(body: bytes, channel: Channel, *, at: str = "") -> DiscoveryResult:
    """Return the entries of a feed: URL, date (UTC, None when it makes no sense) and title.

    `at` is the URL that it was fetched from, where that is not the channel's own. What cannot be read is a
    problem in the result, never an error; the readable part of a damaged feed is used.
    """
    basket = UrlCollector(channel, at or channel.url)
    try:
        entries = _entries(xml_of(body, Shape.FEED), basket)
    except ChannelParseError as problem:
        basket.problems[str(problem)] += 1
        return basket.found()
    for entry in entries:
        basket.put(_address(entry), dated=_moment(entry), title=entry.get("title"))
    return basket.found()


def _address(entry: dict[str, Any]) -> str | None:
    """Return the URL of an entry's page: its alternate link (RFC 4287, 4.2.7.2), else an id that is a URL.

    feedparser's `link` is used while no link says that it is something else: a picture, a sound, comments,
    the feed.
    """
    if origin := entry.get("feedburner_origlink"):
        return str(origin)
    links = [link for link in entry.get("links", ()) if link.get("href")]
    alternates = [link for link in links if str(link.get("rel", "alternate")).lower().rpartition("/")[2] == "alternate"]
    pages = [str(link["href"]) for link in alternates if str(link.get("type") or "text/html").lower() in _PAGE_TYPES]
    written = str(entry.get("link") or "")
    if written and written not in pages and any(link["href"] == written for link in links):
        written = ""
    if pages and written not in pages:
        return pages[0]
    others = [str(link["href"]) for link in alternates if not _MEDIA.match(str(link.get("type") or ""))]
    name = str(entry.get("id", ""))
    return written or next(iter(others), "") or (name if is_web_address(name) else None)


def _entries(body: bytes, basket: UrlCollector) -> list[dict[str, Any]]:
    """Return plain dictionaries: feedparser's own return the values of other keys for missing ones."""
    body = _UNUSED.sub(rb"<\1unused", _beginning(body, basket))
    try:
        # a stream, because feedparser takes a string for an address or a file name and opens it
        parsed = feedparser.parse(io.BytesIO(body), resolve_relative_uris=False, sanitize_html=False)
    except Exception:  # noqa: BLE001 - feedparser promises no set of errors, and no feed may end a run
        raise ChannelParseError(NOT_XML) from None
    if parsed.bozo:
        basket.problems[MALFORMED] += 1
    return [dict(x) for x in parsed.entries]


def _beginning(body: bytes, basket: UrlCollector) -> bytes:
    """Return a feed with its first MAX_ENTRIES entries."""
    ends = [found.end() for found in _ENTRY_END.finditer(body)]
    tags = kept = at = 0
    for end in ends[:MAX_ENTRIES]:
        tags, at = tags + body.count(b"<", at, end), end
        if tags > MAX_TAGS:
            break
        kept += 1
    if kept < len(ends):
        basket.problems[TOO_MANY] += len(ends) - kept
        body = body[: ends[kept - 1] if kept else 0] + body[ends[-1] :]
    if body.count(b"<") > MAX_TAGS:
        raise ChannelParseError(TOO_COMPLEX)
    return body


def _moment(entry: dict[str, Any]) -> datetime | None:
    parsed = entry.get("published_parsed") or entry.get("updated_parsed")
    if not parsed or parsed[0] not in _YEARS:
        return None
    try:
        year, month, day, hour, minute, second = parsed[:6]
        return datetime(year, month, day, hour, minute, second, tzinfo=UTC)
    except ValueError:
        return None
