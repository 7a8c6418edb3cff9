from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from storage.model.capture_result import CaptureResult
from storage.model.captures import Outcome, OutcomeKind
from storage.model.frontier import LONGEST_PAUSE, LONGEST_REFUSAL, MAX_ATTEMPTS, TRIES, FailureScope, wait_after
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
    archive.record_capture(run, CaptureResult(make.capture("n/1", status=404), Outcome(OutcomeKind.GONE), entry=first.id))
    archive.record_capture(
        run, CaptureResult(make.capture("n/2", status=500), Outcome(OutcomeKind.SERVER_ERROR, "status 500"), entry=second.id)
    )
    due = archive.next_due("vestnik", ALL)
    assert due is not None
    assert timedelta(seconds=3) < due - datetime.now(UTC) <= wait_after(1)
    assert archive.failing(run) == {"vestnik": [(second.url, "server-error")]}
    assert archive.waiting() == {"vestnik": 1}


def test_patience_ends(archive: Archive, run: int, make: Maker) -> None:
    seed(archive, run, [url("n/1")])
    (entry,) = archive.lease(run, "vestnik", 1, ALL)
    for _ in range(MAX_ATTEMPTS):
        archive.record_capture(run, CaptureResult(make.capture(status=500), Outcome(OutcomeKind.SERVER_ERROR), entry=entry.id))
    assert archive.next_due("vestnik", ALL) is None


def test_what_the_server_says_about_waiting_is_kept_to(archive: Archive, run: int, make: Maker) -> None:
    seed(archive, run, [url("n/1")])
    (entry,) = archive.lease(run, "vestnik", 1, ALL)
    later = datetime.now(UTC) + timedelta(hours=2)
    archive.record_capture(
        run, CaptureResult(make.capture(status=503), Outcome(OutcomeKind.SERVER_ERROR), entry=entry.id, not_before=later)
    )
    assert archive.next_due("vestnik", ALL) == later


def test_a_channel_comes_round_when_due_or_early(archive: Archive, run: int, make: Maker) -> None:
    channel = url("rss", AddressKind.FEED)
    seed(archive, run, [channel])
    (entry,) = archive.lease(run, "vestnik", 1, ALL)
    later = datetime.now(UTC) + timedelta(minutes=10)
    archive.record_capture(run, CaptureResult(make.capture("rss"), Outcome(OutcomeKind.CHANNEL), entry=entry.id, next_due=later))
    seed(archive, run, [channel], early=True)
    assert leased(archive, run) == [], "a run asks it once"
    run = archive.start_run("crawl", "test")
    seed(archive, run, [channel])
    assert leased(archive, run) == []
    seed(archive, run, [channel], early=True)
    assert leased(archive, run) == ["rss"]


def test_found_addresses_enter_once_and_the_next_page_only_after_news(archive: Archive, run: int, make: Maker) -> None:
    page_2 = url("lenta?page=2", AddressKind.LISTING)
    found = (url("n/1"), url("n/2"))

    def read() -> None:
        archive.record_capture(run, CaptureResult(make.capture("lenta"), Outcome(OutcomeKind.CHANNEL), found=found, further=page_2))

    read()
    assert sorted(leased(archive, run)) == ["lenta?page=2", "n/1", "n/2"]
    archive.finish_run(run, "finished")
    entries = archive.lease(run, "vestnik", 10, ALL)
    for entry in entries:
        archive.record_capture(run, CaptureResult(make.capture(entry.url), Outcome(OutcomeKind.CHANNEL), entry=entry.id))
    read()
    assert leased(archive, run) == []
    found, run = (*found, url("n/3")), archive.start_run("crawl", "test")
    read()
    assert sorted(leased(archive, run)) == ["lenta?page=2", "n/3"]


def test_a_child_sitemap_comes_round_when_its_date_moves_on(archive: Archive, make: Maker) -> None:
    def read(day: int | None) -> None:
        run = archive.start_run("crawl", "test")
        child = url("sitemap-1.xml", AddressKind.SITEMAP, day)
        archive.record_capture(run, CaptureResult(make.capture("sitemap.xml"), Outcome(OutcomeKind.CHANNEL), found=(child,)))
        for entry in archive.lease(run, "vestnik", 10, ALL):
            asked.append(day)
            archive.record_capture(run, CaptureResult(make.capture("sitemap-1.xml"), Outcome(OutcomeKind.CHANNEL), entry=entry.id))

    asked: list[int | None] = []
    for day in (1, 1, 2, 2, None, None):
        read(day)
    assert asked == [1, 2, None, None]


def test_unanswered_requests_are_counted_and_tried_again(archive: Archive, run: int) -> None:
    seed(archive, run, [url("n/1"), url("n/2")])
    first, second = archive.lease(run, "vestnik", 2, ALL)
    archive.unanswered(run, first, "timeout")
    archive.unanswered(run, second, "blocked_address", FailureScope.ADDRESS)
    tally = archive.tally(run)[SOURCE.id]
    assert tally.unanswered == {"timeout": 1, "blocked_address": 1}
    assert tally.captures == 0
    assert archive.waiting() == {"vestnik": 1}


# ── a run ends ────────────────────────────────────────────────────────────────────────────────────────────────────────


class Clock:
    """A clock that stands still until it is set."""

    def __init__(self) -> None:
        self.now = datetime(2026, 3, 3, 12, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock(archive: Archive) -> Clock:
    archive.clock = Clock()
    return archive.clock


@pytest.mark.parametrize("scope", [FailureScope.REQUEST, FailureScope.NAME])
def test_a_run_asks_a_failing_address_three_times_and_the_next_run_again(
    archive: Archive, run: int, clock: Clock, scope: FailureScope
) -> None:
    seed(archive, run, [url("n/1")])
    asked = 0
    for _ in range(9):
        for entry in archive.lease(run, "vestnik", 9, ALL):
            asked += 1
            archive.unanswered(run, entry, "timeout", scope)
        clock.now += timedelta(hours=20)
    assert asked == TRIES
    assert archive.next_due("vestnik", ALL, run=run) is None
    assert leased(archive, archive.start_run("crawl", "test")) == ["n/1"]


def test_a_known_article_that_is_answered_is_not_asked_again_in_the_run(archive: Archive, run: int, clock: Clock, make: Maker) -> None:
    seed(archive, run, [url("n/1")])
    (entry,) = archive.lease(run, "vestnik", 1, ALL)
    archive.record_capture(run, replace(make.capture_result(OutcomeKind.NEW, "n/1"), entry=entry.id))
    clock.now += timedelta(days=1)
    assert archive.next_known("vestnik", run) is None
    assert archive.lease_known(run, "vestnik", 9) == []
    assert len(archive.lease_known(archive.start_run("crawl", "test"), "vestnik", 9)) == 1


@pytest.mark.parametrize("scope", [FailureScope.RULE, FailureScope.HOST])
def test_known_articles_that_are_refused_are_asked_once_a_run(
    archive: Archive, run: int, clock: Clock, make: Maker, scope: FailureScope
) -> None:
    seed(archive, run, [url("n/1")])
    (entry,) = archive.lease(run, "vestnik", 1, ALL)
    archive.record_capture(run, replace(make.capture_result(OutcomeKind.NEW, "n/1"), entry=entry.id))
    run = archive.start_run("crawl", "test")
    archive.wake_known("vestnik")
    (entry,) = archive.lease_known(run, "vestnik", 9)
    archive.unanswered(run, entry, "robots_disallowed", scope)
    clock.now += timedelta(days=99)
    assert archive.lease_known(run, "vestnik", 9) == []
    assert len(archive.lease_known(archive.start_run("crawl", "test"), "vestnik", 9)) == 1, "it is not given up"


@pytest.mark.parametrize(
    ("reason", "scope", "waits", "fails"),
    [
        ("robots_unreachable: status 503", FailureScope.HOST, timedelta(0), True),
        ("blocked_address: 10.0.0.1", FailureScope.HOST, timedelta(0), True),
        ("dns", FailureScope.NAME, wait_after(1), True),
        ("robots_disallowed", FailureScope.RULE, timedelta(days=1), False),
    ],
)
def test_a_refusal_of_the_host_never_gives_an_address_up(
    archive: Archive, clock: Clock, reason: str, scope: FailureScope, waits: timedelta, *, fails: bool
) -> None:
    run = archive.start_run("crawl", "test")
    seed(archive, run, [url("n/1")])
    for turn in range(2 * MAX_ATTEMPTS):
        (entry,) = archive.lease(run, "vestnik", 1, ALL)
        archive.unanswered(run, entry, reason, scope)
        assert bool(archive.failing(run)) is fails
        due = archive.next_due("vestnik", ALL)
        assert due is not None
        assert due - clock.now <= LONGEST_REFUSAL
        assert turn or due - clock.now == waits
        clock.now, run = due, archive.start_run("crawl", "test")


def test_what_a_host_refused_is_due_when_it_opens(archive: Archive, run: int, clock: Clock) -> None:
    seed(archive, run, [url("n/1"), url("n/2"), url("n/3")])
    scopes = {"n/1": FailureScope.RULE, "n/2": FailureScope.HOST, "n/3": FailureScope.REQUEST}
    for _ in range(2):
        run = archive.start_run("crawl", "test")
        for entry in archive.lease(run, "vestnik", 9, ALL):
            reason = "robots_disallowed" if entry.url.endswith("1") else "x"
            archive.unanswered(run, entry, reason, scopes[entry.url.removeprefix(HOME)])
        clock.now += timedelta(seconds=6)
    run = archive.start_run("crawl", "test")
    assert leased(archive, run) == []
    archive.wake_refused(HOME.rstrip("/"), rules_changed=False)
    assert leased(archive, run) == ["n/2"]
    archive.wake_refused("https://vestnik.example.org", rules_changed=True)
    assert leased(archive, run) == []
    archive.wake_refused(HOME.rstrip("/"), rules_changed=True)
    assert leased(archive, run) == ["n/1"]


def test_a_channel_of_which_nothing_could_be_read_is_asked_early_too(archive: Archive, run: int, clock: Clock, make: Maker) -> None:
    channel = url("rss", AddressKind.FEED)
    seed(archive, run, [channel])
    for _ in range(TRIES):
        (entry,) = archive.lease(run, "vestnik", 1, ALL)
        archive.record_capture(run, CaptureResult(make.capture("rss"), Outcome(OutcomeKind.UNREADABLE), entry=entry.id))
        clock.now += timedelta(minutes=1)
    run = archive.start_run("crawl", "test")
    seed(archive, run, [channel])
    assert leased(archive, run) == []
    seed(archive, run, [channel], early=True)
    assert leased(archive, run) == ["rss"]


def test_a_circle_of_redirects_fails_and_a_later_run_tries_it_again(archive: Archive, run: int, clock: Clock, make: Maker) -> None:
    circle = ["n/1", "n/2", "n/3"]
    seed(archive, run, [url("n/1")])
    asked = []
    while entries := archive.lease(run, "vestnik", 9, ALL):
        for entry in entries:
            path = entry.url.removeprefix(HOME)
            asked.append(path)
            target = url(circle[(circle.index(path) + 1) % 3])
            outcome = Outcome(OutcomeKind.REDIRECT, f"to {target.url}")
            capture = make.capture(path, status=302)
            archive.record_capture(run, CaptureResult(capture, outcome, entry=entry.id, found=(target,), hops=entry.hops + 1))
        clock.now += timedelta(minutes=1)
    assert asked == [*circle, "n/3", "n/3"]
    assert archive.tally(run)["vestnik"].outcomes == {OutcomeKind.REDIRECT: 2, OutcomeKind.SERVER_ERROR: 3}
    assert {address.removeprefix(HOME) for address, _ in archive.failing(run)["vestnik"]} == set(circle)
    clock.now += timedelta(hours=2)
    run = archive.start_run("crawl", "test")
    assert set(leased(archive, run)) == set(circle)


def test_two_redirects_to_one_page_are_no_circle(archive: Archive, run: int, make: Maker) -> None:
    seed(archive, run, [url("n/1"), url("n/2")])
    for _ in range(2):
        for entry in archive.lease(run, "vestnik", 9, ALL):
            path = entry.url.removeprefix(HOME)
            target = url({"n/1": "n/3", "n/2": "n/3", "n/3": "n/4"}[path])
            outcome = Outcome(OutcomeKind.REDIRECT, f"to {target.url}")
            archive.record_capture(run, CaptureResult(make.capture(path, status=301), outcome, entry=entry.id, found=(target,), hops=1))
    assert archive.failing(run) == {}
    assert leased(archive, run) == ["n/4"]


def test_a_redirect_to_what_came_to_nothing_before_lets_it_be_asked_again(archive: Archive, run: int, make: Maker) -> None:
    seed(archive, run, [url("n/2")])
    (entry,) = archive.lease(run, "vestnik", 9, ALL)
    archive.record_capture(run, CaptureResult(make.capture("n/2", status=500), Outcome(OutcomeKind.SERVER_ERROR), entry=entry.id))
    run = archive.start_run("crawl", "test")
    seed(archive, run, [url("n/1")])
    (entry,) = archive.lease(run, "vestnik", 9, ALL)
    outcome = Outcome(OutcomeKind.REDIRECT, f"to {HOME}n/2")
    archive.record_capture(run, CaptureResult(make.capture("n/1", status=301), outcome, entry=entry.id, found=(url("n/2"),), hops=1))
    assert leased(archive, run) == ["n/2"]


def test_a_clock_that_ran_ahead_costs_one_run(archive: Archive, run: int, clock: Clock, make: Maker) -> None:
    clock.now += timedelta(days=3650)
    seed(archive, run, [url("n/1"), url("n/2"), url("rss", AddressKind.FEED)])
    for entry in archive.lease(run, "vestnik", 3, ALL):
        path = entry.url.removeprefix(HOME)
        if path == "n/1":
            archive.record_capture(run, replace(make.capture_result(OutcomeKind.NEW, "n/1"), entry=entry.id))
        else:
            archive.unanswered(run, entry, "timeout")
    archive.wake_known("vestnik")
    archive.hold_off("vestnik", clock.now + timedelta(hours=1))
    clock.now -= timedelta(days=3650)
    assert archive.pull_back(timedelta(minutes=10)) == 4
    assert archive.resume_at("vestnik") is None
    run = archive.start_run("crawl", "test")
    assert sorted(leased(archive, run)) == ["n/2", "rss"]
    assert len(archive.lease_known(run, "vestnik", 9)) == 1
    assert archive.pull_back(timedelta(minutes=10)) == 0


def test_what_waits_as_long_as_it_may_is_not_pulled_back(archive: Archive, run: int, clock: Clock, make: Maker) -> None:
    seed(archive, run, [url("n/1"), url("n/2"), url("rss", AddressKind.FEED)])
    for entry in archive.lease(run, "vestnik", 3, ALL):
        later = clock.now + timedelta(days=1)
        capture_result = CaptureResult(
            make.capture(entry.url, status=503), Outcome(OutcomeKind.SERVER_ERROR), entry=entry.id, not_before=later
        )
        archive.record_capture(run, capture_result)
    archive.hold_off("vestnik", clock.now + LONGEST_PAUSE)
    assert archive.pull_back(timedelta(minutes=10)) == 0
    assert archive.resume_at("vestnik") == clock.now + LONGEST_PAUSE
