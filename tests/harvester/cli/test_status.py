from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from harvester.monitoring.disk import amount, disk_use
from storage.archive import Archive
from storage.model.health import ExpectationResult
from storage.model.sources import AddressKind, DiscoveredUrl

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.archives import SmallArchive
    from tests.harvester.cli.said import Said


@pytest.mark.usefixtures("kept")
def test_each_source_has_its_line_and_each_run_its_end(harvester: Callable[..., Said]) -> None:
    said = harvester("status")
    totals, disk, header, qala, vestnik, run = said.out.splitlines()
    assert (said.code, said.err) == (0, "")
    assert totals.startswith("96 sources: 2 well, 0 failing, ")
    assert disk.startswith("disk: ")
    columns = "source articles newest silent waiting asked fetched stored failed kept due read"
    assert header.split() == columns.split()
    assert qala.split()[:3] == ["qala", "1", "2026-03-02"]
    assert (qala.split()[4], qala.split()[5]) == ("d", "1")
    assert vestnik.split()[:3] == ["vestnik", "2", "2026-03-03"]
    assert vestnik.split()[-6:] == ["4", "3", "0", "-", "-", "03-10"]
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


DATED = ExpectationResult("dated", "0.98", "0.61", 20, kept=False, told="dated 0.61, promised 0.98")
BEFORE = ExpectationResult("dated", "0.98", "0.99", 20, kept=True, told="dated 0.99, promised 0.98")
LONG = ExpectationResult("body_chars", "200", "512", 20, kept=True, told="body_chars 512, promised 200")


def judge(kept: SmallArchive, *verdicts: ExpectationResult) -> None:
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
    assert said[4].split()[-3] == "1/2"
    assert said[5] == f"broken  vestnik: dated 0.61, promised 0.98; since {today} (before: 0.99)"
    assert len(said) == 6


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
    assert (said.code, said.out.splitlines()[2:], said.err) == (0, ["No source was asked yet."], "")


def test_no_archive_is_an_error_that_says_what_to_do(harvester: Callable[..., Said]) -> None:
    said = harvester("status")
    assert (said.code, said.out) == (2, "")
    assert said.err == (
        f"harvester: There is no archive in archive ({Path('archive').absolute()}). Make one with `harvester crawl` or "
        "`harvester ingest`, or name its folder (on the command line with --archive).\n"
    )


def test_what_is_no_database_is_damage(harvester: Callable[..., Said], tmp_path: Path) -> None:
    (tmp_path / "archive").mkdir()
    (tmp_path / "archive" / "archive.sqlite3").write_bytes(b"no database" * 100)
    said = harvester("status")
    assert (said.code, said.out) == (7, "")
    assert "archive.sqlite3 is damaged" in said.err


DOWN = ExpectationResult("answers", "no failures", "3 failing", 3, kept=False, told="3 failing (dns: http://x/)")
ANSWERED = ExpectationResult("answers", "no failures", "0 failing", 0, kept=True, told="every address was answered")


def silence(kept: SmallArchive, *sources: str) -> None:
    """A run in which none of these sources answers."""
    with Archive.held(kept.directory, "crawl") as archive:
        run = archive.start_run("crawl", "1.0")
        for source in sources:
            archive.seed(run, source, [DiscoveredUrl(address := f"https://{source}.example/down", AddressKind.FEED, address)], early=True)
            for entry in archive.lease(run, source, 9, [AddressKind.FEED]):
                archive.unanswered(run, entry, "dns")
            archive.keep_verdicts(run, source, [DOWN])
        archive.finish_run(run, "finished")


ONLY = ("status", "--only-given-sources", "--sources", "declared")


def declare(folder: Path, **declarations: str) -> None:
    (folder / "declared").mkdir(exist_ok=True)
    for name, more in declarations.items():
        lines = ['name = "X"', 'kind = "online"', f'home = "https://{name}.example/"', 'language = "ru"', 'discover = [{ feed = "rss" }]']
        (folder / "declared" / f"{name}.toml").write_text("\n".join([*lines, more]), "utf-8")


@pytest.mark.usefixtures("kept")
def test_declared_sources_are_counted_though_nobody_asked_them(harvester: Callable[..., Said], tmp_path: Path) -> None:
    declare(tmp_path, fresh="", other="", off="enabled = false")
    said = harvester(*ONLY, "--json").json
    assert said["totals"] == {"sources": 5, "well": 2, "failing": 0, "never_asked": 2, "switched_off": 1}
    assert said["never_asked"] == ["fresh", "other"]
    assert [x["id"] for x in said["sources"]] == ["qala", "vestnik"]
    assert harvester(*ONLY).out.splitlines()[0] == "5 sources: 2 well, 0 failing, 2 never asked, 1 switched off"
    assert harvester(*ONLY, "fresh").out.startswith("1 source: 0 well, 0 failing, 1 never asked\n")


def test_quiet_tells_the_totals_only(harvester: Callable[..., Said], kept: SmallArchive, tmp_path: Path) -> None:
    declare(tmp_path, fresh="")
    judge(kept, DATED)
    assert harvester(*ONLY, "-q").out == "3 sources: 1 well, 1 failing, 1 never asked\n"


def test_broken_shows_what_is_broken(harvester: Callable[..., Said], kept: SmallArchive, tmp_path: Path) -> None:
    declare(tmp_path, fresh="")
    judge(kept, DATED)
    said = harvester(*ONLY, "--broken").out
    assert "qala" not in said
    assert "broken  vestnik: dated 0.61" in said
    assert [x["id"] for x in harvester(*ONLY, "--broken", "--json").json["sources"]] == ["vestnik"]


@pytest.mark.parametrize(
    ("down", "verdicts", "code"),
    [((), (BEFORE, ANSWERED), 0), ((), (DATED,), 3), (("vestnik",), (), 3), (("vestnik", "qala"), (), 9)],
    ids=["well", "a promise", "one down", "all down"],
)
def test_the_exit_code_says_how_it_stands(
    harvester: Callable[..., Said],
    kept: SmallArchive,
    tmp_path: Path,
    down: tuple[str, ...],
    verdicts: tuple[ExpectationResult, ...],
    code: int,
) -> None:
    declare(tmp_path, fresh="")
    if down:
        silence(kept, *down)
    else:
        judge(kept, *verdicts)
    assert harvester(*ONLY, "-q", "--exit-code").code == code
    assert harvester(*ONLY, "-q").code == 0


def test_the_last_success_outlives_the_last_run(harvester: Callable[..., Said], kept: SmallArchive) -> None:
    before = {x["id"]: x["last_success"] for x in harvester("status", "--json").json["sources"]}
    silence(kept, "qala")
    qala, vestnik = harvester("status", "--json").json["sources"]
    assert (qala["last_run"]["run"], qala["state"], vestnik["state"]) == (2, "failing", "well")
    assert (qala["last_success"], vestnik["last_success"]) == (before["qala"], before["vestnik"])
    assert before["qala"].startswith("2026-03-10T")


@pytest.mark.usefixtures("kept")
def test_a_catalogue_at_fault_does_not_hide_what_the_archive_says(harvester: Callable[..., Said], tmp_path: Path) -> None:
    declare(tmp_path, fresh="nonsense = 1")
    said = harvester(*ONLY)
    assert (said.code, said.out.splitlines()[0]) == (0, "2 sources: 2 well, 0 failing, 0 never asked")
    assert said.err.startswith("The catalogue cannot be read")


def test_disk_use_grows_with_the_captures_of_the_week(kept: SmallArchive) -> None:
    with Archive.opened(kept.directory) as archive:
        now = datetime.now(UTC)
        young, later, quiet = (disk_use(archive, now + timedelta(days=days)) for days in (0, 2, 30))
        size = sum(x.stat().st_size for x in kept.directory.rglob("*") if x.is_file() and x.name != ".lock")
    assert young.tables + young.warc == size
    assert (young.per_day, young.days_left) == (None, None)
    assert later.per_day == pytest.approx(size / 2, rel=0.01)
    assert later.days_left == later.free // later.per_day
    assert (quiet.per_day, quiet.days_left) == (0, None)
    assert f", {amount(later.per_day)} a day; " in later.line()


@pytest.mark.parametrize(
    ("size", "shown"), [(0, "0 B"), (1023, "1023 B"), (1024, "1.0 KiB"), (9.5 * 1024**2, "9.5 MiB"), (3 * 1024**5, "3072.0 TiB")]
)
def test_an_amount_has_the_unit_that_a_person_reads(size: int, shown: str) -> None:
    assert amount(size) == shown
