"""`harvester topics rejected`: pages that belong to no topic, over an archive that was filled by ingesting a WARC file."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.pages import WrittenPage, write_pages

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.harvester.cli.said import Said

SNOW = 'name = "Снег"\nthreshold = 2\n[terms.ru]\n"снег" = 2\n"лавина" = 1\n'
SUBJECTS = ("лавина сошла у перевала", "мост открыли после ремонта", "в школах начались каникулы", "лавина закрыла дорогу")
REST = "Подробности узнаем завтра, когда вернётся группа спасателей и журналистов из соседнего города."


@pytest.fixture
def rejected(harvester: Callable[..., Said], tmp_path: Path) -> Callable[..., Said]:
    """An archive of four pages out of scope and one in scope; returns the command."""
    (tmp_path / "topics").mkdir()
    (tmp_path / "topics" / "snow.toml").write_text(SNOW, "utf-8")
    pages = [
        WrittenPage(f"https://a.example/{n}", f"Новость {n}", (f"Сегодня {subject}, сообщили спасатели области.", REST), n)
        for n, subject in enumerate((*SUBJECTS, "выпал снег и засыпал посёлок"))
    ]
    file = write_pages(tmp_path / "pages", pages)
    named = ("--topics", "topics", "--topic", "snow")
    assert harvester("ingest", str(file), "--any-source", *named).code == 0
    return lambda *options: harvester("topics", "rejected", *options, *named)


def paths(said: Said) -> list[str]:
    assert said.code == 0, said.err
    return [x["url"].removeprefix("https://a.example/") for x in said.json["rejected"]]


def test_rejected_pages_come_with_score_and_terms_the_newest_first(rejected: Callable[..., Said]) -> None:
    report = rejected("--json").json
    assert [x["url"][-1] for x in report["rejected"]] == ["3", "2", "1", "0"]
    first: dict[str, Any] = report["rejected"][0]
    (verdict,) = first["topics"]
    assert (verdict["topic"], verdict["score"], verdict["threshold"], verdict["matched"]) == ("snow", 1.0, 2.0, ["лавина"])
    assert (first["title"], first["source"]) == ("Новость 3", "a.example")
    assert first["reason"] == "score 1 of 2: лавина"
    assert (report["pages"], report["read"], report["shown"]) == (4, 4, 4)


def test_a_person_reads_headline_score_and_beginning(rejected: Callable[..., Said]) -> None:
    said = rejected("--limit", "1")
    assert "Новость 3" in said.out
    assert "snow: score 1 of 2: лавина" in said.out
    assert "Сегодня лавина закрыла дорогу" in said.out
    assert said.err == "4 pages out of scope, 1 read, 1 shown\n"


def test_a_line_a_page_for_machines(rejected: Callable[..., Said]) -> None:
    rows = [json.loads(line) for line in rejected("--format", "jsonl").out.splitlines()]
    assert [row["title"] for row in rows] == ["Новость 3", "Новость 2", "Новость 1", "Новость 0"]


def test_a_sample_is_the_same_for_the_same_seed(rejected: Callable[..., Said]) -> None:
    drawn = [paths(rejected("--sample", "2", "--seed", str(seed), "--json")) for seed in (1, 1, 2, 3, 4, 5)]
    assert drawn[0] == drawn[1]
    assert all(len(set(pages)) == 2 for pages in drawn)
    assert len({tuple(pages) for pages in drawn}) > 1
    assert sorted(paths(rejected("--sample", "9", "--json"))) == ["0", "1", "2", "3"]


def test_filters_narrow_what_is_listed_and_what_is_drawn(rejected: Callable[..., Said]) -> None:
    assert paths(rejected("лавиной", "--json")) == ["3", "0"]
    assert paths(rejected('"закрыла дорогу"', "--json")) == ["3"]
    assert paths(rejected("сообщили -лавина", "--json")) == ["2", "1"]
    assert sorted(paths(rejected("лавина", "--sample", "2", "--json"))) == ["0", "3"]
    assert paths(rejected("--source", "b.example", "--json")) == []
    assert paths(rejected("--language", "kk", "--json")) == []
    assert paths(rejected("--until", "2001-01-01", "--json")) == []


def test_wrong_words_and_no_archive_are_refused(rejected: Callable[..., Said], tmp_path: Path) -> None:
    assert rejected("--since", "gestern").code == 2
    assert rejected("--archive", str(tmp_path / "none")).code == 2


def test_a_damaged_record_is_named(rejected: Callable[..., Said], tmp_path: Path) -> None:
    for file in (tmp_path / "archive" / "warc").glob("*.warc.gz"):
        file.write_bytes(file.read_bytes()[:300])
    said = rejected("--json")
    assert said.code == 7
    assert "verify" in said.err


def test_stored_articles_that_the_topic_rejects_are_drawn_too(harvester: Callable[..., Said], tmp_path: Path) -> None:
    """Archive of `--keep all`, and an article that only another topic took in: none of them may hide a miss of this topic."""
    (tmp_path / "topics").mkdir()
    (tmp_path / "topics" / "snow.toml").write_text(SNOW, "utf-8")
    (tmp_path / "topics" / "bridge.toml").write_text('name = "Мост"\nthreshold = 1\n[terms.ru]\n"мост" = 1\n', "utf-8")
    pages = [
        WrittenPage(f"https://a.example/{n}", f"Новость {n}", (f"Сегодня {subject}, сообщили спасатели области.", REST), n)
        for n, subject in enumerate((*SUBJECTS, "выпал снег и засыпал посёлок"))
    ]
    first, rest = write_pages(tmp_path / "first", pages[:2]), write_pages(tmp_path / "rest", pages[2:])
    named = ("--topics", "topics", "--topic", "snow")
    assert harvester("ingest", str(first), "--any-source", *named, "--topic", "bridge").code == 0
    assert harvester("ingest", str(rest), "--any-source", *named, "--keep", "all").code == 0

    report = harvester("topics", "rejected", "--json", *named).json
    stored = {x["url"][-1]: x["article"] for x in report["rejected"]}
    assert sorted(stored) == ["0", "1", "2", "3"]
    assert stored["0"] is None  # out of scope of both
    assert all(len(stored[x]) == 20 for x in "123")
    assert {x["reason"] for x in report["rejected"] if x["article"]} == {""}
    said = harvester("topics", "rejected", "--sample", "9", *named)
    assert said.err == "4 pages out of scope, 4 read, 4 shown\n"
    assert f"https://a.example/3 (stored as {stored['3']})" in said.out
    both = harvester("topics", "rejected", "--json", *named, "--topic", "bridge").json
    assert sorted(x["url"][-1] for x in both["rejected"]) == ["0", "2", "3"]
