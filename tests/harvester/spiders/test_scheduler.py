"""The scheduler against sites that do what they like: it ends, within its budgets, and keeps to what servers ask for."""

from __future__ import annotations

import shutil
import tempfile
from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from harvester.catalogue.declaration import Declaration
from harvester.spiders.scheduler import RunScheduler
from harvester.spiders.source_scheduler import LEAST_SLOWDOWN, MAX_WAIT, MOST_BUSY, MOST_SILENT, Budget, Revisit, SourceScheduler
from storage.archive import Archive
from storage.model.capture_result import CaptureResult
from storage.model.captures import Outcome, OutcomeKind
from storage.model.frontier import LONGEST_PAUSE, TRIES, FailureScope
from storage.model.sources import AddressKind, Channel, DiscoveredUrl
from tests.faults import name_of, raising
from tests.storage.conftest import SOURCE, Maker

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from types import FunctionType

    from storage.model.frontier import FrontierEntry

HOME = "https://vestnik.example/"
NOON = datetime(2026, 3, 3, 12, tzinfo=UTC)
SMALL = Budget(articles=8, known=6, sitemaps=4, pages=5, bytes=100_000, time=timedelta(minutes=30))
CHANNELS = (
    Channel(AddressKind.FEED, f"{HOME}rss"),
    Channel(AddressKind.SITEMAP, f"{HOME}map.xml"),
    Channel(AddressKind.LISTING, f"{HOME}news", pages=f"{HOME}news?page={{page}}"),
)
KNOWN = ("known/1", "known/2", "known/3")
MOST_STEPS = 2000
LOST = {
    "timeout": FailureScope.REQUEST,
    "dns": FailureScope.NAME,
    "robots_unreachable": FailureScope.HOST,
    "robots_disallowed": FailureScope.RULE,
    "blocked_address": FailureScope.ADDRESS,
}
"""Requests without a response, by reason."""


@dataclass(frozen=True)
class Does:
    """What a site does with one request: a status (or the reason why there is no response), and how long it takes.

    A 200 of a channel brings `brings` new addresses of `kind`; a redirect leads `brings` numbers on; a busy one may say `wait`.
    """

    status: int | str = 200
    brings: int = 0
    kind: AddressKind = AddressKind.ARTICLE
    wait: int | None = None
    takes: float = 0.1
    size: int = 1000


@dataclass
class Site:
    """A site that goes through its script, again and again, whatever is asked. It notes what it was asked, and when."""

    archive: Archive
    script: Sequence[Does]
    now: datetime = NOON
    asked: Counter[str] = field(default_factory=Counter)
    requests: int = 0
    not_before: dict[str, datetime] = field(default_factory=dict)
    made: int = 0
    maker: Maker = field(default_factory=Maker)

    def clock(self) -> datetime:
        return self.now

    def answer(self, scheduler: RunScheduler, entry: FrontierEntry) -> None:
        does = self.script[self.requests % len(self.script)] if entry.source == "vestnik" else Does()
        assert self.now >= self.not_before.get(entry.source, self.now), f"{entry.url} was asked too early"
        self.requests += 1
        self.asked[entry.url] += 1
        self.now += timedelta(seconds=does.takes)
        if isinstance(does.status, str):
            scheduler.unanswered(entry, does.status, LOST[does.status])
            return
        busy = does.status in {429, 503}
        later = self.now + timedelta(seconds=does.wait) if busy and does.wait is not None else None
        self.archive.record_capture(scheduler.run, self._settlement(entry, does, later))
        scheduler.answered(entry, does.status, does.size, later)
        if busy:
            pause = min(later, self.now + LONGEST_PAUSE) if later and later > self.now else self.now + LEAST_SLOWDOWN
            self.not_before[entry.source] = max(pause, self.not_before.get(entry.source, pause))

    def _settlement(self, entry: FrontierEntry, does: Does, later: datetime | None) -> CaptureResult:
        path = entry.url.removeprefix(HOME)
        capture = replace(self.maker.capture(path, status=int(does.status)), source=entry.source, url=entry.url, captured_at=self.now)
        if does.status in {301, 302}:
            target = DiscoveredUrl(f"{HOME}n/{(self.made + does.brings) % 7}", entry.kind, entry.channel)
            self.made += 1
            return CaptureResult(capture, Outcome(OutcomeKind.REDIRECT, f"to {target.url}"), entry.id, found=(target,), hops=entry.hops + 1)
        if does.status == 404:
            return CaptureResult(capture, Outcome(OutcomeKind.GONE, "status 404"), entry.id)
        if does.status != 200:
            return CaptureResult(capture, Outcome(OutcomeKind.SERVER_ERROR, f"status {does.status}"), entry.id, not_before=later)
        if entry.kind is AddressKind.ARTICLE:
            kind = OutcomeKind.UNCHANGED if entry.known else OutcomeKind.OUT_OF_SCOPE
            return CaptureResult(capture, Outcome(kind), entry.id)
        return self._channel(entry, does, capture)

    def _channel(self, entry: FrontierEntry, does: Does, capture: object) -> CaptureResult:
        found = []
        for _ in range(does.brings):
            self.made += 1
            found.append(DiscoveredUrl(f"{HOME}{does.kind}/{self.made}", does.kind, entry.channel))
        further = DiscoveredUrl(f"{HOME}news?page={self.made + 2}", AddressKind.LISTING, entry.channel)
        due = self.now + timedelta(minutes=10)
        outcome = Outcome(OutcomeKind.CHANNEL)
        walked = further if entry.kind is AddressKind.LISTING else None
        return CaptureResult(capture, outcome, entry.id, found=tuple(found), further=walked, next_due=due)  # type: ignore[arg-type]

    def run(self, budget: Budget, revisit: Revisit = Revisit.DUE, *declarations: Declaration) -> RunScheduler:
        """One run, to its end."""
        run = self.archive.start_run("crawl", "test")
        scheduler = RunScheduler(self.archive, run, declarations or (Declaration(SOURCE, CHANNELS),), budget, self.clock)
        self.asked.clear()
        scheduler.begin((), early=True, revisit=revisit, since=None, recheck=timedelta(minutes=10))
        for _ in range(MOST_STEPS):
            entries = list(scheduler.take())
            for entry in entries:
                self.answer(scheduler, entry)
            if entries:
                continue
            wait = scheduler.wait()
            if wait is None:
                self.archive.finish_run(run, "finished")
                return scheduler
            assert wait <= MAX_WAIT
            self.now += wait + timedelta(milliseconds=10)
        raise AssertionError("the run does not end")


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An archive with three known articles of one source, and nothing of another."""
    directory = tmp_path_factory.mktemp("prepared") / "archive"
    with Archive.held(directory, "test") as archive:
        archive.clock = lambda: NOON - timedelta(days=1)
        archive.keep_source(SOURCE)
        archive.keep_source(replace(SOURCE, id="qala"))
        run, maker = archive.start_run("crawl", "test"), Maker()
        archive.seed(run, "vestnik", [DiscoveredUrl(HOME + path, AddressKind.ARTICLE, CHANNELS[0].url) for path in KNOWN], early=True)
        for entry in archive.lease(run, "vestnik", 9, [AddressKind.ARTICLE]):
            path = entry.url.removeprefix(HOME)
            archive.record_capture(run, replace(maker.capture_result(OutcomeKind.NEW, path, text=f"Текст {path}."), entry=entry.id))
        archive.finish_run(run, "finished")
    return directory


class Copies:
    """Copies of an archive, each for one site."""

    def __init__(self, prepared: Path) -> None:
        self.prepared = prepared

    def site(self, script: Sequence[Does]) -> Iterator[Site]:
        with tempfile.TemporaryDirectory() as place:
            directory = Path(place) / "archive"
            shutil.copytree(self.prepared, directory)
            with Archive.held(directory, "test") as archive:
                site = Site(archive, script)
                site.maker.made = 1000
                archive.clock = site.clock
                yield site


actions = st.one_of(
    st.builds(
        Does,
        st.just(200),
        st.integers(0, 4),
        st.sampled_from([AddressKind.ARTICLE, AddressKind.SITEMAP]),
        takes=st.sampled_from([0.1, 20.0]),
        size=st.sampled_from([0, 50_000]),
    ),
    st.builds(Does, st.sampled_from([301, 302]), st.integers(0, 3)),
    st.builds(Does, st.sampled_from([429, 503]), wait=st.sampled_from([None, 0, 4, 59, 120, 86_400, 10**8])),
    st.builds(Does, st.sampled_from([404, 500])),
    st.builds(Does, st.sampled_from(sorted(LOST)), takes=st.sampled_from([0.0, 30.0])),
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(actions, min_size=1, max_size=6), st.sampled_from(list(Revisit)))
@example([Does("robots_disallowed", takes=0.0)], Revisit.ALL)
@example([Does(200, 4, AddressKind.SITEMAP)], Revisit.DUE)
@example([Does(429, wait=59), Does(200, 4)], Revisit.ALL)
def test_a_run_ends_within_its_budgets_whatever_the_site_does(prepared: Path, script: list[Does], revisit: Revisit) -> None:
    for site in Copies(prepared).site(script):
        for _ in range(2):
            begun, before = site.now, site.requests
            scheduler = site.run(SMALL, revisit)
            source_scheduler = scheduler.source_schedulers["vestnik"]
            assert max(site.asked.values(), default=0) <= TRIES
            # every kind of address has its budget; the feed, and what it redirects to, is asked as often as any address
            most = SMALL.articles + SMALL.known + SMALL.sitemaps + SMALL.pages + TRIES * 9
            assert source_scheduler.requests == site.requests - before <= most
            if SMALL.time is not None:
                assert site.now - begun <= SMALL.time + 2 * MAX_WAIT
            rows = archive_rows(site.archive, scheduler.run)
            assert rows == source_scheduler.requests, "each request leaves one row, of a capture or of why there is none"
            site.now += timedelta(seconds=7)


def archive_rows(archive: Archive, run: int) -> int:
    tally = archive.tally(run).values()
    return sum(of_source.captures + of_source.unanswered.total() for of_source in tally)


@pytest.fixture
def site(prepared: Path) -> Iterator[Site]:
    yield from Copies(prepared).site([Does()])


def test_a_robots_txt_that_closes_refuses_each_known_article_once(site: Site) -> None:
    site.script = [Does("robots_disallowed", takes=0.0)]
    for _ in range(2):
        site.run(replace(SMALL, known=10**9, bytes=None, time=None), Revisit.ALL)
        assert {path.removeprefix(HOME): count for path, count in site.asked.items() if "known" in path} == dict.fromkeys(KNOWN, 1)
        site.now += timedelta(minutes=15)


def test_what_one_site_does_harms_no_other(site: Site) -> None:
    site.script = [Does(503, wait=10**9), Does("timeout", takes=30.0), Does(200, 4, AddressKind.SITEMAP)]
    other = Declaration(replace(SOURCE, id="qala"), (Channel(AddressKind.FEED, "https://qala.example/rss"),))
    found = [DiscoveredUrl(f"https://qala.example/n/{n}", AddressKind.ARTICLE, "https://qala.example/rss") for n in range(5)]
    site.archive.seed(site.archive.start_run("crawl", "test"), "qala", found, early=True)
    scheduler = site.run(SMALL, Revisit.DUE, Declaration(SOURCE, CHANNELS), other)
    assert sum(count for url, count in site.asked.items() if "qala" in url) == 6
    assert set(scheduler.postponed()) == {"vestnik"}
    assert scheduler.limits_reached() == {}


@pytest.mark.parametrize("function", [SourceScheduler.take, SourceScheduler.waits_for, SourceScheduler.resume])
def test_an_error_of_the_program_ends_one_source_and_no_other(site: Site, function: FunctionType) -> None:
    site.script = [Does(200, 1)]
    other = Declaration(replace(SOURCE, id="qala"), (Channel(AddressKind.FEED, "https://qala.example/rss"),))
    with raising([function]):
        scheduler = site.run(SMALL, Revisit.DUE, Declaration(SOURCE, CHANNELS), other)
    (stopped,) = (source_scheduler for source_scheduler in scheduler.source_schedulers.values() if source_scheduler.stopped)
    assert "an error in the program" in stopped.stopped
    assert name_of(function) in scheduler.limits_reached()[stopped.id][0]
    assert scheduler.errors == {"Injected": 1}
    (alone,) = (source_scheduler for source_scheduler in scheduler.source_schedulers.values() if source_scheduler is not stopped)
    assert alone.requests > 0
    site.now += timedelta(hours=1)
    assert site.run(SMALL, Revisit.DUE, Declaration(SOURCE, CHANNELS), other).errors == {}


def test_an_answer_that_an_error_swallowed_holds_its_source_up_for_no_time(site: Site) -> None:
    scheduler = RunScheduler(site.archive, site.archive.start_run("crawl", "test"), [Declaration(SOURCE, CHANNELS)], SMALL, site.clock)
    scheduler.begin((), early=True, revisit=Revisit.DUE, since=None, recheck=timedelta(0))
    (entry,) = scheduler.take()
    scheduler.lost(entry)
    assert scheduler.wait() == timedelta(0)
    (further,) = scheduler.take()
    assert further.url != entry.url
    site.archive.finish_run(scheduler.run, "finished")
    assert site.archive.lease(site.archive.start_run("crawl", "test"), "vestnik", 9, [entry.kind]), "the lease ended with the run"


@pytest.mark.parametrize("wait", [120, 3600, 86_400, 10**9])
def test_a_long_retry_after_outlasts_the_run(site: Site, wait: int) -> None:
    site.script = [Does(503, wait=wait)]
    assert site.run(SMALL).postponed()
    assert site.requests == 1
    until = site.not_before["vestnik"]
    site.now += timedelta(seconds=30)
    site.run(SMALL)
    assert site.requests == 1, "the next run comes too early"
    site.now = until
    site.run(SMALL)
    assert site.requests == 2


def test_a_server_that_is_busy_for_ever_is_left_alone_after_some_answers(site: Site) -> None:
    site.script = [Does(429)]
    scheduler = site.run(SMALL)
    assert site.requests == MOST_BUSY
    assert "slow down" in scheduler.limits_reached()["vestnik"][0]


def test_a_busy_server_is_slowed_down_for_and_then_asked_as_before(site: Site) -> None:
    site.script = [Does(429), Does(429), *[Does(200, 1)] * 50]
    times: list[datetime] = []
    answer = site.answer

    def timed(scheduler: RunScheduler, entry: FrontierEntry) -> None:
        times.append(site.now)
        answer(scheduler, entry)

    site.answer = timed  # type: ignore[method-assign]
    site.run(SMALL)
    gaps = [(after - before).total_seconds() for before, after in pairwise(times)]
    assert gaps[0] >= 1
    assert gaps[1] >= 2
    assert min(gaps) < 0.2, "good answers end it"


def test_a_host_that_is_away_is_left_alone_after_some_requests(site: Site) -> None:
    found = [DiscoveredUrl(f"{HOME}n/{n}", AddressKind.ARTICLE, CHANNELS[0].url) for n in range(3 * MOST_SILENT)]
    site.archive.seed(site.archive.start_run("crawl", "test"), "vestnik", found, early=True)
    site.script = [Does("timeout", takes=30.0)]
    scheduler = site.run(replace(SMALL, articles=1000, time=timedelta(days=1)))
    assert site.requests == MOST_SILENT
    assert "no response" in scheduler.limits_reached()["vestnik"][0]


@pytest.mark.parametrize(
    ("budget", "script", "reason"),
    [
        (replace(SMALL, sitemaps=3), [Does(200, 2, AddressKind.SITEMAP)], "3 sitemaps"),
        (replace(SMALL, pages=2), [Does(200, 2)], "2 pages of listings"),
        (replace(SMALL, bytes=2000), [Does(200, 2, size=3000)], "MiB"),
        (replace(SMALL, time=timedelta(seconds=50)), [Does(200, 2, takes=40.0)], "time"),
    ],
)
def test_a_budget_that_is_used_up_is_named(site: Site, budget: Budget, script: list[Does], reason: str) -> None:
    site.script = script
    reached = site.run(budget).limits_reached()["vestnik"]
    assert any(reason in sentence for sentence in reached), reached
    site.now += timedelta(hours=1)
    before = site.requests
    site.run(budget)
    assert site.requests > before, "the next run goes on"


def test_an_honest_source_reaches_no_limit(site: Site) -> None:
    site.script = [Does(200, 1), Does(200, 0)]
    scheduler = site.run(SMALL)
    assert (scheduler.limits_reached(), scheduler.postponed(), scheduler.warnings) == ({}, {}, [])


def test_a_source_that_nobody_asked_is_said(site: Site) -> None:
    scheduler = RunScheduler(site.archive, site.archive.start_run("crawl", "test"), [Declaration(SOURCE, CHANNELS)], SMALL, site.clock)
    scheduler.begin((), early=True, revisit=Revisit.DUE, since=None, recheck=timedelta(0))
    assert scheduler.limits_reached() == {"vestnik": ["it was never asked, although addresses of it were due"]}


def test_an_answer_that_never_comes_ends_the_asking_of_its_source(site: Site) -> None:
    run = site.archive.start_run("crawl", "test")
    scheduler = RunScheduler(site.archive, run, [Declaration(SOURCE, CHANNELS)], SMALL, site.clock)
    scheduler.begin((), early=True, revisit=Revisit.DUE, since=None, recheck=timedelta(0))
    (entry,) = scheduler.take()
    waited = timedelta(0)
    while (wait := scheduler.wait()) is not None:
        assert list(scheduler.take()) == []
        site.now, waited = site.now + wait, waited + wait
    assert waited < timedelta(hours=2)
    assert entry.url in scheduler.limits_reached()["vestnik"][0]


@pytest.mark.parametrize("jump", [timedelta(days=3650), timedelta(days=400)])
def test_a_clock_that_jumps_costs_one_run(site: Site, jump: timedelta) -> None:
    site.run(SMALL)
    site.now += jump
    site.run(SMALL)
    site.now -= jump - timedelta(minutes=20)
    scheduler = site.run(SMALL)
    assert any("ran ahead" in warning for warning in scheduler.warnings)
    assert any("check it" in warning for warning in scheduler.warnings)
    assert site.asked[f"{HOME}rss"] == 1
    site.now += timedelta(minutes=20)
    assert site.run(SMALL).warnings == []
    assert site.asked[f"{HOME}rss"] == 1


def test_a_clock_that_is_set_back_within_a_run_ends_it(site: Site) -> None:
    site.script = [Does(503, wait=30)]
    run = site.archive.start_run("crawl", "test")
    scheduler = RunScheduler(site.archive, run, [Declaration(SOURCE, CHANNELS)], SMALL, site.clock)
    scheduler.begin((), early=True, revisit=Revisit.DUE, since=None, recheck=timedelta(0))
    (entry,) = scheduler.take()
    site.answer(scheduler, entry)
    site.now -= timedelta(days=3650)
    assert list(scheduler.take()) == []
    assert scheduler.wait() is None


def other_sources(count: int) -> list[Declaration]:
    return [Declaration(replace(SOURCE, id=f"s{n}"), (Channel(AddressKind.FEED, f"https://s{n}.example/rss"),)) for n in range(count)]


def test_where_no_name_resolves_nothing_is_asked_twice(site: Site) -> None:
    site.script = [Does("dns")]
    scheduler = site.run(SMALL)
    assert set(site.asked.values()) == {1}
    asked = set(site.asked)
    assert site.now - NOON < timedelta(seconds=5)
    assert scheduler.is_offline
    assert scheduler.limits_reached() == {}
    site.script = [Does(200)]
    site.now += timedelta(minutes=15)
    assert not site.run(SMALL).is_offline
    assert asked <= set(site.asked), "the next run asks them all"


@pytest.mark.parametrize(
    "script", [[Does("dns"), Does(200)], [Does(200), Does("dns")], [Does("dns"), Does("timeout")], [Does(404), Does("dns"), Does("dns")]]
)
def test_one_name_that_fails_among_others_is_tried_again(site: Site, script: list[Does]) -> None:
    site.script = script
    scheduler = site.run(SMALL)
    assert not scheduler.is_offline
    assert max(site.asked.values()) > 1


def test_a_name_that_fails_first_is_tried_again_once_another_source_answers(site: Site) -> None:
    site.script = [Does("dns"), Does("dns"), Does("dns"), Does(200)]
    for declaration in other_sources(2):
        site.archive.keep_source(declaration.source)
    scheduler = site.run(SMALL, Revisit.DUE, Declaration(SOURCE, CHANNELS), *other_sources(2))
    assert not scheduler.is_offline
    assert site.asked[f"{HOME}rss"] > 1
