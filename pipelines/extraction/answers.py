"""What a source's own words say about a field: its override in Python first, then its layout's selector."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pipelines.draft import RawDate
from pipelines.page import text_of

if TYPE_CHECKING:
    from lxml.html import HtmlElement

    from pipelines.page import Page
    from pipelines.rules import ExtractionRules, Layout

_MOST_DATES = 3  # elements that a date selector may match and that are still read


@dataclass(frozen=True, slots=True)
class Answers:
    """The overrides of a source and the layout that it used on the day of the capture, asked field by field."""

    page: Page
    rules: ExtractionRules
    layout: Layout
    _selected: dict[str, list[HtmlElement]] = field(default_factory=dict)

    def override(self, field: str) -> list[str]:
        """An override's answer as texts; empty when there is none or it declines with None."""
        function = self.rules.overrides.get(field)
        answer = function(self.page) if function is not None else None
        if answer is None:
            return []
        texts = [answer] if isinstance(answer, str) else answer if isinstance(answer, Iterable) else [answer]
        return [text for value in texts if (text := str(value).strip())]

    def elements(self, field: str) -> list[HtmlElement]:
        """The elements that the layout selects for a field, those inside another one left out."""
        if field not in self._selected:
            selector = self.layout.selectors.get(field)
            matched = self.page.select(selector) if selector else []
            within = set(matched)
            self._selected[field] = [element for element in matched if within.isdisjoint(element.iterancestors())]
        return self._selected[field]

    def selectors(self) -> dict[str, tuple[str, bool]]:
        """By field: the layout's selector, and whether it answered (with an element that holds a text or states a value).

        Fields that an override may answer are left out, because nobody depends on their selectors.
        """
        asked = {field: selector for field, selector in self.layout.selectors.items() if field not in self.rules.overrides}
        return {field: (selector, any(map(_says_something, self.elements(field)))) for field, selector in asked.items()}

    def texts(self, field: str) -> list[str]:
        """The answers to a field: the override's, else the texts of the selected elements."""
        return self.override(field) or [text for element in self.elements(field) if (text := text_of(element))]

    def text(self, field: str) -> str:
        """The first answer to a field; empty when there is none."""
        return next(iter(self.texts(field)), "")

    def dates(self, field: str) -> list[RawDate]:
        """The answers to a date field, as printed for readers, then as `<time>` says it for machines."""
        if stated := self.override(field):
            return [RawDate(raw, "override") for raw in stated]
        found: list[RawDate] = []
        place = f"selector:{self.layout.selectors.get(field, '')}"
        for element in self.elements(field)[:_MOST_DATES]:
            printed, machine = text_of(element), element.get("datetime") or element.get("content") or ""
            found += [RawDate(printed, place)] if printed else []
            found += [RawDate(machine.strip(), f"{place}@datetime")] if machine.strip() else []
        return found

    def dropped(self) -> frozenset[HtmlElement]:
        """The elements that the layout drops before reading."""
        return frozenset(self.page.select(self.layout.drop)) if self.layout.drop else frozenset()


def _says_something(element: HtmlElement) -> bool:
    stated = element.get("datetime") or element.get("content") or ""
    return bool(stated.strip()) or any(text.strip() for text in element.itertext())
