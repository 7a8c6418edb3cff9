from __future__ import annotations

import sqlite3
import tracemalloc
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from harvester.catalogue.declaration import Declaration
from harvester.coverage import DayRange, addresses, audit, day_of
from storage.archive import Archive
from storage.model.capture_result import CaptureResult
from storage.model.captures import Capture, Outcome, OutcomeKind
from storage.model.coverage import CoverageStatus
from storage.model.frontier import FailureScope
from storage.model.runs import ROBOTS_DISALLOWED
from storage.model.sources import AddressKind, Channel, DiscoveredUrl, Source, SourceKind
from storage.warc.digests import payload_digest
from storage.warc.exchange import Exchange
from storage.warc.writer import WarcWriter

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

HOME = "https://vestnik.example/"
SOURCE = Source("vestnik", "Вестник", SourceKind.NEWSPAPER, HOME, ("ru",))
FEED = Channel(AddressKind.FEED, f"{HOME}rss.xml")
MAP = Channel(AddressKind.SITEMAP, f"{HOME}sitemap.xml")
LISTING = Channel(AddressKind.LISTING, f"{HOME}news/", pages=f"{HOME}news/page/{{page}}/")
DECLARATION = Declaration(SOURCE, (FEED, MAP, LISTING))
OPEN = DayRange()


def feed(*entries: tuple[str, str]) -> bytes:
    items = "".join(f"<item><link>{HOME}{path}</link>{f'<pubDate>{day}</pubDate>' if day else ''}</item>" for path, day in entries)
    return f'<?xml version="1.0"?><rss version="2.0"><channel>{items}</channel></rss>'.encode()


def sitemap(*entries: tuple[str, str], index: bool = False) -> bytes:
    tag, root = ("sitemap", "sitemapindex") if index else ("url", "urlset")
    inner = "".join(f"<{tag}><loc>{HOME}{path}</loc>{f'<lastmod>{day}</lastmod>' if day else ''}</{tag}>" for path, day in entries)
    return f'<{root} xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{inner}</{root}>'.encode()


class Filling:
    """Writes answers into an archive, each an hour after the one before it."""

    def __init__(self, archive: Archive, warc: WarcWriter) -> None:
        self.archive, self.warc = archive, warc
        self.run = archive.start_run("crawl", "test")
        self.moment = datetime(2026, 3, 3, tzinfo=UTC)
        archive.keep_source(SOURCE)

    def answer(self, path: str, body: bytes, kind: OutcomeKind = OutcomeKind.CHANNEL, *, entries: tuple[str, ...] = ()) -> Capture:
        """Settle an answer; `entries` go into the frontier, as they would be found."""
        self.moment += timedelta(hours=1)
        content_type = "text/html" if path.endswith("/") else "application/xml"
        exchange = Exchange(HOME + path, self.moment, 200, "OK", (("Content-Type", content_type),), body)
        pointer = self.warc.write_exchange(exchange)
        capture = Capture("vestnik", HOME + path, self.moment, 200, content_type, payload_digest(body), pointer)
        found = tuple(DiscoveredUrl(HOME + x, AddressKind.ARTICLE, HOME + path) for x in entries)
        self.archive.record_capture(self.run, CaptureResult(capture, Outcome(kind), found=found))
        return capture

    def seed(self, channel: Channel) -> None:
        self.archive.seed(self.run, "vestnik", [DiscoveredUrl(channel.url, channel.kind, channel.url)], early=True)


@pytest.fixture
def filling(tmp_path: Path) -> Iterator[Filling]:
    with Archive.held(tmp_path / "archive", "test") as archive, WarcWriter(archive.warc_directory, software="test/1") as warc:
        yield Filling(archive, warc)


def gaps(filling: Filling, span: DayRange = OPEN) -> dict[str, str]:
    """Path and day of each gap."""
    return {gap.url.removeprefix(HOME): gap.day for gap in audit(filling.archive, DECLARATION, span).gaps}


def test_addresses_of_all_channels_count_and_each_once(filling: Filling) -> None:
    filling.seed(FEED)
    filling.answer("rss.xml", feed(("n/1", "Mon, 02 Mar 2026 10:00:00 +0500"), ("n/2", "")))
    filling.answer("sitemap.xml", sitemap(("sitemap-1.xml", ""), index=True))
    filling.answer("sitemap-1.xml", sitemap(("n/2", "2026-03-01"), ("n/3", "2026-02-28T23:30:00+00:00")))
    filling.answer("news/", b'<html><body><a href="/n/4">Four</a><a href="https://other.example/n/5">Five</a></body></html>')
    filling.answer("news/page/2/", b'<html><body><a href="/n/6">Six</a></body></html>')
    assert gaps(filling) == {"n/1": "2026-03-02", "n/2": "2026-03-01", "n/3": "2026-03-01", "n/4": "", "n/6": ""}


def test_an_address_that_only_an_older_answer_lists_counts_too(filling: Filling) -> None:
    filling.answer("rss.xml", feed(("n/1", "Sun, 01 Mar 2026 10:00:00 +0500"), ("n/2", "Sun, 01 Mar 2026 10:00:00 +0500")))
    filling.answer("rss.xml", feed(("n/2", "Mon, 02 Mar 2026 10:00:00 +0500")))
    assert gaps(filling) == {"n/1": "2026-03-01", "n/2": "2026-03-02"}


def test_the_frontier_remembers_what_no_answer_says_any_more(filling: Filling) -> None:
    capture = filling.answer("rss.xml", feed(("n/1", "")), entries=("n/1", "n/2"))
    path = filling.archive.warc_directory / capture.warc.file
    with path.open("r+b") as file:
        file.seek(capture.warc.offset + 40)
        file.write(b"\0" * 40)
    audited = audit(filling.archive, DECLARATION, OPEN)
    assert (audited.answers, audited.unreadable) == (0, 1)
    assert [gap.url for gap in audited.gaps] == [HOME + "n/1", HOME + "n/2"]


def test_the_day_in_an_address_goes_before_that_of_a_later_change(filling: Filling) -> None:
    filling.answer("sitemap.xml", sitemap(("2026/02/14/a", "2026-03-01"), ("2026/13/40/b", "2026-03-01"), ("n/1", "")))
    assert gaps(filling) == {"2026/02/14/a": "2026-02-14", "2026/13/40/b": "2026-03-01", "n/1": ""}


@pytest.mark.parametrize(
    ("path", "day"),
    [
        ("2026/03/15/slug", "2026-03-15"),
        ("news/2026-3-5-slug", "2026-03-05"),
        ("2026/03/", ""),
        ("n/120260315", ""),
        ("n/2026-03-159", ""),
        ("2026/02/30/x", ""),
    ],
)
def test_days_in_addresses(path: str, day: str) -> None:
    assert day_of(HOME + path) == day


def test_a_span_leaves_other_days_out_and_tells_the_undated_ones_without_asking_for_them(filling: Filling) -> None:
    filling.answer("sitemap.xml", sitemap(("n/1", "2026-03-01"), ("n/2", "2026-03-02"), ("n/3", "2026-03-03"), ("n/4", "")))
    span = DayRange(date(2026, 3, 2), date(2026, 3, 2))
    audited = audit(filling.archive, DECLARATION, span)
    assert {day: count.listed for day, count in audited.days.items()} == {"2026-03-02": 1, "": 1}
    assert gaps(filling, span) == {"n/2": "2026-03-02"}
    assert gaps(filling, DayRange(since=date(2026, 3, 2))) == {"n/2": "2026-03-02", "n/3": "2026-03-03"}


def test_the_counts_of_a_day_sum_to_what_is_listed(filling: Filling) -> None:
    filling.answer("sitemap.xml", sitemap(*((f"n/{x}", "2026-03-01") for x in range(1, 6))))
    filling.answer("n/1", b"<html>", OutcomeKind.OUT_OF_SCOPE)
    filling.answer("n/2", b"<html>", OutcomeKind.NOT_ARTICLE)
    filling.answer("n/3", b"<html>", OutcomeKind.UNREADABLE)
    (count,) = audit(filling.archive, DECLARATION, OPEN).days.values()
    assert count.fates == {
        CoverageStatus.OUT_OF_SCOPE: 1,
        CoverageStatus.NOT_ARTICLE: 1,
        CoverageStatus.FAILED: 1,
        CoverageStatus.NEVER_TRIED: 2,
    }
    assert (count.listed, count.reasons) == (5, {"unreadable": 1})


def test_every_failure_has_its_address_whether_a_gap_or_not(filling: Filling) -> None:
    filling.answer("sitemap.xml", sitemap(*((f"n/{x}", "2026-03-01") for x in range(1, 4))))
    filling.answer("n/1", b"<html>", OutcomeKind.UNREADABLE)
    filling.archive.enqueue(filling.run, "vestnik", [DiscoveredUrl(f"{HOME}n/2", AddressKind.ARTICLE, MAP.url)])
    (entry,) = filling.archive.lease(filling.run, "vestnik", 9, [AddressKind.ARTICLE])
    filling.archive.unanswered(filling.run, entry, ROBOTS_DISALLOWED, FailureScope.RULE)
    audited = audit(filling.archive, DECLARATION, OPEN)
    assert [(x.url.removeprefix(HOME), x.reason) for x in audited.failures] == [("n/1", "unreadable"), ("n/2", ROBOTS_DISALLOWED)]
    assert len(audited.failures) == audited.total.fates[CoverageStatus.FAILED]
    assert [x.url.removeprefix(HOME) for x in audited.gaps] == ["n/1", "n/3"]


def test_gaps_go_into_the_frontier_as_articles_of_their_channel(filling: Filling) -> None:
    filling.answer("sitemap.xml", sitemap(("n/1", "2026-03-01")))
    found = list(addresses(audit(filling.archive, DECLARATION, OPEN).gaps))
    assert found == [DiscoveredUrl(HOME + "n/1", AddressKind.ARTICLE, MAP.url)]
    filling.archive.enqueue(filling.run, "vestnik", found)
    (entry,) = filling.archive.lease(filling.run, "vestnik", 9, [AddressKind.ARTICLE])
    assert (entry.url, entry.channel) == (HOME + "n/1", MAP.url)


@contextmanager
def peak_of() -> Iterator[Callable[[], int]]:
    tracemalloc.start()
    try:
        yield lambda: tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_memory_grows_by_less_than_a_kilobyte_an_address(filling: Filling) -> None:
    for part in range(4):
        entries = [(f"n/slug-of-an-article-with-a-long-name-{part}-{x}", "2026-03-01") for x in range(2_500)]
        filling.answer(f"sitemap-{part}.xml", sitemap(*entries), OutcomeKind.CHANNEL)
    audit(filling.archive, DECLARATION, DayRange(since=date(2026, 6, 1)))  # what is loaded once
    with peak_of() as peak:
        audited = audit(filling.archive, DECLARATION, DayRange(since=date(2026, 6, 1)))
        assert peak() < 10_000 * 1024
    assert audited.answers == 4


def test_a_killed_crawl_is_still_recovered_after_gaps_were_enqueued(filling: Filling) -> None:
    """The end of the run that enqueues says nothing of what an earlier one left unread."""
    from harvester.cli.coverage import ENQUEUED

    filling.answer("sitemap.xml", sitemap(("n/1", "2026-03-01")))
    before = filling.archive.settled_until()
    run = filling.archive.start_run("coverage", "test")
    filling.archive.finish_run(run, ENQUEUED)
    assert filling.archive.settled_until() == before
    rows = sqlite3.connect(filling.archive.database.path)
    assert rows.execute("SELECT count(*) FROM runs").fetchone() == (2,)
    rows.close()
