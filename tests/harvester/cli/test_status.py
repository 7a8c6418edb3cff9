from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from storage.archive import Archive
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
    assert header.split() == ["source", "articles", "newest", "waiting", "last", "asked", "fetched", "stored", "known", "failed"]
    assert qala.split()[:4] == ["qala", "1", "2026-03-02", "1"]
    assert vestnik.split()[:4] == ["vestnik", "2", "2026-03-03", "0"]
    assert vestnik.split()[-4:] == ["4", "3", "0", "0"]
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
