from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING

import pytest

from tests.docs.picture import on_terminal
from tests.pages import WrittenPage, write_pages

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.archives import SmallArchive
    from tests.harvester.cli.said import Said


SPELLINGS = (
    "https://vestnik.example/news/1",
    "https://VESTNIK.example/news/1?utm_source=x#top",
    "https://vestnik.example/news/1/",
    "http://vestnik.example/news/1",
    "https://www.vestnik.example/news/1",
    "//vestnik.example/news/1",
    "www.vestnik.example/news/1/?utm_source=x",
    "vestnik.example/news/1",
    " HTTP://Vestnik.example/news/1 ",
)


@pytest.mark.parametrize("asked", ["id", "beginning", "BEGINNING", *SPELLINGS])
def test_an_article_is_shown_with_its_evidence(harvester: Callable[..., Said], kept: SmallArchive, asked: str) -> None:
    ids = {"id": kept.reform, "beginning": kept.reform[:4], "BEGINNING": kept.reform[:9].upper()}
    said = harvester("show", ids.get(asked, asked))
    assert (said.code, said.err) == (0, "")
    for line in (
        "Референдум назначен на лето",
        "Айгуль Ким",
        "Дата названа.",
        "Референдум пройдёт летом.",
        "published   2026-03-03T14:05:00+05:00 (to the minute): '03.03.2026 14:05' in selector:time, read by Asia/Almaty",
        "modified    no date found",
        "topic       constitutional-reform, score 7: референдум, комиссия",
        "tags        реформа, выборы",
        "picture     https://vestnik.example/1.jpg  Зал  Фото автора",
        "state       live, revision 2 of 2",
    ):
        assert line in said.out.splitlines()
    assert f"WARC        {kept.warc.name}, offset " in said.out
    assert "payload     sha256:" in said.out


def test_json_is_the_line_of_the_export(harvester: Callable[..., Said], kept: SmallArchive) -> None:
    said = harvester("show", kept.reform, "--json")
    assert said.json["ingested_from"] is None
    assert harvester("export", "--provenance", "--source", "vestnik").out.count(said.json["id"]) == 1
    assert (said.json["id"], said.json["revision"], said.json["warc"]["file"]) == (kept.reform, 2, kept.warc.name)


def test_revisions_are_listed_oldest_first(harvester: Callable[..., Said], kept: SmallArchive) -> None:
    said = harvester("show", kept.reform, "--revisions")
    first, _, second, _ = said.out.splitlines()
    assert first.startswith("  1  2026-03-10 06:01:00 UTC  Референдум назначен на весну")
    assert second.startswith("  2  2026-03-10 06:04:00 UTC  Референдум назначен на лето")
    listed = harvester("show", kept.reform, "--revisions", "--json").json
    assert [x["number"] for x in listed["revisions"]] == [1, 2]
    assert listed["revisions"][0]["warc"]["offset"] < listed["revisions"][1]["warc"]["offset"]


def test_html_is_the_archived_page_byte_by_byte(harvester: Callable[..., Said], kept: SmallArchive) -> None:
    said = harvester("show", kept.kazakh, "--html")
    assert (said.code, said.raw, said.err) == (0, kept.pages["https://qala.example/n/1"], "")


def test_html_of_a_damaged_capture_is_refused(harvester: Callable[..., Said], kept: SmallArchive) -> None:
    kept.warc.write_bytes(b"")
    said = harvester("show", kept.kazakh, "--html")
    assert (said.code, said.raw) == (7, b"")
    assert "harvester verify" in said.err


def test_texts_cannot_steer_the_terminal(harvester: Callable[..., Said], kept: SmallArchive) -> None:
    said = harvester("show", kept.odd)
    assert "Снег [bold]лежит[/bold]  [31mв горах." in said.out
    assert "\x1b" not in said.out


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["0000"], "The archive holds no article 0000. Find ids and addresses with `harvester search`."),
        (["https://vestnik.example/about"], "It was captured on 2026-03-10 06:05 UTC: not-article (no_text)."),
        (["x", "--html", "--json"], "each go alone"),
        (["x", "--html", "--revisions"], "each go alone"),
        (["x", "--text", "--json"], "each go alone"),
        (["vestnik.example/about/"], "It was captured on 2026-03-10 06:05 UTC: not-article (no_text)."),
        (["vestnik.example"], "The archive holds no article vestnik.example."),
        ([], "Missing argument"),
        (["x", "--format", "json"], "--format says how --diff A B is printed. For an article as JSON write --json"),
        (["x", "--diff"], "--diff A B: What two revisions differ in, by their numbers in --revisions."),
        (["x", "--revision", "1", "--json"], "--revision goes with --html, with --text, or alone."),
        (["x", "--revision", "1", "--revisions"], "--revision goes with --html, with --text, or alone."),
        (["x", "--revision", "1", "--cluster"], "--revision goes with --html, with --text, or alone."),
    ],
)
@pytest.mark.usefixtures("kept")
def test_what_is_not_there_is_told(harvester: Callable[..., Said], arguments: list[str], message: str) -> None:
    said = harvester("show", *arguments)
    assert (said.code, said.out) == (2, "")
    assert message in said.err


def test_languages_and_versions_are_shown(harvester: Callable[..., Said], kept: SmallArchive) -> None:
    rows = sqlite3.connect(kept.directory / "archive.sqlite3")
    rows.execute('UPDATE extractions SET languages = \'{"ru": 0.81, "kk": 0.19}\'')
    named = [("https://vestnik.example/kz/1", "kk"), ("https://vestnik.example/en/1", "en")]
    number = rows.execute("SELECT number FROM articles WHERE id = ?", [kept.reform]).fetchone()[0]
    rows.executemany("INSERT INTO editions VALUES (?, 'hreflang', ?, 'vestnik', ?)", [(number, *clue) for clue in named])
    rows.commit()
    rows.close()
    shown = harvester("show", kept.reform).out.splitlines()
    assert "language    ru (ru 81%, kk 19%)" in shown
    assert [line for line in shown if line.startswith("edition")] == [
        "edition     en: https://vestnik.example/en/1, not in this archive, found by hreflang",
        "edition     kk: https://vestnik.example/kz/1, not in this archive, found by hreflang",
    ]


def test_several_ids_with_one_beginning_are_listed(harvester: Callable[..., Said], kept: SmallArchive) -> None:
    rows = sqlite3.connect(kept.directory / "archive.sqlite3")
    rows.execute("UPDATE articles SET id = ? WHERE id = ?", [f"{kept.reform[:6]}000000aa", kept.kazakh])
    rows.commit()
    rows.close()
    said = harvester("show", kept.reform[:5])
    assert (said.code, said.out) == (2, "")
    assert f"Several ids begin with {kept.reform[:5]}. Give more of one: " in said.err
    assert f"{kept.reform[:6]}000000aa Жаңа мектеп ашылды" in said.err
    assert f"{kept.reform} Референдум назначен на лето" in said.err
    assert harvester("show", f"{kept.reform[:6]}000000a").code == 0


def test_date_outlet_and_id_stand_below_the_headline(harvester: Callable[..., Said], kept: SmallArchive) -> None:
    first, second, *_ = harvester("show", kept.reform).out.splitlines()
    assert (first, second) == ("Референдум назначен на лето", f"2026-03-03 14:05  Северный вестник  {kept.reform}")


def test_the_text_alone_is_for_copying(harvester: Callable[..., Said], kept: SmallArchive) -> None:
    said = harvester("show", kept.reform, "--text")
    assert said.out.splitlines() == [
        "Референдум назначен на лето",
        "Дата названа.",
        "Комиссия обсудила проект.",
        "Референдум пройдёт летом.",
    ]
    assert "\x1b" not in harvester("show", kept.odd, "--text").out


def test_clusters_and_explanations_take_the_same_names(harvester: Callable[..., Said], kept: SmallArchive) -> None:
    for asked in (kept.reform[:6], "vestnik.example/news/1/"):
        assert harvester("show", asked, "--cluster").err == "No other article of this archive carries its text.\n"
        assert kept.reform in harvester("topics", "explain", asked).out


def test_an_older_revision_is_shown_with_its_own_bytes_and_evidence(harvester: Callable[..., Said], kept: SmallArchive) -> None:
    first, second = (x["warc"] for x in harvester("show", kept.reform, "--revisions", "--json").json["revisions"])
    assert harvester("show", kept.reform, "--revision", "1", "--text").out.splitlines()[0] == "Референдум назначен на весну"
    pages = [harvester("show", kept.reform, "--html", "--revision", number) for number in ("1", "2")]
    assert "назначен на весну" in pages[0].out
    assert pages[1].raw == harvester("show", kept.reform, "--html").raw == kept.pages["https://vestnik.example/news/1"]
    lines = harvester("show", kept.reform, "--revision", "1").out.splitlines()
    assert lines[0] == "Референдум назначен на весну"
    assert f"WARC        {first['file']}, offset {first['offset']}, length {first['length']}, {first['record_id']}" in lines
    assert f"payload     {first['payload_digest']}" in lines
    assert "state       live, revision 1 of 2" in lines
    assert first["payload_digest"] != second["payload_digest"]
    assert not [line for line in lines if line.startswith("topic ")], "the topics are those of the newest text"
    said = harvester("show", kept.reform, "--html", "--revision", "3")
    assert (said.code, said.raw) == (2, b"")
    assert f"There is no revision 3. The article has 2: see `harvester show {kept.reform} --revisions`." in said.err


@pytest.mark.parametrize(("variables", "marked"), [({}, False), ({"TERM": "dumb"}, True), ({"NO_COLOR": "1"}, True)])
def test_old_and_new_words_are_told_apart_where_there_are_no_colours(
    kept: SmallArchive, variables: dict[str, str], *, marked: bool
) -> None:
    shown = on_terminal(kept.directory.parent, ("show", kept.reform, "--diff", "1", "2"), variables)
    assert ("Референдум назначен на [-весну-]{+лето+}" in shown) == marked
    assert ("весну\x1b[0m" in shown) != marked


@pytest.mark.parametrize(("printed", "assumed"), [("7 марта", True), ("7 марта 2026", False), ("вчера", False)])
def test_a_year_that_no_page_prints_is_said_to_be_assumed(
    harvester: Callable[..., Said], tmp_path: Path, printed: str, *, assumed: bool
) -> None:
    text = "Жители посёлка обсудили проект нового парка и предложили высадить вдоль реки триста клёнов."
    page = WrittenPage("https://a.example/n/1", "Парк у реки", (f"<i class=date>{printed}</i>", text, text), 1)
    file = write_pages(tmp_path / "pages", [page])
    assert harvester("ingest", str(file), "--any-source", "--keep", "all", "-q").code == 0
    (line,) = [x for x in harvester("show", page.url).out.splitlines() if x.startswith("published")]
    assert f"{printed!r} in selector:i.date" in line
    assert line.endswith("no year is printed: the latest one before the capture") is assumed
