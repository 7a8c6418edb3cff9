from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from storage.archive import Archive
from storage.model.health import Verdict
from storage.model.sources import AddressKind

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.archives import SmallArchive
    from tests.harvester.cli.said import Said


@pytest.mark.usefixtures("kept")
def test_each_source_has_its_line_and_each_run_its_end(harvester: Callable[..., Said]) -> None:
    said = harvester("status")
    header, qala, vestnik, run = said.out.splitlines()
    assert (said.code, said.err) == (0, "")
    columns = "source articles newest silent waiting asked fetched stored failed kept due"
    assert header.split() == columns.split()
    assert qala.split()[:3] == ["qala", "1", "2026-03-02"]
    assert (qala.split()[4], qala.split()[5]) == ("d", "1")
    assert vestnik.split()[:3] == ["vestnik", "2", "2026-03-03"]
    assert vestnik.split()[-5:] == ["4", "3", "0", "-", "-"]
    assert max(map(len, (header, qala, vestnik))) <= 100
    assert run.startswith("run 1: crawl, 20")
    assert run.endswith("UTC, finished; 5 fetched, 4 stored, 0 failed")


@pytest.mark.usefixtures("kept")
def test_json_holds_the_outcomes(harvester: Callable[..., Said]) -> None:
    told = harvester("status", "--json").json
    qala, vestnik = told["sources"]
    assert (told["articles"], told["held_by"], told["archive"]) == (3, None, "archive")
    assert (qala["id"], qala["waiting"], qala["last_run"]["run"]) == ("qala", 1, 1)
    assert vestnik["last_run"]["outcomes"] == {"new": 2, "not-article": 1, "revised": 1}
    assert [(run["run"], run["ended"]) for run in told["runs"]] == [(1, "finished")]


def test_the_last_run_of_a_source_is_the_one_that_asked_it(harvester: Callable[..., Said], kept: SmallArchive) -> None:
    with Archive.held(kept.directory, "crawl") as archive:
        run = archive.start_run("crawl", "1.0")
        (entry,) = archive.lease(run, "qala", 1, [AddressKind.FEED])
        archive.unanswered(run, entry, "timeout")
        archive.finish_run(run, "interrupted")
    told = harvester("status", "--json", "--runs", "1").json
    assert {x["id"]: x["last_run"]["run"] for x in told["sources"]} == {"qala": 2, "vestnik": 1}
    assert told["sources"][0]["last_run"]["unanswered"] == {"timeout": 1}
    assert [(x["run"], x["ended"]) for x in told["runs"]] == [(2, "interrupted")]


def test_a_run_under_way_is_told_from_a_killed_one(harvester: Callable[..., Said], kept: SmallArchive) -> None:
    with Archive.held(kept.directory, "crawl") as archive:
        archive.start_run("crawl", "1.0")
        under_way = harvester("status")
    killed = harvester("status")
    assert "still runs" in under_way.out
    assert "held by crawl (process " in under_way.out
    assert "killed" in killed.out
    assert "held by" not in killed.out


DATED = Verdict("dated", "0.98", "0.61", 20, kept=False, told="dated 0.61, promised 0.98")
BEFORE = Verdict("dated", "0.98", "0.99", 20, kept=True, told="dated 0.99, promised 0.98")
LONG = Verdict("body_chars", "200", "512", 20, kept=True, told="body_chars 512, promised 200")


def judge(kept: SmallArchive, *verdicts: Verdict) -> None:
    with Archive.held(kept.directory, "crawl") as archive:
        run = archive.start_run("crawl", "1.0")
        archive.keep_verdicts(run, "vestnik", verdicts)
        archive.finish_run(run, "finished")


def test_what_a_source_promised_and_did(harvester: Callable[..., Said], kept: SmallArchive) -> None:
    judge(kept, BEFORE, LONG)
    judge(kept, DATED, LONG)
    told = harvester("status", "--json").json["sources"][1]
    today = f"{datetime.now(UTC):%Y-%m-%d}"
    assert told["failing_since"] == today
    assert [(x["promise"], x["promised"], x["measured"], x["kept"], x["before"]) for x in told["promises"]] == [
        ("body_chars", "200", "512", True, ""),
        ("dated", "0.98", "0.61", False, "0.99"),
    ]
    said = harvester("status", "--runs", "0").out.splitlines()
    assert said[2].split()[-2] == "1/2"
    assert said[3] == f"broken  vestnik: dated 0.61, promised 0.98; since {today} (before: 0.99)"
    assert len(said) == 4


def test_a_promise_that_is_kept_again_stays_no_longer_broken(harvester: Callable[..., Said], kept: SmallArchive) -> None:
    judge(kept, DATED)
    judge(kept, BEFORE)
    (promise,) = harvester("status", "--json").json["sources"][1]["promises"]
    assert (promise["kept"], promise["before"], promise["since_run"]) == (True, "0.61", 3)
    judge(kept)
    assert harvester("status", "--json").json["sources"][1]["promises"] == []


def test_one_source_is_told_in_full(harvester: Callable[..., Said], kept: SmallArchive) -> None:
    judge(kept, DATED, LONG)
    said = harvester("status", "vestnik", "--runs", "0").out
    assert "qala" not in said
    assert "vestnik: run 1: 2 new, 1 not-article, 1 revised\n" in said
    assert "kept    vestnik: body_chars 512, promised 200; since 20" in said
    assert "broken  vestnik: dated 0.61" in said


@pytest.mark.usefixtures("kept")
def test_an_unknown_source_names_the_nearest(harvester: Callable[..., Said]) -> None:
    said = harvester("status", "vestnick")
    assert (said.code, said.out) == (2, "")
    assert "The nearest is vestnik." in said.err


def test_an_empty_archive_is_no_error(harvester: Callable[..., Said], tmp_path: Path) -> None:
    with Archive.held(tmp_path / "archive", "test"):
        pass
    said = harvester("status")
    assert (said.code, said.out, said.err) == (0, "No source was asked yet.\n", "")


def test_no_archive_is_an_error_that_says_what_to_do(harvester: Callable[..., Said]) -> None:
    said = harvester("status")
    assert (said.code, said.out) == (2, "")
    assert said.err == "harvester: There is no archive in archive. Make one with `harvester crawl`, or name one with --archive.\n"


def test_what_is_no_database_is_damage(harvester: Callable[..., Said], tmp_path: Path) -> None:
    (tmp_path / "archive").mkdir()
    (tmp_path / "archive" / "archive.sqlite3").write_bytes(b"no database" * 100)
    said = harvester("status")
    assert (said.code, said.out) == (7, "")
    assert "archive.sqlite3 is damaged" in said.err
