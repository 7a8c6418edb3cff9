"""The stage: which candidate fills which date of a draft."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from pipelines.dates.stage import date
from pipelines.draft import Draft, RawDate, Reading
from pipelines.page import Page
from pipelines.rules import DateRules, LineRules
from storage.model.captures import Capture, Outcome, OutcomeKind, WarcPointer
from storage.model.sources import Source, SourceKind

if TYPE_CHECKING:
    from storage.model.articles import DateStamp

CAPTURED_AT = datetime.fromisoformat("2026-03-17T10:00:00+00:00")
ROOT = Path(__file__).resolve().parents[3]
URL = "https://severny-vestnik.example/news/2026/1"


@pytest.fixture
def draft() -> Draft:
    capture = Capture("severny_vestnik", URL, CAPTURED_AT, 200, "text/html", "sha256:A", WarcPointer("a.warc.gz", 0, 1, "urn:uuid:0"))
    source = Source("severny_vestnik", "Северный вестник", SourceKind.NEWSPAPER, "https://severny-vestnik.example/")
    return Draft(capture, Page(URL, b"", "text/html", CAPTURED_AT), LineRules(source, dates=DateRules("Asia/Almaty")))


def dated(draft: Draft, published: list[str], modified: list[str]) -> tuple[str | None, str | None]:
    reading = Reading(
        published=tuple(RawDate(raw, f"published:{n}") for n, raw in enumerate(published)),
        modified=tuple(RawDate(raw, f"modified:{n}") for n, raw in enumerate(modified)),
    )
    after = date(replace(draft, reading=reading))
    return named(after.published), named(after.modified)


def named(stamp: DateStamp | None) -> str | None:
    return f"{stamp.found_in} {stamp.iso()}" if stamp else None


def test_first_candidate_that_reads(draft: Draft) -> None:
    assert dated(draft, ["1245 просмотров", "2099-01-01", "вчера, 14:05", "5 марта 2026"], ["6", "16 марта 2026"]) == (
        "published:2 2026-03-16T14:05:00+05:00",
        "modified:1 2026-03-16",
    )


def test_no_candidates(draft: Draft) -> None:
    assert dated(draft, [], []) == (None, None)


def test_label_of_update_marks_a_modification(draft: Draft) -> None:
    assert dated(draft, ["Обновлено: 16.03.2026 11:05", "15.03.2026"], []) == (
        "published:1 2026-03-15",
        "published:0 2026-03-16T11:05:00+05:00",
    )


@pytest.mark.parametrize(
    "string",
    [
        "15:20 11.02.2026 (обновлено: 15:39 11.02.2026)",
        "11.02.2026 15:20 (жаңартылды 15:39)",
        "Updated: 11.02.2026 15:39 | Published: 11.02.2026 15:20",
    ],
)
def test_two_times_in_one_string(draft: Draft, string: str) -> None:
    assert dated(draft, [string], []) == ("published:0 2026-02-11T15:20:00+05:00", "published:0 2026-02-11T15:39:00+05:00")
    assert dated(draft, [], [string]) == (None, "modified:0 2026-02-11T15:39:00+05:00")


def test_modified_candidates_go_before_labels(draft: Draft) -> None:
    assert dated(draft, ["11.02.2026 15:20 (обновлено 15:39)"], ["12.02.2026"])[1] == "modified:0 2026-02-12"


def test_a_draft_that_has_ended_is_left_alone(draft: Draft) -> None:
    ended = replace(draft, reading=Reading(published=(RawDate("5 марта 2026", "x"),)), outcome=Outcome(OutcomeKind.NOT_ARTICLE))
    assert date(ended) is ended


def test_dateparser_is_loaded_only_when_needed() -> None:
    program = """
import sys
from datetime import UTC, datetime
from pipelines.dates.stage import read_date
from pipelines.draft import RawDate
from pipelines.rules import DateRules
assert read_date(RawDate("5 марта 2026", "x"), DateRules(), datetime(2026, 3, 17, tzinfo=UTC))
assert "dateparser" not in sys.modules
assert read_date(RawDate("05 03 2026", "x"), DateRules(), datetime(2026, 3, 17, tzinfo=UTC))
assert "dateparser" in sys.modules
"""
    subprocess.run([sys.executable, "-c", program], check=True, cwd=ROOT)
