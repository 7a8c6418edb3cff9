"""Records that a run captured and did not process: each gets its outcome, and none is read for ever."""

from __future__ import annotations

import os
from collections import Counter
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from harvester.catalogue.loader import load_catalogue
from harvester.config import Config
from harvester.crawl_session import CrawlSession
from harvester.recovery import recover
from pipelines.rules import ExtractionRules
from storage.model.captures import OutcomeKind
from storage.model.failures import MAX_TRIES
from storage.model.sources import AddressKind, DiscoveredUrl, Source, SourceKind
from storage.warc.exchange import Exchange
from storage.warc.reader import own_responses
from storage.warc.writer import WarcWriter, own_files
from tests.pages import BEGIN, WrittenPage

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from harvester.fetching.captured_response import CapturedResponse
    from harvester.response_handler import SourceContext
    from harvester.wholeness import Wholeness
    from pipelines.page import Page
    from storage.archive import Archive
    from storage.model.captures import WarcPointer
    from storage.model.frontier import FrontierEntry
    from storage.warc.response import WarcResponse

HOST = "https://vestnik.example"
GOOD, BAD = f"{HOST}/good", f"{HOST}/bad"


class Run:
    """The run of a real archive. Reading a page whose address ends in `bad` does what a test asks for. `read` lists what was read here."""

    def __init__(self, session: CrawlSession, on_bad: Callable[[], object], version: str = "") -> None:
        self.session, self.on_bad = session, on_bad
        self.archive, self.run = session.archive, session.run
        self.version = version or session.version
        self.notes: Counter[str] = Counter()
        self.read: list[str] = []
        self.declared: set[str] = set()

    def knows(self, source: str) -> bool:
        return source in self.declared or self.session.knows(source)

    def source_context(self, source: str) -> SourceContext:
        def title(page: Page) -> None:
            if page.url.endswith("bad"):
                self.on_bad()

        source_context = self.session.source_context(source)
        return replace(source_context, rules=replace(source_context.rules, extraction=ExtractionRules(overrides={"title": title})))

    def source_of(self, url: str) -> str:
        return self.session.source_of(url)

    def judge(self, source: str, response: WarcResponse) -> Wholeness:
        return self.session.judge(source, response)

    def answer(self, source: str, response: WarcResponse, pointer: WarcPointer, *, doubtful: bool = False) -> CapturedResponse:
        return self.session.answer(source, response, pointer, doubtful=doubtful)

    def receive_whole(self, answer: CapturedResponse, entry: FrontierEntry | None) -> None:
        self.read.append(answer.capture.url)
        self.session.receive_whole(answer, entry)

    def receive_robots(self, answer: CapturedResponse) -> None:
        self.session.receive_robots(answer)


@pytest.fixture
def config(tmp_path: Path) -> Config:
    return Config(archive=tmp_path / "archive", keep="all")


@contextmanager
def archive_with(config: Config, *urls: str) -> Iterator[CrawlSession]:
    """A run over an archive whose WARC file holds pages that no row knows, as after a run that was killed."""
    with CrawlSession.begun(config, load_catalogue((), builtin=False), (), "crawl", any_source=True) as session:
        with WarcWriter(session.archive.warc_directory, software="test/1") as warc:
            for url in urls:
                page = WrittenPage(url, f"Заголовок {url[-9:]}", tuple(f"Абзац {n} о новости {url}, слов хватает." for n in range(6)), 0)
                warc.write_exchange(Exchange(url, BEGIN, 200, "OK", (("Content-Type", "text/html; charset=utf-8"),), page.html))
        yield session


def crash() -> None:
    os._exit(7)


def outcomes(archive: Archive) -> dict[str, str]:
    """Kind and reason of what became of every capture, by address."""
    found = {}
    for capture in archive.captures():
        newest = archive.newest_capture(capture.url)
        assert newest is not None
        found[capture.url] = f"{newest[1].kind} {newest[1].reason}".strip()
    return found


def test_a_page_that_would_end_the_process_costs_itself_only(config: Config) -> None:
    with archive_with(config, BAD, GOOD) as session:
        run = Run(session, crash)
        recover(run)
        assert run.read == [GOOD]
        assert outcomes(session.archive) == {BAD: "unreadable trial: crash: exit code 7", GOOD: "new"}
        (failed,) = session.archive.failed_captures()
        assert (failed.url, failed.attempts, failed.version) == (BAD, 1, session.version)
        assert session.archive.failed_in(session.run) == {"vestnik.example": 1}


def test_what_failed_is_not_read_again_until_somebody_asks(config: Config) -> None:
    with archive_with(config, BAD) as session:
        recover(Run(session, crash))
    with archive_with(config) as session:
        run = Run(session, lambda: None)
        recover(run)
        assert run.read == []
        recover(run, retry=True)
        assert run.read == [BAD]
        assert outcomes(session.archive) == {BAD: "new"}
        assert session.archive.failed_captures() == []
        assert run.notes["failed captures tried again"] == 1


def test_another_version_tries_again_by_itself(config: Config) -> None:
    with archive_with(config, BAD) as session:
        recover(Run(session, crash))
    with archive_with(config) as session:
        run = Run(session, lambda: None, version="a newer one")
        recover(run)
        assert run.read == [BAD]


def test_a_record_that_killed_the_process_each_time_is_left_unread(config: Config) -> None:
    with archive_with(config, BAD, GOOD) as session:
        (pointer, _) = places = _unsettled(session)
        for _ in range(MAX_TRIES):
            session.archive.begin_attempt(session.run, places[0], "", BAD)
        run = Run(session, lambda: None)
        recover(run)
        assert run.read == [GOOD]
        assert outcomes(session.archive)[BAD] == "unreadable trial: the process ended while the record was read"
        assert session.archive.has_capture_at(pointer)


def test_one_open_attempt_is_followed_by_another(config: Config) -> None:
    with archive_with(config, GOOD) as session:
        session.archive.begin_attempt(session.run, _unsettled(session)[0], "", GOOD)
        run = Run(session, lambda: None)
        recover(run)
        assert run.read == [GOOD]
        assert session.archive.failed_captures() == []


@pytest.mark.parametrize("url", ["http://пресс служба.example/1", "http://[::bad/1", f"{HOST}:99999/1"])
def test_an_address_that_cannot_exist_is_remembered_and_the_others_are_read(config: Config, url: str) -> None:
    with archive_with(config, url, GOOD) as session:
        run = Run(session, lambda: None)
        recover(run)
        assert outcomes(session.archive)[GOOD] == "new"
        assert len(session.archive.failed_captures()) == 1
        again = Run(session, lambda: None)
        recover(again)
        assert len(again.read) < MAX_TRIES
    with archive_with(config) as session:
        third = Run(session, lambda: None)
        recover(third)
        assert third.read == []


def test_a_failed_capture_keeps_its_run_when_it_succeeds(config: Config) -> None:
    with archive_with(config, BAD) as session:
        recover(Run(session, crash))
        first = session.run
        assert session.archive.tally(first)["vestnik.example"].outcomes == {OutcomeKind.UNREADABLE: 1}
    with archive_with(config) as session:
        recover(Run(session, lambda: None), retry=True)
        assert session.archive.tally(first)["vestnik.example"].outcomes == {OutcomeKind.NEW: 1}
        assert session.archive.tally(session.run) == {}


def test_what_another_catalogue_captured_is_left_for_it(config: Config) -> None:
    with archive_with(config, GOOD) as session:
        session.archive.keep_source(Source("vestnik", "Вестник", SourceKind.NEWSPAPER, f"{HOST}/"))
        session.archive.seed(session.run, "vestnik", [DiscoveredUrl(GOOD, AddressKind.ARTICLE, HOST)], early=True)
        stranger = Run(session, lambda: None)
        recover(stranger)
        assert (stranger.read, outcomes(session.archive)) == ([], {})
        assert session.archive.failed_in(session.run) == {"vestnik": 1}
    with archive_with(config) as session:
        still = Run(session, lambda: None)
        recover(still)
        assert still.read == []
    with archive_with(config) as session:
        owner = Run(session, lambda: None)
        owner.declared = {"vestnik"}
        recover(owner)
        assert (owner.read, outcomes(session.archive)) == ([GOOD], {GOOD: "new"})
        assert session.archive.failed_captures() == []


def _unsettled(session: CrawlSession) -> list[WarcPointer]:
    (file,) = own_files(session.archive.warc_directory)
    return [pointer for pointer, _ in own_responses(file)]
