"""The same captures make the same history, in whatever order and in however many files and runs they come."""

from __future__ import annotations

import json
import shutil
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from harvester.catalogue.loader import load_catalogue
from harvester.config import Config
from harvester.crawl_session import CrawlSession
from harvester.ingestion import ingest
from storage.archive import Archive
from storage.export.corpus_row import corpus_row
from storage.query import ArticleQuery
from storage.warc.response import WarcResponse
from storage.warc.writer import WarcWriter

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

BEGIN = datetime(2026, 3, 1, 10, tzinfo=UTC)
OPENING = "Рабочая группа города {place} разобрала предложения жителей и назначила следующее заседание на будущую неделю. Участники {what}."
BODIES = {
    "A": "спорили о сроках и бюджете нового моста через реку до самого вечера",
    "B": "приняли поправку о проезде грузовых машин и отложили вопрос о тарифах",
    "C": "отменили прежнее решение и поручили подготовить совсем другой проект",
}
PLACES = ("Карасай", "Аккайын", "Сарыбел")
MAINTENANCE = "На портале до вечера проводятся плановые работы по замене оборудования, материалы временно недоступны читателям."


@dataclass(frozen=True)
class Event:
    """A capture: of the address of this number, at this hour, showing this.

    `kind` is a text (A, B, C, or M for the maintenance page that all addresses share), with `+` after it where a token and a counter
    differ, or the status of an answer without a page. `host` is the scheme and host that were asked.
    """

    page: int
    hour: int
    kind: str
    host: str = "https://h.example"


def html(event: Event, serial: int) -> str:
    letter = event.kind[0]
    text = MAINTENANCE if letter == "M" else OPENING.format(place=PLACES[event.page], what=BODIES[letter])
    title = "Плановые работы на портале" if letter == "M" else f"Заседание о мосте: {PLACES[event.page]}, {letter}"
    noise = f"<p>Просмотров: {serial}17</p>" if event.kind.endswith("+") else ""
    paragraphs = f"<p>{text}</p><p>{text[::-1].title()[:80]} и ещё несколько слов для длины.</p>{noise}"
    return f"<html lang='ru'><head><title>{title}</title></head><body><article><h1>{title}</h1>{paragraphs}</article></body></html>"


def response(event: Event, serial: int) -> WarcResponse:
    status = int(event.kind) if event.kind.isdigit() else 200
    headers = [("Content-Type", "text/html; charset=utf-8")]
    if status == 301:
        headers.append(("Location", "https://h.example/elsewhere/"))
    body = html(event, serial).encode() if status == 200 else b"<html><body>nothing</body></html>"
    head = f"HTTP/1.1 {status} X\r\n" + "".join(f"{name}: {value}\r\n" for name, value in headers) + "\r\n"
    block = head.encode() + body
    record = f"<urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, f'{serial} {event}')}>"
    moment = BEGIN + timedelta(hours=event.hour)
    return WarcResponse(record, f"{event.host}/n/{event.page}/", moment, status, "X", tuple(headers), block, len(head.encode()))


class Workshop:
    """A folder where archives are made of events."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.made = folder, 0
        self.empty = folder / "empty"
        (folder / "none").mkdir()
        self.catalogue = load_catalogue([folder / "none"], builtin=False)
        with Archive.held(self.empty, "test"):
            pass

    def export(self, runs: Iterable[Sequence[Sequence[tuple[int, Event]]]]) -> list[str]:
        """What an archive exports that these runs filled, each with files of numbered events."""
        self.made += 1
        place = self.folder / str(self.made)
        shutil.copytree(self.empty, place)
        config = Config(archive=place, keep="all")
        for number, files in enumerate(runs):
            with CrawlSession.begun(config, self.catalogue, (), "ingest", any_source=True) as session:
                for name, events in enumerate(files):
                    ingest(session, [self._write(place / f"{number}-{name}", events)], [])
        with Archive.opened(place) as archive:
            assert list(archive.damage()) == []
            rows = sorted((plain(corpus_row(article)) for article in archive.articles(ArticleQuery())), key=str)
        shutil.rmtree(place)
        return [json.dumps(row, ensure_ascii=False, indent=1) for row in rows]

    @staticmethod
    def _write(folder: Path, events: Iterable[tuple[int, Event]]) -> Path:
        folder.mkdir()
        with WarcWriter(folder, software="test/1") as warc:
            for serial, event in events:
                warc.copy_response(response(event, serial))
        (file,) = folder.glob("*.warc.gz")
        return file


def plain(row: dict[str, Any]) -> dict[str, Any]:
    """A line without places in the WARC files, and without cluster and excerpts, which depend on the articles that were there first."""
    return {key: value for key, value in row.items() if key not in {"warc", "cluster", "excerpts"}}


@pytest.fixture(scope="module")
def workshop(tmp_path_factory: pytest.TempPathFactory) -> Workshop:
    return Workshop(tmp_path_factory.mktemp("histories"))


def in_order(events: Sequence[Event]) -> list[tuple[int, Event]]:
    return sorted(enumerate(events), key=lambda numbered: (numbered[1].hour, numbered[0]))


EVENTS = st.lists(
    st.builds(
        Event,
        page=st.integers(0, 2),
        hour=st.sampled_from([0, 1, 2, 24, 24, 30, 48, 72]),
        kind=st.sampled_from(["A", "A", "A+", "B", "B+", "C", "M", "M", "404", "403", "301", "503"]),
        host=st.sampled_from(["https://h.example", "https://h.example", "http://www.h.example"]),
    ),
    min_size=2,
    max_size=9,
)


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(events=EVENTS, data=st.data())
def test_neither_order_nor_grouping_changes_an_export(workshop: Workshop, events: list[Event], data: st.DataObject) -> None:
    numbered = in_order(events)
    shuffled = data.draw(st.permutations(numbered))
    cuts = data.draw(st.lists(st.sampled_from(["file", "run", ""]), min_size=len(numbered), max_size=len(numbered)))
    runs: list[list[list[tuple[int, Event]]]] = [[[]]]
    for cut, event in zip(cuts, shuffled, strict=True):
        if cut == "run" and runs[-1][-1]:
            runs.append([[]])
        elif cut == "file" and runs[-1][-1]:
            runs[-1].append([])
        runs[-1][-1].append(event)
    assert workshop.export(runs) == workshop.export([[numbered]])
