"""Sources, their channels, and the URLs found in them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime


class SourceKind(StrEnum):
    """Kind of a publisher."""

    OFFICIAL = "official"
    AGENCY = "agency"
    NEWSPAPER = "newspaper"
    BROADCASTER = "broadcaster"
    ONLINE = "online"


@dataclass(frozen=True, slots=True)
class Source:
    """A publisher.

    `id` is the name of its declaration file; `languages` are BCP 47 tags, the main one first; `timezone` is
    an IANA name.
    """

    id: str
    name: str
    kind: SourceKind
    home: str
    languages: tuple[str, ...] = ()
    timezone: str = "Asia/Almaty"


class AddressKind(StrEnum):
    """Kind of page that a URL of the frontier leads to."""

    ARTICLE = "article"
    FEED = "feed"
    SITEMAP = "sitemap"
    LISTING = "listing"
    SEARCH = "search"
    ARCHIVE = "archive"
    API = "api"


CHANNEL_KINDS = (AddressKind.FEED, AddressKind.SITEMAP, AddressKind.LISTING, AddressKind.SEARCH, AddressKind.ARCHIVE, AddressKind.API)
"""Kinds that announce articles."""

WALKED_KINDS = (AddressKind.LISTING, AddressKind.SEARCH, AddressKind.ARCHIVE, AddressKind.API)
"""Channels that are read page by page, newest first; a backfill must know where to stop in them."""


@dataclass(frozen=True, slots=True)
class Items:
    """Where an API's JSON response lists its articles.

    `path` is the path of the list in the response (empty: the response is the list). `url`, `date` and
    `title` are paths in an entry; a `url` that holds braces is a URL template, filled with the entry's
    fields. Paths are dotted keys and positions, or JMESPath (`harvester.catalogue.json_paths`).
    """

    path: str = ""
    url: str = "url"
    date: str = ""
    title: str = ""


@dataclass(frozen=True, slots=True)
class Channel:
    """A place where a source announces its articles.

    `url` is a URL; of a search, a date archive and an API it may be a pattern with `{query}` (a term of the
    topic), `{year}`, `{month}`, `{day}` (two digits), `{page}` (a page's number) or `{offset}` (entries
    before the page). `pages` is the pattern of a listing's further pages, with `{page}` for the number (2 and
    up) or `{offset}`. `first` is the number of the first page, `step` the number of entries on a page where
    `{offset}` counts them. `section` is the section of the articles that the channel lists.
    """

    kind: AddressKind
    url: str
    section: str | None = None
    pages: str | None = None
    first: int = 1
    step: int = 0
    items: Items = Items()


@dataclass(frozen=True, slots=True)
class DiscoveredUrl:
    """A URL found in a channel.

    `dated` is the channel's own date for it (a feed's pubDate, a sitemap's lastmod), aware; it orders
    requests, newest first, and never becomes the article's date. `channel` is the URL of the channel where it
    was found.
    """

    url: str
    kind: AddressKind
    channel: str
    dated: datetime | None = None
    title: str | None = None
    section: str | None = None
