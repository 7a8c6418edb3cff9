"""What a source's own words say about a field: its override in Python first, then its layout's selector."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING

from cssselect import SelectorError

from pipelines.draft import RawDate
from pipelines.extraction.bounds import DATE, MOST_STATEMENTS
from pipelines.extraction.overrides import DeclaredFieldError, call_override
from pipelines.page import short_text

if TYPE_CHECKING:
    from lxml.html import HtmlElement

    from pipelines.page import Page
    from pipelines.rules import ExtractionRules, Layout

_MOST_DATES = 3  # elements that a date selector may match and that are still read


@dataclass(frozen=True, slots=True)
class DeclaredFields:
    """The overrides of a source and the layout that it used on the day of the capture, asked field by field."""

    page: Page
    rules: ExtractionRules
    layout: Layout
    _selected: dict[str, list[HtmlElement]] = field(default_factory=dict)

    def override(self, field: str) -> list[str]:
        """An override's answer as texts; empty when there is none or it declines with None. Raises DeclaredFieldError where it fails."""
        function = self.rules.overrides.get(field)
        return call_override(field, function, self.page) if function is not None else []

    def elements(self, field: str) -> list[HtmlElement]:
        """The elements that the layout selects for a field, those inside another one left out.

        Raises:
            DeclaredFieldError: the selector does not compile.
        """
        if field not in self._selected:
            selector = self.layout.selectors.get(field)
            matched = self._matched(field, selector) if selector else []
            self._selected[field] = _outermost(matched)
        return self._selected[field]

    def _matched(self, field: str, selector: str) -> list[HtmlElement]:
        try:
            return self.page.select(selector)
        except SelectorError as error:
            raise DeclaredFieldError(f"the layout's selector of {field}, {selector}, is not a CSS selector: {error}") from error

    def selectors(self) -> dict[str, tuple[str, bool]]:
        """By field: the layout's selector, and whether it answered (with an element that holds a text or states a value).

        Fields that an override may answer are left out, because nobody depends on their selectors.
        """
        asked = {field: selector for field, selector in self.layout.selectors.items() if field not in self.rules.overrides}
        return {field: (selector, any(map(_says_something, self.elements(field)))) for field, selector in asked.items()}

    def texts(self, field: str) -> list[str]:
        """The answers to a field: the override's, else the texts of the selected elements."""
        chosen = islice(self.elements(field), MOST_STATEMENTS)
        return self.override(field) or [text for element in chosen if (text := short_text(element))]

    def text(self, field: str) -> str:
        """The first answer to a field; empty when there is none."""
        return next(iter(self.texts(field)), "")

    def dates(self, field: str) -> list[RawDate]:
        """The answers to a date field, as printed for readers, then as `<time>` says it for machines."""
        if stated := self.override(field):
            return [RawDate(raw, "override") for raw in stated if len(raw) <= DATE]
        found: list[RawDate] = []
        place = f"selector:{self.layout.selectors.get(field, '')}"
        for element in self.elements(field)[:_MOST_DATES]:
            printed = short_text(element, DATE + 1)
            machine = (element.get("datetime") or element.get("content") or "").strip()
            found += [RawDate(printed, place)] if 0 < len(printed) <= DATE else []
            found += [RawDate(machine, f"{place}@datetime")] if 0 < len(machine) <= DATE else []
        return found

    def dropped(self) -> frozenset[HtmlElement]:
        """The elements that the layout drops before reading."""
        return frozenset(self._matched("drop", self.layout.drop)) if self.layout.drop else frozenset()


def _outermost(elements: list[HtmlElement]) -> list[HtmlElement]:
    """The elements, in page order, that are inside no other one of them; each is visited once, however deep they nest."""
    if len(elements) <= 1:
        return elements
    chosen: set[HtmlElement] = set(elements)
    nested: set[HtmlElement] = set()
    for element in elements:
        if element not in nested and len(element):
            nested.update(chosen.intersection(element.iterdescendants()))
    return [element for element in elements if element not in nested]


def _says_something(element: HtmlElement) -> bool:
    stated = element.get("datetime") or element.get("content") or ""
    return bool(stated.strip()) or any(text.strip() for text in element.itertext())
