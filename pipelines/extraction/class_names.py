"""The names that a page's authors give to its elements: classes and ids, spelled alike."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lxml.html import HtmlElement

_LONGEST = 400  # characters; class lists of generated styles run to thousands
_CAMEL = re.compile(r"(?<=[a-z\d])(?=[A-Z])")


def names_of(element: HtmlElement) -> str:
    """Class and id of an element, in lower case, `articleBody` as `article-body`; empty when it has neither."""
    names, identity = element.get("class"), element.get("id")
    if not names and not identity:
        return ""
    return spelled(f"{names or ''} {identity or ''}"[:_LONGEST])


def within(tree: HtmlElement, boxes: tuple[str, ...], *tags: str) -> set[HtmlElement]:
    """The elements (with one of `tags`, or all) inside elements with one of the tags `boxes`; visited once, however deep boxes nest."""
    found: set[HtmlElement] = set()
    nested: set[HtmlElement] = set()
    for box in tree.iter(*boxes):
        if box not in nested:
            nested.update(box.iterdescendants(*boxes))
            found.update(box.iter(*tags))
    return found


def words(text: str) -> tuple[str, ...]:
    """A long list of words, written as a text."""
    return tuple(text.split())


def named(alternatives: str) -> re.Pattern[str]:
    """A pattern that finds one of the `alternatives` as a whole word among the names of an element."""
    return re.compile(rf"(?<![a-z])(?:{alternatives})(?![a-z])")


@lru_cache(maxsize=8192)
def spelled(names: str) -> str:
    """Names in one spelling: lower case, `articleBody` as `article-body`."""
    return _CAMEL.sub("-", names).lower()
