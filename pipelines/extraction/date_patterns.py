"""Strings that look like dates: enough to choose a candidate, while reading it is the next stage's work."""

from __future__ import annotations

import re
from itertools import islice

from pipelines.months import names_month

_WORD = r"[^\W\d_]{3,20}"  # a month, if the table of months has it
_TIME = r"\d{1,2}:\d{2}(?::\d{2})?(?:\s?[AaPp]\.?[Mm]\b\.?)?"
_RELATIVE = "сегодня|вчера|бүгін|кеше|бүгүн|кечээ|today|yesterday|bugun|kecha"
_LOOKS_DATED = re.compile(
    rf"(?:19[89]|20[0-4])\d|(?<!\d)\d{{1,2}}[./-]\d{{1,2}}[./-]\d\d|назад|бұрын|\bago\b|{_RELATIVE}",
    re.IGNORECASE,
)
_DAY_BEFORE = re.compile(rf"\d(?:-?(?:го|е|ші|шы|st|nd|rd|th)\b)?[\s.,-]{{0,3}}({_WORD})")
_DAY_BEHIND = re.compile(r"\s\d")
_UNIX_TIME = re.compile(r"\d{9,13}")
_ZONE = r"(?:[\s|(,]{0,4}(?:GMT|UTC|МСК|MSK)(?:\s?[+-]\s?\d{1,2}(?::?\d\d)?)?\b)?"
_TIME_BEHIND = rf"(?:[\s,|•/T-]{{1,4}}(?:в\s|at\s|сағат\s|саат\s|soat\s)?{_TIME})?{_ZONE}"
_FULL_DATE = re.compile(
    rf"(?:{_TIME}[\s,|•/-]{{1,4}})?"
    rf"(?:\b\d{{1,2}}(?:st|nd|rd|th|-го)?[\s.-]+(?P<after>{_WORD})\.?[\s.,-]+\d{{4}}"
    rf"|\b(?P<before>{_WORD})\.?\s+\d{{1,2}}(?:st|nd|rd|th)?,?\s+\d{{4}}"
    rf"|\b\d{{4}}[\s-]{{0,2}}(?:жыл\w*|ж\.|yil\w*|йил\w*)[\s,]+\d{{1,2}}[\s-]+(?P<last>{_WORD})"
    r"|\b\d{1,2}[./]\d{1,2}[./](?:(?:19|20)\d{2}|\d{2}(?=\s+\d{1,2}:\d\d))|\b(?:19|20)\d{2}[-./]\d{2}[-./]\d{2})\b"
    rf"(?:[\s-]?(?:г\.|года|ж\.|жыл\w*|yil\w*|йил\w*))?{_TIME_BEHIND}",
    re.IGNORECASE,
)
_DAY_AND_TIME = re.compile(
    rf"(?:(?:{_RELATIVE})|\b\d{{1,2}}[\s-](?P<after>{_WORD})\.?|\b(?P<before>{_WORD})\.?\s\d{{1,2}})[\s,|•]{{1,3}}(?:в\s|at\s|сағат\s)?{_TIME}",
    re.IGNORECASE,
)
_DAYS_OF_WEEK = (
    "(?:понедельник|вторник|среда|четверг|пятница|суббота|воскресенье"
    r"|дүйсенбі|сейсенбі|сәрсенбі|бейсенбі|жұма|сенбі|жексенбі|\w{3,6}day\b)"
)
_WEEKDAY = re.compile(rf"\W*+{_DAYS_OF_WEEK}", re.IGNORECASE)
_TODAY = re.compile(r"\W*+(?:сегодня|бүгін|today)\b[\s,:—–-]*(?=\d)(?!\d{1,2}:\d)", re.IGNORECASE)
_WEEKDAY_BEFORE = re.compile(
    rf"(?:{_DAYS_OF_WEEK}|\b(?:mon|tues?|wed|thu(?:rs)?|fri|sat|sun|пн|вт|ср|чт|пт|сб|вс|дс|сс|бс|жм|жк)\b)[\s.,]{{0,3}}$",
    re.IGNORECASE,
)
_SENTENCE = re.compile(
    r"(?:[^\W\d]+ ){3}[^:|•]*(?<! г)(?<! ж)(?<!жылы)[.!?]"
)  # three words, no mark, and a full stop
_NUMBER, _WORDS = re.compile(r"\d{1,8}"), re.compile(_WORD)
_DATE_SHARE = 0.3  # of a line, below which the date in it is told about, not put on the article
_SHARE_WITHOUT_YEAR = 0.7
_MOST_NUMBERS = 20  # behind which a month is looked for


def looks_dated(text: str) -> bool:
    """Whether a string may hold a date: a year, a month by name beside a number, three numbers, or a day told from today."""
    if _LOOKS_DATED.search(text) is not None:
        return _UNIX_TIME.fullmatch(text) is None
    if not any(map(str.isdecimal, text)):
        return False
    before = (
        text[: found.start()].rsplit(None, 1)[-1:]
        for found in islice(_DAY_BEHIND.finditer(text), _MOST_NUMBERS)
    )
    words = (word.strip(".,:;()«»") for last in before for word in last)
    return any(names_month(word) for word in (*_DAY_BEFORE.findall(text), *words))


def full_date(line: str, *, after_headline: bool = False) -> str:
    """The date in a line that is little else, with its time if one stands beside it.

    Empty for a sentence, and for a masthead's clock: it begins with «сегодня» and a number, or with a weekday, unless the line stands
    right below the headline, where no masthead is.
    """
    found = next((x for x in _FULL_DATE.finditer(line) if _is_of_a_month(x)), None)
    if (
        found is None
        or len(found[0]) < _DATE_SHARE * len(line)
        or _TODAY.match(line)
        or _SENTENCE.fullmatch(line)
    ):
        return ""
    if _WEEKDAY.match(line) and not after_headline:
        return ""
    weekday = _WEEKDAY_BEFORE.search(line, 0, found.start())  # it may decide which number is the day
    return line[weekday.start() : found.end()] if weekday else found[0]


def day_and_time(line: str) -> str:
    """A day without its year (or told from today) and a time, in a line that is nearly nothing else; empty for any other line."""
    found = next((x for x in _DAY_AND_TIME.finditer(line) if _is_of_a_month(x)), None)
    return found[0] if found and len(found[0]) >= _SHARE_WITHOUT_YEAR * len(line) else ""


def is_same_day(printed: str, iso: str) -> bool:
    """Whether a printed date has the numbers of a day in ISO 8601, its month as a number or by name."""
    year, month, day = map(int, iso.split("-"))
    numbers = {int(number) for number in _NUMBER.findall(printed)}
    return {year, day} <= numbers and (
        month in numbers or any(names_month(word) for word in _WORDS.findall(printed))
    )


def _is_of_a_month(found: re.Match[str]) -> bool:
    """Whether the word in the place of a month is one; a date of numbers alone has none."""
    words = [word for word in found.groupdict().values() if word]
    return not words or names_month(words[0])
