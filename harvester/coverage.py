"""Coverage: what a source's own channels list, held against what the archive has, day by day. It asks no site.

Every answer of a channel lies in the WARC files and is read again; the frontier adds what it remembers beyond them.
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

_DAY = re.compile(r"(?<!\d)((?:19|20)\d\d)([/-])(\d{1,2})\2(\d{1,2})(?!\d)")
"""A whole day in an address: /2026/03/15/, 2026-03-15."""


@dataclass(frozen=True, slots=True)
class DayRange:
    """The days that are asked for, both included; None where it is open. What has no day is in no span but the open one."""

    since: date | None = None
    until: date | None = None

    @property
    def is_open(self) -> bool:
        """Whether all days are asked for."""
        return self.since is None and self.until is None

    def holds(self, day: str) -> bool:
        """Whether a day (ISO 8601) lies in it."""
        return (self.since is None or day >= self.since.isoformat()) and (self.until is None or day <= self.until.isoformat())


@dataclass(frozen=True, slots=True)
class MissingUrl:
    """An article that is listed and not there: never tried, or failed. `day` is empty when nothing says when it came.

    `waiting` says whether the frontier asks for it (again) by itself.
    """

    url: str
    day: str
    fate: CoverageStatus
    reason: str
    channel: str
    waiting: bool = False


@dataclass(slots=True)
class DayCount:
    """The addresses listed of one day, by what became of them; of those that failed, by reason."""

    fates: Counter[CoverageStatus] = field(default_factory=Counter)
    reasons: Counter[str] = field(default_factory=Counter)

    @property
    def listed(self) -> int:
        """How many there are."""
        return self.fates.total()


@dataclass(slots=True)
class Coverage:
    """The audit of one source.

    `days` are ISO 8601, the empty one holds what is undated. `gaps` may be asked for by hand: never tried, or failed for good. `failures`
    are all that failed, also what robots.txt closes or the frontier tries again. `answers` of channels were read; `unreadable` could not
    be: their WARC record is damaged, or they break the parser (the log says which).
    """

    source: str
    days: defaultdict[str, DayCount] = field(default_factory=lambda: defaultdict(DayCount))
    gaps: list[MissingUrl] = field(default_factory=list)
    failures: list[MissingUrl] = field(default_factory=list)
    answers: int = 0
    unreadable: int = 0

    @property
    def total(self) -> DayCount:
        """All days together."""
        total = DayCount()
        for day in self.days.values():
            total.fates.update(day.fates)
            total.reasons.update(day.reasons)
        return total


def audit(archive: ArchiveReader, declaration: Declaration, span: DayRange) -> Coverage:
    """Compare what a source lists with what the archive has of it.

    An address belongs to the day of publication that its page gave, else to the day in the address, else to the channel's own date
    (a sitemap's may be that of a later change). Undated ones are told whatever the span, as a day of their own, but are gaps only
    in the open one. Memory grows by about a third of a kilobyte an address.
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
    """Gaps as what the frontier takes in."""
    for gap in gaps:
        yield DiscoveredUrl(gap.url, AddressKind.ARTICLE, gap.channel)


# ── what is listed ────────────────────────────────────────────────────────────────────────────────────────────────────


def _listed(archive: ArchiveReader, declaration: Declaration, coverage: Coverage) -> dict[str, tuple[str, str]]:
    """By address: the day by the channel's date (empty: none), and the channel. The newest answer that has a date counts."""
    zone = ZoneInfo(declaration.source.timezone)
    listed: dict[str, tuple[str, str]] = {}
    shared: dict[tuple[str, str], tuple[str, str]] = {}  # a day of a channel lists many

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
    """The articles that an answer of a channel lists, read from its WARC record."""
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
    except Exception as error:  # noqa: BLE001  one answer must not hide the others
        log_failure(capture.url, Failure.of("coverage", error), error)
        coverage.unreadable += 1
        return []
    coverage.answers += 1
    return [x for x in found.urls if x.kind is AddressKind.ARTICLE]


def _channel_of(declaration: Declaration, answered: ChannelCapture) -> Channel:
    """The declared channel of an answer; where neither declaration nor frontier knows one, what its bytes say decides."""
    url = answered.channel or answered.capture.url
    declared = (x for x in declaration.channels if x.url == url or (x.pages and re.fullmatch(address_pattern(x.pages), url)))
    return next(declared, Channel(answered.kind or AddressKind.SITEMAP, url))


def day_of(url: str) -> str:
    """The day that stands in an address, ISO 8601; empty when there is none."""
    for year, _, month, day in _DAY.findall(url):
        try:
            return date(int(year), int(month), int(day)).isoformat()
        except ValueError:
            continue
    return ""
