from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest

from storage.archive import Archive

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.archives import SmallArchive
    from tests.harvester.cli.said import Said


def findings(said: Said) -> dict[str, dict[str, Any]]:
    return {x["subject"]: x for x in said.json["findings"]}


def test_a_sound_installation_has_no_problem(harvester: Callable[..., Said], kept: SmallArchive) -> None:
    del kept
    said = harvester("doctor")
    lines = dict(line.split(maxsplit=1)[1].split(": ", 1) for line in said.out.splitlines())
    assert (said.code, said.err) == (0, "")
    assert {line.split()[0] for line in said.out.splitlines()} <= {"ok", "warning"}
    assert lines["SQLite"].endswith("with FTS5")
    assert lines["archive"] == "archive: 3 articles, 5 captures, tables up to date"
    assert lines["configuration"] == "no harvester.toml here: the defaults hold"
    assert lines["lock"] == "nobody holds the archive"


def test_json_holds_every_finding(harvester: Callable[..., Said]) -> None:
    said = harvester("doctor", "--json")
    found = findings(said)
    assert (said.code, said.json["problems"]) == (0, 0)
    assert set(found) == {
        *("Python", "SQLite", "packages", "time zones", "configuration", "environment", "contact", "catalogue", "topic"),
        *("archive", "folder", "disk", "lock", "output"),
    }
    assert said.json["warnings"] == sum(x["level"] == "warning" for x in found.values())
    assert "harvester.toml" in found["contact"]["hint"]


def test_variables_are_named_and_their_values_kept(harvester: Callable[..., Said], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HARVESTER_CONTACT", "secret@example.org")
    said = harvester("doctor", "--json")
    assert findings(said)["environment"]["finding"] == "HARVESTER_CONTACT in force"
    assert findings(said)["contact"]["level"] == "ok"
    assert "secret" not in said.out


def test_a_broken_configuration_is_one_problem_among_the_findings(harvester: Callable[..., Said], tmp_path: Path) -> None:
    (tmp_path / "harvester.toml").write_text("archiv = 1")
    said = harvester("doctor")
    assert said.code == 2
    assert "problem  configuration: harvester.toml: archiv is not a valid key; the nearest is archive." in said.out
    assert "ok       disk: " in said.out
    assert said.err.startswith("harvester: 1 problem found.")


def test_faults_of_the_catalogue_are_a_problem(harvester: Callable[..., Said], tmp_path: Path) -> None:
    (tmp_path / "declared").mkdir()
    (tmp_path / "declared" / "x.toml").write_text("")
    said = harvester("doctor", "--json", "--sources", "declared")
    assert said.code == 2
    assert findings(said)["catalogue"]["level"] == "problem"
    assert "declared/x.toml" in findings(said)["catalogue"]["finding"]


def test_an_unknown_topic_is_a_problem(harvester: Callable[..., Said], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HARVESTER_TOPIC", "gardening")
    assert findings(harvester("doctor", "--json"))["topic"]["level"] == "problem"


def test_a_folder_that_cannot_be_written_is_a_problem(harvester: Callable[..., Said], tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    said = harvester("doctor", "--json", "--archive", "file")
    assert (said.code, findings(said)["folder"]["level"]) == (2, "problem")
    assert findings(harvester("doctor", "--json", "--archive", "not/yet/there"))["folder"]["level"] == "ok"


def test_who_holds_the_archive_is_told(harvester: Callable[..., Said], kept: SmallArchive) -> None:
    with Archive.held(kept.directory, "crawl"):
        found = findings(harvester("doctor", "--json"))
    assert found["lock"]["finding"].startswith("held by crawl (process ")


@pytest.mark.parametrize(("version", "hint"), [("9999", "upgrade this one"), ("", "starting a crawl")])
def test_tables_of_another_version_are_a_problem(harvester: Callable[..., Said], kept: SmallArchive, version: str, hint: str) -> None:
    with closing(sqlite3.connect(kept.directory / "archive.sqlite3")) as connection, connection:
        if version:
            connection.execute("UPDATE alembic_version SET version_num = ?", [version])
        else:
            connection.execute("DELETE FROM alembic_version")
    said = harvester("doctor", "--json")
    assert (said.code, findings(said)["archive"]["level"]) == (2, "problem")
    assert hint in findings(said)["archive"]["hint"]


def test_quiet_tells_only_what_is_not_well(harvester: Callable[..., Said], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HARVESTER_CONTACT", "press@example.org")
    said = harvester("doctor", "-q")
    assert said.code == 0
    assert not [line for line in said.out.splitlines() if line.startswith("ok")]
    assert said.err == ""
