"""From a printed date to a moment: zone, year and base are the only things that the capture and the source add."""

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
"""No page is older; such dates are defaults of a clock or a database."""
MOST_AHEAD = timedelta(days=1)
"""A date farther ahead of the capture is not believed; up to here lie zones, and papers dated tomorrow."""
MOST_AHEAD_OF_TODAY = timedelta(hours=1)
"""How far a clock may be ahead of the capture where that alone gives its day or year (today, Monday, 17 March): a zone that changed."""
FARTHEST_EAST = timedelta(hours=14)
"""The same where the zone of the site is not known and UTC is assumed: no zone is farther ahead than UTC+14 (Line Islands)."""

_OFFSET = re.compile(r"([+-])(\d\d):(\d\d)")
_LEAP_CYCLE = 9  # years after which every day of the calendar has come round


@lru_cache(maxsize=256)
def zone_named(name: str) -> tzinfo:
    """The zone of an IANA name, of `UTC`, or of an offset like `+05:00`.

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
    """`UTC` or an offset like `+05:00` for an aware moment, empty for a naive one."""
    if moment.tzinfo is None:
        return ""
    offset = moment.isoformat()[-len("+05:00") :]
    return "UTC" if offset == "+00:00" else offset


def moment_of(printed: ParsedDate, zone: tzinfo, captured_at: datetime) -> tuple[datetime, Precision] | None:
    """The moment in `zone` and how much of it was printed; None when there is no such day or it is not believable."""
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
    if moment > captured_at and not has_year:  # the capture gave the day: the clock is that of another zone, or the page is an old copy
        day_alone = believed(datetime.combine(day, time(), zone), Precision.DAY, captured_at)
        return day_alone if moment - captured_at <= ahead else None
    return believed(moment, precision, captured_at)


def clock_today(clock: Clock, zone: tzinfo, captured_at: datetime) -> tuple[datetime, Precision] | None:
    """The moment of a clock printed without a day, on the day of the capture; None where that day had not come so far yet."""
    at, precision = _time(clock)
    moment = datetime.combine(captured_at.astimezone(zone).date(), at, zone)
    return None if clock[0] == END_OF_DAY or moment > captured_at else believed(moment, precision, captured_at)


def believed(moment: datetime, precision: Precision, captured_at: datetime) -> tuple[datetime, Precision] | None:
    """The same pair when a page captured at `captured_at` can have been published then, else None."""
    if moment.year < FIRST_YEAR or moment.year > captured_at.year + 1 or moment - captured_at > MOST_AHEAD:
        return None
    return moment, precision


def _time(clock: Clock | None) -> tuple[time, Precision]:
    if clock is None:
        return time(), Precision.DAY
    hour, minute, second = clock
    return time(hour % END_OF_DAY, minute, max(second, 0)), Precision.MINUTE if second < 0 else Precision.SECOND


def _day(when: Calendar | DaysBack | Weekday | Ago, now: datetime, ahead: timedelta) -> date | None:
    """The day that is meant at the local moment of a capture; a day without a year may have begun `ahead` of it, in another zone."""
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
    """So many months and days before today; the last day of a month that is too short."""
    year, month = divmod(today.year * 12 + today.month - 1 - span.months, 12)
    if year < FIRST_YEAR:
        return None
    return date(year, month + 1, min(today.day, monthrange(year, month + 1)[1])) - timedelta(days=span.days)
