from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from storage.model.capture_result import CaptureResult
from storage.model.captures import Outcome, OutcomeKind
from storage.model.frontier import BackfillRemainder
from storage.model.sources import CHANNEL_KINDS, WALKED_KINDS, AddressKind, DiscoveredUrl
from tests.storage.conftest import SOURCE

if TYPE_CHECKING:
    from storage.archive import Archive
    from storage.model.frontier import FrontierEntry
    from tests.storage.conftest import Maker

HOME = "https://vestnik.example/"
SINCE = datetime(2026, 3, 1, tzinfo=UTC)
OLD, YOUNG = SINCE - timedelta(hours=1), SINCE + timedelta(hours=1)
LISTING = DiscoveredUrl(HOME + "news", AddressKind.LISTING, HOME + "news")
ARTICLE = (AddressKind.ARTICLE,)


def article(number: int, dated: datetime | None = None) -> DiscoveredUrl:
    return DiscoveredUrl(f"{HOME}n/{number}", AddressKind.ARTICLE, LISTING.url, dated)


class Walk:
    """A walk through a listing, page by page, as a crawl would settle it."""

    def __init__(self, archive: Archive, run: int, make: Maker, *starts: DiscoveredUrl) -> None:
        self.archive, self.run, self.make = archive, run, make
        self.backfill = archive.begin_backfill(run, "vestnik", SINCE, starts or [LISTING])

    def page(self) -> FrontierEntry | None:
        """The next page that the backfill asks."""
        self.archive.pass_over_older(self.backfill)
        return next(iter(self.archive.lease(self.run, "vestnik", 1, WALKED_KINDS, self.backfill)), None)

    def record_capture(self, entry: FrontierEntry, *found: DiscoveredUrl, further: bool = True) -> None:
        """A page that brought articles, and leads to the next."""
        number = int(entry.url.partition("?page=")[2] or 1)
        following = DiscoveredUrl(f"{HOME}news?page={number + 1}", AddressKind.LISTING, LISTING.url) if further else None
        capture = self.make.capture(entry.url.removeprefix(HOME))
        outcome = Outcome(OutcomeKind.CHANNEL)
        self.archive.record_capture(self.run, CaptureResult(capture, outcome, entry=entry.id, found=found, further=following))

    def read(self, *found: DiscoveredUrl) -> str:
        """Ask the next page and settle it; its path, or nothing when there is none."""
        entry = self.page()
        if entry is None:
            return ""
        assert entry.since == SINCE
        self.record_capture(entry, *found)
        return entry.url.removeprefix(HOME)

    def articles(self, published: datetime | None, kind: OutcomeKind = OutcomeKind.OUT_OF_SCOPE) -> list[str]:
        """Ask every article that waits, and learn when it was published."""
        entries = self.archive.lease(self.run, "vestnik", 100, ARTICLE, self.backfill)
        for entry in entries:
            capture = self.make.capture(entry.url.removeprefix(HOME))
            self.archive.record_capture(self.run, CaptureResult(capture, Outcome(kind), entry=entry.id, published=published))
        return [entry.url.removeprefix(HOME) for entry in entries]


@pytest.fixture
def walk(archive: Archive, run: int, make: Maker) -> Walk:
    return Walk(archive, run, make)


def test_a_walk_goes_on_until_two_pages_in_a_row_bring_nothing_new(walk: Walk) -> None:
    assert walk.read(article(1)) == "news"
    assert walk.read(article(1)) == "news?page=2"
    assert walk.read(article(2)) == "news?page=3"
    assert [walk.read(article(2)), walk.read(article(1)), walk.read()] == ["news?page=4", "news?page=5", ""]


def test_what_ordinary_runs_know_is_new_to_a_backfill(archive: Archive, run: int, make: Maker) -> None:
    archive.seed(run, "vestnik", [article(1), article(2), article(3)], early=False)
    walk = Walk(archive, run, make)
    assert [walk.read(article(number)) for number in (1, 2, 3)] == ["news", "news?page=2", "news?page=3"]


def test_a_page_after_one_whose_articles_proved_older_is_not_asked(walk: Walk) -> None:
    walk.read(article(1))
    assert walk.articles(YOUNG) == ["n/1"]
    walk.read(article(1), article(2))  # the first stands in a sidebar
    assert walk.articles(OLD) == ["n/2"]
    assert walk.page() is None
    assert walk.archive.end_backfill(walk.backfill).nothing


@pytest.mark.parametrize("kind", [OutcomeKind.REDIRECT, OutcomeKind.GONE, OutcomeKind.NOT_ARTICLE])
def test_what_is_no_article_says_nothing_of_the_age_of_a_page(walk: Walk, kind: OutcomeKind) -> None:
    walk.read(article(1), article(2))
    (one, two) = walk.archive.lease(walk.run, "vestnik", 2, ARTICLE, walk.backfill)
    walk.archive.record_capture(walk.run, CaptureResult(walk.make.capture("n/1"), Outcome(kind), entry=one.id))
    walk.archive.record_capture(
        walk.run, CaptureResult(walk.make.capture("n/2"), Outcome(OutcomeKind.OUT_OF_SCOPE), entry=two.id, published=OLD)
    )
    assert walk.page() is None


def test_an_article_that_moved_dates_the_page_all_the_same(walk: Walk) -> None:
    walk.read(article(1))
    (old,) = walk.archive.lease(walk.run, "vestnik", 1, ARTICLE, walk.backfill)
    moved = CaptureResult(walk.make.capture("n/1"), Outcome(OutcomeKind.REDIRECT), entry=old.id, found=(article(2),), hops=1)
    walk.archive.record_capture(walk.run, moved)
    assert walk.articles(OLD) == ["n/2"]
    assert walk.page() is None


def test_undated_articles_are_followed(walk: Walk) -> None:
    walk.read(article(1))
    walk.articles(None)
    assert walk.read(article(2)) == "news?page=2"


def test_articles_dated_before_the_day_are_left_to_ordinary_runs(archive: Archive, run: int, make: Maker) -> None:
    archive.seed(run, "vestnik", [article(1, OLD), article(2, YOUNG), article(3)], early=False)
    walk = Walk(archive, run, make)
    assert sorted(walk.articles(None)) == ["n/2", "n/3"]
    assert archive.next_due("vestnik", ARTICLE, walk.backfill) is None
    assert archive.next_due("vestnik", ARTICLE) is not None


def test_a_stopped_backfill_goes_on_where_it_was(walk: Walk) -> None:
    walk.read(article(1))
    walk.read(article(2))
    walk.archive.finish_run(walk.run, "killed")
    again = Walk(walk.archive, walk.archive.start_run("crawl", "test"), walk.make)
    assert again.backfill == walk.backfill
    assert [again.read(), again.read(), again.read()] == ["news?page=3", "news?page=4", ""]


def test_a_page_under_way_at_the_end_is_asked_again_by_the_backfill(walk: Walk) -> None:
    entry = walk.page()
    assert entry is not None
    walk.archive.finish_run(walk.run, "killed")
    left_behind = walk.archive.entry_of(entry.url)
    assert left_behind is not None
    assert left_behind.since == SINCE, "what a killed run captured is settled as a step of its backfill"


def test_a_finished_backfill_begins_anew(walk: Walk) -> None:
    walk.read(article(1))
    assert walk.archive.end_backfill(walk.backfill) == BackfillRemainder(pages=1, articles=1)
    walk.articles(YOUNG)
    walk.read(article(1))
    walk.read(article(1))
    assert walk.archive.end_backfill(walk.backfill) == BackfillRemainder(pages=0, articles=0)
    again = Walk(walk.archive, walk.archive.start_run("crawl", "test"), walk.make)
    assert again.backfill.id != walk.backfill.id
    assert [again.read(article(1)), again.read(article(1))] == ["news", "news?page=2"]


def test_another_day_is_another_backfill(walk: Walk) -> None:
    other = walk.archive.begin_backfill(walk.run, "vestnik", SINCE - timedelta(days=30), [LISTING])
    assert other.id != walk.backfill.id
    assert walk.page() is None
    assert [x.url for x in walk.archive.lease(walk.run, "vestnik", 9, WALKED_KINDS, other)] == [LISTING.url]


def test_an_ordinary_run_leaves_a_walk_alone_and_keeps_its_channels(walk: Walk) -> None:
    walk.read(article(1))

    def ordinary() -> list[str]:
        run = walk.archive.start_run("crawl", "test")
        walk.archive.seed(run, "vestnik", [LISTING], early=True)
        return [x.url.removeprefix(HOME) for x in walk.archive.lease(run, "vestnik", 9, CHANNEL_KINDS)]

    assert ordinary() == ["news"]
    assert walk.read(article(2)) == "news?page=2"


def test_an_ordinary_run_has_a_channel_that_the_backfill_has_not_asked(walk: Walk) -> None:
    walk.archive.seed(walk.run, "vestnik", [LISTING], early=False)
    (entry,) = walk.archive.lease(walk.run, "vestnik", 9, CHANNEL_KINDS)
    assert entry.since is None
    walk.record_capture(entry, article(1))
    again = Walk(walk.archive, walk.archive.start_run("crawl", "test"), walk.make)
    assert again.read(article(1)) == "news", "the backfill still begins at the first page"


def test_a_page_that_fails_holds_the_backfill_open(walk: Walk) -> None:
    entry = walk.page()
    assert entry is not None
    failed = CaptureResult(walk.make.capture("news", status=500), Outcome(OutcomeKind.SERVER_ERROR, "status 500"), entry=entry.id)
    walk.archive.record_capture(walk.run, failed)
    assert walk.archive.end_backfill(walk.backfill) == BackfillRemainder(pages=1, articles=0)


def test_the_sitemaps_of_an_index_belong_to_the_backfill(archive: Archive, run: int, make: Maker) -> None:
    index = DiscoveredUrl(HOME + "map.xml", AddressKind.SITEMAP, HOME + "map.xml")
    child = replace(index, url=HOME + "map-2026-03.xml", dated=YOUNG)
    archive.seed(run, "vestnik", [child], early=False)
    for known in archive.lease(run, "vestnik", 9, CHANNEL_KINDS):
        archive.record_capture(run, CaptureResult(make.capture("map-2026-03.xml"), Outcome(OutcomeKind.CHANNEL), entry=known.id))
    run = archive.start_run("crawl", "test")
    walk = Walk(archive, run, make, index)
    (entry,) = archive.lease(run, "vestnik", 9, [AddressKind.SITEMAP], walk.backfill)
    archive.record_capture(run, CaptureResult(make.capture("map.xml"), Outcome(OutcomeKind.CHANNEL), entry=entry.id, found=(child,)))
    (entry,) = archive.lease(run, "vestnik", 9, [AddressKind.SITEMAP], walk.backfill)
    assert (entry.url, entry.since) == (child.url, SINCE)


def test_backfills_of_sources_do_not_meet(walk: Walk) -> None:
    walk.archive.keep_source(replace(SOURCE, id="other"))
    other = walk.archive.begin_backfill(walk.run, "other", SINCE, [replace(LISTING, url="https://other.example/")])
    assert walk.page() is not None
    assert [x.source for x in walk.archive.lease(walk.run, "other", 9, WALKED_KINDS, other)] == ["other"]
