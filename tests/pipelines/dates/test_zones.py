"""Wall times across the changes of Kazakhstan's zones, and the zone that a stamp carries."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import pytest

from pipelines.dates.stage import read_date
from pipelines.draft import RawDate
from pipelines.rules import DateRules

if TYPE_CHECKING:
    from storage.model.articles import DateStamp

CAPTURED_AT = datetime.fromisoformat("2026-03-17T10:00:00+00:00")


def read(string: str, zone: str, captured_at: datetime = CAPTURED_AT) -> DateStamp:
    stamp = read_date(RawDate(string, "test"), DateRules(zone), captured_at)
    assert stamp is not None
    return stamp


@pytest.mark.parametrize(
    ("zone", "string", "iso"),
    [
        ("Asia/Almaty", "29 февраля 2024, 22:30", "2024-02-29T22:30:00+06:00"),
        ("Asia/Almaty", "1 марта 2024, 00:30", "2024-03-01T00:30:00+05:00"),
        ("Asia/Almaty", "1 сентября 2022, 12:12", "2022-09-01T12:12:00+06:00"),
        ("Asia/Qostanay", "29 февраля 2024, 22:30", "2024-02-29T22:30:00+06:00"),
        ("Asia/Qyzylorda", "20 декабря 2018, 12:00", "2018-12-20T12:00:00+06:00"),
        ("Asia/Qyzylorda", "22 декабря 2018, 12:00", "2018-12-22T12:00:00+05:00"),
        ("Asia/Aqtobe", "29 ақпан 2024, 22:30", "2024-02-29T22:30:00+05:00"),
        ("Asia/Aqtobe", "1 қыркүйек 2005, 12:00", "2005-09-01T12:00:00+05:00"),
        ("Europe/Moscow", "1 марта 2013, 12:00", "2013-03-01T12:00:00+04:00"),
    ],
)
def test_wall_time_by_the_zone_of_its_day(zone: str, string: str, iso: str) -> None:
    stamp = read(string, zone)
    assert (stamp.iso(), stamp.zone) == (iso, zone)


def test_the_hour_that_happened_twice_is_read_as_its_first() -> None:
    assert read("29 февраля 2024, 23:30", "Asia/Almaty").iso() == "2024-02-29T23:30:00+06:00"


def test_spans_count_real_hours_over_a_change() -> None:
    after = datetime.fromisoformat("2024-02-29T20:30:00+00:00")  # 01:30 at +05; 00:00 at +06 was 18:00 UTC
    assert read("3 часа назад", "Asia/Almaty", after).iso() == "2024-02-29T23:30:00+06:00"


def test_midnight_of_a_day_alone() -> None:
    assert read("29 ақпан 2024", "Asia/Almaty").precision == "day"
    assert read("29 февраля 2024", "Asia/Almaty").moment == datetime.fromisoformat("2024-02-29T00:00:00+06:00")
    assert read("2 марта 2024", "Asia/Almaty").moment == datetime.fromisoformat("2024-03-02T00:00:00+05:00")


@pytest.mark.parametrize(
    ("string", "zone"),
    [
        ("5 марта 2023, 14:05", "Asia/Almaty"),
        ("14:05, 5 Наурыз 2023 | GMT +5", "+05:00"),
        ("2023-03-05T14:05:00Z", "UTC"),
        ("2023-03-05T14:05:00+00:00", "UTC"),
        ("Mar 5, 2023 | 14:05 GMT", "UTC"),
        ("2023-03-05T14:05:00-03:30", "-03:30"),
        ("5 марта 2023, 14:05 МСК", "Europe/Moscow"),
    ],
)
def test_the_zone_that_is_kept(string: str, zone: str) -> None:
    assert read(string, "Asia/Almaty").zone == zone


def test_an_offset_in_the_string_is_believed_over_the_zone() -> None:
    assert read("14:05, 5 Наурыз 2023 | GMT +5", "Asia/Almaty").iso() == "2023-03-05T14:05:00+05:00"


def test_evidence_is_kept_verbatim() -> None:
    stamp = read_date(RawDate("  Вчера,\u00a014:05\n", "selector:.date"), DateRules(), CAPTURED_AT)
    assert stamp is not None
    assert (stamp.raw, stamp.found_in) == ("Вчера,\u00a014:05", "selector:.date")
