"""The dates that a page prints around its article: which one is the publication's, which is an update's, which is a clock alone."""

from __future__ import annotations

import re
from functools import cached_property
from itertools import islice
from typing import TYPE_CHECKING

from pipelines.draft import RawDate
from pipelines.extraction.bounds import DATE
from pipelines.extraction.class_names import named, names_of
from pipelines.extraction.date_completion import CLOCK_ALONE, completed
from pipelines.extraction.date_patterns import day_and_time, full_date, looks_dated
from pipelines.page import short_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml.html import HtmlElement

    from pipelines.extraction.visible_fields import VisibleFields

_LONGEST = 80  # characters of an element that is a date
_LONGEST_LINE = 100
_LONGEST_LABEL = 60
_MOST_TIMES = 2  # `<time>` elements of which the dates are taken
_MOST_CLOCKS = 3
_LEVELS_TO_LABEL = 3
_BELOW_THE_HEADLINE = 7  # lines in which a weekday may open the article's own date
_UPDATED = re.compile(  # a label with its colon, or a word that is hardly anything else before a date or at the end of a line
    r"\b(?:(?:обновл[её]н\w*|обновлени[ея]|измен[её]н\w*|жаңарт\w*|өзгерт\w*|(?:last )?(?:updated?|modified))\s*:"
    r"|(?:обновлено|жаңартылды|жаңартылған|updated(?: on| at)?)\s*(?=\d|[(|]|$))",
    re.IGNORECASE,
)
_LABEL_OF_UPDATE = re.compile(
    r"обновл|измен[её]н|отредактирован|жаңарт|жаңырт|өзгерт|yangila|янгила|updat|modifi|\bedited|revis|last change", re.IGNORECASE
)
_LABEL_OF_PUBLICATION = re.compile(
    r"опубликован|публикаци|размещ|добавлен|создан|жариялан|жарыялан|e.lon|publish|posted|created|added|issued", re.IGNORECASE
)
_NAMED_UPDATE = named("updated?|modified|edited|last-?mod|date-?(?:updated|modified)")
_MARKS = re.compile(r"\s+[|•·]\s+")  # that part what stands in one line of a page's head


class VisibleDates:
    """The dates around an article, by the elements that `VisibleFields` found."""

    def __init__(self, around: VisibleFields) -> None:
        self._around = around
        self._marked = around.marked("time", "date")

    def dates(self) -> Iterator[RawDate]:
        """Dates of `<time>` elements (machine-readable first), then of an element named as a date."""
        for element in self._times[0][:_MOST_TIMES]:
            for raw in (_machine_readable(element), short_text(element, DATE)):
                if raw and len(raw) <= _LONGEST and looks_dated(raw):
                    yield RawDate(" ".join(raw.split()), "time")
        for element in self._marked["date"]:
            text = short_text(element, DATE)
            if (
                not _is_time(element)
                and len(text) <= _LONGEST
                and looks_dated(text)
                and not (_is_update(element) or self._is_labelled(element))
            ):
                yield RawDate(completed(element, text), f"selector:{_selector(element)}")
                break

    def clocks(self) -> Iterator[RawDate]:
        """Clocks without a day in elements of a date below the headline, as sites print them for the news of the day."""
        marked = (element for kind in ("time", "date") for element in self._marked[kind] if element not in self._around.above_headline)
        texts = ((element, short_text(element, _LONGEST)) for element in marked)
        alone = ((element, text) for element, text in texts if CLOCK_ALONE.fullmatch(text))
        for element, text in islice(alone, _MOST_CLOCKS):
            if not self._is_labelled(element):
                yield RawDate(text, "time" if _is_time(element) else f"selector:{_selector(element)}")

    def date_near_headline(self) -> str:
        """A date with its year in a short line soon after the headline, else right before it (farther up stands the masthead's clock).

        For want of one, a day without a year and a time in a line below the headline that is hardly anything else.
        """
        lines = self._around.lines_near_headline()
        last_below = min(len(self._around.lines_below_headline()), _BELOW_THE_HEADLINE) if self._around.headline is not None else 0
        short = [(place, line) for place, line in enumerate(lines) if len(line) <= _LONGEST_LINE and not self._follows_label(lines, place)]
        for place, line in short:
            for part in (line, *_MARKS.split(line)):
                found = full_date(part, after_headline=place < last_below)
                if found and not _tells_update(part[: part.find(found)]):
                    return found
        return next((found for place, line in short if place < last_below and (found := day_and_time(line))), "")

    def updated(self) -> RawDate | None:
        """The date behind a label («Обновлено», «Жаңартылды») near the headline, in its line or in the one after it."""
        for raw in (raw for time in self._times[1] for raw in (_machine_readable(time), short_text(time, DATE)) if raw):
            if len(raw) <= DATE and looks_dated(raw):
                return RawDate(raw, "time")
        headline = short_text(self._around.headline) if self._around.headline is not None else ""
        lines = [line for line in self._around.lines_near_headline() if line not in headline]
        for place, line in enumerate(lines):
            if len(line) <= _LONGEST_LINE and _UPDATED.search(line):
                told = next((x for x in (line, f"{line} {' '.join(lines[place + 1 : place + 2])}") if looks_dated(x)), "")
                if told and len(told) <= _LONGEST_LINE:
                    return RawDate(told, "text")
        return None

    @cached_property
    def _times(self) -> tuple[list[HtmlElement], list[HtmlElement]]:
        """The `<time>` elements of the publication, and those of updates.

        Those merely named as updates are the publication's where there are no others (as in some themes of WordPress); those with a
        label before them that says so never are.
        """
        labelled = [time for time in self._marked["time"] if self._is_labelled(time)]
        others = [time for time in self._marked["time"] if time not in set(labelled)]
        first = [time for time in others if not _is_update(time)]
        return (first, labelled + [time for time in others if _is_update(time)]) if first else (others, labelled)

    def _is_labelled(self, element: HtmlElement) -> bool:
        """Whether the text before an element, or at its own beginning, says that its date is an update's."""
        stated = (element.get("itemprop") or "").lower()
        if "datemodified" in stated or "datepublished" in stated:
            return "datemodified" in stated
        own = short_text(element, _LONGEST)
        own = own[: next((place for place, letter in enumerate(own) if letter.isdecimal()), 0)]
        return any(_tells_update(label) for label in (own, _label_before(element, self._around.scope)) if label)

    def _follows_label(self, lines: list[str], place: int) -> bool:
        """Whether the line before this one is nothing but the label of an update."""
        before = lines[place - 1] if place else ""
        return len(before) <= _LONGEST_LABEL and not looks_dated(before) and _UPDATED.search(before) is not None and _tells_update(before)


def _is_time(element: HtmlElement) -> bool:
    return element.tag in {"time", "abbr"}


def _machine_readable(element: HtmlElement) -> str | None:
    """What a `<time>` states for machines; `<abbr title>` is its forerunner (microformats' datetime pattern)."""
    stated: str | None = element.get("title" if element.tag == "abbr" else "datetime")
    return stated


def _tells_update(label: str) -> bool:
    """Whether the last word about it in a label is that of an update, not of the publication."""
    updates, publications = ([found.start() for found in pattern.finditer(label)] for pattern in (_LABEL_OF_UPDATE, _LABEL_OF_PUBLICATION))
    return bool(updates) and max(updates) > max(publications, default=-1)


def _label_before(element: HtmlElement, scope: HtmlElement) -> str:
    """The words right before an element, from its siblings or from those of the elements around it; empty where another date is there.

    An icon speaks through its title or its name.
    """
    node = element
    for _ in range(_LEVELS_TO_LABEL):
        previous, parent = node.getprevious(), node.getparent()
        if parent is None or node is scope:
            break
        between = (previous.tail if previous is not None else parent.text) or ""
        label = between[-_LONGEST:].strip(" \n\t\r:—–-|•·,")
        if previous is not None and not label:
            icon = previous.get("title") or previous.get("aria-label") or names_of(previous)
            label = short_text(previous, _LONGEST) or icon[:_LONGEST]
        if label:
            return "" if looks_dated(label) or len(label) > _LONGEST_LABEL else label
        if previous is None:
            node = parent
        else:
            break
    return ""


def _is_update(element: HtmlElement) -> bool:
    """Whether an element is named as the date of an update; WordPress names one element both ways."""
    names = names_of(element)
    return _NAMED_UPDATE.search(names) is not None and "publish" not in names


def _selector(element: HtmlElement) -> str:
    """The element's tag and first class, as a selector that a declaration could use."""
    name = next(iter((element.get("class") or "").split()), "")
    return f"{element.tag}.{name}" if name else f"{element.tag}#{element.get('id')}"
