"""Days in the words of a query («референдум since 2026-03», «… в марте 2026 года»), which are meant as filters."""

from __future__ import annotations

import re

from pipelines.months import english_month, month

_ISO = re.compile(r"(?<![\w-])((?:19|20)\d\d-[01]\d(?:-[0-3]\d)?)(?![\w-])")
_MONTH_OF_YEAR = re.compile(
    r"(?P<month>[^\W\d_]{3,20})\s+(?P<year>(?:19|20)\d\d)(?!\d)"
    r"|(?<!\d)(?P<year_before>(?:19|20)\d\d)\s+(?:жыл\w*|ж\.)\s+(?P<month_behind>[^\W\d_]{3,20})"  # 2026 жылғы наурыз
)


def filter_meant(words: str) -> str:
    """The options for the days that a query names by month and year; empty where it names none."""
    if iso := _ISO.search(words):
        return _options(iso[1])
    for found in _MONTH_OF_YEAR.finditer(words.lower()):
        name = found["month"] or found["month_behind"]
        if number := month(name) or english_month(name):
            return _options(f"{found['year'] or found['year_before']}-{number:02}")
    return ""


def _options(period: str) -> str:
    return f"--since {period} --until {period}"
