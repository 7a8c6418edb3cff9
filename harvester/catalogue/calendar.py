"""The calendar of a topic: the days on which it moved, as `[[calendar]]` tables of its file, for people and for what is printed.

A table has `day`, a date, and a label in at least one language: `ru`, `kk` or `en`.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from harvester.config import nearest
from storage.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

LABELS = ("ru", "kk", "en")
"""The languages of a label."""


@dataclass(frozen=True, slots=True)
class CalendarDay:
    """One day of a topic's calendar, and what happened on it, by language."""

    day: dt.date
    labels: Mapping[str, str]


def read_calendar(path: Path, declared: object) -> tuple[CalendarDay, ...]:
    """The days of a file's `calendar`, earliest first.

    Raises:
        UsageError: it names the file, the key and the nearest valid key.
    """
    if not isinstance(declared, list):
        raise UsageError(f"{path}: `calendar` must be written as [[calendar]] tables.")
    days = [_day(path, table, f"calendar[{i}]") for i, table in enumerate(declared)]
    return tuple(sorted(days, key=lambda x: x.day))


def _day(path: Path, table: Any, key: str) -> CalendarDay:
    if not isinstance(table, dict):
        raise UsageError(f"{path}: `{key}` must be a table.")
    for name, value in table.items():
        if name not in {"day", *LABELS}:
            raise UsageError(f"{path}: unknown key `{key}.{name}`.", f"Did you mean `{nearest(name, ('day', *LABELS))}`?")
        if name != "day" and (not isinstance(value, str) or not value):
            raise UsageError(f"{path}: `{key}.{name}` must be given as a string.")
    day = table.get("day")
    if not isinstance(day, dt.date) or isinstance(day, dt.datetime):
        raise UsageError(f"{path}: `{key}.day` must be given as a date.", "Write it without quotes: day = 2026-03-15.")
    labels = {x: table[x] for x in LABELS if x in table}
    if not labels:
        raise UsageError(f"{path}: `{key}` must have a label.", f"Give one of: {', '.join(LABELS)}.")
    return CalendarDay(day, labels)
