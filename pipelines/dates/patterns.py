"""Calendar dates: the formats of news sites, as patterns over the codes of tokens."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING

from pipelines.dates.parts import Calendar, TokenSpan
from pipelines.dates.tokens import full_year

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pipelines.dates.lexicon import DateToken

_YEAR = "(?P<y>y|N(?!x))"  # a number that is no year makes the date impossible, unless it counts something (x)

_FULL = tuple(
    re.compile(shape)
    for shape in (
        "(?P<D>D)",  # 17.03.2026, 2026-03-17
        rf"(?P<d>n)[-./]?(?P<m>[ME])[-./,|'w]*{_YEAR}",  # 17 марта 2026, 15-наурыз, 2026
        rf"(?P<m>[ME])\.?(?P<d>n)[-,.|w]*Y?{_YEAR}",  # March 17, 2026
        r"(?P<m>[ME])\.?(?P<d>n)[-,.|]*cP?z?[-,.|]*(?P<y>y)(?!x)",  # Tue Mar 17 09:20:00 UTC 2026
        "(?P<d>n)[-./]?(?P<m>[ME])[-,.|]*cP?z?[-,.|]*(?P<y>y)(?!x)",  # 17 марта, 09:20 2026
        r"(?P<y>y)[-,.|]*Y?[-,.|]*(?P<d>n)[-./]?(?P<m>[ME])",  # 2026 жылғы 17 наурыз
        r"(?P<y>y)[-,./]*Y?[-,./]*(?P<m>[ME])[-,./]*(?P<d>n)",  # 2026-Mar-17, 2026 жылғы наурыздың 17-сі
        "(?P<d>n)[-./](?P<m>[ME])[-./](?P<y>n)",  # 17-Mar-26
        r"(?P<d>n)(?P<m>[ME])\.?'(?P<y>n)",  # 17 Mar '26
        r"(?P<d>n)(?P<m>[ME])\.?(?P<y>n)Y",  # 17 мар 26 г.
    )
)
_YEARLESS = tuple(
    re.compile(shape)
    for shape in (
        "(?P<d>n)[-./]?(?P<m>[ME])",  # 17 марта
        r"(?P<m>[ME])\.?(?P<d>n)",  # March 17, наурыздың 17-сі
        "(?P<p>p)[-,.|]*u?c",  # 17.03 09:20
        "c[-,.|]*(?P<p>p)",
    )
)
_MONTH = tuple(re.compile(shape) for shape in ("(?P<m>[ME])[-,.]*Y?(?P<y>y)", "(?P<y>y)-?Y?,?(?P<m>[ME])"))

_RANGE = re.compile(
    r"n(?:-|[be])n[-./]?[ME]"  # 3-5 наурыз, с 3 по 5 марта
    r"|[ME]\.?n(?:-|[be])n"  # March 3-5
    r"|n[-./]?[ME](?:-|[be])n[-./]?[ME]"  # 30 марта - 2 апреля
    r"|[ME](?:-|[be])[ME]"  # март-апрель
    r"|y-y",  # 2025-2026
)

_NUMERIC_RANGE = re.compile("[np][-be]D")
_ANCHOR = re.compile("[MEDp]")
_LEAP_YEAR = 2024  # has every day of the calendar


class ImpossibleDateError(ValueError):
    """Raised for a matched format that is no day of the calendar, such as 31 February."""


def is_range(codes: str) -> bool:
    """Return whether the string is a range of days or years, which no publication date is."""
    return _RANGE.search(codes) is not None


def spans_numbers(codes: str, line: Sequence[DateToken]) -> bool:
    """Return whether a numeric date ends a range that begins without its year.

    Examples are 2-5.02.2026 and 02.02-05.02.2026, but not 19.18 - 05.02.2026.
    """
    for found in _NUMERIC_RANGE.finditer(codes):
        _, month, day = line[found.end() - 1].parts
        first = line[found.start()]
        opens = (first.parts[1], first.parts[0]) if first.code == "p" else (month, int(first.number))
        if (1, 1) <= opens < (month, day):
            return True
    return False


def full_dates(codes: str, line: Sequence[DateToken]) -> list[TokenSpan]:
    """Return dates with a year, in their order.

    Raises:
        ImpossibleDateError: one of them is no day of the calendar.
    """
    return _places(_FULL, codes, line)


def yearless_dates(codes: str, line: Sequence[DateToken]) -> list[TokenSpan]:
    """Return days and months without a year, in their order.

    Raises:
        ImpossibleDateError: one of them is no day of any year.
    """
    return _places(_YEARLESS, codes, line)


def months(codes: str, line: Sequence[DateToken]) -> list[TokenSpan]:
    """Return months with a year and without a day, in their order."""
    return _places(_MONTH, codes, line)


def _places(shapes: tuple[re.Pattern[str], ...], codes: str, line: Sequence[DateToken]) -> list[TokenSpan]:
    found: list[TokenSpan] = []
    anchors = len(_ANCHOR.findall(codes))  # each date has one
    for shape in shapes:
        if len(found) == anchors:
            break
        for match in shape.finditer(codes):
            start, end = match.span("p") if "p" in shape.groupindex else match.span()
            if all(end <= other.start or start >= other.end for other in found):
                found.append(TokenSpan(start, end, _calendar(match, line)))
    found.sort(key=lambda place: place.start)
    return found


def _calendar(match: re.Match[str], line: Sequence[DateToken]) -> Calendar:
    groups = match.re.groupindex
    if "D" in groups:
        return _checked(*line[match.start("D")].parts)
    if "p" in groups:
        day, month = line[match.start("p")].parts
        return _checked(None, month, day)
    year = _year(line[match.start("y")]) if "y" in groups else None
    month = int(line[match.start("m")].number)
    return _checked(year, month, int(line[match.start("d")].number) if "d" in groups else None)


def _year(token: DateToken) -> int:
    number = int(token.number)
    return full_year(f"{number:02}") if token.code == "n" else number


def _checked(year: int | None, month: int, day: int | None) -> Calendar:
    try:
        date(_LEAP_YEAR if year is None else year, month, 1 if day is None else day)
    except (ValueError, OverflowError) as error:
        raise ImpossibleDateError from error
    return Calendar(year, month, day)
