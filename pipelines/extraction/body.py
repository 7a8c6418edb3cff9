"""The article's body without a selector, and what only trafilatura can still find: its one door.

The configuration is the one that was measured best: one parse for all, navigation stripped before trafilatura sees the page, no
comments, precision first, and a second full run only for short texts. Where one element is plainly the article, its paragraphs are
taken without trafilatura: as right, and seven times as fast.
"""

from __future__ import annotations

import logging
import re
from collections import Counter
from copy import copy
from dataclasses import dataclass
from datetime import UTC, timedelta
from functools import cached_property, lru_cache
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

import htmldate
import trafilatura
from lxml import etree
from trafilatura.metadata import extract_author

from pipelines.extraction.marks import names_of, within
from pipelines.extraction.paragraphs import drop_boxes, drop_link_lines, read_paragraphs
from pipelines.extraction.places import drop_foreign
from pipelines.page import short_text

if TYPE_CHECKING:
    from collections.abc import Callable

    from lxml.html import HtmlElement

    from pipelines.page import Page

EXTRACTOR = f"generic+trafilatura-{version('trafilatura')}"
"""What `Reading.extractor` says of a body read here. One name for both ways, so that a growing text remains one article's history."""

logging.getLogger("trafilatura").setLevel(logging.CRITICAL)  # a page without text is an outcome here, and counted
logging.getLogger("htmldate").setLevel(logging.CRITICAL)

_STRIPPED = ("style", "noscript", "svg", "iframe", "nav", "footer", "aside", "button", "select")
_HEAVY = ("head", "script", "link", "picture", "img", "video", "audio", "object", "embed", "canvas", "input", "textarea")
_BODY_NAME = re.compile(
    r"(?:article|story|post|entry|news)[-_]{0,2}(?:body|content|text|detail)|\b(?:body|content|text|detail)[-_]{0,2}(?:article|story|post|news)"
)
_BYLINE = "[class*=uthor], [class*=yline], [class*=writer], [id*=uthor], [rel=author], [itemprop*=author]"  # else trafilatura has no guess
_TRUSTED_SHARE = 0.6  # of the page's paragraph text, which the one marked element must hold
_TRUSTED_CHARS = 400  # of paragraph text, below which a marked element is not believed
_NARROW_SHARE = 0.85  # of an element's paragraph text, which a child must hold to stand for it
_SHORT = 500  # characters, below which trafilatura's full run may know better
_MOST_ELEMENTS = 60_000  # trafilatura needs 50 µs an element, and the square of it for links


@dataclass(frozen=True, slots=True)
class Body:
    """An article's paragraphs and the element of the page's tree that holds them (or most of the page's paragraphs)."""

    paragraphs: tuple[str, ...]
    container: HtmlElement


@dataclass(frozen=True)
class GenericReader:
    """A page read without a selector. Nothing here raises for a bad page."""

    page: Page

    @cached_property
    def body(self) -> Body:
        """The article's paragraphs by the generic rules; none when there is no text."""
        sums = _sums(_paragraph_sizes(self.page.tree))
        trusted = _trusted(self.page, sums)
        if trusted is not None:
            container = _narrow(trusted, sums)
            paragraphs = read_paragraphs([container])
            if _length(paragraphs) >= _TRUSTED_CHARS:
                return Body(tuple(paragraphs), container)
        container = _narrow(self.page.tree, sums)
        return Body(tuple(self._by_trafilatura() or read_paragraphs([container])), container)

    def guess_authors(self) -> str:
        """The byline that trafilatura guesses from a page's looks, names parted by `; `; empty when it finds none."""
        if self._is_huge or not any(short_text(element) for element in self.page.select(_BYLINE)):
            return ""
        tree = self._stripped()
        drop_foreign(tree)
        return _survive(lambda: extract_author(tree)) or ""

    def guess_date(self) -> str:
        """The publication day that htmldate finds somewhere on the page, as `YYYY-MM-DD`; empty when it finds none."""
        if self._is_huge:
            return ""
        newest = (self.page.captured_at.astimezone(UTC) + timedelta(days=1)).strftime("%Y-%m-%d")
        tree = self._stripped()
        drop_foreign(tree)
        found: str = _survive(lambda: htmldate.find_date(tree, original_date=True, max_date=newest, url=self.page.url)) or ""
        return "" if found.endswith("-01-01") else found  # what it makes of a year alone

    def _by_trafilatura(self) -> list[str]:
        if self._is_huge:
            return []
        tree = self._stripped()
        drop_boxes(tree)
        drop_link_lines(tree)
        paragraphs = _paragraphs(tree, self.page.url, fast=True, favor_precision=True)
        if _length(paragraphs) < _SHORT:
            paragraphs = max(paragraphs, _paragraphs(tree, self.page.url), key=_length)
        return paragraphs

    @cached_property
    def _is_huge(self) -> bool:
        return sum(1 for _ in self.page.tree.iter()) > _MOST_ELEMENTS

    def _stripped(self) -> HtmlElement:
        """A copy of the page's tree without what holds no text of the article."""
        tree = copy(self.page.tree)
        etree.strip_elements(tree, *_STRIPPED, *_HEAVY, with_tail=False)
        return tree


def _paragraph_sizes(tree: HtmlElement) -> dict[HtmlElement, int]:
    """Characters of every paragraph outside navigation, footers and the like."""
    outside = within(tree, _STRIPPED, "p")
    return {paragraph: sum(map(len, paragraph.itertext())) for paragraph in tree.iter("p") if paragraph not in outside}


def _sums(sizes: dict[HtmlElement, int]) -> Counter[HtmlElement]:
    """Characters of paragraph text inside each element that holds any; each element is visited once, however deep they nest."""
    above: dict[HtmlElement, HtmlElement | None] = {}
    outer_first: list[HtmlElement] = []
    for paragraph in sizes:
        chain: list[HtmlElement] = []
        element: HtmlElement | None = paragraph
        while element is not None and element not in above:
            above[element] = element.getparent()
            chain.append(element)
            element = above[element]
        outer_first.extend(reversed(chain))
    sums = Counter(sizes)
    for element in reversed(outer_first):
        if (parent := above[element]) is not None:
            sums[parent] += sums[element]
    return sums


def _trusted(page: Page, sums: Counter[HtmlElement]) -> HtmlElement | None:
    """The element that holds most of the page's paragraph text and is marked, tagged or named as an article's body.

    A mark or tag counts when it is the only one of its kind; of elements with such a name the innermost counts.
    """
    enough = max(_TRUSTED_CHARS, _TRUSTED_SHARE * sums[page.tree])
    for marked in (page.select("[itemprop=articleBody]") if "articleBody" in page.text else [], list(page.tree.iter("article"))):
        if len(marked) == 1 and sums[marked[0]] > enough:
            return marked[0]
    named = (element for element in page.tree.iter("div", "section", "main", "article") if _names_body(names_of(element)))
    return next((element for element in reversed(list(named)) if sums[element] > enough), None)


@lru_cache(maxsize=8192)
def _names_body(names: str) -> bool:
    return _BODY_NAME.search(names) is not None


def _narrow(element: HtmlElement, sums: Counter[HtmlElement]) -> HtmlElement:
    """The innermost element that still holds nearly all of the paragraph text."""
    enough = _NARROW_SHARE * sums[element]
    while enough:
        inner = next((child for child in element if child.tag != "p" and sums[child] >= enough), None)
        if inner is None:
            break
        element = inner
    return element


def _paragraphs(tree: HtmlElement, url: str, **options: Any) -> list[str]:
    found = _survive(lambda: trafilatura.bare_extraction(tree, url=url, include_comments=False, **options))
    return read_paragraphs([found.body]) if found is not None else []


def _length(paragraphs: list[str]) -> int:
    return sum(map(len, paragraphs))


def _survive(call: Callable[[], Any]) -> Any:
    """What trafilatura answers, or None where a page is too much for it."""
    try:
        return call()
    except Exception:  # noqa: BLE001 - recursion, overflow, odd attributes: whatever a page does to it, the page is read without it
        return None
