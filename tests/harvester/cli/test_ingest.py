"""The exit code of an ingestion, and what is said of it."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from harvester.cli.ingest import verdict
from harvester.cli.main import invoke
from harvester.ingestion import Ingested
from harvester.monitoring.health import takedown_lines
from storage.errors import UsageError
from storage.model.captures import OutcomeKind
from storage.model.runs import CrawlRun, SourceTally
from tests.harvester.test_ingestion import HEAD, URL, page, record

if TYPE_CHECKING:
    from collections.abc import Callable

    import pytest

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


def test_a_file_that_was_not_read_whole_counts_more() -> None:
    torn = Ingested(Path("a.warc"), error=UsageError("a.warc is torn."))
    code, why = verdict(run(unreadable=1), [torn], [])
    assert code == 2
    assert why == ["a.warc is torn.", "vestnik: 1 unreadable of 1 captures."]


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
