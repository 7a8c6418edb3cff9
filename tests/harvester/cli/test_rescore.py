"""`harvester topics rescore`: verdicts taken again, over an archive that was filled by ingesting a WARC file."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from pipelines.urls import article_id
from storage.archive import Archive
from storage.locking import hold
from storage.query import ArticleQuery
from tests.pages import WrittenPage, write_pages

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from tests.harvester.cli.said import Said

SNOW = 'name = "Снег"\nthreshold = 2\n[terms.ru]\n"снег" = 2\n"лавина" = 1\n'
ROADS = 'name = "Дороги"\nthreshold = 1\n[terms.ru]\n"дорога" = 1\n'
CALM = "Спасатели сообщили, что в городе спокойно и жители могут вернуться домой."
AVALANCHE = "Спасатели сообщили, что лавина сошла вчера вечером и никто не пострадал."
SNOWFALL = "Спасатели сообщили, что снег идёт третий день и дороги закрыты до утра."


def page(path: str, text: str, minutes: int, title: str = "Вести с гор") -> WrittenPage:
    return WrittenPage(f"https://a.example/{path}", title, (text, "Подробности узнаем завтра, когда вернётся группа."), minutes)


FALLEN = page("snow", SNOWFALL, 1, "Снегопад")
SLID = page("slide", AVALANCHE, 2, "Сход")
QUIET = page("calm", CALM, 3, "Покой")


class Place:
    """A folder of topics and an archive; commands judge by both topics unless they name one."""

    def __init__(self, harvester: Callable[..., Said], folder: Path) -> None:
        self.run, self.folder = harvester, folder
        (folder / "topics").mkdir()
        self.write("snow", SNOW)
        self.write("roads", ROADS)

    def write(self, topic: str, toml: str) -> None:
        (self.folder / "topics" / f"{topic}.toml").write_text(toml, "utf-8")

    def ingest(self, *pages: WrittenPage, topics: Sequence[str] = ("snow", "roads"), name: str = "pages") -> None:
        named = [word for topic in topics for word in ("--topic", topic)]
        file = write_pages(self.folder / name, pages)
        assert self.run("ingest", str(file), "--any-source", "--topics", "topics", *named).code == 0

    def rescore(self, *options: str, code: int = 0) -> Any:
        chosen = () if "--topic" in options else ("--topic", "snow", "--topic", "roads")
        said = self.run("topics", "rescore", "--topics", "topics", *chosen, *options, "--json")
        assert said.code == code, said.err
        return said.json if said.raw else said

    def rows(self, statement: str) -> list[tuple[Any, ...]]:
        with closing(sqlite3.connect(self.folder / "archive" / "archive.sqlite3")) as connection:
            return connection.execute(statement).fetchall()

    def tables(self) -> dict[str, list[tuple[Any, ...]]]:
        """Everything but the runs, which tell that somebody rescored."""
        names = [name for (name,) in self.rows("SELECT name FROM sqlite_master WHERE type = 'table'") if name != "runs"]
        return {name: self.rows(f"SELECT * FROM {name}") for name in names}

    def outcomes(self) -> list[tuple[str, str]]:
        """Path and outcome of every capture, in the order of their moments."""
        joined = "SELECT url, kind FROM captures JOIN outcomes ON capture_id = captures.id ORDER BY captured_at"
        return [(url.removeprefix("https://a.example/"), kind) for url, kind in self.rows(joined)]

    def on(self, topic: str) -> set[str]:
        """Paths of the articles that search and export find on a topic."""
        said = self.run("search", "--topic", topic, "--format", "jsonl")
        found = {json.loads(line)["url"] for line in said.out.splitlines()}
        exported = {json.loads(line)["url"] for line in self.run("export", "--topic", topic, "--output", "-").out.splitlines()}
        assert found == exported
        return {url.removeprefix("https://a.example/") for url in found}


@pytest.fixture
def place(harvester: Callable[..., Said], tmp_path: Path) -> Place:
    return Place(harvester, tmp_path)


def test_what_comes_into_scope_is_stored(place: Place) -> None:
    place.ingest(FALLEN, SLID, QUIET)
    assert place.outcomes() == [("snow", "new"), ("slide", "out-of-scope"), ("calm", "out-of-scope")]
    place.write("snow", SNOW.replace('"лавина" = 1', '"лавина" = 2'))
    report = place.rescore()
    assert (report["articles"], report["captures"], report["into_scope"], report["outcomes"]) == (1, 2, 1, {"new": 1})
    assert report["topics"]["snow"] == {"belong": 2, "gained": 1, "lost": 0, "changed": 0}
    assert report["topics"]["roads"] == {"belong": 1, "gained": 0, "lost": 0, "changed": 0}
    assert place.outcomes() == [("snow", "new"), ("slide", "new"), ("calm", "out-of-scope")]
    assert place.on("snow") == {"snow", "slide"}
    reason = place.rows("SELECT reason FROM outcomes WHERE reason LIKE 'rescored%'")
    assert reason == [(f"rescored: run {report['run']}, was out of scope (score 1 of 2: лавина)",)]
    assert place.run("verify").code == 0


def test_what_falls_out_of_scope_stays_in_the_archive(place: Place) -> None:
    place.ingest(FALLEN)
    place.write("snow", SNOW.replace("threshold = 2", "threshold = 9"))
    report = place.rescore()
    assert report["topics"]["snow"] == {"belong": 0, "gained": 0, "lost": 1, "changed": 0}
    assert (place.on("snow"), place.on("roads")) == (set(), {"snow"})
    assert place.outcomes() == [("snow", "new")]
    place.write("roads", ROADS.replace("threshold = 1", "threshold = 9"))
    place.rescore()
    assert place.run("show", "https://a.example/snow").code == 0
    place.write("snow", SNOW)
    assert place.rescore()["topics"]["snow"]["gained"] == 1


def test_another_score_or_other_terms_are_written_down(place: Place) -> None:
    place.ingest(FALLEN)
    place.write("snow", SNOW.replace('"снег" = 2', '"снег" = 3\n"третий" = 0.5'))
    assert place.rescore()["topics"]["snow"] == {"belong": 1, "gained": 0, "lost": 0, "changed": 1}
    assert place.rows("SELECT score, matched FROM topics WHERE topic = 'snow'") == [(3.5, '["снег", "третий"]')]


def test_a_second_time_changes_nothing(place: Place) -> None:
    place.ingest(FALLEN, SLID, QUIET)
    place.write("snow", SNOW.replace('"лавина" = 1', '"лавина" = 2').replace('"снег" = 2', '"снег" = 1'))
    place.rescore()
    before = place.tables()
    report = place.rescore()
    assert (report["into_scope"], report["outcomes"]) == (0, {})
    assert place.tables() == before


def test_nothing_changes_where_no_topic_was_edited(place: Place) -> None:
    revised = page("snow", CALM, 9, "Снегопад")
    place.ingest(page("snow", CALM, 0, "Снегопад в горах не ожидается"), FALLEN, SLID, QUIET, revised)
    before = place.tables()
    place.rescore()
    assert place.tables() == before


def test_a_dry_run_counts_the_same_and_writes_nothing(place: Place) -> None:
    place.ingest(FALLEN, SLID, page("slide", CALM, 5, "Сход"), QUIET)
    place.write("snow", SNOW.replace('"лавина" = 1', '"лавина" = 2').replace('"снег" = 2', '"снег" = 4'))
    before, runs = place.tables(), place.rows("SELECT * FROM runs")
    dry = place.rescore("--dry-run")
    assert (place.tables(), place.rows("SELECT * FROM runs")) == (before, runs)
    done = place.rescore()
    assert (dry["run"], dry["dry_run"], dry["outcomes"]) == (None, True, {})
    assert (dry["into_scope"], dry["articles"], dry["captures"]) == (done["into_scope"], done["articles"], done["captures"]) == (2, 1, 3)
    assert dry["topics"]["snow"] == {"belong": 2, "gained": 1, "lost": 0, "changed": 1}


def test_only_the_topic_that_is_named_is_judged(place: Place) -> None:
    place.ingest(FALLEN, SLID)
    place.write("snow", SNOW.replace("threshold = 2", "threshold = 9"))
    place.write("roads", ROADS.replace('"дорога"', '"группа"'))
    report = place.rescore("--topic", "roads")
    assert list(report["topics"]) == ["roads"]
    assert report["topics"]["roads"] == {"belong": 2, "gained": 1, "lost": 0, "changed": 1}
    assert place.on("snow") == {"snow"}


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 2, 0)])
def test_captures_are_judged_in_the_order_of_their_moments(place: Place, order: tuple[int, ...]) -> None:
    captures = [page("slide", AVALANCHE, 1), page("slide", CALM, 2), page("slide", CALM, 3)]
    place.ingest(*(captures[i] for i in order))
    place.write("snow", SNOW.replace('"лавина" = 1', '"лавина" = 2'))
    report = place.rescore()
    assert report["outcomes"] == {"new": 1, "revised": 1, "unchanged": 1}
    assert [kind for _, kind in place.outcomes()] == ["new", "revised", "unchanged"]
    assert place.on("snow") == set()  # as it stands now, it is about something else
    with Archive.opened(place.folder / "archive") as archive:
        found = archive.article(article_id("a.example", "https://a.example/slide"))
    assert found is not None
    assert [revision.number for revision in found[1]] == [1, 2]
    before = place.tables()
    place.rescore()
    assert place.tables() == before


def test_a_capture_from_before_a_known_article_becomes_its_first_revision(place: Place) -> None:
    place.ingest(page("slide", AVALANCHE, 1), page("slide", SNOWFALL, 2))
    place.write("snow", SNOW.replace('"лавина" = 1', '"лавина" = 2'))
    report = place.rescore()
    assert report["outcomes"] == {"new": 1}
    assert report["topics"]["snow"] == {"belong": 1, "gained": 0, "lost": 0, "changed": 0}
    assert place.outcomes() == [("slide", "new"), ("slide", "revised")]
    assert place.on("snow") == {"slide"}


def test_the_same_text_under_another_address_is_an_alias(place: Place) -> None:
    place.ingest(SLID, replace(SLID, url="https://a.example/amp-slide", minutes=3))
    place.write("snow", SNOW.replace('"лавина" = 1', '"лавина" = 2'))
    assert place.rescore()["outcomes"] == {"alias": 1, "new": 1}
    assert place.on("snow") == {"slide"}


def test_every_capture_keeps_its_run_and_has_one_outcome(place: Place) -> None:
    place.ingest(FALLEN, SLID, QUIET)
    place.write("snow", SNOW.replace('"лавина" = 1', '"лавина" = 2'))
    number = place.rescore()["run"]
    with Archive.opened(place.folder / "archive") as archive:
        ingested, rescored = archive.run(1), archive.run(number)
    assert (ingested.kind, rescored.kind, rescored.ended) == ("ingest", "rescore", "finished")
    assert dict(ingested.tally["a.example"].outcomes) == {"new": 2, "out-of-scope": 1}
    assert rescored.tally == {}
    assert place.rows("SELECT count(*) FROM captures") == place.rows("SELECT count(*) FROM outcomes") == [(3,)]


def test_why_a_capture_stays_out_is_brought_up_to_date(place: Place) -> None:
    place.ingest(SLID)
    place.write("snow", SNOW.replace("threshold = 2", "threshold = 4"))
    place.write("roads", ROADS.replace("threshold = 1", "threshold = 8"))
    place.rescore()
    assert place.rows("SELECT kind, reason FROM outcomes") == [("out-of-scope", "score 1 of 4: лавина")]


def test_a_configuration_that_keeps_all_takes_everything_in(place: Place) -> None:
    place.ingest(FALLEN, QUIET)
    (place.folder / "harvester.toml").write_text('keep = "all"\n')
    report = place.rescore()
    assert report["outcomes"] == {"new": 1}
    assert report["topics"]["snow"]["gained"] == 0
    with Archive.opened(place.folder / "archive") as archive:
        assert archive.count(ArticleQuery()) == 2


def test_a_damaged_record_is_told_and_the_others_are_read(place: Place) -> None:
    place.ingest(SLID, page("other", AVALANCHE, 4, "Ещё сход"))
    ((file, offset),) = place.rows("SELECT warc_file, warc_offset FROM captures WHERE url LIKE '%/slide'")
    path = place.folder / "archive" / "warc" / file
    content = bytearray(path.read_bytes())
    content[offset + 200] ^= 0xFF
    path.write_bytes(content)
    place.write("snow", SNOW.replace('"лавина" = 1', '"лавина" = 2'))
    said = place.run("topics", "rescore", "--topics", "topics", "--topic", "snow", "--json")
    assert (said.code, len(said.json["damages"])) == (7, 1)
    assert f"{file}, offset {offset}" in said.err
    assert place.outcomes() == [("slide", "out-of-scope"), ("other", "new")]


def test_a_capture_that_no_longer_reads_as_an_article_stays_as_it_is(place: Place) -> None:
    (place.folder / "sources").mkdir()
    declared = 'name = "A"\nkind = "online"\nhome = "https://a.example/"\nlanguage = "ru"\ndiscover = [{ feed = "rss" }]\n'
    (place.folder / "sources" / "a.toml").write_text(declared)
    (place.folder / "harvester.toml").write_text('sources = ["sources"]\n')
    place.ingest(SLID)
    (place.folder / "sources" / "a.py").write_text("def title(page):\n    raise ValueError(page.url)\n")
    report = place.rescore()
    assert (report["captures"], report["unread"], report["into_scope"]) == (1, 1, 0)
    assert place.outcomes() == [("slide", "out-of-scope")]


def test_a_person_reads_a_table(place: Place) -> None:
    place.ingest(FALLEN, SLID)
    place.write("snow", SNOW.replace('"лавина" = 1', '"лавина" = 2'))
    dry = place.run("topics", "rescore", "--topics", "topics", "--topic", "snow", "--dry-run")
    assert "Nothing was changed." in dry.err
    said = place.run("topics", "rescore", "--topics", "topics", "--topic", "snow")
    assert (said.code, said.out) == (0, "")
    assert said.err.splitlines()[0].split() == ["topic", "belong", "gained", "lost", "changed"]
    assert said.err.splitlines()[1].split() == ["snow", "2", "1", "0", "0"]
    assert "1 came into scope (1 new)" in said.err
    assert place.run("topics", "rescore", "--topics", "topics", "--topic", "snow", "-q").err == ""


def test_an_archive_that_is_held_is_left_alone(place: Place) -> None:
    place.ingest(FALLEN)
    with hold(place.folder / "archive", "crawl"):
        said = place.run("topics", "rescore", "--topics", "topics", "--topic", "snow")
        assert place.run("topics", "rescore", "--topics", "topics", "--topic", "snow", "--dry-run").code == 0
    assert said.code == 6
    assert "held by crawl" in said.err


@pytest.mark.parametrize("dry", [(), ("--dry-run",)])
def test_no_archive_is_made(place: Place, dry: tuple[str, ...]) -> None:
    said = place.run("topics", "rescore", "--topics", "topics", "--topic", "snow", *dry)
    assert said.code == 2
    assert "no archive" in said.err
    assert not (place.folder / "archive").exists()
