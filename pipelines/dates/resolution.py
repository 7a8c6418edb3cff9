"""Resolve a parsed date to a moment. Capture and source add only the zone, the year and the base date."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo

from pipelines.dates.parts import Ago, Calendar, Clock, DaysBack, ParsedDate, Weekday
from pipelines.dates.tokens import END_OF_DAY
from storage.model.articles import Precision

FIRST_YEAR = 1990
"""Minimum year of a date: no page is older, and such dates are defaults of a clock or a database."""
MOST_AHEAD = timedelta(days=1)
"""Maximum lead of a date over the capture; it allows for time zones, and for papers dated tomorrow."""
MOST_AHEAD_OF_TODAY = timedelta(hours=1)
"""Maximum lead of a clock over the capture where the capture alone gives its day or year (today, Monday, 17
March); it allows for a zone whose offset changed."""
FARTHEST_EAST = timedelta(hours=14)
"""The same where the zone of the site is not known and UTC is assumed: no zone is farther ahead than UTC+14
(Line Islands)."""

_OFFSET = re.compile(r"([+-])(\d\d):(\d\d)")
_LEAP_CYCLE = 9  # years that contain every day of the calendar: 29 February is at most 8 years apart


@lru_cache(maxsize=256)
def zone_named(name: str) -> tzinfo:
    """Return the zone of an IANA name, of `UTC`, or of an offset such as `+05:00`.

    Raises:
        zoneinfo.ZoneInfoNotFoundError: there is no such zone.
    """
    if name == "UTC":
        return UTC
    if offset := _OFFSET.fullmatch(name):
        span = timedelta(hours=int(offset[2]), minutes=int(offset[3]))
        return timezone(-span if offset[1] == "-" else span)
    return ZoneInfo(name)


def offset_name(moment: datetime) -> str:
    """Return `UTC` or an offset such as `+05:00` for an aware moment, empty for a naive one."""
    if moment.tzinfo is None:
        return ""
    offset = moment.isoformat()[-len("+05:00") :]
    return "UTC" if offset == "+00:00" else offset


def moment_of(printed: ParsedDate, zone: tzinfo, captured_at: datetime) -> tuple[datetime, Precision] | None:
    """Return the moment in `zone` and its printed precision.

    None when there is no such day, or `believed` refuses it. A moment after the capture whose day or year the
    capture gave counts as a day without a clock, or None where it is too far ahead.
    """
    when = printed.when
    if isinstance(when, Ago) and not (when.days or when.months):
        minute = (captured_at.astimezone(UTC) - timedelta(seconds=when.seconds)).astimezone(zone)
        return believed(minute.replace(second=0, microsecond=0), Precision.MINUTE, captured_at)
    ahead = MOST_AHEAD_OF_TODAY if printed.zone or zone is not UTC else FARTHEST_EAST
    day = _day(when, captured_at.astimezone(zone), ahead)
    if day is None:
        return None
    if isinstance(when, Calendar) and when.day is None:
        return believed(datetime.combine(day, time(), zone), Precision.MONTH, captured_at)
    clock, precision = _time(printed.clock)
    ends_day = printed.clock is not None and printed.clock[0] == END_OF_DAY
    if ends_day and day == date.max:
        return None
    moment = datetime.combine(day + timedelta(days=ends_day), clock, zone)
    has_year = isinstance(when, Calendar) and when.year is not None
    # The capture gave the day: the clock is that of another zone, or the page is an old copy.
    if moment > captured_at and not has_year:
        day_alone = believed(datetime.combine(day, time(), zone), Precision.DAY, captured_at)
        return day_alone if moment - captured_at <= ahead else None
    return believed(moment, precision, captured_at)


def clock_today(clock: Clock, zone: tzinfo, captured_at: datetime) -> tuple[datetime, Precision] | None:
    """Return the moment and precision of a clock printed without a day, on the day of the capture.

    None where the moment is later than the capture, and for 24:00.
    """
    at, precision = _time(clock)
    moment = datetime.combine(captured_at.astimezone(zone).date(), at, zone)
    return None if clock[0] == END_OF_DAY or moment > captured_at else believed(moment, precision, captured_at)


def believed(moment: datetime, precision: Precision, captured_at: datetime) -> tuple[datetime, Precision] | None:
    """Return moment and precision, or None where a page captured at `captured_at` cannot have that date.

    Required are FIRST_YEAR ≤ year ≤ year of the capture + 1, and a moment at most MOST_AHEAD after the
    capture.
    """
    if moment.year < FIRST_YEAR or moment.year > captured_at.year + 1 or moment - captured_at > MOST_AHEAD:
        return None
    return moment, precision


def _time(clock: Clock | None) -> tuple[time, Precision]:
    if clock is None:
        return time(), Precision.DAY
    hour, minute, second = clock
    return time(hour % END_OF_DAY, minute, max(second, 0)), Precision.MINUTE if second < 0 else Precision.SECOND


def _day(when: Calendar | DaysBack | Weekday | Ago, now: datetime, ahead: timedelta) -> date | None:
    """Return the day of a date at the local time `now` of a capture; None where there is none.

    A day without a year is the latest one that begins up to `ahead` after `now`, as it may be that of another
    zone.
    """
    today = now.date()
    if isinstance(when, DaysBack):
        return today - timedelta(days=when.days)
    if isinstance(when, Weekday):
        back = (today.weekday() - when.number) % 7
        return today - timedelta(days=7 if when.past and not back else back)
    if isinstance(when, Ago):
        return _earlier(today, when)
    if when.year is not None:
        return date(when.year, when.month, when.day or 1)
    latest = (now + ahead).date()
    return next((day for day in _years_back(when, latest) if day <= latest), None)


def _years_back(when: Calendar, today: date) -> list[date]:
    years = range(today.year, today.year - _LEAP_CYCLE, -1)
    day = when.day or 1
    return [date(year, when.month, day) for year in years if day <= monthrange(year, when.month)[1]]


def _earlier(today: date, span: Ago) -> date | None:
    """Return the day some months and days before today; None before FIRST_YEAR.

    A day beyond the end of its month becomes the last one of the month.
    """
    year, month = divmod(today.year * 12 + today.month - 1 - span.months, 12)
    if year < FIRST_YEAR:
        return None
    return date(year, month + 1, min(today.day, monthrange(year, month + 1)[1])) - timedelta(days=span.days)
