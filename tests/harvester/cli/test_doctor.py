from __future__ import annotations

import os
import re
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest

from harvester.cli.findings import Finding, Level, looked_at
from harvester.cli.installation import name_look_up
from storage.archive import Archive

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.archives import SmallArchive
    from tests.harvester.cli.said import Said


def findings(said: Said) -> dict[str, dict[str, Any]]:
    return {x["subject"]: x for x in said.json["findings"]}


def test_a_sound_installation_has_no_problem(harvester: Callable[..., Said], kept: SmallArchive) -> None:
    del kept
    said = harvester("doctor")
    *found, last = said.out.splitlines()
    lines = dict(line.split(maxsplit=1)[1].split(": ", 1) for line in found)
    assert (said.code, said.err) == (0, "")
    assert {line.split()[0] for line in found} <= {"ok", "warning"}
    assert last.startswith("all well")
    assert re.fullmatch(r"\d\d packages as constrained", lines["packages"])
    assert lines["SQLite"].endswith("with FTS5")
    assert lines["archive"] == "3 articles and 5 captures in archive, tables up to date"
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
    (tmp_path / "harvester.toml").write_text("contakt = 1")
    said = harvester("doctor")
    assert said.code == 2
    assert "problem  configuration: harvester.toml: contakt is not a valid key; the nearest is contact." in said.out
    assert "skipped  contact: not looked at: contact could not be read" in said.out
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
    (tmp_path / "link").symlink_to("link")
    assert findings(harvester("doctor", "--json", "--archive", "link"))["folder"]["finding"] == "link is a link that leads nowhere."
    (tmp_path / "odd" / "archive.sqlite3").mkdir(parents=True)
    assert findings(harvester("doctor", "--json", "--archive", "odd"))["archive"]["level"] == "problem"


def test_who_holds_the_archive_is_told(harvester: Callable[..., Said], kept: SmallArchive) -> None:
    with Archive.held(kept.directory, "crawl"):
        found = findings(harvester("doctor", "--json"))
    assert found["lock"]["finding"].startswith("held by crawl (process ")


@pytest.mark.parametrize(
    ("harm", "told"), [(lambda warc: warc.unlink(), "is missing"), (lambda warc: os.truncate(warc, 9), "has lost its end: 9 of ")]
)
def test_a_warc_file_that_lost_what_rows_point_at_is_a_problem(
    harvester: Callable[..., Said], kept: SmallArchive, harm: Callable[[Path], None], told: str
) -> None:
    assert findings(harvester("doctor", "--json"))["WARC files"]["finding"] == "1 there, none shorter than its rows say"
    warc = kept.warc
    harm(warc)
    said = harvester("doctor", "--json")
    found = findings(said)["WARC files"]
    assert (said.code, found["level"]) == (2, "problem")
    assert f"{warc.name} {told}" in found["finding"]


@pytest.mark.parametrize(("file", "level"), [("log", "ok"), ("made/log", "ok"), ("nowhere/log", "problem"), ("made", "problem")])
def test_a_log_file_that_cannot_be_written_is_a_problem(harvester: Callable[..., Said], tmp_path: Path, file: str, level: str) -> None:
    (tmp_path / "made").mkdir()
    (tmp_path / "harvester.toml").write_text(f'[log]\nfile = "{file}"\n')
    assert findings(harvester("doctor", "--json"))["log"]["level"] == level
    assert not (tmp_path / file).is_file(), "nothing is written"


@pytest.mark.parametrize(("version", "hint"), [("9999", "upgrade this one"), ("", "Go on with a copy")])
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


@pytest.mark.parametrize(
    ("variable", "value", "skipped"),
    [
        ("HARVESTER_CRAWL__DELAY", "abc", set()),
        ("HARVESTER_CRAWL__DELAY", "-1", set()),
        ("HARVESTER_CRAWL__TIMEOUT", "", set()),
        ("HARVESTER_CRAWL__MAX_BYTES", "ten", set()),
        ("HARVESTER_KEEP", "everything", set()),
        ("HARVESTER_ALLOW_ADDRESSES", "127.0.0.1:80,nonsense", set()),
        ("HARVESTER_ONLY_GIVEN_SOURCES", "perhaps", {"catalogue"}),
        ("HARVESTER_ARCHIVE", "", {"archive"}),
        ("HARVESTER_TOPIC", "", {"topic"}),
        ("HARVESTER_REVISIT__LADDER", "daily", set()),
        ("HARVESTER_CONTAKT", "x", {"contact"}),
        ("HARVESTER_CRAWL", "{}", set()),
        ("harvester_keep", "some", set()),
    ],
)
def test_a_wrong_variable_is_one_problem_and_everything_else_is_looked_at(
    harvester: Callable[..., Said], monkeypatch: pytest.MonkeyPatch, variable: str, value: str, skipped: set[str]
) -> None:
    monkeypatch.setenv(variable, value)
    said = harvester("doctor", "--json")
    assert (said.code, said.json["problems"]) == (2, 1)
    (problem,) = [x for x in said.json["findings"] if x["level"] == "problem"]
    assert problem["subject"] == "configuration"
    assert variable.upper() in problem["finding"]
    assert {x["subject"] for x in said.json["findings"] if x["level"] == "skipped"} == skipped
    assert findings(said)["packages"]["level"] == "ok"


def test_two_typos_are_two_problems_and_what_is_written_right_holds(harvester: Callable[..., Said], tmp_path: Path) -> None:
    (tmp_path / "harvester.toml").write_text('contact = "a@b.org"\nkep = "all"\n[crawl]\ndelai = 3\n')
    said = harvester("doctor")
    assert said.err.startswith("harvester: 2 problems found.")
    assert "ok       contact: configured" in said.out
    assert "the nearest is crawl.delay" in said.out


@pytest.mark.parametrize("content", [b"a = = 1\n", b"\xff\xfe", b'a = "\\u0000"\n'])
def test_of_a_file_that_cannot_be_read_no_verdict_is_given(harvester: Callable[..., Said], tmp_path: Path, content: bytes) -> None:
    (tmp_path / "harvester.toml").write_bytes(content)
    found = findings(harvester("doctor", "--json", "--archive", "elsewhere"))
    assert {x for x, finding in found.items() if finding["level"] == "skipped"} == {"contact", "catalogue", "topic", "log"}
    assert found["disk"]["level"] == "ok"


def test_a_table_that_is_spelled_wrong_makes_no_key_of_the_right_one_doubtful(harvester: Callable[..., Said], tmp_path: Path) -> None:
    (tmp_path / "harvester.toml").write_text("[crawls]\ndelay = 3\n")
    said = harvester("doctor", "--json")
    assert said.json["problems"] == 1
    assert "skipped" not in {x["level"] for x in said.json["findings"]}


def test_keys_that_are_spelled_like_none_make_no_other_doubtful(harvester: Callable[..., Said], tmp_path: Path) -> None:
    (tmp_path / "harvester.toml").write_text('"a.b" = 1\n[[warc]]\nroll_mib = 3\n[crawl]\n"x y" = 2\n')
    said = harvester("doctor", "--json")
    assert said.json["problems"] == 3
    assert "skipped" not in {x["level"] for x in said.json["findings"]}
    told = [x["finding"] for x in said.json["findings"] if x["subject"] == "configuration"]
    assert sorted(line.split(" ")[1] for line in told) == ["a.b", "crawl.x", "warc"]
    assert all(line.startswith("harvester.toml: ") for line in told)


def test_files_in_another_format_are_named(harvester: Callable[..., Said], tmp_path: Path) -> None:
    for name in ("harvester.yaml", "harvester.ini"):
        (tmp_path / name).write_text("")
    said = harvester("doctor")
    assert said.code == 0
    assert "warning  configuration: harvester.yaml is not read.  Write it as TOML into harvester.toml." in said.out
    assert "harvester.ini is not read." in said.out


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_an_archive_that_cannot_be_entered_is_a_problem(harvester: Callable[..., Said], kept: SmallArchive) -> None:
    kept.directory.chmod(0)
    try:
        said = harvester("doctor", "--json")
    finally:
        kept.directory.chmod(0o700)
    assert said.code == 2
    assert findings(said)["archive"]["level"] == "problem"


def test_a_check_that_fails_is_a_finding() -> None:
    def check() -> Iterator[Finding]:
        yield Finding("first", Level.OK, "")
        raise ZeroDivisionError("x\ny")

    first, second = looked_at("second", check)
    assert (first.subject, second.subject, second.level) == ("first", "second", Level.PROBLEM)
    assert "ZeroDivisionError: x y" in second.finding


@pytest.mark.parametrize(("host", "level"), [("127.0.0.1", Level.OK), ("nowhere.invalid", Level.PROBLEM), ("a" * 70, Level.PROBLEM)])
def test_a_name_is_looked_up(host: str, level: Level) -> None:
    assert name_look_up(host).level is level


def test_the_network_is_asked_only_where_that_is_wanted(harvester: Callable[..., Said], tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    declared = 'name = "X"\nkind = "online"\nhome = "http://127.0.0.9/"\nlanguage = "ru"\ndiscover = [{ feed = "rss" }]\n'
    (tmp_path / "mine" / "x.toml").write_text(declared)
    options = ("doctor", "--json", "--sources", "mine", "--only-given-sources")
    assert "network" not in findings(harvester(*options))
    assert findings(harvester(*options, "--network"))["network"]["finding"] == "the name 127.0.0.9 has an address"


def test_versions_are_shown_on_request(harvester: Callable[..., Said]) -> None:
    said = harvester("doctor", "-v")
    assert "packages as constrained (news-harvester " in said.out
