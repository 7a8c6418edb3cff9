from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pipelines.urls import article_id
from tests.pages import WrittenPage, write_pages

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.archives import SmallArchive
    from tests.harvester.cli.said import Said

SNOW = """
name = "Снег"
threshold = 3
[[calendar]]
day = 2026-03-02
ru = "Ледоход"
[[calendar]]
day = 2026-01-05
ru = "Первый снег"
en = "First snow"
[gate]
hosts = ["example"]
ru = ["Алатау"]
[rivals]
ru = ["Альпы"]
[terms.ru]
"снег" = { weight = 3, unless = ["мокрый снег"] }
"лавина" = { weight = 2, needs = ["спасатель"] }
"лыжи" = { weight = 2, without = ["чемпионат"] }
[terms.slug]
"sneg" = 1
"""
SNOWFALL = "В горах Алатау третий день идёт снег, и лавина перекрыла дорогу, сообщили спасатели; мокрый снег ждут и в городе."
ALPS = "Лыжи снова в моде: чемпионат прошёл в горах, и Альпы принимали гостей. Альпы, снова Альпы, и нет лавины. Алатау ждёт."


@pytest.fixture(autouse=True)
def declared(tmp_path: Path) -> Path:
    """A folder with one topic, and a configuration that judges by it."""
    folder = tmp_path / "mine"
    folder.mkdir()
    (folder / "snow.toml").write_text(SNOW, "utf-8")
    (tmp_path / "harvester.toml").write_text('topic = "snow"\ntopics = ["mine"]\n')
    return folder


@pytest.fixture
def pages(harvester: Callable[..., Said], tmp_path: Path) -> None:
    """An archive with one article on snow, one out of scope, and a page that is none."""
    written = [
        WrittenPage("https://a.example/sneg?b=1", "Снегопад", (SNOWFALL, "Подробности узнаем завтра, когда вернётся группа."), 1),
        WrittenPage("https://a.example/alps", "Альпы", (ALPS, "Подробности узнаем завтра, когда вернётся группа."), 2),
        WrittenPage("https://a.example/empty", "", (), 3),
    ]
    assert harvester("ingest", str(write_pages(tmp_path / "pages", written)), "--any-source").code == 0


def test_list_shows_which_topics_articles_are_judged_by(harvester: Callable[..., Said]) -> None:
    said = harvester("topics", "list")
    header, reform, snow = said.out.splitlines()
    assert header.split() == ["id", "name", "threshold", "terms", "calendar"]
    assert reform.split()[0] == "constitutional-reform"
    assert reform.split()[-1] == "6"
    assert snow.split() == ["snow", "Снег", "3", "4", "2", "judged"]
    assert (said.code, said.err) == (0, "2 topics\n")


def test_list_counts_what_the_archive_holds(harvester: Callable[..., Said], kept: SmallArchive) -> None:
    del kept
    rows = {row["id"]: row for row in harvester("topics", "list", "--topic", "constitutional-reform", "--json").json["topics"]}
    assert (rows["constitutional-reform"]["articles"], rows["snow"]["articles"]) == (1, 0)
    assert (rows["constitutional-reform"]["judged"], rows["snow"]["judged"]) == (True, False)


def test_show_tells_calendar_gate_and_terms(harvester: Callable[..., Said]) -> None:
    lines = [line.strip() for line in harvester("topics", "show", "snow").out.splitlines()]
    assert lines[0] == "Снег (snow): a score of 3 is enough"
    assert lines.index("2026-01-05  Первый снег · First snow") < lines.index("2026-03-02  Ледоход")
    for line in (
        "hosts   example",
        "names   Алатау",
        "rivals  Альпы",
        "3  снег (ru); unless мокрый снег",
        "2  лыжи (ru); without чемпионат",
    ):
        assert line in lines


@pytest.mark.parametrize("spelling", ["./snow.toml", "snow.toml", "../{here}/snow.toml", "{folder}//snow.toml"])
def test_a_file_is_shown_however_its_path_is_spelled(
    harvester: Callable[..., Said], declared: Path, monkeypatch: pytest.MonkeyPatch, spelling: str
) -> None:
    monkeypatch.chdir(declared)
    said = harvester("topics", "show", spelling.format(here=declared.name, folder=declared), "--json")
    assert (said.code, said.json["id"]) == (0, "snow")


def test_show_as_json(harvester: Callable[..., Said], declared: Path) -> None:
    shown = harvester("topics", "show", str(declared / "snow.toml"), "--json").json
    assert shown["calendar"][0] == {"day": "2026-01-05", "ru": "Первый снег", "en": "First snow"}
    assert shown["gate"] == {"hosts": ["example"], "terms": [{"term": "Алатау", "language": "ru"}]}
    assert shown["terms"][1] == {"term": "лавина", "language": "ru", "weight": 2.0, "unless": [], "needs": ["спасатель"], "without": []}


def test_the_reform_has_its_calendar(harvester: Callable[..., Said]) -> None:
    shown = harvester("topics", "show", "constitutional-reform", "--json").json
    days = [day["day"] for day in shown["calendar"]]
    assert days == ["2025-09-08", "2026-01-21", "2026-01-31", "2026-02-11", "2026-03-15", "2026-07-01"]
    assert all({"ru", "kk", "en"} < set(day) for day in shown["calendar"])


@pytest.mark.parametrize(("name", "words"), [("snaw", "nearest is snow"), ("./none.toml", "none.toml cannot be read")])
def test_an_unknown_topic_is_named(harvester: Callable[..., Said], name: str, words: str) -> None:
    said = harvester("topics", "show", name)
    assert said.code == 2
    assert words in said.err


def test_show_tells_what_sites_are_searched_for(harvester: Callable[..., Said], declared: Path) -> None:
    assert "search: no queries; the search pages of sites are not asked for this topic" in harvester("topics", "show", "snow").out
    assert harvester("topics", "show", "snow", "--json").json["search"] == []
    (declared / "snow.toml").write_text(SNOW + '[search]\nkk = ["қар"]\nru = ["снегопад", "сход лавины"]\n', "utf-8")
    lines = harvester("topics", "show", "snow").out.splitlines()
    assert lines[-3:] == ["search", "  kk      қар", "  ru      снегопад, сход лавины"]
    shown = harvester("topics", "show", "snow", "--json").json
    assert shown["search"][:2] == [{"query": "қар", "language": "kk"}, {"query": "снегопад", "language": "ru"}]


@pytest.mark.parametrize(
    ("more", "missing"),
    [("", "ru"), ('[terms.kk]\n"қар" = 1\n', "ru, kk"), ('[search]\nen = ["snow"]\n', "ru"), ('[search]\nru = ["снег"]\n', "")],
)
def test_check_notes_in_which_languages_sites_are_not_searched(
    harvester: Callable[..., Said], declared: Path, more: str, missing: str
) -> None:
    (declared / "snow.toml").write_text(SNOW + more, "utf-8")
    said = harvester("topics", "check")
    note = f"note: mine/snow.toml: [search] holds no query in {missing}: the search pages of sites are not asked for it.\n"
    assert (said.code, said.err) == (0, (note if missing else "") + "No fault found.\n")
    assert len(harvester("topics", "check", "--json").json["notes"]) == bool(missing)


def test_check_tells_every_fault_of_every_topic(harvester: Callable[..., Said], declared: Path) -> None:
    assert harvester("topics", "check").code == 0
    (declared / "a.toml").write_text('name = "A"\nthreshold = 1\n[terms.ru]\n"x" = { weigth = 1 }\n')
    (declared / "B.toml").write_text(SNOW, "utf-8")
    (declared / "c.toml").write_text(SNOW.replace("day = 2026-03-02", 'day = "2026-03-02"'), "utf-8")
    for command in ("topics", "sources"):
        said = harvester(command, "check")
        assert said.code == 2
        lines = said.out.splitlines()
        assert len(lines) == 3
        for words in (
            "a.toml: terms.ru.x.weigth is not a valid key; the nearest is terms.ru.x.weight.",
            "B.toml: the file's name",
            "c.toml: calendar[0].day",
        ):
            assert any(words in line for line in lines), words
    assert len(harvester("topics", "check", "--json").json["faults"]) == 3
    assert "a.toml" in harvester("topics", "list").err


@pytest.mark.parametrize(
    ("terms", "words"),
    [
        ('[terms.ru]\n"рек*а" = 1', "ru: `рек*а` has a star that does not end a word"),
        ('[terms.ru]\n"*вода" = 1', "ru: `*вода` has a star"),
        ('[terms.kk]\n"*" = 1', "kk: `*` holds no word"),
        ('[terms.en]\n"—" = 1', "en: `—` holds no word"),
        ('[terms.ru]\n"река" = { weight = 1, unless = ["времен * река"] }', "ru: `времен * река` has a star"),
        ('[terms.slug]\n"pavod*" = 1', "slug: `pavod*` is no part of an address"),
        ('[terms.slug]\n"Pavod" = 1', "slug: `Pavod` is no part of an address"),
        ('[gate]\nru = ["А*а"]\n[terms.ru]\n"река" = 1', "ru: `А*а` has a star"),
        ('[terms.ru]\n"плотина" = 1\n"вода" = 1\n"Плотины" = 2', "ru: `плотина` and `Плотины` are forms of the same words"),
        ('[terms.kk]\n"су тасқыны" = 1\n"су тасқынының" = 2', "kk: `су тасқыны` and `су тасқынының` are forms"),
    ],
)
def test_check_finds_terms_that_cannot_do_what_they_say(harvester: Callable[..., Said], declared: Path, terms: str, words: str) -> None:
    (declared / "water.toml").write_text(f'name = "Вода"\nthreshold = 1\n{terms}\n', "utf-8")
    said = harvester("topics", "check")
    assert said.code == 2
    (line,) = said.out.splitlines()
    assert f"water.toml: {words}" in line


def test_check_lets_beginnings_and_near_words_pass(harvester: Callable[..., Said], declared: Path) -> None:
    terms = '[terms.ru]\n"подтоплени*" = 1\n"подтопление" = 1\n"река Урал" = 1\n"река" = 1\n"2026" = 1\n[terms.en]\n"flood" = 1\n'
    (declared / "water.toml").write_text(f'name = "Вода"\nthreshold = 1\n{terms}[terms.slug]\n"pavod-2" = 1\n', "utf-8")
    assert harvester("topics", "check").code == 0


@pytest.mark.usefixtures("pages")
def test_explain_takes_a_verdict_apart(harvester: Callable[..., Said]) -> None:
    for asked in (
        "https://a.example/sneg?b=1",
        "https://a.example/sneg?b=1&utm_source=x",
        article_id("a.example", "https://a.example/sneg?b=1"),
    ):
        said = harvester("topics", "explain", asked, "--json").json
        assert said["url"] == "https://a.example/sneg?b=1"
        (topic,) = said["topics"]
        assert (topic["belongs"], topic["score"], topic["threshold"]) == (True, 6.0, 3.0)
        assert [(x["term"], x["weight"], x["times"]) for x in topic["terms"]] == [("снег", 3.0, 1), ("лавина", 2.0, 1), ("sneg", 1.0, 1)]
        assert topic["terms"][0]["places"] == [
            {"part": "text", "snippet": "В горах Алатау третий день идёт снег, и лавина перекрыла дорогу, сообщили …"}
        ]
        assert topic["terms"][2]["places"] == [{"part": "address", "snippet": "/sneg"}]
        (struck,) = topic["struck"]
        assert (struck["term"], struck["guard"], struck["by"], struck["times"]) == ("снег", "unless", ["мокрый снег"], 1)
        assert topic["gate"]["open"]
        assert topic["gate"]["host"] == "example"
        assert [x["term"] for x in topic["gate"]["terms"]] == ["Алатау"]
        assert said["stored"] == [{"topic": "snow", "score": 6.0, "matched": ["снег", "лавина", "sneg"]}]


@pytest.mark.usefixtures("pages")
def test_explain_reads_what_was_out_of_scope_from_its_warc_record(harvester: Callable[..., Said]) -> None:
    said = harvester("topics", "explain", "https://a.example/alps", "--json").json
    assert (said["id"], said["title"], said["stored"]) == ("", "Альпы", [])
    (topic,) = said["topics"]
    assert (topic["belongs"], topic["score"], topic["terms"]) == (False, 0, [])
    assert {x["term"]: (x["guard"], x["by"]) for x in topic["struck"]} == {
        "лавина": ("needs", ["спасатель"]),
        "лыжи": ("without", ["чемпионат"]),
    }
    assert not topic["gate"]["open"]
    assert [(x["term"], x["times"]) for x in topic["gate"]["rivals"]] == [("Альпы", 4)]
    assert [place["part"] for place in topic["gate"]["rivals"][0]["places"]] == ["title", "text", "text"]


@pytest.mark.usefixtures("pages")
def test_explain_for_a_person(harvester: Callable[..., Said], declared: Path) -> None:
    said = harvester("topics", "explain", "https://a.example/alps", "--topic", "snow", "--topic", "constitutional-reform")
    lines = [line.strip() for line in said.out.splitlines()]
    assert "Снег (snow): does not belong, score 0 of 3" in lines
    assert any(line.startswith("Конституционная реформа (constitutional-reform): does not belong") for line in lines)
    assert "does not count: лыжи (ru) ×1: «чемпионат» stands there" in lines
    assert "does not count: лавина (ru) ×1: none of спасатель stands there" in lines
    assert "gate closed: a rival dominates, host example" in lines
    assert "gate closed: nothing opens it" in lines
    (declared / "snow.toml").write_text(SNOW.replace("weight = 3, unless", "weight = 4, unless"), "utf-8")
    lines = [line.strip() for line in harvester("topics", "explain", "https://a.example/sneg?b=1").out.splitlines()]
    assert "The archive says 6; `harvester topics rescore` brings it up to date." in lines
    assert "does not count: снег (ru) ×1: inside «мокрый снег»" in lines


@pytest.mark.usefixtures("pages")
@pytest.mark.parametrize(
    ("asked", "words"),
    [("https://a.example/empty", "not-article (no-t"), ("https://a.example/other", "holds no capture"), ("abc", "holds no capture")],
)
def test_explain_says_what_became_of_what_is_no_article(harvester: Callable[..., Said], asked: str, words: str) -> None:
    said = harvester("topics", "explain", asked)
    assert said.code == 2
    assert words in said.err


@pytest.mark.usefixtures("pages")
def test_a_topic_that_is_found_and_not_named_is_said(harvester: Callable[..., Said], declared: Path) -> None:
    (declared / "halyk.toml").write_text('name = "Халық"\nthreshold = 1\n[terms.kk]\n"халық" = 1\n', "utf-8")
    (declared.parent / "pages.warc").touch()
    hint = "halyk was found and is not judged by: add --topic halyk."
    for command in (
        ("topics", "rescore"),
        ("topics", "rejected"),
        ("topics", "explain", "https://a.example/alps"),
        ("ingest", "pages.warc"),
    ):
        assert hint in harvester(*command, "--topics", "mine").err, command
        assert hint not in harvester(*command, "--topics", "mine", "--topic", "halyk").err, command


@pytest.mark.usefixtures("pages")
def test_explain_names_the_verdict_of_a_topic_that_it_does_not_judge_by(harvester: Callable[..., Said]) -> None:
    said = harvester("topics", "explain", "https://a.example/sneg?b=1", "--topic", "constitutional-reform").out
    assert "constitutional-reform): does not belong, score 0 of 3" in said
    assert "snow: belongs by the archive, score 6: снег, лавина, sneg" in said
    assert "give --topic snow, and --topics DIR" in said
