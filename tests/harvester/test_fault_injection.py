"""An error in any function that a capture passes through costs that capture at most, never the run, the next one, or the archive.

Every function of the listed modules that processing calls is made to raise in turn: once while a crawl captures a new page and its next
version, and at every call while a file is ingested.
"""

from __future__ import annotations

from collections import Counter
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from harvester.catalogue.loader import load_catalogue
from harvester.config import Config
from harvester.harvest import Harvest
from harvester.ingestion import ingest
from harvester.verification.damage import Checked
from harvester.verification.verify import verify
from storage.archive import Archive
from storage.model.failures import OPEN_ATTEMPT
from storage.warc.exchange import Exchange
from tests.faults import Injected, functions_called, raising_in
from tests.pages import WrittenPage, write_pages

if TYPE_CHECKING:
    from pathlib import Path

STAGES = (
    "pipelines.extraction.extract",
    "pipelines.walls",
    "pipelines.dates.stage",
    "pipelines.relevance",
    "pipelines.fingerprints",
    "pipelines.editions",
    "pipelines.deduplication",
    "pipelines.persistence",
    "harvester.settling",
    "harvester.harvest",
    "harvester.ingestion",
)
STORAGE = ("storage.settling", "storage.repositories", "storage.clustering", "storage.search")
WRITERS = ("storage.warc.writer", "storage.warc.records", "storage.warc.appending", "storage.warc.exchange")
HOST = "https://vestnik.example"
BEGIN = datetime(2026, 3, 10, 6, tzinfo=UTC)


def page(number: int, word: str = "первый") -> bytes:
    paragraphs = "".join(f"<p>Абзац {n} о новости номер {number}: {word} вариант текста, в котором достаточно слов.</p>" for n in range(6))
    title = f"Заголовок новости {number}"
    return f"<html><head><title>{title}</title></head><body><article><h1>{title}</h1>{paragraphs}</article></body></html>".encode()


class Newsroom:
    """Captures pages into a run as a crawl does, each a minute after the one before it, and ingests files."""

    def __init__(self, harvest: Harvest, folder: Path) -> None:
        self.harvest, self.folder, self.captured, self.files = harvest, folder, 0, 0

    def fetch(self, url: str, body: bytes, status: int = 200) -> None:
        """Capture one response and process it to its end."""
        self.captured += 1
        moment = BEGIN + timedelta(minutes=self.captured)
        exchange = Exchange(url, moment, status, "", (("Content-Type", "text/html; charset=utf-8"),), body)
        with suppress(Injected):  # an error outside of the processing itself: Scrapy logs it and goes on; the record is recovered
            self.harvest.receive_whole(self.harvest.capture("vestnik.example", exchange, partial=False), None)

    def visit_twice(self) -> None:
        """A fresh capture, then a revisit that brings another text."""
        number = self.captured
        self.fetch(f"{HOST}/n/{number}", page(number))
        self.fetch(f"{HOST}/n/{number}", page(number, "исправленный"))

    def write_file(self) -> Path:
        """Write a WARC file of one page."""
        self.files += 1
        written = WrittenPage(
            f"{HOST}/f/{self.files}",
            f"Из файла {self.files}",
            tuple(f"Абзац {n} из файла {self.files}, чтобы хватило слов на текст." for n in range(6)),
            self.files,
        )
        return write_pages(self.folder / f"file{self.files}", [written])


@pytest.fixture
def config(tmp_path: Path) -> Config:
    return Config(archive=tmp_path / "archive", keep="all")


def begun(config: Config, *, retry: bool = False):  # type: ignore[no-untyped-def]  # noqa: ANN201  a context manager of Harvest
    return Harvest.begun(config, load_catalogue((), builtin=False), (), "crawl", any_source=True, retry=retry)


def outcome_or_failure_of_every_record(archive: Archive) -> None:
    """Every capture has exactly one outcome; what has no capture is among the failures."""
    assert list(archive.damage()) == []
    tally: Counter[str] = Counter()
    for run in archive.last_runs():
        for of_source in run.tally.values():
            tally.update({kind.value: count for kind, count in of_source.outcomes.items()})
    assert tally.total() == sum(1 for _ in archive.captures())


@pytest.mark.parametrize("modules", [STAGES, STORAGE, WRITERS], ids=["stages", "storage", "writers"])
def test_an_error_anywhere_costs_one_capture_at_most(config: Config, tmp_path: Path, modules: tuple[str, ...]) -> None:
    with begun(config) as harvest:
        room = Newsroom(harvest, tmp_path)
        room.visit_twice()
        file = room.write_file()
        targets = functions_called(lambda: (room.visit_twice(), ingest(harvest, [file], [])), modules)
        assert len(targets) > 5, "processing calls more functions than that"
        for target in targets:
            file = room.write_file()
            with suppress(Injected), raising_in(target, times=1):
                room.visit_twice()
            with suppress(Injected), raising_in(target, times=1000):
                ingest(harvest, [file], [])
        room.fetch(f"{HOST}/last", page(10_000))
        outcome_or_failure_of_every_record(harvest.archive)
    with begun(config, retry=True) as harvest:
        outcome_or_failure_of_every_record(harvest.archive)
        assert [x for x in harvest.archive.failed_captures() if x.failure.stage == OPEN_ATTEMPT] == []
        assert harvest.archive.failed_captures() == [], "tried again without the error, everything succeeds"
        assert harvest.archive.article(f"{HOST}/last")
    checked = Checked()
    with Archive.opened(config.archive) as archive:
        assert [str(damage) for damage in verify(archive, checked, load_catalogue((), builtin=False))] == []
    assert checked.notes == [], "every record in the WARC files has its row"
