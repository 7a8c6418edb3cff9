"""The only use of dateparser, for strings that the strict parser does not know."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from storage.model.articles import Precision

if TYPE_CHECKING:
    from datetime import datetime

    from dateparser.date import DateDataParser

_NUMBER = re.compile(r"\d+")
_CLOCK = re.compile(r"\d:\d\d(:\d\d)?")


@lru_cache(maxsize=1)
def _parser() -> DateDataParser:
    """Return the only instance of the parser.

    Day, month and year must be printed, so that neither a base date nor a zone goes into its settings:
    dateparser caches every distinct set of settings for ever.
    """
    from dateparser.date import DateDataParser

    return DateDataParser(
        languages=["ru", "kk", "en"],
        settings={"DATE_ORDER": "DMY", "PREFER_DATES_FROM": "past", "REQUIRE_PARTS": ["day", "month", "year"]},
    )


@lru_cache(maxsize=2048)
def dateparser_reads(text: str) -> tuple[datetime, Precision] | None:
    """Return the moment and precision that dateparser finds in a string normalised by `tidy`.

    The moment is naive unless the string names a zone. None where dateparser fails, or returns a day or year
    that the string does not print.
    """
    try:
        moment = _parser().get_date_data(text).date_obj
    except (ValueError, OverflowError, TypeError, AttributeError, IndexError, KeyError):  # dateparser raises these on some prose
        return None
    numbers = {int(x[:9]) for x in _NUMBER.findall(text)}
    if moment is None or moment.day not in numbers or not numbers & {moment.year, moment.year % 100}:
        return None
    clock = _CLOCK.search(text)
    if clock is None:
        return moment.replace(hour=0, minute=0, second=0, microsecond=0), Precision.DAY
    return moment.replace(microsecond=0), Precision.SECOND if clock[1] else Precision.MINUTE
