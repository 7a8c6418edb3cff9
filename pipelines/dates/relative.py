"""Relative dates in Russian, Kazakh and English: today, two hours ago, on Monday."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pipelines.dates.parts import Ago, DaysBack, TokenSpan, Weekday

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipelines.dates.lexicon import DateToken

_AGO = re.compile(r"(?<![nq#Ny])(?<![n#][,.])((?:[nq#]*\.?[uY][.,b]*)+)a")
_SOME_AGO = re.compile(r"i(?P<u>[uY])\.?a")
_DAY = re.compile("(?<!x)r")  # not after another word: Kazakhstan Today is an agency
_DAY_AND_CLOCK = re.compile("r")
_NOW = re.compile("j")
_WEEKDAY = re.compile("o?(?P<w>w)")

_SECONDS = {"second": 1, "minute": 60, "hour": 3600}
_DAYS = {"day": 1, "week": 7}
_MONTHS = {"month": 1, "year": 12}

# A relative word among more unknown words than these is prose and no date of the page.
_WORDS_AROUND_SPAN = 2
_WORDS_AROUND_DAY = 1
_WORDS_AROUND_DAY_AND_CLOCK = 3


def relative_date(codes: str, line: Sequence[DateToken]) -> TokenSpan | None:
    """Return the relative date of the tokens, or None when there is none, or the string is prose.

    Vague spans keep only what is certain: «несколько минут назад» is the minute of the capture, «несколько
    часов назад» its day, «несколько дней назад» nothing.
    """
    others = codes.count("x")
    timed = "c" in codes
    if others <= _WORDS_AROUND_SPAN and (place := _ago(codes, line)):
        return place
    most, shape = (_WORDS_AROUND_DAY_AND_CLOCK, _DAY_AND_CLOCK) if timed else (_WORDS_AROUND_DAY, _DAY)
    if others <= most and (day := shape.search(codes)):
        return TokenSpan(*day.span(), DaysBack(int(line[day.start()].number)))
    if not others and (now := _NOW.search(codes)):
        return TokenSpan(*now.span(), Ago())
    if others <= timed and (weekday := _WEEKDAY.search(codes)):
        number = int(line[weekday.start("w")].number)
        return TokenSpan(*weekday.span(), Weekday(number, past=weekday[0][0] == "o")) if number >= 0 else None
    return None


def _ago(codes: str, line: Sequence[DateToken]) -> TokenSpan | None:
    if some := _SOME_AGO.search(codes):
        unit = line[some.start("u")].name
        if unit in {"second", "minute"}:
            return TokenSpan(*some.span(), Ago())
        return TokenSpan(*some.span(), DaysBack(0)) if unit == "hour" else None
    if found := _AGO.search(codes):
        span = _span(line[found.start(1) : found.end(1)])
        return TokenSpan(*found.span(), span) if span else None
    return None


def _span(amounts: Sequence[DateToken]) -> Ago | None:
    """Return the sum of amounts such as `2 h 15 min`; None for a fraction of a day or month."""
    seconds = days = months = 0.0
    number: float | None = None
    for token in amounts:
        if token.code == "q":
            number = (number or 0) + token.number  # «он бес», ten five, is fifteen
        elif token.code in "n#":
            number = token.number
        elif token.code in "uY":
            amount = (1 if number is None else number) * (token.number or 1)
            seconds += amount * _SECONDS.get(token.name, 0)
            days += amount * _DAYS.get(token.name, 0)
            months += amount * _MONTHS.get(token.name, 0)
            number = None
    if days % 1 or months % 1:
        return None
    return Ago(int(seconds), int(days), int(months))
