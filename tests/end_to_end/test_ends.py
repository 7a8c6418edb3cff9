"""Every end of a run has its exit code and one line saying why."""

from __future__ import annotations

import shutil
import signal
import sqlite3
import subprocess
import threading
from typing import TYPE_CHECKING

import pytest

from storage.archive import Archive
from tests.end_to_end.conftest import Harvester

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.site.server import Newsroom


def started(harvester: Harvester, newsroom: Newsroom, *arguments: str) -> subprocess.Popen[str]:
    """A crawl that is under way: five requests have been answered, and each takes a while."""
    under_way = threading.Event()
    newsroom.delay_seconds = 0.05
    newsroom.hook = lambda _path: under_way.set() if len(newsroom.requests.all()) >= 5 else None
    process = harvester.start("crawl", *arguments)
    assert under_way.wait(30), process.communicate()
    return process


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_a_signal_ends_the_run_soon_and_the_next_goes_on(harvester: Harvester, newsroom: Newsroom, number: int, code: int) -> None:
    process = started(harvester, newsroom)
    process.send_signal(number)
    _, stderr = process.communicate(timeout=10)
    assert process.returncode == code, stderr
    assert "interrupted" in stderr
    assert "Traceback" not in stderr
    newsroom.delay_seconds = 0.0
    with Archive.opened(harvester.archive) as archive:
        assert archive.last_runs(1)[0].ended == "interrupted"
    harvester.run("crawl", "--all", "-q")
    assert len(harvester.texts()) == sum(article.in_scope for article in newsroom.articles)
    assert harvester.report("verify")["damages"] == []


def test_a_signal_ends_a_probe_and_that_is_said(harvester: Harvester, newsroom: Newsroom) -> None:
    asked = threading.Event()
    newsroom.delay_seconds = 0.5
    newsroom.hook = lambda _path: asked.set()
    process = harvester.start("sources", "probe", "severny-vestnik")
    assert asked.wait(30), process.communicate()
    process.send_signal(signal.SIGTERM)
    _, stderr = process.communicate(timeout=30)
    assert (process.returncode, stderr.splitlines()[-1]) == (143, "harvester: Interrupted; the archive is consistent.")


def test_a_second_signal_ends_at_once(harvester: Harvester, newsroom: Newsroom) -> None:
    process = started(harvester, newsroom)
    newsroom.delay_seconds = 8.0
    process.send_signal(signal.SIGTERM)
    assert process.stderr is not None
    assert any("stopping" in line for line in process.stderr)  # signals that come together count once
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=6)
    assert process.returncode == 143
    newsroom.delay_seconds = 0.0


def test_one_run_holds_the_archive_at_a_time(harvester: Harvester, newsroom: Newsroom) -> None:
    process = started(harvester, newsroom)
    newsroom.delay_seconds = 2.0  # it shall not be over before the others come
    second = harvester.run("crawl", code=6)
    assert f"held by crawl (process {process.pid}, since " in second.stderr
    harvester.run("ingest", str(next((harvester.archive / "warc").glob("*.warc.gz"))), code=6)
    process.send_signal(signal.SIGTERM)
    process.communicate()


def test_reading_goes_on_while_a_crawl_writes(harvester: Harvester, newsroom: Newsroom) -> None:
    process = started(harvester, newsroom)
    newsroom.delay_seconds = 2.0
    harvester.run("search", "референдум")
    harvester.run("status")
    harvester.run("verify")
    process.send_signal(signal.SIGTERM)
    process.communicate()


def test_no_source_can_be_read(harvester: Harvester, newsroom: Newsroom) -> None:
    newsroom.hook = lambda _path: (403, {}, b"no")
    ran = harvester.run("crawl", "palace-press", code=9)
    assert "every source failed: palace-press" in ran.stderr


def test_what_stands_is_reported_once_and_its_end_is_reported(harvester: Harvester, newsroom: Newsroom) -> None:
    newsroom.hook = lambda _path: (503, {}, b"no")
    first = harvester.run("crawl", "palace-press", "-q", "--limit", "1", code=9)
    second = harvester.run("crawl", "palace-press", "-q", "--limit", "1", code=9)
    status = harvester.run("status", "-q", "--exit-code", code=9)
    newsroom.hook = None
    third = harvester.run("crawl", "palace-press", "-q", "--limit", "1")
    told = "every source failed: palace-press (robots_unreachable: status 503: "
    assert first.stderr.splitlines()[1].startswith(f"harvester: {told}")
    assert second.stderr == ""
    assert ", 1 failing, " in status.stdout
    assert third.stderr.startswith("harvester: palace-press: every address was answered; kept again, broken since 20")
    assert ", 0 failing, " in harvester.run("status", "-q", "--exit-code").stdout


def test_without_q_every_run_tells_what_fails_and_the_log_has_its_steps(harvester: Harvester, newsroom: Newsroom) -> None:
    newsroom.hook = lambda _path: (503, {}, b"no")
    harvester.run("crawl", "palace-press", "-q", code=9)
    ran = harvester.run("crawl", "palace-press", "--log-file", "log", code=9)
    told = "every source failed: palace-press (robots_unreachable: status 503: "
    assert ran.stderr.splitlines()[-1].startswith(f"harvester: {told}")
    begin, *_, tally, end = (harvester.place / "log").read_text().splitlines()
    assert begin.endswith(" INFO run 2 begins: crawl into archive")
    assert " INFO run 2: palace-press: found 0, fetched 1, stored 0, known 0, off topic 0, other 1, failed 3" in tally
    assert f" ERROR run 2 ends with exit code 9: {told}" in end


def test_a_host_whose_robots_txt_cannot_be_read_is_left_alone(harvester: Harvester, newsroom: Newsroom) -> None:
    newsroom.fail("/robots.txt", 503, times=99)
    harvester.run("crawl", code=9)
    assert {seen.path for seen in newsroom.requests.all()} == {"/robots.txt"}


def test_addresses_that_were_not_allowed_are_not_asked(harvester: Harvester, newsroom: Newsroom) -> None:
    harvester.variables["HARVESTER_ALLOW_ADDRESSES"] = ""
    ran = harvester.run("crawl", code=9)
    assert "blocked_address" in ran.stderr
    assert newsroom.requests.all() == []


def test_an_archive_of_a_newer_version_is_refused(harvester: Harvester) -> None:
    harvester.run("crawl", "--limit", "0", "-q")
    rows = sqlite3.connect(harvester.archive / "archive.sqlite3")
    rows.execute("UPDATE alembic_version SET version_num = '9999'")
    rows.commit()
    rows.close()
    for command in (["crawl"], ["search", "x"], ["export"], ["status"]):
        ran = harvester.run(*command, code=2)
        assert "9999" in ran.stderr
        assert "upgrade" in ran.stderr


@pytest.mark.parametrize("command", [["search", "x"], ["verify"]])
def test_a_missing_archive_is_named_and_not_made(bare: Harvester, command: list[str]) -> None:
    ran = bare.run(*command, code=2)
    assert "There is no archive in archive" in ran.stderr
    assert list(bare.place.iterdir()) == []


@pytest.mark.parametrize(("arguments", "told"), [(["crawl", "kazpravdа"], "The nearest is kazpravda"), (["craw"], "craw")])
def test_a_wrong_argument_is_named(bare: Harvester, arguments: list[str], told: str) -> None:
    ran = bare.run(*arguments, code=2)
    assert told in ran.stderr
    assert "Traceback" not in ran.stderr
    assert not bare.archive.exists()


def test_a_wrong_key_names_the_nearest(bare: Harvester) -> None:
    (bare.place / "harvester.toml").write_text('contcat = "x"\n', "utf-8")
    ran = bare.run("sources", "list", code=2)
    assert "harvester.toml" in ran.stderr
    assert "contact" in ran.stderr


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of one megabyte, where the one who tests may mount it."""
    place = tmp_path / "disk"
    place.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(place)], capture_output=True, check=False)
    if mounted.returncode:
        pytest.skip("only root may mount a small disk")
    yield place
    subprocess.run(["umount", str(place)], check=True)


def test_a_full_disk_stops_the_run_and_loses_nothing(harvester: Harvester, newsroom: Newsroom, small_disk: Path) -> None:
    full = Harvester(small_disk, harvester.variables)
    ballast = small_disk / "ballast"
    ballast.write_bytes(bytes(300_000))
    ran = full.run("crawl", "-q", code=5)
    assert "No space left" in ran.stderr
    assert "Traceback" not in ran.stderr
    ballast.unlink()
    kept = full.texts()
    assert full.report("verify")["damages"] == []
    shutil.copytree(full.archive, harvester.archive)
    harvester.run("crawl", "--all", "-q")
    assert kept <= harvester.texts()
    assert len(harvester.texts()) == sum(article.in_scope for article in newsroom.articles)


@pytest.mark.usefixtures("seeded")
@pytest.mark.parametrize("query", ['"; DROP TABLE articles;', "я" * 3000])
def test_whatever_is_typed_is_a_query_or_a_message(bare: Harvester, query: str) -> None:
    process = bare.start("search", "--", query)
    _, stderr = process.communicate(timeout=60)
    assert process.returncode in {0, 2}, stderr
    assert "Traceback" not in stderr
    if process.returncode:
        assert stderr.startswith("harvester: ")


@pytest.fixture
def seeded(bare: Harvester) -> None:
    with Archive.held(bare.archive, "test"):
        pass


@pytest.mark.usefixtures("seeded")
def test_a_reader_that_closes_the_pipe_is_no_error(bare: Harvester) -> None:
    with bare.start("sources", "list", "--json") as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert "Traceback" not in process.stderr.read()
    assert process.returncode in {0, 141}
