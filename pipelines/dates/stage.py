"""Date stage: turn candidate strings into dates with their evidence."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from pipelines.dates.fallback import dateparser_reads
from pipelines.dates.parser import clock_alone, printed_dates
from pipelines.dates.parts import Calendar
from pipelines.dates.resolution import believed, clock_today, moment_of, offset_name, zone_named
from pipelines.normalisation import tidy
from storage.model.articles import DateStamp, Precision

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from pipelines.dates.parts import ParsedDate
    from pipelines.draft import Draft, RawDate
    from pipelines.rules import DateRules


def date(draft: Draft) -> Draft:
    """Fill `published` and `modified` from the first candidate of each that parses as a date.

    A date labelled as an update («обновлено», «жаңартылды», updated) never becomes `published`; it becomes
    `modified` when the page has no other. A clock printed alone, as many sites do with the news of the day,
    gives the time on the day of the capture, where the page prints no other day.
    """
    if draft.outcome is not None:
        return draft
    rules, captured_at = draft.rules.dates, draft.capture.captured_at
    printed = [_read(raw, rules, captured_at) for raw in draft.reading.published]
    edited = [_read(raw, rules, captured_at) for raw in draft.reading.modified]
    published = _on_the_day(_first([first for first, _ in printed if first]), draft.reading.published, rules, captured_at)
    modified = next((update or first for first, update in edited if update or first), None)
    return replace(draft, published=published, modified=modified or next((update for _, update in printed if update), None))


def assumes_year(stamp: DateStamp) -> bool:
    """Return whether a date was printed as day and month alone.

    Its year is then only the latest one possible at the capture.
    """
    return any(isinstance(x.when, Calendar) and x.when.year is None for x in printed_dates(tidy(stamp.raw)) or ())


def _first(stamps: Sequence[DateStamp]) -> DateStamp | None:
    """Return the first date; if its year is assumed, a later one with the same day of another year."""
    if not stamps or not assumes_year(stamps[0]):
        return next(iter(stamps), None)
    day = (stamps[0].moment.month, stamps[0].moment.day)
    same = (x for x in stamps[1:] if (x.moment.month, x.moment.day) == day and x.precision is not Precision.MONTH and not assumes_year(x))
    dated = next(same, stamps[0])
    return stamps[0] if dated.moment.year == stamps[0].moment.year else dated


def read_date(raw: RawDate, rules: DateRules, captured_at: datetime) -> DateStamp | None:
    """Parse a date string; None when it prints no date, an impossible one, or one that is not plausible.

    Times are in the zone that the string names, else in `rules.zone`; `captured_at` (aware) is the base of
    relative dates and of missing years. A date labelled as an update is returned only when the string has no
    other.
    """
    first, update = _read(raw, rules, captured_at)
    return first or update


def _on_the_day(stamp: DateStamp | None, candidates: Iterable[RawDate], rules: DateRules, captured_at: datetime) -> DateStamp | None:
    """Return the stamp, or the time of a clock alone among the candidates on the day of the capture.

    Such a clock is used where the stamp is just the day of the capture, or there is none. No day is assumed
    beside a candidate with digits that parses neither as a date nor as a clock, as it may be the day. A clock
    later than the capture is of another day and is ignored.
    """
    today = captured_at.astimezone(zone_named(rules.zone)).date()
    if stamp is not None and (stamp.precision is not Precision.DAY or stamp.moment.date() != today):
        return stamp
    clocks = [(raw, clock_alone(tidy(raw.raw))) for raw in candidates]
    if stamp is None and any(clock is None and any(map(str.isdecimal, raw.raw)) for raw, clock in clocks):
        return None
    for raw, found in clocks:
        if found and (timed := clock_today(found[0], zone_named(found[1] or rules.zone), captured_at)):
            return DateStamp(*timed, raw.raw.strip(), raw.found_in, found[1] or rules.zone)
    return stamp


def _read(raw: RawDate, rules: DateRules, captured_at: datetime) -> tuple[DateStamp | None, DateStamp | None]:
    """Return the first date of a string that is not labelled as an update, and the first that is."""
    text = tidy(raw.raw)
    dates = printed_dates(text) if text else ()
    if dates is None:
        return _foreign(text, raw, rules, captured_at), None
    first, update = (next((_stamp(x, raw, rules, captured_at) for x in dates if x.updated is updated), None) for updated in (False, True))
    return first, update


def _stamp(printed: ParsedDate, raw: RawDate, rules: DateRules, captured_at: datetime) -> DateStamp | None:
    zone = printed.zone or rules.zone
    read = moment_of(printed, zone_named(zone), captured_at)
    return read and DateStamp(*read, raw.raw.strip(), raw.found_in, zone)


def _foreign(text: str, raw: RawDate, rules: DateRules, captured_at: datetime) -> DateStamp | None:
    """Return the date that dateparser finds, if `believed` accepts it."""
    read = dateparser_reads(text)
    if read is None:
        return None
    moment, precision = read
    zone = offset_name(moment) or rules.zone
    read = believed(moment.replace(tzinfo=zone_named(zone)), precision, captured_at)
    return read and DateStamp(*read, raw.raw.strip(), raw.found_in, zone)
