"""The stage: which candidate fills which date of a draft."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.dates.stage import date
from pipelines.draft import Draft, ExtractedFields, RawDate
from pipelines.page import Page
from pipelines.rules import DateRules, StageRules
from storage.model.captures import Capture, Outcome, OutcomeKind, WarcPointer
from storage.model.sources import Source, SourceKind

if TYPE_CHECKING:
    from storage.model.articles import DateStamp

CAPTURED_AT = datetime.fromisoformat("2026-03-17T10:00:00+00:00")
ROOT = Path(__file__).resolve().parents[3]
ALMATY = ZoneInfo("Asia/Almaty")
CLOCKS = ("{}", " {} ", "в {}", "Опубликовано: {}", "at {}")
URL = "https://severny-vestnik.example/news/2026/1"


@pytest.fixture
def draft() -> Draft:
    return draft_at(CAPTURED_AT)


def draft_at(moment: datetime) -> Draft:
    capture = Capture("severny_vestnik", URL, moment, 200, "text/html", "sha256:A", WarcPointer("a.warc.gz", 0, 1, "urn:uuid:0"))
    source = Source("severny_vestnik", "Северный вестник", SourceKind.NEWSPAPER, "https://severny-vestnik.example/")
    return Draft(capture, Page(URL, b"", "text/html", moment), StageRules(source, dates=DateRules("Asia/Almaty")))


def published(candidates: list[str], moment: datetime) -> DateStamp | None:
    reading = ExtractedFields(published=tuple(RawDate(raw, "x") for raw in candidates))
    return date(replace(draft_at(moment), reading=reading)).published


def dated(draft: Draft, published: list[str], modified: list[str]) -> tuple[str | None, str | None]:
    reading = ExtractedFields(
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
    ended = replace(draft, reading=ExtractedFields(published=(RawDate("5 марта 2026", "x"),)), outcome=Outcome(OutcomeKind.NOT_ARTICLE))
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


@settings(max_examples=100, deadline=None)
@given(st.datetimes(datetime(2020, 1, 1), datetime(2026, 3, 1), timezones=st.just(UTC)), st.times(), st.sampled_from(CLOCKS))  # noqa: DTZ001
def test_a_clock_alone_is_of_the_day_of_the_capture(captured_at: datetime, clock: time, shape: str) -> None:
    local = captured_at.astimezone(ALMATY)
    stamp = published([shape.format(f"{clock:%H:%M}")], captured_at)
    if clock.replace(second=0, microsecond=0) <= local.time():
        assert stamp is not None
        assert stamp.moment == datetime.combine(local.date(), clock.replace(second=0, microsecond=0), ALMATY)
        assert (stamp.precision, stamp.raw) == ("minute", shape.format(f"{clock:%H:%M}").strip())
    else:
        assert stamp is None


@pytest.mark.parametrize(
    ("candidates", "iso"),
    [
        (["14:16"], "2026-03-17T14:16:00+05:00"),
        (["2:16 pm"], "2026-03-17T14:16:00+05:00"),
        (["12:16 МСК"], "2026-03-17T12:16:00+03:00"),
        (["17 марта 2026", "14:16"], "2026-03-17T14:16:00+05:00"),
        (["16 марта 2026", "14:16"], "2026-03-16"),
        (["31 февраля 2026", "14:16"], None),
        (["Новости", "14:16"], "2026-03-17T14:16:00+05:00"),
        (["24:00"], None),
        (["Обновлено 14:16"], None),
        (["14:16, 15:20"], None),
        (["5 мин"], None),
    ],
)
def test_a_day_is_assumed_only_where_nothing_else_is_printed(candidates: list[str], iso: str | None) -> None:
    stamp = published(candidates, CAPTURED_AT)
    assert (stamp.iso() if stamp else None) == iso
