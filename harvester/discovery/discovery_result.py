"""Result of reading one channel response: URLs, problems, and the next page."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING
from urllib.parse import urljoin

from pipelines.urls import MAX_LENGTH, AddressTooLong, canonical_url, with_encoded_query
from storage.model.sources import AddressKind, DiscoveredUrl
from storage.model.text import one_line

if TYPE_CHECKING:
    from datetime import datetime

    from storage.model.sources import Channel

# Problems, as a run's report names them. Of the whole answer:
EMPTY = "empty answer"
NOT_XML = "neither a feed nor a sitemap"
WEB_PAGE = "a web page instead of a feed or sitemap"
NO_WEB_PAGE = "no web page"
ENTITIES = "refused: declares entities"
TOO_LARGE = "refused: too large once unpacked"
BAD_GZIP = "damaged gzip"
TOO_COMPLEX = "refused: more tags, attributes or nesting than a parser can bear"
MALFORMED = "malformed: only the readable part counts"
NOT_JSON = "no JSON"
NO_ENTRIES = "no list of entries where one is declared"
FATAL = frozenset({EMPTY, NOT_XML, WEB_PAGE, NO_WEB_PAGE, ENTITIES, TOO_LARGE, TOO_COMPLEX, BAD_GZIP, NOT_JSON, NO_ENTRIES})
"""Problems after which nothing of a response can be read."""

# Of single addresses:
NO_ADDRESS = "entry without an address"
NOT_WEB = "not a web address"
TOO_LONG = "address too long"
FOREIGN = "address of another site"
TRAP = "address looks endless"
NOT_ENTRY = "entry is no object"
OLDER = "older than asked for"
TOO_MANY = "beyond what is read of one answer"
FOREIGN_BASE = "base leads to another site"

_ABSOLUTE = ("https://", "http://")  # spares most addresses the join
_MAX_TITLE = 500  # characters; the title is a hint


class ChannelParseError(ValueError):
    """Raised when nothing of a channel response can be read; the message is the kind of problem."""


@dataclass(frozen=True, slots=True)
class DiscoveryResult:
    """URLs and problems of one channel response.

    `urls` are canonical, each once, in the order of the channel. `problems` counts by kind (the constants of
    this module). `next_page` is the URL of the next page, where there is one.
    """

    urls: tuple[DiscoveredUrl, ...] = ()
    problems: Counter[str] = field(default_factory=Counter)
    next_page: str | None = None


class UrlCollector:
    """Collects the URLs of one response, resolved against the URL of the response.

    `charset` is that of a web page: browsers encode the queries of its links in it
    (https://url.spec.whatwg.org/#query-state). Feeds and sitemaps are XML, whose links are UTF-8.
    """

    def __init__(self, channel: Channel, base: str, charset: str = "utf-8") -> None:
        self.problems: Counter[str] = Counter()
        self.base = base
        self._charset = charset
        self._channel = channel
        self._urls: dict[str, DiscoveredUrl] = {}

    def put(
        self, written: str | None, kind: AddressKind = AddressKind.ARTICLE, *, dated: datetime | None = None, title: str | None = None
    ) -> None:
        """Add a URL, or count what is wrong with it; a repeated one only fills in a missing date or title."""
        written = (written or "").strip()
        if not written:
            self.problems[NO_ADDRESS] += 1
            return
        try:
            url = self._resolved(written)
        except AddressTooLong:
            self.problems[TOO_LONG] += 1
            return
        except ValueError:
            self.problems[NOT_WEB] += 1
            return
        title = one_line(title, _MAX_TITLE) or None if title else None
        known = self._urls.get(url)
        if known is None:
            self._urls[url] = DiscoveredUrl(url, kind, self._channel.url, dated, title, self._channel.section)
        else:
            self._urls[url] = replace(known, dated=known.dated or dated, title=known.title or title)

    def _resolved(self, written: str) -> str:
        if len(written) > MAX_LENGTH:
            raise AddressTooLong
        written = with_encoded_query(written, self._charset)
        return canonical_url(written if written.startswith(_ABSOLUTE) else urljoin(self.base, written))

    def found(self) -> DiscoveryResult:
        """Return everything collected."""
        return DiscoveryResult(tuple(self._urls.values()), self.problems)
