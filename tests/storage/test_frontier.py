from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from storage.model.captures import Outcome, OutcomeKind
from storage.model.frontier import MAX_ATTEMPTS, wait_after
from storage.model.settlement import Settlement
from storage.model.sources import AddressKind, DiscoveredUrl
from tests.storage.conftest import SOURCE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from storage.archive import Archive
    from tests.storage.conftest import Maker

ALL = tuple(AddressKind)
HOME = "https://vestnik.example/"


def url(path: str, kind: AddressKind = AddressKind.ARTICLE, day: int | None = None) -> DiscoveredUrl:
    return DiscoveredUrl(HOME + path, kind, HOME + "rss", datetime(2026, 3, day, tzinfo=UTC) if day else None)


def seed(archive: Archive, run: int, urls: Sequence[DiscoveredUrl], *, early: bool = False) -> None:
    archive.seed(run, "vestnik", urls, early=early)


def leased(archive: Archive, run: int, limit: int = 10, kinds: Sequence[AddressKind] = ALL) -> list[str]:
    return [entry.url.removeprefix(HOME) for entry in archive.lease(run, "vestnik", limit, kinds)]


def test_channels_come_first_then_the_newest_articles(archive: Archive, run: int) -> None:
    seed(archive, run, [url("n/1", day=1), url("n/3", day=3), url("rss", AddressKind.FEED), url("n/2", day=2)])
    assert leased(archive, run) == ["rss", "n/3", "n/2", "n/1"]


def test_a_lease_is_given_once(archive: Archive, run: int) -> None:
    seed(archive, run, [url("n/1", day=1), url("n/2", day=2), url("n/3", day=3)])
    assert leased(archive, run, 2) == ["n/3", "n/2"]
    assert leased(archive, run, 2) == ["n/1"]
    assert leased(archive, run, 2) == []


def test_only_the_kinds_asked_for_are_leased(archive: Archive, run: int) -> None:
    seed(archive, run, [url("n/1"), url("rss", AddressKind.FEED)])
    assert leased(archive, run, kinds=[AddressKind.FEED]) == ["rss"]


def test_the_leases_of_a_killed_run_are_taken_back_by_the_next(archive: Archive, run: int) -> None:
    seed(archive, run, [url("n/1")])
    assert leased(archive, run) == ["n/1"]
    archive.finish_run(run, "killed")
    assert leased(archive, archive.start_run("crawl", "test")) == ["n/1"]


def test_an_outcome_acknowledges_and_a_failure_postpones(archive: Archive, run: int, make: Maker) -> None:
    seed(archive, run, [url("n/1"), url("n/2")])
    first, second = archive.lease(run, "vestnik", 2, ALL)
    archive.settle(run, Settlement(make.capture("n/1", status=404), Outcome(OutcomeKind.GONE), entry=first.id))
    archive.settle(run, Settlement(make.capture("n/2", status=500), Outcome(OutcomeKind.SERVER_ERROR, "status 500"), entry=second.id))
    due = archive.next_due("vestnik", ALL)
    assert due is not None
    assert timedelta(seconds=3) < due - datetime.now(UTC) <= wait_after(1)
    assert archive.failing(run) == {"vestnik": [(second.url, "server-error")]}
    assert archive.waiting() == {"vestnik": 1}


def test_patience_ends(archive: Archive, run: int, make: Maker) -> None:
    seed(archive, run, [url("n/1")])
    (entry,) = archive.lease(run, "vestnik", 1, ALL)
    for _ in range(MAX_ATTEMPTS):
        archive.settle(run, Settlement(make.capture(status=500), Outcome(OutcomeKind.SERVER_ERROR), entry=entry.id))
    assert archive.next_due("vestnik", ALL) is None


def test_what_the_server_says_about_waiting_is_kept_to(archive: Archive, run: int, make: Maker) -> None:
    seed(archive, run, [url("n/1")])
    (entry,) = archive.lease(run, "vestnik", 1, ALL)
    later = datetime.now(UTC) + timedelta(hours=2)
    archive.settle(run, Settlement(make.capture(status=503), Outcome(OutcomeKind.SERVER_ERROR), entry=entry.id, not_before=later))
    assert archive.next_due("vestnik", ALL) == later


def test_a_channel_comes_round_when_due_or_early(archive: Archive, run: int, make: Maker) -> None:
    channel = url("rss", AddressKind.FEED)
    seed(archive, run, [channel])
    (entry,) = archive.lease(run, "vestnik", 1, ALL)
    later = datetime.now(UTC) + timedelta(minutes=10)
    archive.settle(run, Settlement(make.capture("rss"), Outcome(OutcomeKind.CHANNEL), entry=entry.id, next_due=later))
    seed(archive, run, [channel])
    assert leased(archive, run) == []
    seed(archive, run, [channel], early=True)
    assert leased(archive, run) == ["rss"]


def test_found_addresses_enter_once_and_the_next_page_only_after_news(archive: Archive, run: int, make: Maker) -> None:
    page_2 = url("lenta?page=2", AddressKind.LISTING)
    found = (url("n/1"), url("n/2"))

    def read() -> None:
        archive.settle(run, Settlement(make.capture("lenta"), Outcome(OutcomeKind.CHANNEL), found=found, further=page_2))

    read()
    assert sorted(leased(archive, run)) == ["lenta?page=2", "n/1", "n/2"]
    archive.finish_run(run, "finished")
    entries = archive.lease(run, "vestnik", 10, ALL)
    for entry in entries:
        archive.settle(run, Settlement(make.capture(entry.url), Outcome(OutcomeKind.CHANNEL), entry=entry.id))
    read()
    assert leased(archive, run) == []
    found = (*found, url("n/3"))
    read()
    assert sorted(leased(archive, run)) == ["lenta?page=2", "n/3"]


def test_a_child_sitemap_comes_round_when_its_date_moves_on(archive: Archive, run: int, make: Maker) -> None:
    def read(day: int | None) -> None:
        child = url("sitemap-1.xml", AddressKind.SITEMAP, day)
        archive.settle(run, Settlement(make.capture("sitemap.xml"), Outcome(OutcomeKind.CHANNEL), found=(child,)))
        for entry in archive.lease(run, "vestnik", 10, ALL):
            asked.append(day)
            archive.settle(run, Settlement(make.capture("sitemap-1.xml"), Outcome(OutcomeKind.CHANNEL), entry=entry.id))

    asked: list[int | None] = []
    for day in (1, 1, 2, 2, None, None):
        read(day)
    assert asked == [1, 2, None, None]


def test_unanswered_requests_are_counted_and_tried_again(archive: Archive, run: int) -> None:
    seed(archive, run, [url("n/1"), url("n/2")])
    first, second = archive.lease(run, "vestnik", 2, ALL)
    archive.unanswered(run, first, "timeout")
    archive.unanswered(run, second, "robots_disallowed", permanent=True)
    tally = archive.tally(run)[SOURCE.id]
    assert tally.unanswered == {"timeout": 1, "robots_disallowed": 1}
    assert tally.captures == 0
    assert archive.waiting() == {"vestnik": 1}
