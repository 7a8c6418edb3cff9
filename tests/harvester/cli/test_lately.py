"""What changed lately: filters by the day of an edit, a takedown or the first sight, and undated articles counted aloud."""

from __future__ import annotations

import sqlite3
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from harvester.cli.histories import between

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.archives import SmallArchive
    from tests.harvester.cli.said import Said


EDITED = "edited between 2026-03-10 06:01 and 06:04 UTC: title, text, silently"


@pytest.fixture
def restless(kept: SmallArchive) -> SmallArchive:
    """The small archive after a silent edit of `reform`, a takedown of `kazakh` and a move of `odd`."""
    rows = sqlite3.connect(kept.directory / "archive.sqlite3")
    rows.execute("UPDATE revisions SET changed = 'title text', silent = 1 WHERE number = 2")
    for state, since, id_ in (("gone", "2026-03-20", kept.kazakh), ("moved", "2026-03-21", kept.odd)):
        rows.execute("UPDATE articles SET state = ? WHERE id = ?", [state, id_])
        number, capture = rows.execute(
            "SELECT article_number, capture_id FROM article_states JOIN articles ON number = article_number WHERE articles.id = ?", [id_]
        ).fetchone()
        moment = f"{since} 08:00:00.000000"
        rows.execute(
            "INSERT INTO article_states (article_number, state, since, last_seen, capture_id) VALUES (?, ?, ?, ?, ?)",
            [number, state, moment, moment, capture],
        )
    rows.execute("UPDATE outcomes SET kind = 'redirect', reason = 'to https://vestnik.example/x' WHERE capture_id = ?", [capture])
    rows.commit()
    rows.close()
    return kept


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        (["--edited-since", "2026-03-10"], ["reform"]),
        (["--edited-since", "2026-03-11"], []),
        (["--edited-since", "2026-03", "--silent"], ["reform"]),
        (["--gone-since", "2026-03-20"], ["kazakh"]),
        (["--gone-since", "2026-03-21"], []),
        (["--gone-since", "2026"], ["kazakh"]),
        (["--seen-since", "2026-03-10"], ["reform", "kazakh", "odd"]),
        (["--seen-since", "2026-04"], []),
        (["--since", "2026-03", "--until", "2026-03"], ["reform", "kazakh"]),
        (["--since", "2026-03-03", "--undated"], ["reform", "odd"]),
        (["--until", "2025", "--undated"], ["odd"]),
    ],
)
def test_search_and_export_share_the_filters(
    harvester: Callable[..., Said], restless: SmallArchive, filters: list[str], found: list[str]
) -> None:
    searched = harvester("search", "--format", "json", *filters).json["articles"]
    exported = harvester("export", *filters).out
    assert [x["id"] for x in searched] == [getattr(restless, name) for name in found]
    assert all(getattr(restless, name) in exported for name in found)
    assert exported.count("\n") == len(found)


@pytest.mark.parametrize(
    ("filters", "line"),
    [
        (["--changed"], f"    {EDITED}"),
        (["--silent"], f"    {EDITED}"),
        (["--edited-since", "2026-03-01"], f"    {EDITED}"),
        (["--gone-since", "2026-03-01"], "    gone since 2026-03-20, last live 2026-03-10"),
        (["--state", "gone"], "    gone since 2026-03-20, last live 2026-03-10"),
        (["--state", "moved"], "    moved since 2026-03-21, last live 2026-03-10, leads to https://vestnik.example/x"),
        (["--state", "live"], "    live since 2026-03-10"),
    ],
)
@pytest.mark.usefixtures("restless")
def test_hits_say_what_happened_and_when(harvester: Callable[..., Said], filters: list[str], line: str) -> None:
    assert line in harvester("search", *filters).out.splitlines()


@pytest.mark.parametrize(
    ("filters", "told"),
    [
        (["--changed"], "edited between 2026-03-10 and 2026-05-02: tags, silently (and 2 edits before, 1 silently)"),
        (["--silent"], "edited between 2026-03-10 and 2026-05-02: tags, silently (and 1 edit before, silently)"),
        (["--edited-since", "2026-04-01"], "edited between 2026-03-10 and 2026-05-02: tags, silently (and 1 edit before)"),
        (["--edited-since", "2026-05-01"], "edited between 2026-03-10 and 2026-05-02: tags, silently"),
    ],
)
def test_of_earlier_edits_it_is_said_how_many_were_silent(
    harvester: Callable[..., Said], restless: SmallArchive, filters: list[str], told: str
) -> None:
    rows = sqlite3.connect(restless.directory / "archive.sqlite3")
    for number, day, changed, silent in ((3, "2026-04-01", "title", 0), (4, "2026-05-02", "tags", 1)):
        rows.execute(
            "INSERT INTO revisions (article_number, number, extraction_id, captured_at, changed, silent)"
            " SELECT article_number, ?, extraction_id, ?, ?, ? FROM revisions WHERE number = 2",
            [number, f"{day} 08:00:00.000000", changed, silent],
        )
    rows.commit()
    rows.close()
    assert f"    {told}" in harvester("search", *filters).out.splitlines()


@pytest.mark.parametrize(
    ("seconds", "told"),
    [
        (1, "between 2026-03-10 23:58:30 and 23:58:31 UTC"),
        (61, "between 2026-03-10 23:58 and 23:59 UTC"),
        (90, "between 2026-03-10 and 2026-03-11"),
    ],
)
def test_two_captures_are_told_apart(seconds: int, told: str) -> None:
    before = datetime(2026, 3, 10, 23, 58, 30, tzinfo=UTC)
    assert between(before, before + timedelta(seconds=seconds)) == told


@pytest.mark.usefixtures("restless")
def test_hits_of_other_queries_say_nothing_of_it(harvester: Callable[..., Said]) -> None:
    said = harvester("search", "--source", "qala")
    assert len(said.out.splitlines()) == 3
    assert "gone" not in said.out


@pytest.mark.usefixtures("kept")
def test_undated_articles_that_a_date_leaves_out_are_counted_aloud(harvester: Callable[..., Said]) -> None:
    told = "1 undated left out; --undated keeps it\n"
    for filters in (["--since", "1900"], ["--until", "2026-12-31"], ["снег", "--since", "2026"], ["снег", "лежит", "--until", "2026-05"]):
        assert harvester("search", *filters).err.endswith(told)
    assert told in harvester("export", "--since", "1900").err
    assert told in harvester("stories", "--since", "1900").err
    for filters in (["--since", "1900", "--undated"], [], ["--source", "qala", "--since", "1900"], ["референдум", "--until", "2026"]):
        assert "undated" not in harvester("search", *filters).err
    assert harvester("search", "--since", "1900", "-q").err == harvester("search", "--since", "1900", "--json").err == ""


@pytest.mark.usefixtures("kept")
def test_a_value_beside_others_that_nothing_matches_is_named(harvester: Callable[..., Said]) -> None:
    for command in ("search", "export"):
        said = harvester(command, "--source", "vestnik", "--source", "vestnk", "--language", "ru", "--language", "en")
        assert "no article has the source vestnk\n" in said.err
        assert "no article has the language en\n" in said.err
        assert "vestnik\n" not in said.err
