from __future__ import annotations

import pytest

from pipelines.extraction.date_patterns import full_date, looks_dated


@pytest.mark.parametrize(
    "text",
    [
        "3 марта 2026 г. 5:00",
        "2026-03-03T05:00:00+05:00",
        "03.03.2026",
        "3 наурыз",
        "March 3",
        "Вчера",
        "Бүгін, 16:15",
        "5 минут назад",
        "20260303T0720",
    ],
)
def test_what_may_be_a_date(text: str) -> None:
    assert looks_dated(text)


@pytest.mark.parametrize("text", ["6", "1245 просмотров", "16:15", "0001-01-01T00:00:00Z", "1325665379", "", "Политика"])
def test_what_is_none(text: str) -> None:
    assert not looks_dated(text)


@pytest.mark.parametrize(
    ("line", "date"),
    [
        ("Опубликовано: 5 января 2012, 13:48", "5 января 2012, 13:48"),
        ("14:27 04.01.2012", "14:27 04.01.2012"),
        ("28 ноября 2011 г. | 17:31", "28 ноября 2011 г. | 17:31"),
        ("11 наурыз 2026 ж.", "11 наурыз 2026 ж."),
        ("05.01.12 13:00", "05.01.12 13:00"),
        ("January 5, 2012", "January 5, 2012"),
        ("15 марта 2026 года.", "15 марта 2026 года"),
        ("Понедельник, 02 Февраля 2026", ""),
        ("Сегодня 3 марта 2026", ""),
        ("Обновлённый парк открыли 15 января 2026 года.", ""),
        ("Парк открыли 5 января 2012 года при большом стечении народа у реки", ""),
        ("16:15", ""),
    ],
)
def test_a_full_date_in_a_short_line(line: str, date: str) -> None:
    assert full_date(line) == date
