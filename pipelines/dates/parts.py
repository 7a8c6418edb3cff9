"""What a date string prints, before anything is known about zone and capture."""

from __future__ import annotations

from dataclasses import dataclass

Clock = tuple[int, int, int]
"""Hour, minute and second; the second is -1 where none is printed. 24:00 is the end of a day."""


@dataclass(frozen=True, slots=True)
class Calendar:
    """A day of the calendar. Without a year it is the latest such day up to the capture; without a day a whole month."""

    year: int | None
    month: int
    day: int | None


@dataclass(frozen=True, slots=True)
class DaysBack:
    """So many days before the day of the capture: 0 is today."""

    days: int


@dataclass(frozen=True, slots=True)
class Weekday:
    """The latest such weekday, Monday being 0; `past` excludes the day of the capture itself."""

    number: int
    past: bool


@dataclass(frozen=True, slots=True)
class Ago:
    """A span before the capture. With days or months it points at a day, else at a minute."""

    seconds: int = 0
    days: int = 0
    months: int = 0


@dataclass(frozen=True, slots=True)
class ParsedDate:
    """One date of a string, with its clock and the zone that the string names (empty: the source's); `updated` as labelled."""

    when: Calendar | DaysBack | Weekday | Ago
    clock: Clock | None = None
    zone: str = ""
    updated: bool = False


@dataclass(frozen=True, slots=True)
class TokenSpan:
    """Where in the line of tokens a date stands, `end` exclusive."""

    start: int
    end: int
    when: Calendar | DaysBack | Weekday | Ago
