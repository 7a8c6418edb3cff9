"""Parts of a parsed date string, before zone and capture time are applied."""

from __future__ import annotations

from dataclasses import dataclass

Clock = tuple[int, int, int]
"""Hour, minute and second; the second is -1 where none is printed. 24:00 is the end of a day."""


@dataclass(frozen=True, slots=True)
class Calendar:
    """A day of the calendar.

    Without a year it is the latest such day up to the capture; without a day it is a whole month.
    """

    year: int | None
    month: int
    day: int | None


@dataclass(frozen=True, slots=True)
class DaysBack:
    """A number of days before the day of the capture: 0 is today."""

    days: int


@dataclass(frozen=True, slots=True)
class Weekday:
    """The latest such weekday, Monday being 0; `past` excludes the day of the capture."""

    number: int
    past: bool


@dataclass(frozen=True, slots=True)
class Ago:
    """A time span before the capture. With days or months it gives a day, else a minute."""

    seconds: int = 0
    days: int = 0
    months: int = 0


@dataclass(frozen=True, slots=True)
class ParsedDate:
    """One date of a string.

    It has its clock, the zone that the string names (empty: the source's zone applies), and whether a label
    says `updated`.
    """

    when: Calendar | DaysBack | Weekday | Ago
    clock: Clock | None = None
    zone: str = ""
    updated: bool = False


@dataclass(frozen=True, slots=True)
class TokenSpan:
    """A date and its range of tokens, `end` exclusive."""

    start: int
    end: int
    when: Calendar | DaysBack | Weekday | Ago
