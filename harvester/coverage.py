"""Coverage: what a source's own channels list, compared with the archive, day by day. No request is sent.

Every response of a channel is read again from the WARC files; the frontier adds URLs that are in none of
them.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from harvester.discovery.channels import discover
from harvester.fetching.captured_response import largest_body
from pipelines.failures import log_failure
from pipelines.urls import address_pattern
from storage.model.coverage import CoverageStatus
from storage.model.failures import Failure
from storage.model.sources import AddressKind, Channel, DiscoveredUrl
from storage.warc.errors import BadCoding, BadPointer
from storage.warc.reader import read_response

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from harvester.catalogue.declaration import Declaration
    from storage.model.coverage import ChannelCapture, ListedUrl
    from storage.reader import ArchiveReader

BATCH = 500
"""Number of URLs whose status is read at a time."""

_DAY = re.compile(r"(?<!\d)((?:19|20)\d\d)([/-])(\d{1,2})\2(\d{1,2})(?!\d)")
"""Complete date in a URL: /2026/03/15/, 2026-03-15."""


@dataclass(frozen=True, slots=True)
class DayRange:
    """Range of days, both included; None where it is open.

    Undated URLs are in no range but the one that is open on both sides.
    """

    since: date | None = None
    until: date | None = None

    @property
    def is_open(self) -> bool:
        """Whether the range includes all days."""
        return self.since is None and self.until is None

    def holds(self, day: str) -> bool:
        """Return whether a day (ISO 8601) is in the range."""
        return (self.since is None or day >= self.since.isoformat()) and (self.until is None or day <= self.until.isoformat())


@dataclass(frozen=True, slots=True)
class MissingUrl:
    """An article that is listed and not in the archive: never tried, or failed.

    `day` is empty when its date is unknown. `waiting`: the frontier will request it (again) by itself.
    """

    url: str
    day: str
    fate: CoverageStatus
    reason: str
    channel: str
    waiting: bool = False


@dataclass(slots=True)
class DayCount:
    """The URLs listed for one day, counted by status; those that failed, by reason, too."""

    fates: Counter[CoverageStatus] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)

    @property
    def listed(self) -> int:
        """Number of URLs."""
        return self.fates.total()


@dataclass(slots=True)
class Coverage:
    """Audit of one source.

    Keys of `days` are ISO 8601; the empty one has what is undated. `gaps` may be requested by hand: never
    tried, or failed for good. `failures` are all that failed, including what robots.txt disallows or the
    frontier will retry. `answers` counts the channel responses that were read, `unreadable` those that could
    not be: their WARC record is damaged, or they cause an error in the parser (the log has which).
    """

    source: str
    days: defaultdict[str, DayCount] = field(default_factory=lambda: defaultdict(DayCount))
    gaps: list[MissingUrl] = field(default_factory=list)
    failures: list[MissingUrl] = field(default_factory=list)
    answers: int = 0
    unreadable: int = 0

    @property
    def total(self) -> DayCount:
        """Sum of all days."""
        total = DayCount()
        for day in self.days.values():
            total.fates.update(day.fates)
            total.reasons.update(day.reasons)
        return total


def audit(archive: ArchiveReader, declaration: Declaration, span: DayRange) -> Coverage:
    """Compare what a source lists with what the archive has of it.

    A URL belongs to the day of publication extracted from its page, else to the day in the URL, else to the
    channel's own date (a sitemap's may be that of a later change). Undated ones are counted for any `span`,
    as a day of their own, but are gaps only if it is open on both sides. Memory grows by about a third of a
    kilobyte a URL.
    """
    coverage = Coverage(declaration.id)
    listed = _listed(archive, declaration, coverage)
    urls = sorted(listed)
    for start in range(0, len(urls), BATCH):
        for url, fate in archive.fates(declaration.id, urls[start : start + BATCH]).items():
            dated, channel = listed[url]
            day = fate.day or day_of(url) or dated
            _count(coverage, MissingUrl(url, day, fate.fate, fate.reason, channel, fate.waiting), fate, span)
    for missing in (coverage.gaps, coverage.failures):
        missing.sort(key=lambda one: (one.day, one.url))
    return coverage


def _count(coverage: Coverage, address: MissingUrl, listed: ListedUrl, span: DayRange) -> None:
    if address.day and not span.holds(address.day):
        return
    count = coverage.days[address.day]
    count.fates[address.fate] += 1
    if address.fate is CoverageStatus.FAILED:
        count.reasons[address.reason] += 1
        coverage.failures.append(address)
    if listed.is_gap and (address.day or span.is_open):
        coverage.gaps.append(address)


def addresses(gaps: list[MissingUrl]) -> Iterator[DiscoveredUrl]:
    """Yield gaps as URLs for the frontier."""
    for gap in gaps:
        yield DiscoveredUrl(gap.url, AddressKind.ARTICLE, gap.channel)


# ── listed URLs ───────────────────────────────────────────────────────────────────────────────────────────────────────


def _listed(archive: ArchiveReader, declaration: Declaration, coverage: Coverage) -> dict[str, tuple[str, str]]:
    """Return the listed articles: by URL, the day of the channel's date (empty without one) and the channel.

    The newest response that has a date counts.
    """
    zone = ZoneInfo(declaration.source.timezone)
    listed: dict[str, tuple[str, str]] = {}
    # one tuple for the many URLs of a channel and day, to save memory
    shared: dict[tuple[str, str], tuple[str, str]] = {}

    def take(url: str, dated: datetime | None, channel: str) -> None:
        if url not in listed or (dated is not None and not listed[url][0]):
            told = (dated.astimezone(zone).date().isoformat() if dated else "", channel)
            listed[url] = shared.setdefault(told, told)

    for answered in archive.channel_answers(declaration.id):
        for found in _announced(archive, declaration, answered, coverage):
            take(found.url, found.dated, found.channel)
    for url, dated in archive.found_articles(declaration.id):
        if url in listed or declaration.is_article(url):
            take(url, dated, declaration.source.home)
    return listed


def _announced(archive: ArchiveReader, declaration: Declaration, answered: ChannelCapture, coverage: Coverage) -> list[DiscoveredUrl]:
    """Return the articles that a response of a channel lists, read from its WARC record."""
    capture, pointer = answered.capture, answered.capture.warc
    channel = _channel_of(declaration, answered)
    try:
        response = read_response(archive.warc_directory / pointer.file, pointer.offset, pointer.length)
        body = response.decoded(largest_body(channel.kind)).body
    except (BadPointer, BadCoding):
        coverage.unreadable += 1
        return []
    try:
        found = discover(body, capture.content_type, declaration, capture.url, channel)
    except Exception as error:  # noqa: BLE001  one response must not hide the others
        log_failure(capture.url, Failure.of("coverage", error), error)
        coverage.unreadable += 1
        return []
    coverage.answers += 1
    return [x for x in found.urls if x.kind is AddressKind.ARTICLE]


def _channel_of(declaration: Declaration, answered: ChannelCapture) -> Channel:
    """Return the declared channel of a response.

    Where the declaration lacks it, a plain one; where the frontier lacks it, too, its kind is detected from
    the bytes.
    """
    url = answered.channel or answered.capture.url
    declared = (x for x in declaration.channels if x.url == url or (x.pages and re.fullmatch(address_pattern(x.pages), url)))
    return next(declared, Channel(answered.kind or AddressKind.SITEMAP, url))


def day_of(url: str) -> str:
    """Return the date in a URL, ISO 8601; empty when there is none."""
    for year, _, month, day in _DAY.findall(url):
        try:
            return date(int(year), int(month), int(day)).isoformat()
        except ValueError:
            continue
    return ""
