"""Class and id names of elements, normalised to one spelling, and patterns over them."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lxml.html import HtmlElement

_MAX_CHARS = 400  # characters of an element's names; class lists of generated styles run to thousands
_CAMEL = re.compile(r"(?<=[a-z\d])(?=[A-Z])")


def names_of(element: HtmlElement) -> str:
    """Return class and id of an element in lower case, `articleBody` as `article-body`; empty for none."""
    names, identity = element.get("class"), element.get("id")
    if not names and not identity:
        return ""
    return spelled(f"{names or ''} {identity or ''}"[:_MAX_CHARS])


def within(tree: HtmlElement, boxes: tuple[str, ...], *tags: str) -> set[HtmlElement]:
    """Return the elements (with one of `tags`, or all) inside elements whose tag is one of `boxes`.

    Each element is visited once, however deep the boxes nest.
    """
    inside: set[HtmlElement] = set()
    nested: set[HtmlElement] = set()
    for box in tree.iter(*boxes):
        if box not in nested:
            nested.update(box.iterdescendants(*boxes))
            inside.update(box.iter(*tags))
    return inside


def innermost(elements: list[HtmlElement]) -> list[HtmlElement]:
    """Return the elements that hold no other one of them."""
    outer: set[HtmlElement] = set()
    for element in elements:
        for above in element.iterancestors():
            if above in outer:  # and so are its ancestors
                break
            outer.add(above)
    return [element for element in elements if element not in outer]


def words(text: str) -> tuple[str, ...]:
    """Split a long list of words that is written as one string."""
    return tuple(text.split())


def named(alternatives: str) -> re.Pattern[str]:
    """Compile a pattern that finds one of the `alternatives` as a whole word in the names of an element."""
    return re.compile(rf"(?<![a-z])(?:{alternatives})(?![a-z])")


@lru_cache(maxsize=8192)
def spelled(names: str) -> str:
    """Return names in one spelling: lower case, `articleBody` as `article-body`."""
    return _CAMEL.sub("-", names).lower()
