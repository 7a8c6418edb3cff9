"""Composed declaration of a source: its channels, which URLs are its articles, its rules for the pipeline."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from harvester.catalogue.spec import Expect
from pipelines.rules import DateRules, EditionRules, ExtractionRules, StageRules
from pipelines.urls import address_pattern, canonical_url, is_web_address, path_and_query, site_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date
    from pathlib import Path

    from pipelines.rules import TopicRules
    from storage.model.sources import Channel, Source

_NO_PAGE = re.compile(
    r"\.(?:jpe?g|png|gif|webp|svg|ico|mp[34]|m4[av]|webm|avi|wav|ogg|pdf|docx?|xlsx?|pptx?|zip|rar|7z|gz|css|js|json|xml|rss|woff2?|apk)$",
    re.IGNORECASE,
)
"""Endings of URL paths that are not pages, for sources that declare no `allow` pattern."""


@dataclass(frozen=True)
class Declaration:
    """One source, with all that other packages need of its declaration.

    `channels` have absolute URLs. `allow` and `deny` are searched in path and query, percent-decoded. `delay`
    and `timeout` are in seconds, None where the source declares none. `browser`: its pages are made by
    scripts and need a browser. `editions`: by language, the URL below which its edition is found. `keep_all`:
    also store articles that belong to no topic. `family`: the name of the family whose keys it inherits,
    empty for none. `path`: the file it was read from, None for a generic declaration.
    """

    source: Source
    channels: tuple[Channel, ...] = ()
    allow: re.Pattern[str] | None = None
    deny: re.Pattern[str] | None = None
    delay: float | None = None
    timeout: float | None = None
    browser: bool = False
    editions: Mapping[str, str] = field(default_factory=dict)
    expect: Expect = field(default_factory=Expect)
    keep_all: bool = False
    enabled: bool = True
    note: str = ""
    extraction: ExtractionRules = field(default_factory=ExtractionRules)
    family: str = ""
    path: Path | None = None

    @property
    def id(self) -> str:
        """Id of the source."""
        return self.source.id

    @cached_property
    def hosts(self) -> frozenset[str]:
        """Hosts of home, channels and editions, without `www.`, with the port unless it is the default."""
        return frozenset(site_of(x) for x in (self.source.home, *(c.url for c in self.channels), *self.editions.values()))

    def owns(self, url: str) -> bool:
        """Return whether a URL is on one of the source's hosts; with an `allow` pattern, also on a subdomain.

        Raises:
            ValueError: it is no http or https URL.
        """
        site = site_of(url)
        return site in self.hosts or (self.allow is not None and any(site.endswith(f".{x}") for x in self.hosts))

    def is_article(self, url: str) -> bool:
        """Return whether a URL is one of the source's articles, judged by the URL alone.

        Without an `allow` pattern every page under `home` is one. Home and channels, with their further
        pages, never are.
        """
        if not is_web_address(url) or not self.owns(url):
            return False
        address = canonical_url(url)
        return self.matches(address) and not self._no_articles.fullmatch(address)

    def matches(self, canonical: str) -> bool:
        """Return whether the patterns alone accept this canonical URL of the source as an article's."""
        target = path_and_query(canonical)
        allowed = self.allow.search(target) is not None if self.allow else self._under_home(canonical, urlsplit(canonical).path)
        return allowed and not (self.deny is not None and self.deny.search(target) is not None)

    def line_rules(self, topics: Sequence[TopicRules], *, keep_all: bool = False) -> StageRules:
        """Return the rules of the pipeline's stages for this source.

        `keep_all` also stores articles that belong to no topic, whatever the source declares.
        """
        return StageRules(
            source=self.source,
            extraction=self.extraction,
            dates=DateRules(self.source.timezone),
            editions=EditionRules(self.hosts, self.editions, self.allow),
            topics=tuple(topics),
            keep_all=keep_all or self.keep_all,
        )

    def selectors_at(self, day: date) -> dict[str, str]:
        """Return the selectors, by field, that are used for captures of a day.

        Those of fields that have an override are left out.
        """
        layout = self.extraction.layout_at(day)
        return {field: selector for field, selector in layout.selectors.items() if field not in self.extraction.overrides}

    def _under_home(self, address: str, path: str) -> bool:
        """Return whether a page is in home's folder, or anywhere on another of the source's hosts."""
        home = self.source.home
        folder = urlsplit(canonical_url(home)).path.rpartition("/")[0] + "/"
        return (path.startswith(folder) or site_of(address) != site_of(home)) and not _NO_PAGE.search(path)

    @cached_property
    def _no_articles(self) -> re.Pattern[str]:
        """Pattern of the URLs of home, channels and their further pages."""
        addresses = [self.source.home, *(x.url for x in self.channels), *(x.pages for x in self.channels if x.pages)]
        return re.compile("|".join(map(address_pattern, addresses)))
