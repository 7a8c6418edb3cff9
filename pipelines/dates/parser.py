"""Strict parser: the dates that a string prints, with their clocks, zones and labels."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING

from pipelines.dates.parts import Clock, ParsedDate, TokenSpan
from pipelines.dates.patterns import ImpossibleDateError, full_dates, is_range, months, spans_numbers, yearless_dates
from pipelines.dates.relative import relative_date
from pipelines.dates.tokens import END_OF_DAY, tokens

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipelines.dates.lexicon import DateToken

_CLOCKS = (
    re.compile(r"P?u?,?([cp])(?:[-,]?P)?"),  # 09:20, 9.20 pm, кешкі 8:30
    re.compile(r"Pu?(n)(?![-./]?[ME])"),  # кешкі 6
    re.compile(r"(n)u?P"),  # 6 часов вечера, 6 pm
)
_BETWEEN = re.compile(r"[-,.|/'wYuyzPxh]*")
"""Codes allowed between a date and its clock; of other words (x) at most two."""
_MOST_WORDS_BETWEEN = 2
_CLOCK_ALONE = re.compile(r"[|l]*[-,.|]*P?c,?P?z?[|]*")
_UPDATE = re.compile(r"L[-,.|/'uPz]*")
_MOST_WORDS_AROUND_YEARLESS = 4
_MOST_WORDS_AROUND_MONTH = 2

_YEAR_APART = re.compile("y(?!x)")
_NUMBER = re.compile(r"\d+")
_LONGEST_YEAR = 4


@lru_cache(maxsize=8192)
def printed_dates(text: str) -> tuple[ParsedDate, ...] | None:
    """Return the dates of a string normalised by `tidy`, in their order; empty if it certainly prints none.

    None means that the string was not understood and is worth a try by another parser: it holds enough
    numbers for a day and a year (and a month, unless words may name it), and a month word, a colon or a group
    of four digits.
    """
    line = tokens(text)
    codes = "".join(token.code for token in line)
    try:
        places = _places(codes, line)
    except ImpossibleDateError:
        return ()
    if places:
        return _with_clocks(places, codes, line)
    return () if places is None or not _is_worth_another_look(text, codes) else None


def clock_alone(text: str) -> tuple[Clock, str] | None:
    """Return the clock of a string that prints nothing else, and the zone that it names (empty: none).

    The string is normalised by `tidy`. None for any other string.
    """
    line = tokens(text)
    codes = "".join(token.code for token in line)
    if _CLOCK_ALONE.fullmatch(codes) is None:
        return None
    clock = next(iter(_clocks([], codes, line).values()), None)
    return clock and (clock, _zone(0, codes, line))


def _is_worth_another_look(text: str, codes: str) -> bool:
    numbers = _NUMBER.findall(text)
    named = any(code in codes for code in "xME")
    if max(map(len, numbers), default=0) > _LONGEST_YEAR or len(numbers) < (2 if named else 3):
        return False
    return "M" in codes or "E" in codes or ":" in text or any(len(number) == _LONGEST_YEAR for number in numbers)


def _places(codes: str, line: Sequence[DateToken]) -> list[TokenSpan] | None:
    """Return the dates of the first kind that is found: full, without year, relative, month.

    None for a string that must be refused.
    """
    if "B" in codes or "k" in codes or is_range(codes) or spans_numbers(codes, line):
        return None
    if places := full_dates(codes, line):
        return None if any(codes[: place.start].endswith("e") for place in places) else places
    if "f" in codes or "oY" in codes:
        return None
    if places := yearless_dates(codes, line):
        return None if _is_prose(places, codes) else places
    if place := relative_date(codes, line):
        return [place]
    return months(codes, line) if codes.count("x") <= _MOST_WORDS_AROUND_MONTH else []


def _is_prose(places: list[TokenSpan], codes: str) -> bool:
    """Return whether a day without a year is an event in a sentence, or a name.

    It is if it follows «до», runs on with words, or has too many words around it. A year apart from the day
    refuses it too, as it may or may not be the day's.
    """
    if "h" in codes or any(codes[: place.start].endswith("e") for place in places) or _YEAR_APART.search(codes):
        return True
    others = codes.count("x")
    runs_on = "c" not in codes and any(codes[place.end :].startswith("x") for place in places)
    return others > (1 if runs_on else _MOST_WORDS_AROUND_YEARLESS)


def _with_clocks(places: list[TokenSpan], codes: str, line: Sequence[DateToken]) -> tuple[ParsedDate, ...]:
    clocks = _clocks(places, codes, line)
    dates: list[ParsedDate] = []
    end = 0
    for place in places:
        label = codes[end : place.start]
        span = next((x for x in clocks if _adjoins(x, place, codes)), None)
        clock = clocks.pop(span) if span else None
        zone = _zone(span[0] if span else place.start, codes, line)
        dates.append(ParsedDate(place.when, clock, zone, label.rfind("L") > label.rfind("l")))
        end = place.end
    if len(places) > 1 and not any(x.clock for x in dates) and any(_is_span(a, b, codes) for a, b in pairwise(places)):
        return ()
    if update := next((x for x in clocks if _is_update(x, end, codes)), None):
        dates.append(replace(dates[-1], clock=clocks[update], updated=True))
    return tuple(dates)


def _is_update(clock: tuple[int, int], end: int, codes: str) -> bool:
    """Return whether a clock after the last date has a label of its own.

    An example is 17.03.2026 09:20 (обновлено 11:05).
    """
    label = _UPDATE.search(codes, end)
    return label is not None and label.end() == clock[0]


def _is_span(first: TokenSpan, second: TokenSpan, codes: str) -> bool:
    return codes[first.end : second.start] in {"-", "/", "b", "e"}


def _zone(start: int, codes: str, line: Sequence[DateToken]) -> str:
    """Return the first zone name from `start` on, else the first of the string; empty when it names none."""
    at = codes.find("z", start)
    at = at if at >= 0 else codes.find("z")
    return line[at].name if at >= 0 else ""


def _adjoins(clock: tuple[int, int], place: TokenSpan, codes: str) -> bool:
    if place.start <= clock[0] < place.end:
        return True
    between = codes[clock[1] : place.start] if clock[1] <= place.start else codes[place.end : clock[0]]
    return _BETWEEN.fullmatch(between) is not None and between.count("x") <= _MOST_WORDS_BETWEEN


def _clocks(places: list[TokenSpan], codes: str, line: Sequence[DateToken]) -> dict[tuple[int, int], Clock]:
    """Return the clocks by span, in their order, outside dates (or wholly inside one)."""
    found: dict[tuple[int, int], Clock] = {}
    for shape in _CLOCKS if "P" in codes else _CLOCKS[:1]:
        for match in shape.finditer(codes):
            at = match.start(1)
            inside = any(place.start <= at < place.end for place in places)
            if (codes[at] == "c" or not inside) and (clock := _clock(match, line)) and not any(a <= at < b for a, b in found):
                found[match.span()] = clock
    return dict(sorted(found.items()))


def _clock(match: re.Match[str], line: Sequence[DateToken]) -> Clock | None:
    token = line[match.start(1)]
    hour, minute, second = token.parts if token.code == "c" else (*(token.parts or (int(token.number), 0)), -1)
    part = match.string.rfind("P", *match.span())
    hour = _hour(hour, line[part].name) if part >= 0 else hour
    latest = (END_OF_DAY, 0) if token.code == "c" else (END_OF_DAY - 1, 59)
    return (hour, minute, second) if (hour, minute) <= latest and minute < 60 else None  # noqa: PLR2004 - the limits of a clock


def _hour(hour: int, part: str) -> int:
    """Return the hour on a 24-hour clock for an hour and a part of the day; hours past 12 are unchanged."""
    if hour > 12:  # noqa: PLR2004 - a 24-hour clock
        return hour
    late = {"pm": 0, "evening": 1, "noon": 0, "night": 8}.get(part)
    if part == "noon" and hour > 6:  # noqa: PLR2004 - «11 часов дня» is before noon
        return hour
    if part in {"am", "night"} and hour == 12:  # noqa: PLR2004 - midnight
        return 0
    return hour % 12 + 12 if late is not None and hour > late else hour
