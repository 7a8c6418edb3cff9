"""The exit code of an ingestion, and what is said of it."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from harvester.cli.ingest import verdict
from harvester.cli.ingested import file_line
from harvester.cli.main import invoke
from harvester.ingestion import Ingested
from harvester.monitoring.health import takedown_lines
from storage.errors import UsageError
from storage.model.captures import OutcomeKind
from storage.model.runs import CrawlRun, SourceTally
from storage.model.text import counted
from tests.harvester.test_ingestion import HEAD, URL, page, record

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.harvester.cli.said import Said


def run(**outcomes: int) -> CrawlRun:
    tally = SourceTally(Counter({OutcomeKind(kind.replace("_", "-")): count for kind, count in outcomes.items()}))
    return CrawlRun(1, "ingest", datetime(2026, 3, 1, tzinfo=UTC), tally={"vestnik": tally})


def test_what_failed_is_told_with_the_code_of_failed_sources() -> None:
    assert verdict(run(new=3, gone=2, not_article=1), [], []) == (0, [])
    told = ["vestnik: 1 server-error, 2 unreadable of 6 captures."]
    assert verdict(run(new=3, unreadable=2, server_error=1), [], []) == (3, told)


def test_a_site_that_failed_as_a_whole_is_told() -> None:
    code, why = verdict(run(gone=9), [], takedown_lines({"vestnik": (9, 10)}))
    assert code == 3
    assert "9 of 10" in why[0]


def test_a_number_of_records_agrees_with_its_noun() -> None:
    counts = {"records of type warcinfo": 1, "records of type request": 70, "answers to POST": 1, "taken": 1, "unknown source": 2}
    told = file_line(Ingested(Path("a.warc"), Counter(counts), Counter({"not whole": 1})))
    assert told == (
        "a.warc: 1 answer to POST, 1 not whole, 70 records of type request, 1 record of type warcinfo, 1 taken, 2 unknown source"
    )
    assert file_line(Ingested(Path("b.warc"))) == "b.warc: nothing"


@pytest.mark.parametrize(
    ("count", "noun", "plural", "told"),
    [(0, "page", "", "0 pages"), (1, "page", "", "1 page"), (1, "story", "stories", "1 story"), (2, "story", "stories", "2 stories")],
)
def test_a_noun_is_singular_for_one_alone(count: int, noun: str, plural: str, told: str) -> None:
    assert counted(count, noun, plural) == told


def test_a_file_that_was_not_read_whole_counts_more() -> None:
    torn = Ingested(Path("a.warc"), error=UsageError("a.warc is torn."))
    code, why = verdict(run(unreadable=1), [torn], [])
    assert code == 2
    assert why == ["a.warc is torn.", "vestnik: 1 unreadable of 1 capture."]


def test_the_report_is_printed_when_no_file_can_be_read(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "empty.warc").touch()
    code = invoke(["ingest", str(tmp_path / "empty.warc"), "--archive", str(tmp_path / "archive"), "--json"])
    printed = capsys.readouterr()
    report = json.loads(printed.out)
    assert code == report["exit_code"] == 2
    assert report["why"] == report["errors"][str(tmp_path / "empty.warc")]
    assert "is no WARC file" in printed.err


def test_show_and_status_say_which_file_a_page_came_from(harvester: Callable[..., Said], tmp_path: Path) -> None:
    (tmp_path / "theirs.warc.gz").write_bytes(record(HEAD + page(1)))
    assert harvester("ingest", "theirs.warc.gz", "--any-source", "--keep", "all", "-q").code == 0
    digest = hashlib.sha256((tmp_path / "theirs.warc.gz").read_bytes()).hexdigest()
    assert f"theirs.warc.gz, sha256 {digest}, run 1" in harvester("show", URL).out
    (listed,) = harvester("status", "--json").json["ingested_files"]
    assert {key: listed[key] for key in ("name", "sha256", "run")} == {"name": "theirs.warc.gz", "sha256": digest, "run": 1}


DECLARATION = """
name = "Вестник"
kind = "newspaper"
home = "https://h.example/"
language = "ru"
discover = [{ feed = "rss.xml" }]
articles = { allow = '^/n/' }
"""


def no_page(day: int, url: str) -> bytes:
    return record(HEAD + b"<!doctype html><html><body></body></html>", day, url)


@pytest.fixture
def ingest(harvester: Callable[..., Said], tmp_path: Path) -> Callable[..., Said]:
    """Ingests records as one file, with one declared source, whatever host they are of."""
    (tmp_path / "declared").mkdir()
    (tmp_path / "declared" / "vestnik.toml").write_text(DECLARATION, "utf-8")

    def run(*records: bytes, options: tuple[str, ...] = ()) -> Said:
        (tmp_path / "pages.warc.gz").write_bytes(b"".join(records))
        given = ("--sources", "declared", "--only-given-sources", "--any-source", "--keep", "all")
        return harvester("ingest", "pages.warc.gz", *given, *options)

    return run


def test_one_line_says_what_became_of_the_pages(ingest: Callable[..., Said]) -> None:
    pages = [record(HEAD + page(n), url=f"https://h.example/n/{n}") for n in range(3)]
    said = ingest(*pages, no_page(0, "https://h.example/n/empty"), record(b"HTTP/1.1 404 Not Found\r\n\r\n", url="https://o.example/n/4"))
    assert said.err.splitlines() == ["pages.warc.gz: 5 taken", "5 pages: 3 new, 1 hold no article (1 no text), 1 not found"]
    assert ingest(*pages).err.splitlines() == ["pages.warc.gz: 3 known", "0 pages"]


def test_what_was_left_out_is_said_with_the_options_that_take_it(harvester: Callable[..., Said], tmp_path: Path) -> None:
    (tmp_path / "one.warc.gz").write_bytes(record(HEAD + page(1)))
    (tmp_path / "two.warc.gz").write_bytes(record(HEAD + page(2), url="https://h.example/n/2"))
    unknown, keep = "of hosts that no source has: --any-source takes", "--keep all stores what is on no topic, too."
    said = harvester("ingest", "one.warc.gz", "two.warc.gz").err
    assert f"2 pages {unknown}" in said
    assert said.endswith(f"\n{keep}\n")
    said = harvester("ingest", "one.warc.gz", "--any-source").err
    assert said.endswith(f"\n1 page on no topic: captured and judged, not stored. {keep}\n")
    assert unknown not in said
    said = harvester("ingest", "one.warc.gz", "--keep", "all").err
    assert f"1 page {unknown}" in said
    assert keep not in said
    assert harvester("ingest", "one.warc.gz", "-q").err == ""


def test_files_are_looked_for_before_anything_is_made(harvester: Callable[..., Said], tmp_path: Path) -> None:
    (tmp_path / "good.warc.gz").write_bytes(record(HEAD + page(1)))
    (tmp_path / "empty").mkdir()
    (tmp_path / "collection" / "archive").mkdir(parents=True)
    (tmp_path / "collection" / "archive" / "rec-0.warc").touch()
    said = harvester("ingest", "good.warc.gz", "a.warc", "collection", "empty", "--any-source")
    assert said.code == 2
    assert said.err.startswith("harvester: a.warc does not exist. collection is a folder. empty is a folder. Nothing was ingested.")
    assert "Name its files: collection/archive/*.warc" in said.err
    assert "empty holds no .warc.gz or .warc file." in said.err
    assert not (tmp_path / "archive").exists()


def test_hosts_that_only_files_brought_were_not_asked(harvester: Callable[..., Said], tmp_path: Path) -> None:
    (tmp_path / "theirs.warc.gz").write_bytes(record(HEAD + page(1)))
    harvester("ingest", "theirs.warc.gz", "--any-source", "--keep", "all", "-q")
    totals, _, _, host, _ = harvester("status").out.splitlines()
    assert ": 0 well, 0 failing, 1 ingested, " in totals
    assert host.split()[0] == "h.example"
    assert host.split()[-7:-1] == ["ingested", "1", "1", "0", "-", "-"]
    told = harvester("status", "--json").json
    assert [(x["id"], x["state"]) for x in told["sources"]] == [("h.example", "ingested")]
    assert (told["totals"]["well"], told["totals"]["ingested"]) == (0, 1)
    shown = harvester("sources", "show", "h.example")
    assert shown.code == 2
    assert "the archive holds 1 article of it. `harvester status h.example`" in shown.err


def test_the_table_has_only_columns_with_counts(ingest: Callable[..., Said]) -> None:
    lines = ingest(record(HEAD + page(1)), options=("-v",)).err.splitlines()
    header = next(line for line in lines if line.startswith("source "))
    assert header.split() == ["source", "fetched", "stored"]


def test_a_declared_source_takes_all_pages_of_its_hosts(ingest: Callable[..., Said]) -> None:
    urls = [
        "https://h.example/n/1",
        "https://h.example/old/2",
        "http://www.h.example/3.html",
        "https://kk.h.example/4",
        "https://o.example/5",
    ]
    said = ingest(*(record(HEAD + page(n), url=url) for n, url in enumerate(urls)), options=("--json",))
    assert {source: report["captures"] for source, report in said.json["sources"].items()} == {"vestnik": 4, "o.example": 1}


INTERRUPTING = """
import signal

def date(page):
    if page.url.endswith("/n/1"):
        signal.raise_signal(signal.{name})
"""


@pytest.mark.parametrize(("name", "code"), [("SIGINT", 130), ("SIGHUP", 129)])
def test_a_signal_ends_an_ingestion_behind_the_page_under_way(
    ingest: Callable[..., Said], harvester: Callable[..., Said], tmp_path: Path, name: str, code: int
) -> None:
    (tmp_path / "declared" / "vestnik.py").write_text(INTERRUPTING.format(name=name))
    pages = [record(HEAD + page(n), url=f"https://h.example/n/{n}") for n in range(4)]
    said = ingest(*pages, options=("--log-file", "log"))
    assert said.code == code
    assert said.err.splitlines()[-1] == "harvester: Interrupted; 2 pages are in the archive. Run the same command again to go on."
    assert f"WARNING run 1 ends with exit code {code}: Interrupted; 2 pages" in (tmp_path / "log").read_text()
    (run,) = harvester("status", "--json").json["runs"]
    assert (run["ended"], run["totals"]["stored"]) == ("interrupted", 2)
    assert harvester("verify").code == 0
    (tmp_path / "declared" / "vestnik.py").unlink()
    assert ingest(*pages).err.splitlines()[0] == "pages.warc.gz: 2 known, 2 taken"


@pytest.mark.parametrize(
    ("target", "state"),
    [
        ("https://h.example/", "soft-gone"),
        ("/news", "soft-gone"),
        ("https://elsewhere.example/n/1", "soft-gone"),
        ("https://h.example/login?to=/n/1", "paywalled"),
        ("https://h.example/n/1-new", "moved"),
    ],
)
def test_a_page_that_leads_away_is_what_a_crawl_calls_it(
    ingest: Callable[..., Said], harvester: Callable[..., Said], target: str, state: str
) -> None:
    led = f"HTTP/1.1 302 Found\r\nLocation: {target}\r\n\r\n".encode()
    ingest(record(HEAD + page(1)), record(led, 3))
    assert harvester("show", URL, "--json").json["state"] == state


def test_coverage_of_what_was_ingested_says_that_no_channel_was_read(ingest: Callable[..., Said], harvester: Callable[..., Said]) -> None:
    ingest(record(HEAD + page(1)), record(HEAD + page(2), url="https://o.example/n/2"))
    lacks = {"vestnik": "no channel of it was ever read.", "o.example": "no declaration of it is among the sources"}
    for source, lack in lacks.items():
        said = harvester("coverage", source, "--sources", "declared", "--only-given-sources")
        assert said.code == 0, said.err
        assert f"{source}: 1 article is held, but {lack}" in said.err
    for all_of_them in (("coverage",), ("coverage", "--json")):
        said = harvester(*all_of_them, "--sources", "declared", "--only-given-sources")
        assert [f"{source}: 1 article is held, but {lack}" in said.err for source, lack in lacks.items()] == [True, True]
    undeclared = harvester("coverage", "--only-given-sources").err
    assert "o.example, vestnik: 2 articles are held, but no declaration of them is among the sources" in undeclared
    assert "give their folder with --sources" in undeclared
    assert harvester("coverage", "nobody.example", "--sources", "declared", "--only-given-sources").code == 2
