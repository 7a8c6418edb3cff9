"""A better reading is no edit of the news: archives that an older version of the line filled go on without false revisions."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from pipelines.draft import Draft
from pipelines.page import Page
from pipelines.pipeline import RunContext, run_line
from pipelines.pipeline_version import PIPELINE_VERSION
from pipelines.rules import StageRules
from storage.archive import Archive
from storage.model.captures import Capture, OutcomeKind
from storage.model.sources import Source, SourceKind
from storage.warc.digests import payload_digest
from storage.warc.exchange import Exchange
from storage.warc.writer import WarcWriter

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

URL = "https://vestnik.example/n/1"
SOURCE = Source("vestnik", "Вестник", SourceKind.NEWSPAPER, "https://vestnik.example/", ("ru",))
RULES = StageRules(SOURCE, keep_all=True)
SENTENCE = "Жители посёлка обсудили проект нового парка и предложили высадить вдоль реки триста молодых клёнов. "
PAGE = f"<html><body><h1>Парк у реки расширят</h1><article>{f'<p>{SENTENCE * 3}</p>' * 2}<p><b>Марат СЕИТОВ</b></p></article></body></html>"


class Desks:
    """An archive that receives captures of one page, each an hour after the one before it."""

    def __init__(self, archive: Archive, warc: WarcWriter) -> None:
        self.archive, self.warc = archive, warc
        self.run_context = RunContext(archive, archive.start_run("crawl", "test"))
        self.moment = datetime(2026, 3, 3, 12, tzinfo=UTC)
        archive.keep_source(SOURCE)

    def receive(self, page: str) -> OutcomeKind:
        self.moment += timedelta(hours=1)
        body = page.encode()
        pointer = self.warc.write_exchange(Exchange(URL, self.moment, 200, "OK", (("Content-Type", "text/html; charset=utf-8"),), body))
        capture = Capture("vestnik", URL, self.moment, 200, "text/html; charset=utf-8", payload_digest(body), pointer)
        draft = run_line(Draft(capture, Page(URL, body, capture.content_type, self.moment), RULES), self.run_context)
        assert draft.outcome is not None
        return draft.outcome.kind


@pytest.fixture
def desks(tmp_path: Path) -> Iterator[Desks]:
    with Archive.held(tmp_path / "archive", "test") as archive, WarcWriter(archive.warc_directory, software="test") as warc:
        yield Desks(archive, warc)


def read_by_an_older_line(archive: Archive) -> None:
    """The archive as an older version left it: it saw no author, so its digest is another."""
    with archive.database.connection() as connection, connection.begin():
        connection.exec_driver_sql("UPDATE extractions SET line = '1', content_sha256 = 'of another reading'")
        connection.exec_driver_sql("DELETE FROM authors")


def test_an_unchanged_page_is_unchanged_though_it_reads_better_today(desks: Desks) -> None:
    assert PIPELINE_VERSION != "1"
    assert desks.receive(PAGE) is OutcomeKind.NEW
    read_by_an_older_line(desks.archive)
    assert desks.receive(PAGE.replace("<h1>", "<i>USD 450</i><h1>")) is OutcomeKind.UNCHANGED
    article, revisions = desks.archive.article(URL) or pytest.fail("gone")
    assert (len(revisions), article.extraction.line) == (1, "1")


def test_an_edited_page_is_revised(desks: Desks) -> None:
    desks.receive(PAGE)
    read_by_an_older_line(desks.archive)
    assert desks.receive(PAGE.replace("триста", "четыреста")) is OutcomeKind.REVISED
    article, revisions = desks.archive.article(URL) or pytest.fail("gone")
    assert (len(revisions), article.extraction.line, article.extraction.authors) == (2, PIPELINE_VERSION, ("Марат СЕИТОВ",))
    assert desks.receive(PAGE.replace("триста", "четыреста")) is OutcomeKind.UNCHANGED


def test_bytes_that_are_damaged_leave_the_old_reading_to_compare_with(desks: Desks) -> None:
    desks.receive(PAGE)
    read_by_an_older_line(desks.archive)
    desks.warc.close()
    (file,) = desks.archive.warc_directory.glob("*.warc.gz")
    file.write_bytes(b"\0" * file.stat().st_size)
    desks.warc = WarcWriter(desks.archive.warc_directory, software="test")
    with desks.warc:
        assert desks.receive(PAGE) is OutcomeKind.UNCHANGED
        assert desks.receive(PAGE.replace("триста", "четыреста")) is OutcomeKind.REVISED
