"""Find strings that look like dates. This chooses candidates only; `pipelines.dates` parses them."""

from __future__ import annotations

import re
from itertools import islice

from pipelines.months import names_month

_WORD = r"[^\W\d_]{3,20}"  # a month name, if `pipelines.months` has it
_TIME = r"\d{1,2}:\d{2}(?::\d{2})?(?:\s?[AaPp]\.?[Mm]\b\.?)?"
_RELATIVE = "сегодня|вчера|бүгін|кеше|бүгүн|кечээ|today|yesterday|bugun|kecha"
_LOOKS_DATED = re.compile(
    rf"(?:19[89]|20[0-4])\d|(?<!\d)\d{{1,2}}[./-]\d{{1,2}}[./-]\d\d|назад|бұрын|\bago\b|{_RELATIVE}",
    re.IGNORECASE,
)
_DAY_BEFORE = re.compile(rf"\d(?:-?(?:го|е|ші|шы|st|nd|rd|th)\b)?[\s.,-]{{0,3}}({_WORD})")
_DAY_AFTER = re.compile(r"\s\d")
_UNIX_TIME = re.compile(r"\d{9,13}")
_ZONE = r"(?:[\s|(,]{0,4}(?:GMT|UTC|МСК|MSK)(?:\s?[+-]\s?\d{1,2}(?::?\d\d)?)?\b)?"
_TIME_AFTER = rf"(?:[\s,|•/T-]{{1,4}}(?:в\s|at\s|сағат\s|саат\s|soat\s)?{_TIME})?{_ZONE}"
_FULL_DATE = re.compile(
    rf"(?:{_TIME}[\s,|•/-]{{1,4}})?"
    rf"(?:\b\d{{1,2}}(?:st|nd|rd|th|-го)?[\s.-]+(?P<after>{_WORD})\.?[\s.,-]+\d{{4}}"
    rf"|\b(?P<before>{_WORD})\.?\s+\d{{1,2}}(?:st|nd|rd|th)?,?\s+\d{{4}}"
    rf"|\b\d{{4}}[\s-]{{0,2}}(?:жыл\w*|ж\.|yil\w*|йил\w*)[\s,]+\d{{1,2}}[\s-]+(?P<last>{_WORD})"
    r"|\b\d{1,2}[./]\d{1,2}[./](?:(?:19|20)\d{2}|\d{2}(?=\s+\d{1,2}:\d\d))"
    r"|\b(?:19|20)\d{2}[-./]\d{2}[-./]\d{2})\b"
    rf"(?:[\s-]?(?:г\.|года|ж\.|жыл\w*|yil\w*|йил\w*))?{_TIME_AFTER}",
    re.IGNORECASE,
)
_DAY_AND_TIME = re.compile(
    rf"(?:(?:{_RELATIVE})|\b\d{{1,2}}[\s-](?P<after>{_WORD})\.?|\b(?P<before>{_WORD})\.?\s\d{{1,2}})"
    rf"[\s,|•]{{1,3}}(?:в\s|at\s|сағат\s)?{_TIME}",
    re.IGNORECASE,
)
_DAYS_OF_WEEK = (
    "(?:понедельник|вторник|среда|четверг|пятница|суббота|воскресенье"
    r"|дүйсенбі|сейсенбі|сәрсенбі|бейсенбі|жұма|сенбі|жексенбі|\w{3,6}day\b)"
)
_WEEKDAY = re.compile(rf"\W*+{_DAYS_OF_WEEK}", re.IGNORECASE)
_TODAY = re.compile(r"\W*+(?:сегодня|бүгін|today)\b[\s,:—–-]*(?=\d)(?!\d{1,2}:\d)", re.IGNORECASE)
_WEEKDAY_BEFORE = re.compile(
    rf"(?:{_DAYS_OF_WEEK}"
    r"|\b(?:mon|tues?|wed|thu(?:rs)?|fri|sat|sun|пн|вт|ср|чт|пт|сб|вс|дс|сс|бс|жм|жк)\b)[\s.,]{0,3}$",
    re.IGNORECASE,
)
# Three words in a row, no separator, and a full stop that does not end an abbreviation of "year".
_SENTENCE = re.compile(r"(?:[^\W\d]+ ){3}[^:|•]*(?<! г)(?<! ж)(?<!жылы)[.!?]")
_NUMBER, _WORDS = re.compile(r"\d{1,8}"), re.compile(_WORD)
_DATE_SHARE = 0.3  # least share of a line's characters; a smaller date belongs to a sentence
_SHARE_WITHOUT_YEAR = 0.7  # the same for a date without a year
_MAX_NUMBERS = 20  # numbers of a string before which a month name is searched


def looks_dated(text: str) -> bool:
    """Return whether a string may hold a date.

    That is a year, a number beside a month name, three numbers, or a word for a day relative to today.
    Unix times are excluded.
    """
    if _LOOKS_DATED.search(text) is not None:
        return _UNIX_TIME.fullmatch(text) is None
    if not any(map(str.isdecimal, text)):
        return False
    numbers = islice(_DAY_AFTER.finditer(text), _MAX_NUMBERS)
    preceding = (text[: number.start()].rsplit(None, 1)[-1:] for number in numbers)
    words = (word.strip(".,:;()«»") for last in preceding for word in last)
    return any(names_month(word) for word in (*_DAY_BEFORE.findall(text), *words))


def full_date(line: str, *, after_headline: bool = False) -> str:
    """Return the date with a year, and the time beside it, of a line that holds little else; empty if none.

    Sentences give none. Nor does a clock in a site's header, which starts with «сегодня» and a number or
    with a weekday; a weekday is allowed where `after_headline`, since no site header follows the headline.
    """
    match = next((x for x in _FULL_DATE.finditer(line) if _has_valid_month(x)), None)
    if match is None or len(match[0]) < _DATE_SHARE * len(line):
        return ""
    if _TODAY.match(line) or _SENTENCE.fullmatch(line):
        return ""
    if _WEEKDAY.match(line) and not after_headline:
        return ""
    # The weekday may decide which of two numbers is the day.
    weekday = _WEEKDAY_BEFORE.search(line, 0, match.start())
    return line[weekday.start() : match.end()] if weekday else match[0]


def day_and_time(line: str) -> str:
    """Return a day without a year, or relative to today, with a time.

    Empty unless the line holds hardly anything else.
    """
    match = next((x for x in _DAY_AND_TIME.finditer(line) if _has_valid_month(x)), None)
    return match[0] if match and len(match[0]) >= _SHARE_WITHOUT_YEAR * len(line) else ""


def is_same_day(printed: str, iso: str) -> bool:
    """Return whether a printed date has year, month (number or name) and day of an ISO 8601 date."""
    year, month, day = map(int, iso.split("-"))
    numbers = {int(number) for number in _NUMBER.findall(printed)}
    if not {year, day} <= numbers:
        return False
    return month in numbers or any(names_month(word) for word in _WORDS.findall(printed))


def _has_valid_month(match: re.Match[str]) -> bool:
    """Return whether the word at the month's position is a month name; true for dates of numbers alone."""
    words = [word for word in match.groupdict().values() if word]
    return not words or names_month(words[0])
