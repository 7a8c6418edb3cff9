from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING

import pytest

from harvester.cli.search import CSV_COLUMNS
from storage.archive import Archive

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.archives import SmallArchive
    from tests.harvester.cli.said import Said

pytestmark = pytest.mark.usefixtures("kept")


def test_the_table_shows_date_source_headline_and_what_was_found(harvester: Callable[..., Said], kept: SmallArchive) -> None:
    said = harvester("search", "референдума")
    assert said.code == 0
    assert said.out.splitlines() == [
        "2026-03-03 14:05  vestnik  Референдум назначен на лето",
        "    Дата названа. Комиссия обсудила проект. Референдум пройдёт летом.",
        f"    {kept.reform}  https://vestnik.example/news/1",
    ]
    assert said.err == "1 article, 1 shown\n"


def test_words_need_no_quotes_and_without_words_the_filters_alone_hold(harvester: Callable[..., Said]) -> None:
    assert harvester("search", "референдум", "летом").err == "1 article, 1 shown\n"
    assert harvester("search", "референдум", "мектеп").err.startswith("Nothing found")
    assert harvester("search").err == "3 articles, 3 shown\n"
    assert harvester("search", "--limit", "3").err == "3 articles, 3 shown\n"
    more = "; --limit shows more, `harvester export` writes all"
    assert harvester("search", "--limit", "1").err == f"3 articles, 1 shown{more}\n"
    assert harvester("search", "--limit", "0").err == "3 articles, 0 shown\n"


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        (["--source", "qala"], ["kazakh"]),
        (["--source", "qala", "--source", "vestnik"], ["reform", "kazakh", "odd"]),
        (["--since", "2026-03-03"], ["reform"]),
        (["--until", "2026-03-02"], ["kazakh"]),
        (["--language", "kk"], ["kazakh"]),
        (["--section", "политика"], ["reform"]),
        (["--tag", "Реформа"], ["reform"]),
        (["--author", "айгуль ким"], ["reform"]),
        (["--kind", "agency"], ["kazakh"]),
        (["--topic", "constitutional-reform"], ["reform"]),
    ],
)
def test_every_filter_filters(harvester: Callable[..., Said], kept: SmallArchive, filters: list[str], found: list[str]) -> None:
    said = harvester("search", "--format", "json", *filters)
    assert [x["id"] for x in said.json["articles"]] == [getattr(kept, name) for name in found]


def test_texts_cannot_steer_the_terminal_or_be_read_as_markup(harvester: Callable[..., Said]) -> None:
    said = harvester("search", "снег")
    assert "Снег [bold]лежит[/bold]  [31mв горах." in said.out
    assert not {"\x1b", "\u202e"} & set(said.out)


def test_jsonl_prints_the_lines_of_the_export(harvester: Callable[..., Said]) -> None:
    found, exported = harvester("search", "--format", "jsonl"), harvester("export")
    assert sorted(found.raw.splitlines()) == sorted(exported.raw.splitlines())
    assert len(found.raw.splitlines()) == 3


@pytest.mark.parametrize("how", [["--json"], ["--format", "json"], ["--json", "--format", "json"]])
def test_json_is_one_object(harvester: Callable[..., Said], how: list[str]) -> None:
    said = harvester("search", "--limit", "2", *how)
    assert list(said.json) == ["count", "articles"]
    assert (said.json["count"], len(said.json["articles"]), said.err) == (3, 2, "")


def test_csv_is_read_back_and_guards_formulas(harvester: Callable[..., Said], kept: SmallArchive) -> None:
    said = harvester("search", "--format", "csv")
    rows = {row["id"]: row for row in csv.DictReader(io.StringIO(said.out))}
    assert tuple(rows[kept.odd]) == CSV_COLUMNS
    assert (rows[kept.odd]["title"], rows[kept.odd]["tags"]) == ('\'=HYPERLINK("http://x")', "'+1")
    assert (rows[kept.reform]["title"], rows[kept.reform]["tags"]) == ("Референдум назначен на лето", "реформа; выборы")
    assert rows[kept.reform]["published"] == "2026-03-03T14:05:00+05:00"


def test_sort_by_rank_puts_the_better_fit_first(harvester: Callable[..., Said], kept: SmallArchive) -> None:
    said = harvester("search", "мектеп OR референдум", "--sort", "rank", "--format", "jsonl")
    assert {json.loads(line)["id"] for line in said.out.splitlines()} == {kept.kazakh, kept.reform}


@pytest.mark.parametrize(
    ("arguments", "suggestion"),
    [
        (["банан"], "no article holds банан"),
        (["референдум", "--source", "qala"], "without the filters it would be 1"),
        (["--source", "vestnk"], "did you mean vestnik"),
    ],
)
def test_nothing_found_is_no_error_but_a_suggestion(harvester: Callable[..., Said], arguments: list[str], suggestion: str) -> None:
    said = harvester("search", *arguments)
    assert (said.code, said.out) == (0, "")
    assert suggestion in said.err


def test_an_empty_archive_says_so(harvester: Callable[..., Said], tmp_path: Path) -> None:
    with Archive.held(tmp_path / "empty", "test"):
        pass
    assert "`harvester crawl` fills it" in harvester("search", "--archive", "empty").err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--since", "2026-31-12"], "--since cannot be '2026-31-12'"),
        (["--until", "вчера"], "--until cannot be 'вчера'"),
        (["--since", "2026-03-03", "--until", "2026-03-02"], "is later than"),
        (["--kind", "blog"], "kinds cannot hold 'blog'"),
        (["--language", "russian"], "languages cannot hold 'russian'"),
        (["--", "-референдум"], "only excludes"),
        (["--sort", "best"], "--sort"),
        (["--format", "xml"], "--format"),
        (["--limit", "-1"], "--limit"),
        (["--limit", "10001"], "--limit"),
        (["--json", "--format", "csv"], "--json and --format"),
        (["--archive", "elsewhere"], "There is no archive in elsewhere"),
    ],
)
def test_what_cannot_be_meant_is_refused(harvester: Callable[..., Said], arguments: list[str], message: str) -> None:
    said = harvester("search", *arguments)
    assert (said.code, said.out) == (2, "")
    assert message in said.err


def test_quiet_prints_the_result_alone(harvester: Callable[..., Said]) -> None:
    said = harvester("search", "-q")
    assert said.err == ""
    assert "Референдум" in said.out
