"""Parse the dates of WARC and HTTP headers."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

EARLIEST_YEAR, LATEST_YEAR = 1970, 2199
"""First and last accepted year of a capture.

No machine clock shows a year before 1970, and sums with moments stay far below the limit of `datetime`.
"""

_MAX_CHARS = 64
_LEAP_SECOND = 60
_END_OF_DAY = 24
_DATE = re.compile(
    r"(?P<year>\d{4})"
    r"(?:-?(?P<month>\d\d)"
    r"(?:-?(?P<day>\d\d)"
    r"(?:[Tt ]?(?P<hour>\d\d):?(?P<minute>\d\d)"
    r"(?::?(?P<second>\d\d)(?:[.,](?P<fraction>\d+))?)?"
    r" ?(?P<offset>[Zz]|[+-]\d\d(?::?\d\d)?)?"
    r")?)?)?",
    re.ASCII,
)


class BadDate(Exception):
    """A header without a usable date. `reason` is `no_date`, or `far_date` for a year outside 1970-2199."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def read_warc_date(text: str) -> tuple[datetime, datetime]:
    """Return the first moment of the period that a WARC-Date names, and the first moment after it.

    Both are aware, in UTC. WARC 1.1 (section 5.4) allows a year, a month, a day, minutes, seconds and
    fractions. Accepted as well: offsets from UTC, the leap second and 24:00 of ISO 8601 (both mean the first
    moment after), and the 14 digits of ARC files. A date without an offset is in UTC.

    Raises:
        BadDate: it is no date, or its year is not in 1970-2199.
    """
    match = _DATE.fullmatch(text.strip()[: _MAX_CHARS + 1])
    if match is None:
        raise BadDate("no_date")
    parts = match.groupdict()
    try:
        start = _start(parts)
        end = _end(start, parts)
        start, end = start - _offset(parts["offset"]), end - _offset(parts["offset"])
    except OverflowError as error:
        raise BadDate("far_date") from error
    except ValueError as error:
        raise BadDate("no_date") from error
    return _believable(start), end


def read_http_date(text: str) -> datetime:
    """Return the moment of a Date header (RFC 9110, section 5.6.7), aware, in UTC.

    Raises:
        BadDate: it is no date, or its year is not in 1970-2199.
    """
    try:
        moment = parsedate_to_datetime(text[:_MAX_CHARS])
        moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except OverflowError as error:
        raise BadDate("far_date") from error
    except (ValueError, TypeError, IndexError) as error:
        raise BadDate("no_date") from error
    return _believable(moment)


def _believable(moment: datetime) -> datetime:
    if not EARLIEST_YEAR <= moment.year <= LATEST_YEAR:
        raise BadDate("far_date")
    return moment


def _start(parts: dict[str, str | None]) -> datetime:
    year, month, day = (int(parts[name] or 1) for name in ("year", "month", "day"))
    hour, minute, second = (int(parts[name] or 0) for name in ("hour", "minute", "second"))
    later = timedelta()
    if second == _LEAP_SECOND:
        second, later = 59, timedelta(seconds=1)
    if hour == _END_OF_DAY and minute == second == 0:
        hour, later = 0, timedelta(days=1)
    microsecond = int((parts["fraction"] or "0")[:6].ljust(6, "0"))
    if year == 0:
        raise OverflowError
    return datetime(year, month, day, hour, minute, second, microsecond, tzinfo=UTC) + later


def _end(start: datetime, parts: dict[str, str | None]) -> datetime:
    """Return the first moment after the period that begins at `start`."""
    if parts["month"] is None:
        return (start + timedelta(days=366)).replace(month=1, day=1)
    if parts["day"] is None:
        return (start + timedelta(days=31)).replace(day=1)
    if parts["hour"] is None:
        return start + timedelta(days=1)
    if parts["second"] is None:
        return start + timedelta(minutes=1)
    return start + timedelta(seconds=1)


def _offset(text: str | None) -> timedelta:
    if text is None or text in "Zz":
        return timedelta()
    digits = text[1:].replace(":", "").ljust(4, "0")
    hours, minutes = int(digits[:2]), int(digits[2:])
    if hours > 23 or minutes > 59:  # noqa: PLR2004  a day's hours, an hour's minutes
        raise ValueError(text)
    return (-1 if text[0] == "-" else 1) * timedelta(hours=hours, minutes=minutes)
