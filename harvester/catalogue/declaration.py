"""A declaration, composed: the source, its channels, which addresses are its articles, and its rules for the line."""

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
"""Endings of paths that are no pages, for sources that declare no patterns."""


@dataclass(frozen=True)
class Declaration:
    """One source as the rest of the program sees it.

    `channels` have absolute addresses. `allow` and `deny` are searched in path and query, percent-encoding undone. `delay` and
    `timeout` are in seconds, None where the source declares none. `browser`: its pages are made by scripts. `editions` are the
    addresses below which each language's edition lies. `keep_all`: store what belongs to no topic, too. `family` is the family
    that it takes over from, `path` the file that it was read from, None for the generic one.
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
        """The source's id."""
        return self.source.id

    @cached_property
    def hosts(self) -> frozenset[str]:
        """The hosts of home, channels and editions, without `www.`, with a port that is not the scheme's own."""
        return frozenset(site_of(x) for x in (self.source.home, *(c.url for c in self.channels), *self.editions.values()))

    def owns(self, url: str) -> bool:
        """Whether a web address lies on one of the source's hosts; with an `allow` pattern, on a subdomain of one, too."""
        site = site_of(url)
        return site in self.hosts or (self.allow is not None and any(site.endswith(f".{x}") for x in self.hosts))

    def is_article(self, url: str) -> bool:
        """Whether this address is one of the source's articles, going by the address alone.

        Without an `allow` pattern that is every page under `home`. Home and channels, with their further pages, never are.
        """
        if not is_web_address(url) or not self.owns(url):
            return False
        address = canonical_url(url)
        return self.matches(address) and not self._no_articles.fullmatch(address)

    def matches(self, canonical: str) -> bool:
        """Whether the patterns alone take this canonical address of the source's for an article's."""
        target = path_and_query(canonical)
        allowed = self.allow.search(target) is not None if self.allow else self._under_home(canonical, urlsplit(canonical).path)
        return allowed and not (self.deny is not None and self.deny.search(target) is not None)

    def line_rules(self, topics: Sequence[TopicRules], *, keep_all: bool = False) -> StageRules:
        """The rules of the stages for this source; `keep_all` stores what belongs to no topic whatever the source declares."""
        return StageRules(
            source=self.source,
            extraction=self.extraction,
            dates=DateRules(self.source.timezone),
            editions=EditionRules(self.hosts, self.editions, self.allow),
            topics=tuple(topics),
            keep_all=keep_all or self.keep_all,
        )

    def selectors_at(self, day: date) -> dict[str, str]:
        """The selectors by field that are in use for captures of a day; those of fields that an override answers are left out."""
        layout = self.extraction.layout_at(day)
        return {field: selector for field, selector in layout.selectors.items() if field not in self.extraction.overrides}

    def _under_home(self, address: str, path: str) -> bool:
        """Whether a page lies in home's folder, or anywhere on another of the hosts."""
        home = self.source.home
        folder = urlsplit(canonical_url(home)).path.rpartition("/")[0] + "/"
        return (path.startswith(folder) or site_of(address) != site_of(home)) and not _NO_PAGE.search(path)

    @cached_property
    def _no_articles(self) -> re.Pattern[str]:
        """Home, channels and their further pages."""
        addresses = [self.source.home, *(x.url for x in self.channels), *(x.pages for x in self.channels if x.pages)]
        return re.compile("|".join(map(address_pattern, addresses)))
