"""What is told of a run while it goes on: the very counts that its report has in the end."""

from __future__ import annotations

import io
import logging
import threading
from dataclasses import replace
from typing import TYPE_CHECKING, cast

import pytest
from rich.console import Console
from rich.text import Text

from harvester.catalogue.loader import load_catalogue
from harvester.cli.reports import live_table, notes_report, print_notes
from harvester.config import load_config
from harvester.crawl_session import CrawlSession
from harvester.monitoring.progress import watching
from storage.model.capture_result import CaptureResult
from storage.model.captures import Outcome, OutcomeKind
from storage.model.runs import RunCounter
from storage.model.sources import AddressKind, DiscoveredUrl
from tests.storage.conftest import SOURCE, Maker

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

HOME = "https://vestnik.example/"
DECLARATION = f"""
name = "Вестник"
kind = "newspaper"
home = "{HOME}"
language = "ru"
discover = [{{ feed = "rss" }}]
"""


@pytest.fixture
def session(tmp_path: Path) -> Iterator[CrawlSession]:
    (tmp_path / "sources").mkdir()
    (tmp_path / "sources" / "vestnik.toml").write_text(DECLARATION, "utf-8")
    config = load_config(None, archive=tmp_path / "archive")
    with CrawlSession.begun(config, load_catalogue([tmp_path / "sources"], builtin=False), (), "crawl") as begun:
        begun.archive.keep_source(SOURCE)
        yield begun


def work(session: CrawlSession) -> None:
    """A feed that brings three addresses, one of them an article, one unreadable, one without an answer."""
    archive, run, make = session.archive, session.run, Maker()
    archive.seed(run, "vestnik", [DiscoveredUrl(f"{HOME}rss", AddressKind.FEED, f"{HOME}rss")], early=True)
    (feed,) = archive.lease(run, "vestnik", 1, [AddressKind.FEED])
    found = tuple(DiscoveredUrl(f"{HOME}n/{n}", AddressKind.ARTICLE, f"{HOME}rss") for n in range(3))
    archive.record_capture(run, CaptureResult(make.capture("rss"), Outcome(OutcomeKind.CHANNEL), entry=feed.id, found=found))
    first, second, third = archive.lease(run, "vestnik", 3, [AddressKind.ARTICLE])
    archive.record_capture(run, replace(make.capture_result(OutcomeKind.NEW, "n/0"), entry=first.id))
    archive.record_capture(run, CaptureResult(make.capture("n/1"), Outcome(OutcomeKind.UNREADABLE), entry=second.id))
    archive.unanswered(run, third, "timeout")


def test_the_counts_of_a_running_harvest_are_those_of_its_report(session: CrawlSession) -> None:
    assert session.tally == {}
    work(session)
    tally = session.tally["vestnik"]
    assert (tally.captures, tally.failures, tally.found) == (3, 2, 3)
    reported = session.archive.tally(session.run)["vestnik"]
    assert (tally.outcomes, tally.unanswered) == (reported.outcomes, reported.unanswered)


def test_the_table_on_a_terminal_shows_them(session: CrawlSession) -> None:
    shown = io.StringIO()
    console = Console(file=shown, force_terminal=True, width=100)
    with watching(session, console, live_table, silent=False):
        work(session)
    row = next(line for line in shown.getvalue().splitlines()[::-1] if "vestnik" in line)
    assert row.split()[1:8] == ["3", "3", "1", "0", "0", "1", "2"]


@pytest.mark.parametrize(("height", "shown"), [(40, 31), (32, 31), (31, 29), (10, 8), (2, 0)])
def test_what_is_higher_than_the_screen_is_cut_to_it(height: int, shown: int) -> None:
    whole, written = Text("\n".join(f"source-{number:02}" for number in range(31))), io.StringIO()
    console = Console(file=written, force_terminal=True, color_system=None, width=80, height=height)
    with watching(cast("CrawlSession", None), console, lambda _session, _seconds: whole, silent=False):
        pass
    frames = written.getvalue().count("source-00") or 1
    assert written.getvalue().count("source-") == frames * shown
    assert ("… and" in written.getvalue()) == (shown < 31)
    if shown < 31:
        assert f"… and {31 - shown} more" in written.getvalue()


class Heard(logging.Handler):
    """Keeps what is logged, and says when the counts were told."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []
        self.told = threading.Event()

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(record.getMessage())
        if "3 answers captured, 2 failures" in self.lines[-1]:
            self.told.set()


@pytest.fixture
def heard() -> Iterator[Heard]:
    handler, logger = Heard(), logging.getLogger("harvester.monitoring.progress")
    logger.addHandler(handler)
    level = logger.level
    logger.setLevel(logging.INFO)
    yield handler
    logger.removeHandler(handler)
    logger.setLevel(level)


def test_off_a_terminal_a_line_tells_them_now_and_then(session: CrawlSession, heard: Heard) -> None:
    with watching(session, Console(file=io.StringIO()), live_table, silent=False, every=0.01):
        work(session)
        assert heard.told.wait(30)
    assert (
        heard.lines[-1]
        == f"run {session.run}: 3 answers captured, 2 failures; an address without an answer is asked again after 5 and 30 seconds"
    )


def test_nothing_is_told_when_silent(session: CrawlSession, heard: Heard) -> None:
    shown = io.StringIO()
    with watching(session, Console(file=shown, force_terminal=True), live_table, silent=True, every=0.01):
        work(session)
    assert (shown.getvalue(), heard.lines) == ("", [])


def test_a_snapshot_stands_still_while_others_count() -> None:
    counter = RunCounter()
    begun, ended = threading.Event(), threading.Event()

    def count() -> None:
        begun.set()
        for number in range(20_000):
            counter.settled(f"source {number % 500}", OutcomeKind.NEW, 1)
        ended.set()

    thread = threading.Thread(target=count)
    thread.start()
    begun.wait()
    while not ended.is_set():
        snapshot = counter.snapshot()
        assert sum(tally.captures for tally in snapshot.values()) == sum(tally.found for tally in snapshot.values())
    thread.join()
    assert sum(tally.captures for tally in counter.snapshot().values()) == 20_000


def test_what_a_run_did_beside_its_work_is_reported(session: CrawlSession) -> None:
    session.notes["answers recovered"] += 2
    shown = io.StringIO()
    print_notes(Console(file=shown), session)
    assert shown.getvalue() == "answers recovered: 2\n"
    assert notes_report(session) == {"answers recovered": 2}
