"""Strings that look like dates: enough to choose a candidate, while reading it is the next stage's work."""

from __future__ import annotations

import re

_MONTH = (
    "(?:январ|феврал|март|апрел|ма[йя]|июн|июл|август|сентябр|октябр|ноябр|декабр|қаңтар|ақпан|наурыз|сәуір|мамыр|маусым|шілде|тамыз|қыркүйек"
    r"|қазан|қараша|желтоқсан|jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)\w*"
)
_TIME = r"\d{1,2}:\d{2}(?::\d{2})?"
_LOOKS_DATED = re.compile(
    rf"(?:19[89]|20[0-4])\d|(?<!\d)\d{{1,2}}[./-]\d{{1,2}}[./-]\d\d|\d[\s.-]*{_MONTH}|\b{_MONTH}\.?\s+\d"
    r"|сегодня|вчера|назад|бүгін|кеше|бұрын|today|yesterday|\bago\b",
    re.IGNORECASE,
)
_UNIX_TIME = re.compile(r"\d{9,13}")
_FULL_DATE = re.compile(
    rf"(?:{_TIME}[\s,|•/-]{{1,4}})?"
    rf"(?:\b\d{{1,2}}[\s.-]+{_MONTH}[\s.,]+\d{{4}}|\b{_MONTH}\.?\s+\d{{1,2}},?\s+\d{{4}}"
    r"|\b\d{1,2}[./]\d{1,2}[./](?:(?:19|20)\d{2}|\d{2}(?=\s+\d{1,2}:\d\d))|\b(?:19|20)\d{2}[-./]\d{2}[-./]\d{2})\b"
    rf"(?:\s?(?:г\.|года|ж\.|жыл\w*))?(?:[\s,|•/T-]{{1,4}}(?:в\s|at\s|сағат\s)?{_TIME})?",
    re.IGNORECASE,
)
_WEEKDAY = re.compile(
    r"\W*+(?:(?:сегодня|бүгін|today)\b[\s,:—–-]*(?=\d)|понедельник|вторник|среда|четверг|пятница|суббота|воскресенье|дүйсенбі|сейсенбі|сәрсенбі|бейсенбі|жұма|сенбі|жексенбі|\w+day\b)",
    re.IGNORECASE,
)
_SENTENCE = re.compile(r"(?:[^\W\d]+ ){3}[^:|•]*(?<! г)(?<! ж)(?<!жылы)[.!?]")  # three words, no mark, and a full stop
_DATE_SHARE = 0.3  # of a line, below which the date in it is told about, not put on the article


def looks_dated(text: str) -> bool:
    """Whether a string may hold a date: a year, a month by name, three numbers, or a day told from today."""
    return _LOOKS_DATED.search(text) is not None and _UNIX_TIME.fullmatch(text) is None


def full_date(line: str) -> str:
    """The date in a line that is little else, with its time if one stands beside it.

    Empty for a masthead's clock (it begins with a weekday, or with «сегодня» and a number) and for a sentence.
    """
    found = _FULL_DATE.search(line)
    if found is None or len(found[0]) < _DATE_SHARE * len(line) or _WEEKDAY.match(line) or _SENTENCE.fullmatch(line):
        return ""
    return found[0]
