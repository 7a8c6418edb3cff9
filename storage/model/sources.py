"""Sources, their channels, and the addresses found there."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime


class SourceKind(StrEnum):
    """What sort of outlet publishes."""

    OFFICIAL = "official"
    AGENCY = "agency"
    NEWSPAPER = "newspaper"
    BROADCASTER = "broadcaster"
    ONLINE = "online"


@dataclass(frozen=True, slots=True)
class Source:
    """An outlet that publishes.

    `id` is the name of its declaration file; `languages` are BCP 47 tags, the main one first; `timezone` is an IANA name.
    """

    id: str
    name: str
    kind: SourceKind
    home: str
    languages: tuple[str, ...] = ()
    timezone: str = "Asia/Almaty"


class AddressKind(StrEnum):
    """What an address in the frontier leads to."""

    ARTICLE = "article"
    FEED = "feed"
    SITEMAP = "sitemap"
    LISTING = "listing"
    SEARCH = "search"
    ARCHIVE = "archive"
    API = "api"


CHANNEL_KINDS = (AddressKind.FEED, AddressKind.SITEMAP, AddressKind.LISTING, AddressKind.SEARCH, AddressKind.ARCHIVE, AddressKind.API)
"""Everything that announces articles."""

WALKED_KINDS = (AddressKind.LISTING, AddressKind.SEARCH, AddressKind.ARCHIVE, AddressKind.API)
"""Channels that are read page by page, newest first, so that a backfill must know where to stop."""


@dataclass(frozen=True, slots=True)
class Items:
    """Where an API's JSON answer announces its articles.

    `path` is the path of the list in the answer (empty: the answer is the list). `url`, `date` and `title` are paths in an entry; a
    `url` that holds braces is a template of an address, filled with the entry's fields. Paths are dotted keys and positions, or
    JMESPath (`harvester.catalogue.json_paths`).
    """

    path: str = ""
    url: str = "url"
    date: str = ""
    title: str = ""


@dataclass(frozen=True, slots=True)
class Channel:
    """Where a source announces its articles.

    `url` is an address; of a search, a date archive and an API it may be a pattern with `{query}` (a term of the topic), `{year}`,
    `{month}`, `{day}` (two digits), `{page}` (a page's number) or `{offset}` (entries before the page). `pages` is the pattern of a
    listing's further pages, with `{page}` for the number (2 and up) or `{offset}`. `first` is the number of the first page, `step` how
    many entries a page holds where `{offset}` counts them. `section` is the rubric that the channel stands for.
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
    """An address found in a channel.

    `dated` is the channel's own date for it (a feed's pubDate, a sitemap's lastmod), aware, used to ask the newest first;
    it is a hint and never becomes the article's date. `channel` is the address of the channel it was found in.
    """

    url: str
    kind: AddressKind
    channel: str
    dated: datetime | None = None
    title: str | None = None
    section: str | None = None
