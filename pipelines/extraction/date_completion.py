"""What a date lacks, from the elements beside it: sites print day, clock and year in boxes of their own."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pipelines.extraction.class_names import named, names_of
from pipelines.page import short_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml.html import HtmlElement

_CLOCK = r"(?:в\s|at\s)?\d{1,2}:\d\d(?::\d\d)?(?:\s?[ap]\.?m\b\.?)?"
_YEAR = r"(?:19[89]|20[0-4])\d(?:\s?(?:г\.?|года|ж\.?|жыл\w*))?"
CLOCK_ALONE = re.compile(_CLOCK, re.IGNORECASE)
"""A clock and nothing else, for a full match."""
_YEAR_ALONE = re.compile(_YEAR, re.IGNORECASE)
_CLOCK_AND_YEAR = re.compile(rf"(?P<clock>{_CLOCK})?[\s,|•·—–-]*(?P<year>{_YEAR})?", re.IGNORECASE)
_NUMBER = re.compile(r"\d+")
_COUNTER = named(
    "views?|hits?|count(?:er)?|comments?|likes?|shares?|rating"
)  # their numbers may look like years

_LONGEST = 80  # characters of what stands beside a date
_MOST_BESIDE = 2  # pieces: a clock and a year
_LEVELS = 2  # boxes around a date that hold nothing else
_MARKS = " ,|•·—–-"


def completed(element: HtmlElement, printed: str) -> str:
    """Return the text of a date, completed by the time and the year that it lacks.

    They are taken from the text or element right after the element, and the year from right before it, too.
    An element counts if it holds nothing else and is not named as a counter.
    """
    box, needs_clock, needs_year = _box_of(element, printed), ":" not in printed, _lacks_year(printed)
    behind: list[str] = []
    for beside in _behind(box):
        found = _CLOCK_AND_YEAR.fullmatch(beside)
        if not found or (found["clock"] and not needs_clock) or (found["year"] and not needs_year):
            break
        needs_clock, needs_year = needs_clock and not found["clock"], needs_year and not found["year"]
        behind += [found["clock"] or "", found["year"] or ""]
    before = _before(box) if needs_year else ""
    year = before if _YEAR_ALONE.fullmatch(before) else ""
    return " ".join(filter(None, (year, printed, *behind)))


def _lacks_year(printed: str) -> bool:
    """Whether a date prints one number beside its clock, which is that of the day."""
    numbers = _NUMBER.findall(CLOCK_ALONE.sub(" ", printed))
    return len(numbers) == 1 and len(numbers[0]) <= 2  # noqa: PLR2004  digits of a day


def _box_of(element: HtmlElement, printed: str) -> HtmlElement:
    """The outermost of the elements that hold a date and nothing else, at most two around it."""
    box = element
    for _ in range(_LEVELS):
        parent = box.getparent()
        if parent is None or short_text(parent, _LONGEST) != printed:
            break
        box = parent
    return box


def _behind(box: HtmlElement) -> Iterator[str]:
    """The texts behind an element in its order, one a piece of text or element, at most two."""
    node: HtmlElement | None = box
    pieces = 0
    while node is not None and pieces < _MOST_BESIDE:
        if tail := _stripped(node.tail):
            yield tail
            pieces += 1
        node = node.getnext()
        if node is not None and (text := _text_of(node)):
            yield text
            pieces += 1


def _before(box: HtmlElement) -> str:
    """The text right before an element."""
    previous, parent = box.getprevious(), box.getparent()
    if previous is None:
        return _stripped(parent.text) if parent is not None else ""
    return _stripped(previous.tail) or _text_of(previous)


def _text_of(element: HtmlElement) -> str:
    return "" if _COUNTER.search(names_of(element)) else short_text(element, _LONGEST).strip(_MARKS)


def _stripped(text: str | None) -> str:
    return " ".join((text or "")[:_LONGEST].split()).strip(_MARKS)
