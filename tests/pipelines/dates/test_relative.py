"""Relative dates, on Tuesday, 17 March 2026, 15:00:37 in Almaty."""

from __future__ import annotations

from datetime import datetime

import pytest

from pipelines.dates.stage import read_date
from pipelines.draft import RawDate
from pipelines.rules import DateRules

CAPTURED_AT = datetime.fromisoformat("2026-03-17T10:00:37+00:00")


def read(string: str, captured_at: datetime = CAPTURED_AT, zone: str = "Asia/Almaty") -> str | None:
    stamp = read_date(RawDate(string, "test"), DateRules(zone), captured_at)
    return stamp.iso() if stamp else None


@pytest.mark.parametrize(
    ("strings", "iso"),
    [
        ("сегодня|Бүгін|бүгiн|today|بۇگىن|búgin|Сегодня, вторник|бүгін таңертең", "2026-03-17"),
        ("Вчера|КЕШЕ|yesterday|كەشە|keshe|день назад|a day ago|1 күн бұрын", "2026-03-16"),
        ("позавчера|алдыңғы күні|алдыңгүні|the day before yesterday|2 дня назад|екі күн бұрын|2 days ago", "2026-03-15"),
        ("неделю назад|бір апта бұрын|a week ago|7 дней назад", "2026-03-10"),
        ("месяц назад|1 ай бұрын|a month ago", "2026-02-17"),
        ("год назад|1 жыл бұрын|a year ago", "2025-03-17"),
        ("Сегодня в 9:07|Бүгін, 09:07|09:07, Сегодня|Сегодня 2026, 09:07|бүгін сағат 09:07-де|9:07 am, Today", "2026-03-17T09:07:00+05:00"),
        (
            "сегодня в 09:07, просмотров: 237|Политика | Сегодня, 09:07|بۇگىن, 09:07|Опубликовано: сегодня, 09:07",
            "2026-03-17T09:07:00+05:00",
        ),
        ("вчера, 20:05|Кеше 2025, 20:05|вчера вечером в 8:05|кеше кешке 8:05|Yesterday 8:05pm", "2026-03-16T20:05:00+05:00"),
        ("только что|жаңа ғана|just now|сейчас|қазір|әлгінде|бір сәт бұрын|jańa ǵana|جاڭا عانا", "2026-03-17T15:00:00+05:00"),
        ("2 часа назад|2 сағат бұрын|two hours ago|2h ago|екі сағат бұрын|2 ساعات بۇرىن|2 saǵat buryn", "2026-03-17T13:00:00+05:00"),
        ("около 2 часов назад|шамамен 2 сағат бұрын|2 сағаттан астам бұрын|Астана, 2 часа назад", "2026-03-17T13:00:00+05:00"),
        ("час назад|бір сағат бұрын|an hour ago|60 минут назад", "2026-03-17T14:00:00+05:00"),
        ("полчаса назад|жарты сағат бұрын|30 мин. назад|30 минут бұрын|half an hour ago|30 مينۋت بۇرىن", "2026-03-17T14:30:00+05:00"),
        ("полтора часа назад|бір жарым сағат бұрын|1 час 30 минут назад|1 h 30 min ago", "2026-03-17T13:30:00+05:00"),
        ("ширек сағат бұрын|он бес минут бұрын|15 мин бұрын", "2026-03-17T14:45:00+05:00"),
        ("несколько минут назад|бірнеше минут бұрын", "2026-03-17T15:00:00+05:00"),
        ("несколько часов назад|бірнеше сағат бұрын", "2026-03-17"),
        ("в понедельник|дүйсенбіде|дүйсенбі күні|Monday|өткен дүйсенбіде|düisenbıde", "2026-03-16"),
        ("вторник|Сейсенбі|on Tuesday", "2026-03-17"),
        ("в прошлый вторник|last Tuesday|өткен сейсенбіде", "2026-03-10"),
        ("в воскресенье, 14:05|жексенбі, 14:05|Sunday 14:05", "2026-03-15T14:05:00+05:00"),
    ],
)
def test_relative(strings: str, iso: str) -> None:
    several = strings.replace(" | ", " / ").split("|")
    assert {string: read(string) for string in several} == dict.fromkeys(several, iso)


def test_the_day_is_the_source_s_not_utc_s() -> None:
    late = datetime.fromisoformat("2026-03-16T20:30:00+00:00")  # 17 March in Almaty, 16 March in New York
    assert read("сегодня", late) == "2026-03-17"
    assert read("today", late, "America/New_York") == "2026-03-16"
    assert read("17 марта", late) == "2026-03-17"
    assert read("17 March", late, "America/New_York") == "2025-03-17"


def test_months_back_end_with_the_month() -> None:
    assert read("месяц назад", datetime.fromisoformat("2026-03-31T10:00:00+00:00")) == "2026-02-28"


def test_the_memo_does_not_keep_the_base() -> None:
    assert read("2 часа назад") == "2026-03-17T13:00:00+05:00"
    assert read("2 часа назад", datetime.fromisoformat("2026-03-18T10:00:00+00:00")) == "2026-03-18T13:00:00+05:00"
    assert read("вчера", datetime.fromisoformat("2026-03-18T10:00:00+00:00")) == "2026-03-17"


def test_a_zone_in_the_string_moves_today() -> None:
    assert read("Сегодня, 12:05 МСК") == "2026-03-17T12:05:00+03:00"


@pytest.mark.parametrize(
    ("string", "captured_at", "zone", "iso"),
    [
        ("Сегодня, 15:50", "2026-03-17T00:00:00+00:00", "Asia/Almaty", None),  # 05:00 there: a copy of the day before
        ("бүгін, 23:10", "2026-03-17T03:00:00+00:00", "Asia/Aqtau", None),
        ("Сегодня, 15:50", "2026-03-17T00:00:00+00:00", "UTC", None),  # in no zone
        ("Сегодня, 15:50", "2026-03-17T11:00:00+00:00", "UTC", "2026-03-17"),  # 16:00 in Almaty
        ("Сегодня, 15:50 МСК", "2026-03-17T11:00:00+00:00", "UTC", None),  # the string names its zone
        ("today, 10:40", "2024-05-07T05:00:00+00:00", "Asia/Almaty", "2024-05-07"),  # +06 until March 2024
        ("Tuesday, 23:00", "2026-03-17T05:00:00+00:00", "Asia/Almaty", None),
        ("17 марта, 21:00", "2026-03-17T05:00:00+00:00", "Asia/Almaty", None),
        ("18 марта, 01:20", "2026-03-17T21:00:00+00:00", "UTC", "2026-03-18"),  # not of 2025
        ("18 марта", "2026-03-17T05:00:00+00:00", "UTC", "2025-03-18"),
        ("17 марта 2026, 21:00", "2026-03-17T05:00:00+00:00", "Asia/Almaty", "2026-03-17T21:00:00+05:00"),  # printed in full
    ],
)
def test_a_clock_later_than_the_capture_is_of_another_zone_or_no_date(string: str, captured_at: str, zone: str, iso: str | None) -> None:
    assert read(string, datetime.fromisoformat(captured_at), zone) == iso
