"""Values that a source's declaration gives for a field: its Python override first, then its selector."""

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

_MAX_DATES = 3  # elements read of those that a date selector matches


@dataclass(frozen=True, slots=True)
class DeclaredFields:
    """The overrides of a source, and its layout on the day of the capture, applied to one page."""

    page: Page
    rules: ExtractionRules
    layout: Layout
    _selected: dict[str, list[HtmlElement]] = field(default_factory=dict)

    def override(self, field: str) -> list[str]:
        """Return the override's values as texts; empty if there is no override or it returns None.

        Raises:
            DeclaredFieldError: the override raises.
        """
        function = self.rules.overrides.get(field)
        return call_override(field, function, self.page) if function is not None else []

    def elements(self, field: str) -> list[HtmlElement]:
        """Return the elements that the layout selects for a field, without those inside another one.

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
            message = f"the layout's selector of {field}, {selector}, is not a CSS selector: {error}"
            raise DeclaredFieldError(message) from error

    def selectors(self) -> dict[str, tuple[str, bool]]:
        """Return by field the layout's selector and whether it matched an element with a text or a value.

        Fields with an override are left out, because their selectors do not matter.
        """
        selectors = {
            field: selector
            for field, selector in self.layout.selectors.items()
            if field not in self.rules.overrides
        }
        return {
            field: (selector, any(map(_has_value, self.elements(field))))
            for field, selector in selectors.items()
        }

    def texts(self, field: str) -> list[str]:
        """Return the override's values for a field, else the texts of the selected elements."""
        selected = islice(self.elements(field), MOST_STATEMENTS)
        return self.override(field) or [text for element in selected if (text := short_text(element))]

    def text(self, field: str) -> str:
        """Return the first text for a field; empty if there is none."""
        return next(iter(self.texts(field)), "")

    def dates(self, field: str) -> list[RawDate]:
        """Return the candidates for a date field: per element the printed text, then the machine-readable."""
        if values := self.override(field):
            return [RawDate(raw, "override") for raw in values if len(raw) <= DATE]
        dates: list[RawDate] = []
        found_in = f"selector:{self.layout.selectors.get(field, '')}"
        for element in self.elements(field)[:_MAX_DATES]:
            printed = short_text(element, DATE + 1)
            machine = (element.get("datetime") or element.get("content") or "").strip()
            if 0 < len(printed) <= DATE:
                dates.append(RawDate(printed, found_in))
            if 0 < len(machine) <= DATE:
                dates.append(RawDate(machine, f"{found_in}@datetime"))
        return dates

    def dropped(self) -> frozenset[HtmlElement]:
        """Return the elements that the layout drops before extraction."""
        return frozenset(self._matched("drop", self.layout.drop)) if self.layout.drop else frozenset()


def _outermost(elements: list[HtmlElement]) -> list[HtmlElement]:
    """Return the elements, in page order, that are inside no other one of them.

    Each is visited once, however deep they nest.
    """
    if len(elements) <= 1:
        return elements
    selected: set[HtmlElement] = set(elements)
    nested: set[HtmlElement] = set()
    for element in elements:
        if element not in nested and len(element):
            nested.update(selected.intersection(element.iterdescendants()))
    return [element for element in elements if element not in nested]


def _has_value(element: HtmlElement) -> bool:
    value = element.get("datetime") or element.get("content") or ""
    return bool(value.strip()) or any(text.strip() for text in element.itertext())
