from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from storage.model.capture_result import CaptureResult
from storage.model.captures import Outcome, OutcomeKind
from storage.model.health import ExpectationResult, PageQuality, SelectorCount
from storage.model.sources import AddressKind, DiscoveredUrl
from storage.repositories.health import SAMPLE
from tests.storage.conftest import SOURCE

if TYPE_CHECKING:
    from storage.archive import Archive
    from tests.storage.conftest import Maker

ZONE = ZoneInfo("Asia/Almaty")
TODAY = date(2026, 3, 10)
READ = PageQuality(
    date(2026, 3, 9), byline=True, body_chars=900, in_scope=True, selectors={"body": (".text", True), "lead": (".lead", False)}
)
DATED = ExpectationResult("dated", "0.98", "0.99", 20, kept=True, told="dated 0.99, promised 0.98")
UNDATED = ExpectationResult("dated", "0.98", "0.61", 20, kept=False, told="dated 0.61, promised 0.98")


def read(archive: Archive, run: int, make: Maker, path: str, reading: PageQuality = READ) -> None:
    archive.record_capture(run, CaptureResult(make.capture(path), Outcome(OutcomeKind.OUT_OF_SCOPE), reading=reading))


def test_pages_that_were_read_are_counted_stored_or_not(archive: Archive, run: int, make: Maker) -> None:
    read(archive, run, make, "n/1")
    read(archive, run, make, "n/2", PageQuality(None, byline=False, body_chars=12, in_scope=False))
    archive.record_capture(
        run, replace(make.capture_result(OutcomeKind.NEW, "n/3"), reading=replace(READ, day=date(2026, 3, 8), body_chars=300))
    )
    archive.record_capture(run, CaptureResult(make.capture("about"), Outcome(OutcomeKind.NOT_ARTICLE, "no-text")))
    vitals = archive.vitals(run, "vestnik", ZONE, TODAY)
    assert (vitals.of_run, vitals.read, vitals.dated, vitals.byline, vitals.in_scope) == (3, 3, 2, 2, 2)
    assert sorted(vitals.lengths) == [12, 300, 900]
    assert vitals.per_day == {date(2026, 3, 9): 1, date(2026, 3, 8): 1}
    assert vitals.newest == date(2026, 3, 9)
    assert vitals.held_since == datetime.now(UTC).astimezone(ZONE).date()
    assert archive.newest_days(TODAY) == {"vestnik": date(2026, 3, 9)}


def test_an_article_counts_once_a_day_and_days_to_come_do_not(archive: Archive, run: int, make: Maker) -> None:
    for path in ("n/1", "n/1", "n/2"):
        read(archive, run, make, path)
    read(archive, run, make, "n/3", replace(READ, day=TODAY + timedelta(days=3)))
    read(archive, run, make, "n/4", replace(READ, day=TODAY - timedelta(days=8)))
    read(archive, run, make, "n/5", replace(READ, day=TODAY))
    vitals = archive.vitals(run, "vestnik", ZONE, TODAY)
    assert vitals.per_day == {date(2026, 3, 9): 2}
    assert vitals.newest == TODAY


def test_a_small_run_is_seen_with_the_pages_before_it(archive: Archive, run: int, make: Maker) -> None:
    for place in range(SAMPLE + 5):
        read(archive, run, make, f"n/{place}")
    archive.finish_run(run, "finished")
    later = archive.start_run("crawl", "test")
    read(archive, later, make, "n/new", replace(READ, byline=False))
    vitals = archive.vitals(later, "vestnik", ZONE, TODAY)
    assert (vitals.of_run, vitals.read, vitals.byline) == (1, SAMPLE, SAMPLE - 1)
    assert archive.vitals(run, "vestnik", ZONE, TODAY).of_run == SAMPLE + 5


def test_waiting_articles_are_counted_and_channels_are_not(archive: Archive, run: int) -> None:
    home = "https://vestnik.example/"
    found = [DiscoveredUrl(home + "n/1", AddressKind.ARTICLE, home + "rss"), DiscoveredUrl(home + "rss", AddressKind.FEED, home + "rss")]
    archive.seed(run, "vestnik", found, early=True)
    assert archive.vitals(run, "vestnik", ZONE, TODAY).waiting == 1
    (entry,) = archive.lease(run, "vestnik", 1, [AddressKind.ARTICLE])
    archive.unanswered(run, entry, "timeout")
    assert archive.vitals(run, "vestnik", ZONE, TODAY).waiting == 0, "it was asked"
    assert archive.channels_due().keys() == {"vestnik"}


def test_selectors_are_counted_by_run_newest_first(archive: Archive, run: int, make: Maker) -> None:
    read(archive, run, make, "n/1")
    read(archive, run, make, "n/2", replace(READ, selectors={"body": (".text", False), "lead": (".lead", True)}))
    later = archive.start_run("crawl", "test")
    read(archive, later, make, "n/3")
    asked = {"body": ".text", "lead": ".lead", "title": "h1"}
    assert archive.selector_history("vestnik", asked) == {
        "body": [SelectorCount(later, 1, 1), SelectorCount(run, 2, 1)],
        "lead": [SelectorCount(later, 1, 0), SelectorCount(run, 2, 1)],
        "title": [],
    }
    assert archive.selector_history("vestnik", {"body": ".new"}) == {"body": []}, "another selector begins anew"


def test_pages_at_addresses_of_articles_are_told_from_those_that_were_read(archive: Archive, run: int, make: Maker) -> None:
    read(archive, run, make, "n/1")
    archive.record_capture(run, CaptureResult(make.capture("n/2"), Outcome(OutcomeKind.NOT_ARTICLE, "no-text")))
    archive.record_capture(run, CaptureResult(make.capture("n/3", status=503), Outcome(OutcomeKind.SERVER_ERROR, "status 503")))
    archive.record_capture(run, CaptureResult(make.capture("rss"), Outcome(OutcomeKind.CHANNEL)))
    later = archive.start_run("crawl", "test")
    archive.record_capture(later, CaptureResult(make.capture("n/4"), Outcome(OutcomeKind.NOT_ARTICLE, "no-text")))
    ingestion = archive.start_run("ingest", "test")
    archive.record_capture(ingestion, CaptureResult(make.capture("n/5"), Outcome(OutcomeKind.NOT_ARTICLE, "no-text")))
    assert archive.page_history(ingestion, "vestnik") == [SelectorCount(later, 1, 0), SelectorCount(run, 2, 1)]


def test_a_promise_is_broken_since_the_first_of_the_runs_that_say_so(archive: Archive, run: int) -> None:
    runs = [run, *(archive.start_run("crawl", "test") for _ in range(4))]
    for number, verdict in zip(runs, (UNDATED, DATED, UNDATED, replace(UNDATED, kept=None), UNDATED), strict=True):
        archive.keep_verdicts(number, "vestnik", [verdict])
    (state,) = archive.promises()["vestnik"]
    assert (state.verdict, state.since_run, state.run, state.before) == (UNDATED, runs[2], runs[4], "0.99")
    assert state.since == archive.run(runs[2]).started_at


def test_a_promise_that_is_made_no_more_is_forgotten(archive: Archive, run: int) -> None:
    other = replace(DATED, promise="byline")
    archive.keep_verdicts(run, "vestnik", [UNDATED, other])
    archive.keep_source(replace(SOURCE, id="qala"))
    archive.keep_verdicts(run, "qala", [UNDATED])
    archive.keep_verdicts(run, "vestnik", [other])
    assert {source: [x.verdict.promise for x in states] for source, states in archive.promises().items()} == {
        "vestnik": ["byline"],
        "qala": ["dated"],
    }
