"""Read the dates that a page prints around its article: of publication, of an update, or a time alone."""

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

_MAX_DATE = 80  # characters of an element that is a date
_MAX_LINE = 100  # characters of a line of text with a date
_MAX_LABEL = 60  # characters of a label before a date
_MAX_TIMES = 2  # `<time>` elements that are read as the publication's
_MAX_CLOCKS = 3  # times without a day that are read
_LEVELS_TO_LABEL = 3  # ancestors of a date whose previous siblings may be its label
_LINES_BELOW_HEADLINE = 7  # lines in which a weekday may start the article's own date
_UPDATED = re.compile(  # a label with a colon, or a word right before a date or at the end of a line
    r"\b(?:(?:обновл[её]н\w*|обновлени[ея]|измен[её]н\w*|жаңарт\w*|өзгерт\w*"
    r"|(?:last )?(?:updated?|modified))\s*:"
    r"|(?:обновлено|жаңартылды|жаңартылған|updated(?: on| at)?)\s*(?=\d|[(|]|$))",
    re.IGNORECASE,
)
_LABEL_OF_UPDATE = re.compile(
    r"обновл|измен[её]н|отредактирован|жаңарт|жаңырт|өзгерт|yangila|янгила|updat|modifi|\bedited|revis"
    r"|last change",
    re.IGNORECASE,
)
_LABEL_OF_PUBLICATION = re.compile(
    r"опубликован|публикаци|размещ|добавлен|создан|жариялан|жарыялан|e.lon|publish|posted|created|added"
    r"|issued",
    re.IGNORECASE,
)
_NAMED_UPDATE = named("updated?|modified|edited|last-?mod|date-?(?:updated|modified)")
_SEPARATOR = re.compile(r" [|•·] ")  # between parts of one line, whose white space is collapsed


class VisibleDates:
    """The dates around an article, in the elements and lines of `VisibleFields`."""

    def __init__(self, fields: VisibleFields) -> None:
        self._fields = fields
        self._marked = fields.marked("time", "date")

    def dates(self) -> Iterator[RawDate]:
        """Yield the dates of `<time>` elements (machine-readable first), then of one named as a date."""
        for element in self._times[0][:_MAX_TIMES]:
            for raw in (_machine_readable(element), short_text(element, DATE)):
                if raw and len(raw) <= _MAX_DATE and looks_dated(raw):
                    yield RawDate(" ".join(raw.split()), "time")
        for element in self._marked["date"]:
            text = short_text(element, DATE)
            if _is_time(element) or len(text) > _MAX_DATE or not looks_dated(text):
                continue
            if not _is_update(element) and not self._is_labelled(element):
                yield RawDate(completed(element, text), f"selector:{_selector(element)}")
                break

    def clocks(self) -> Iterator[RawDate]:
        """Yield times without a day below the headline, as sites print them for the news of the day."""
        marked = (element for kind in ("time", "date") for element in self._marked[kind])
        below = (element for element in marked if element not in self._fields.above_headline)
        texts = ((element, short_text(element, _MAX_DATE)) for element in below)
        alone = ((element, text) for element, text in texts if CLOCK_ALONE.fullmatch(text))
        for element, text in islice(alone, _MAX_CLOCKS):
            if not self._is_labelled(element):
                yield RawDate(text, "time" if _is_time(element) else f"selector:{_selector(element)}")

    def date_near_headline(self) -> str:
        """Return a date with its year in a short line near the headline.

        Lines after the headline come first, then those right before it (farther up is the clock of the
        site's header). For want of one, a day without a year and a time in a line below the headline that
        holds hardly anything else. Empty if there is none.
        """
        lines = self._fields.lines_near_headline()
        last_below = 0
        if self._fields.headline is not None:
            last_below = min(len(self._fields.lines_below_headline()), _LINES_BELOW_HEADLINE)
        short = [
            (index, line)
            for index, line in enumerate(lines)
            if len(line) <= _MAX_LINE and not self._follows_label(lines, index)
        ]
        for index, line in short:
            for part in (line, *_SEPARATOR.split(line)):
                date = full_date(part, after_headline=index < last_below)
                if date and not _names_update(part[: part.find(date)]):
                    return date
        without_year = (day_and_time(line) for index, line in short if index < last_below)
        return next(filter(None, without_year), "")

    def updated(self) -> RawDate | None:
        """Return the date with a label of an update («Обновлено», «Жаңартылды») near the headline.

        In the label's line or in the next one; None if there is none.
        """
        for time in self._times[1]:
            for raw in (_machine_readable(time), short_text(time, DATE)):
                if raw and len(raw) <= DATE and looks_dated(raw):
                    return RawDate(raw, "time")
        headline = short_text(self._fields.headline) if self._fields.headline is not None else ""
        lines = [line for line in self._fields.lines_near_headline() if line not in headline]
        for index, line in enumerate(lines):
            if len(line) > _MAX_LINE or not _UPDATED.search(line):
                continue
            with_next = f"{line} {' '.join(lines[index + 1 : index + 2])}"
            dated = next((text for text in (line, with_next) if looks_dated(text)), "")
            if dated and len(dated) <= _MAX_LINE:
                return RawDate(dated, "text")
        return None

    @cached_property
    def _times(self) -> tuple[list[HtmlElement], list[HtmlElement]]:
        """The `<time>` elements of the publication, and those of updates.

        Elements that are merely named as updates belong to the publication if there are no others, as in
        some WordPress themes; elements with a label that says so never do.
        """
        labelled = [time for time in self._marked["time"] if self._is_labelled(time)]
        others = [time for time in self._marked["time"] if time not in set(labelled)]
        published = [time for time in others if not _is_update(time)]
        if not published:
            return others, labelled
        return published, labelled + [time for time in others if _is_update(time)]

    def _is_labelled(self, element: HtmlElement) -> bool:
        """Return whether the text before an element, or at its own start, is the label of an update."""
        prop = (element.get("itemprop") or "").lower()
        if "datemodified" in prop or "datepublished" in prop:
            return "datemodified" in prop
        text = short_text(element, _MAX_DATE)
        own_label = text[: next((index for index, letter in enumerate(text) if letter.isdecimal()), 0)]
        labels = (own_label, _label_before(element, self._fields.scope))
        return any(_names_update(label) for label in labels if label)

    def _follows_label(self, lines: list[str], index: int) -> bool:
        """Return whether the line before this one is nothing but the label of an update."""
        before = lines[index - 1] if index else ""
        if len(before) > _MAX_LABEL or looks_dated(before):
            return False
        return _UPDATED.search(before) is not None and _names_update(before)


def _is_time(element: HtmlElement) -> bool:
    return element.tag in {"time", "abbr"}


def _machine_readable(element: HtmlElement) -> str | None:
    """Return the value of a `<time>` for machines; `<abbr title>` is its predecessor in microformats.

    https://microformats.org/wiki/datetime-design-pattern
    """
    value: str | None = element.get("title" if element.tag == "abbr" else "datetime")
    return value


def _names_update(label: str) -> bool:
    """Return whether the last word for an update in a label comes after any for the publication."""
    updates, publications = (
        [match.start() for match in pattern.finditer(label)]
        for pattern in (_LABEL_OF_UPDATE, _LABEL_OF_PUBLICATION)
    )
    return bool(updates) and max(updates) > max(publications, default=-1)


def _label_before(element: HtmlElement, scope: HtmlElement) -> str:
    """Return the words right before an element, or before an ancestor below `scope`.

    Empty if they hold another date. An icon gives its title or name.
    """
    node = element
    for _ in range(_LEVELS_TO_LABEL):
        previous, parent = node.getprevious(), node.getparent()
        if parent is None or node is scope:
            break
        between = (previous.tail if previous is not None else parent.text) or ""
        label = between[-_MAX_DATE:].strip(" \n\t\r:—–-|•·,")
        if previous is not None and not label:
            icon = previous.get("title") or previous.get("aria-label") or names_of(previous)
            label = short_text(previous, _MAX_DATE) or icon[:_MAX_DATE]
        if label:
            return "" if looks_dated(label) or len(label) > _MAX_LABEL else label
        if previous is not None:
            break
        node = parent
    return ""


def _is_update(element: HtmlElement) -> bool:
    """Return whether an element is named as the date of an update.

    WordPress gives one element both names if there was no update.
    """
    names = names_of(element)
    return _NAMED_UPDATE.search(names) is not None and "publish" not in names


def _selector(element: HtmlElement) -> str:
    """Return the element's tag and first class (else id) as a selector that a declaration could use."""
    name = next(iter((element.get("class") or "").split()), "")
    return f"{element.tag}.{name}" if name else f"{element.tag}#{element.get('id')}"
