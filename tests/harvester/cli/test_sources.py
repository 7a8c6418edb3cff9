from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.archives import SmallArchive
    from tests.harvester.cli.said import Said

QALA = """\
name     = "Қала ақпарат"
kind     = "agency"
home     = "https://qala.example/"
family   = "press"
language = ["kk", "ru"]
discover = [{ feed = "rss" }, { listing = "news/", pages = "news/{page}/", section = "Қоғам" }]
articles = { allow = '^/n/\\d+$' }
enabled  = false

[[layout]]
title    = "h1"
"""
PRESS = 'fetch = { delay = 4.0 }\n[[layout]]\nbody = ".text"\n'


@pytest.fixture(autouse=True)
def declared(tmp_path: Path) -> Path:
    """A folder with one declaration of a family."""
    folder = tmp_path / "declared"
    (folder / "_families").mkdir(parents=True)
    (folder / "_families" / "press.toml").write_text(PRESS)
    (folder / "qala.toml").write_text(QALA)
    return folder


ONLY = ("--sources", "declared", "--only-given-sources")


def test_list_is_a_table_of_the_catalogue(harvester: Callable[..., Said]) -> None:
    said = harvester("sources", "list", *ONLY)
    header, row = said.out.splitlines()
    assert header.split() == ["id", "name", "kind", "languages", "channels"]
    assert row.split() == ["qala", "Қала", "ақпарат", "agency", "kk", "ru", "2", "disabled"]
    assert (said.code, said.err) == (0, "1 source\n")


def test_list_counts_what_the_archive_holds(harvester: Callable[..., Said], kept: SmallArchive) -> None:
    del kept
    (row,) = harvester("sources", "list", "--json", *ONLY).json["sources"]
    assert row == {
        "id": "qala",
        "name": "Қала ақпарат",
        "kind": "agency",
        "languages": ["kk", "ru"],
        "channels": 2,
        "articles": 1,
        "enabled": False,
    }
    assert harvester("sources", "list", *ONLY).out.split()[-2:] == ["1", "disabled"]


def test_list_without_an_archive_counts_nothing(harvester: Callable[..., Said]) -> None:
    assert {x["articles"] for x in harvester("sources", "list", "--json").json["sources"]} == {None}


def test_list_holds_the_built_in_sources_too(harvester: Callable[..., Said]) -> None:
    ids = [x["id"] for x in harvester("sources", "list", "--json", "--sources", "declared").json["sources"]]
    assert {"qala", "kazpravda"} <= set(ids)
    assert ids == sorted(ids)


def test_show_tells_what_was_composed(harvester: Callable[..., Said]) -> None:
    said = harvester("sources", "show", "qala", *ONLY)
    lines = {line.split(maxsplit=1)[0]: line.split(maxsplit=1)[1] for line in said.out.splitlines()}
    assert (said.code, said.err) == (0, "")
    assert (lines["name"], lines["languages"], lines["enabled"], lines["fetch.delay"]) == ("Қала ақпарат", "kk, ru", "no", "4.0")
    assert (lines["channels[1].url"], lines["channels[1].section"]) == ("https://qala.example/news/", "Қоғам")
    assert (lines["layouts[0].title"], lines["layouts[0].body"], lines["articles.allow"]) == ("h1", ".text", r"^/n/\d+$")
    composed = harvester("sources", "show", "qala", "--json", *ONLY).json
    assert composed["layouts"] == [{"title": "h1", "body": ".text", "drop": None, "until": None}]


def test_show_of_an_unknown_source_names_the_nearest(harvester: Callable[..., Said]) -> None:
    said = harvester("sources", "show", "kala", *ONLY)
    assert (said.code, said.out, said.err) == (2, "", "harvester: There is no source kala. The nearest is qala.\n")


def test_check_finds_nothing_wrong_with_what_is_shipped(harvester: Callable[..., Said]) -> None:
    said = harvester("sources", "check", "--sources", "declared")
    assert (said.code, said.out, said.err) == (0, "", "No fault found.\n")


def test_check_tells_every_fault_of_every_file(harvester: Callable[..., Said], declared: Path) -> None:
    (declared / "qala.toml").write_text(QALA.replace("h1", "h1[").replace("enabled ", "enbled "))
    (declared / "other.toml").write_text("name = 'x")
    said = harvester("sources", "check", *ONLY)
    assert said.code == 2
    assert [line.partition(": ")[0].split()[0] for line in said.out.splitlines()] == ["declared/other.toml", "declared/qala.toml"]
    assert "enabled" in said.out
    assert said.err.startswith("harvester: 2 faults in the catalogue.")
    (declared / "qala.toml").write_text(QALA.replace("h1", "h1["))
    (declared / "other.toml").unlink()
    assert "layout[0].title is not a CSS selector" in harvester("sources", "check", *ONLY).out


def test_check_as_json_holds_the_faults(harvester: Callable[..., Said], declared: Path) -> None:
    (declared / "qala.toml").write_text("")
    said = harvester("sources", "check", "--json", *ONLY)
    assert said.code == 2
    assert len(said.json["faults"]) >= 4
    assert all("qala.toml" in fault for fault in said.json["faults"])


def test_a_broken_catalogue_is_no_bug(harvester: Callable[..., Said], declared: Path) -> None:
    (declared / "qala.toml").write_text("")
    said = harvester("sources", "list", *ONLY)
    assert (said.code, said.out) == (2, "")
    assert "qala.toml" in said.err


def test_quiet_is_silent(harvester: Callable[..., Said]) -> None:
    said = harvester("sources", "check", "-q", *ONLY)
    assert (said.code, said.out, said.err) == (0, "", "")


def test_check_says_which_builtin_source_is_replaced(harvester: Callable[..., Said], declared: Path) -> None:
    (declared / "qala.toml").rename(declared / "kazpravda.toml")
    said = harvester("sources", "check", "--sources", "declared", "--json")
    (note,) = said.json["notes"]
    assert note == "declared/kazpravda.toml: it takes the place of the built-in source kazpravda."
    assert harvester("sources", "check", *ONLY, "--json").json["notes"] == []


@pytest.mark.parametrize("place", ["old", "region/almaty", "2026", "қала", "a.b"])
def test_check_says_which_declarations_are_not_read(harvester: Callable[..., Said], declared: Path, place: str) -> None:
    (declared / place).mkdir(parents=True)
    (declared / place / "other.toml").write_text(QALA)
    (declared / "golden" / "qala" / "page").mkdir(parents=True)
    (declared / "golden" / "qala" / "page" / "expected.toml").write_text("")
    said = harvester("sources", "check", *ONLY)
    assert f"note: declared/{place}: declarations in a folder below declared are not read; name it with --sources." in said.err
    assert said.err.count("note:") == 1


def test_a_channel_that_is_never_asked_is_noted_by_check_and_by_a_dry_run(harvester: Callable[..., Said], declared: Path) -> None:
    (declared / "qala.toml").write_text(QALA.replace('{ feed = "rss" }', '{ search = "novosti/?q={query}" }'), "utf-8")
    (declared.parent / "water.toml").write_text('name = "W"\nthreshold = 1\n[terms.ru]\n"вода" = 1\n[search]\nen = ["water"]\n', "utf-8")
    (declared.parent / "harvester.toml").write_text('topic = "water.toml"\n')
    said = harvester("sources", "check", *ONLY)
    why = "the topic water has no query for it ([search], kk or ru)"
    assert f"note: declared/qala.toml: a crawl does not ask https://qala.example/novosti/?q={{query}}: {why}.\n" in said.err
    dry = harvester("crawl", "qala", "--dry-run", *ONLY)
    assert "the search of qala is not asked: [search] of water holds no query in the source's languages" in dry.err
    (declared.parent / "harvester.toml").unlink()
    assert "does not ask" not in harvester("sources", "check", *ONLY).err
    assert "not asked" not in harvester("crawl", "qala", "--dry-run", *ONLY).err


@pytest.mark.parametrize(("written", "near"), [("Steppe Courier", "steppe-courier"), ("../kt.kz", "kt-kz"), ("Курьер", ""), ("a/b", "a-b")])
def test_what_is_no_id_is_refused_with_one_that_is(harvester: Callable[..., Said], written: str, near: str) -> None:
    said = harvester("sources", "new", "https://steppe.example/", "--id", written, "--sources", "mine")
    hint = f"Write --id {near}." if near else "Choose one with --id."
    assert (said.code, said.err) == (2, f"harvester: {written} is no id: it holds only a-z, 0-9, _ and -. {hint}\n")


@pytest.mark.parametrize("command", ["diff", "accept"])
@pytest.mark.parametrize("written", ["kurultay", "declared/golden/qala/kurultay"])
def test_a_golden_page_in_the_place_of_its_source_is_told(
    harvester: Callable[..., Said], declared: Path, command: str, written: str
) -> None:
    page = declared / "golden" / "qala" / "kurultay"
    page.mkdir(parents=True)
    (page / "page.html").write_text("<p>x")
    said = harvester("sources", "golden", command, written, *ONLY)
    assert (said.code, said.err) == (2, f"harvester: {written} is a page, not a source. Name its source: qala.\n")
    assert "There is no source kurultai." in harvester("sources", "golden", command, "kurultai", *ONLY).err
