"""Dates as the outlets print them."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

_NOMINATIVE = (
    "Январь", "Февраль", "Март", "Апрель", "Май", "Июнь", "Июль", "Август", "Сентябрь", "Октябрь", "Ноябрь", "Декабрь",
)  # fmt: skip
_GENITIVE = (
    "января", "февраля", "марта", "апреля", "мая", "июня", "июля", "августа", "сентября", "октября", "ноября", "декабря",
)  # fmt: skip
_KAZAKH = (
    "Қаңтар", "Ақпан", "Наурыз", "Сәуір", "Мамыр", "Маусым", "Шілде", "Тамыз", "Қыркүйек", "Қазан", "Қараша", "Желтоқсан",
)  # fmt: skip
_ENGLISH = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december",
)  # fmt: skip


def newspaper_date(moment: datetime) -> str:
    """Such as `3 марта 2026 г. 5:00`: neither day nor hour has a leading zero."""
    return f"{moment.day} {_GENITIVE[moment.month - 1]} {moment.year} г. {moment.hour}:{moment:%M}"


def agency_date(moment: datetime, language: str) -> str:
    """Such as `21:52, 30 Январь 2026 | GMT +5`: time first, month in the nominative."""
    month = (_KAZAKH if language == "kk" else _NOMINATIVE)[moment.month - 1]
    return f"{moment:%H:%M, %d} {month} {moment.year} | GMT +5"


def official_date(moment: datetime, language: str) -> str:
    """Such as `21 марта 2026 года`, `2026 жылғы 15 наурыз`, `15 march 2026 year`: no time of day."""
    if language == "kk":
        return f"{moment.year} жылғы {moment.day} {_KAZAKH[moment.month - 1].lower()}"
    if language == "en":
        return f"{moment.day} {_ENGLISH[moment.month - 1]} {moment.year} year"
    return f"{moment.day} {_GENITIVE[moment.month - 1]} {moment.year} года"
