from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.warc.dates import EARLIEST_YEAR, LATEST_YEAR, BadDate, read_http_date, read_warc_date


def at(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[arg-type, misc]


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("2026", at(2026, 1, 1), at(2027, 1, 1)),
        ("2024-02", at(2024, 2, 1), at(2024, 3, 1)),
        ("2025-12", at(2025, 12, 1), at(2026, 1, 1)),
        ("2024-02-29", at(2024, 2, 29), at(2024, 3, 1)),
        ("2026-03-01T10:07Z", at(2026, 3, 1, 10, 7), at(2026, 3, 1, 10, 8)),
        ("2026-03-01T10:07:09Z", at(2026, 3, 1, 10, 7, 9), at(2026, 3, 1, 10, 7, 10)),
        ("2026-03-01 10:07:09", at(2026, 3, 1, 10, 7, 9), at(2026, 3, 1, 10, 7, 10)),
        ("2026-03-01t10:07:09.123456789z", at(2026, 3, 1, 10, 7, 9, 123456), at(2026, 3, 1, 10, 7, 10, 123456)),
        ("2026-03-01T10:07:09,5+05:30", at(2026, 3, 1, 4, 37, 9, 500000), at(2026, 3, 1, 4, 37, 10, 500000)),
        ("2026-03-01T23:30:00-0100", at(2026, 3, 2, 0, 30), at(2026, 3, 2, 0, 30, 1)),
        ("2016-12-31T23:59:60Z", at(2017, 1, 1), at(2017, 1, 1, 0, 0, 1)),
        ("2026-03-01T24:00:00Z", at(2026, 3, 2), at(2026, 3, 2, 0, 0, 1)),
        ("20260301100709", at(2026, 3, 1, 10, 7, 9), at(2026, 3, 1, 10, 7, 10)),
    ],
)
def test_dates_of_warc_headers_are_read_with_the_period_that_they_name(text: str, start: datetime, end: datetime) -> None:
    assert read_warc_date(text) == (start, end)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "no_date"),
        ("yesterday", "no_date"),
        ("2026-13", "no_date"),
        ("2026-02-30", "no_date"),
        ("2026-03-01T25:00:00Z", "no_date"),
        ("2026-03-01T10:00:00+99:00", "no_date"),
        ("٢٠٢٦-03-01", "no_date"),
        ("2026-03-01T10:00:00Z" + "0" * 10_000, "no_date"),
        ("0000-01-01T00:00:00Z", "far_date"),
        ("0001-01-01T00:00:00+14:00", "far_date"),
        ("9999-12-31T23:59:59-08:00", "far_date"),
        ("9999", "far_date"),
        ("1969-12-31T23:59:59Z", "far_date"),
        ("1970-01-01T00:00:00+03:00", "far_date"),
        ("2200-01-01T00:00:00Z", "far_date"),
    ],
)
def test_what_is_no_date_of_a_page_is_refused_with_its_class(text: str, reason: str) -> None:
    with pytest.raises(BadDate) as refused:
        read_warc_date(text)
    assert refused.value.reason == reason


@given(st.one_of(st.text(max_size=80), st.from_regex(r"\A\d{4}(-\d\d){0,2}T?[\d:.+Zz-]{0,25}\Z")))
def test_no_text_raises_anything_else(text: str) -> None:
    for read in (lambda: read_warc_date(text)[0], lambda: read_http_date(text)):
        try:
            moment = read()
        except BadDate:
            continue
        assert EARLIEST_YEAR <= moment.year <= LATEST_YEAR


def test_http_dates_are_in_utc() -> None:
    assert read_http_date("Sun, 01 Mar 2026 10:00:00 GMT") == at(2026, 3, 1, 10)
    assert read_http_date("Sun, 01 Mar 2026 10:00:00 -0000") == at(2026, 3, 1, 10)
    for text in ("", "Sun, 31 Feb 2026 10:00:00 GMT", "Fri, 31 Dec 9999 23:00:00 -1400", "0"):
        with pytest.raises(BadDate):
            read_http_date(text)
