"""The article's body without a selector, and what only trafilatura can still find: its one door.

Where one element is plainly the article, its paragraphs are taken without trafilatura: as right, and seven times as fast. Else
trafilatura reads the page without its boxes, in the configuration that was measured best: no comments, precision first. Where either
took little of the page's prose, trafilatura's default is asked on the untouched page, and `agreement` chooses.
"""

from __future__ import annotations

import logging
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

from pipelines.extraction.agreement import NOTHING, PageStatements, better
from pipelines.extraction.box_names import BODY_NAME, TAGGED
from pipelines.extraction.class_names import names_of
from pipelines.extraction.paragraphs import drop_link_lines, mark_links, read_paragraphs
from pipelines.extraction.places import drop_foreign
from pipelines.extraction.sentences import is_sentence
from pipelines.extraction.weights import Weights
from pipelines.page import short_text

if TYPE_CHECKING:
    from collections.abc import Callable
    from collections.abc import Set as AbstractSet

    from lxml.html import HtmlElement

    from pipelines.page import Page

EXTRACTOR = f"generic+trafilatura-{version('trafilatura')}"
"""What `Reading.extractor` says of a body read here. One name for both ways, so that a growing text remains one article's history."""

SECOND_OPINION = f"trafilatura-{version('trafilatura')}"
"""The same of a body that trafilatura's default read on the untouched page."""

logging.getLogger("trafilatura").setLevel(
    logging.CRITICAL
)  # a page without text is an outcome here, and counted
logging.getLogger("htmldate").setLevel(logging.CRITICAL)

_STRIPPED = ("style", "noscript", "svg", "iframe", "nav", "footer", "aside", "button", "select", "dialog")
_HEAVY = (
    "head",
    "script",
    "link",
    "picture",
    "img",
    "video",
    "audio",
    "object",
    "embed",
    "canvas",
    "input",
    "textarea",
)
_NAMEABLE = frozenset(("div", "section", "main", "article", "td", "aside"))
_TRUSTED_SHARE = 0.6  # of the page's prose, which the one marked element must hold
_TRUSTED_CHARS = 100  # of prose, below which a marked element is not believed
_NARROW_SHARE = 0.85  # of an element's prose, which a child must hold to be its container
_BESIDE = 60  # characters of prose beside a container that are read with it: a sentence
_BELOW = 200  # the same below it, where the element is of another kind: single sentences there advertise
_PROSE_TAGS = frozenset(("p", "blockquote", "ul", "ol", "table", "dl"))
_SHORT = 500  # characters, below which a second opinion is asked
_KEPT_SHARE = 0.5  # of the page's prose, the same
_MOST_ELEMENTS = 60_000  # trafilatura needs 50 µs an element, and the square of it for links


@dataclass(frozen=True, slots=True)
class Body:
    """An article's paragraphs, the element of the page's tree that holds them (or most of the page's prose), and who read them.

    `share` is what the paragraphs are of the page's prose outside boxes, menus and lists of links, 0 to 1.
    """

    paragraphs: tuple[str, ...]
    container: HtmlElement
    extractor: str = EXTRACTOR
    share: float = 1.0


@dataclass(frozen=True)
class GenericReader:
    """A page read without a selector. Nothing here raises for a bad page.

    `headline` is the element that prints the headline, `said` what the page says of its article; both help to tell it from boxes.
    """

    page: Page
    headline: HtmlElement | None = None
    said: PageStatements = NOTHING

    @cached_property
    def weights(self) -> Weights:
        """The prose and the boxes of the page."""
        return Weights(self.page.tree, self.headline, self.said.title)

    @cached_property
    def body(self) -> Body:
        """The article's paragraphs by the generic rules; none when there is no text."""
        paragraphs: list[str] = []
        container = self.page.tree
        trusted = _trusted(self.page, self.weights)
        if trusted is not None:
            container, paragraphs = self._read(trusted)
        if _length(paragraphs) < _TRUSTED_CHARS:
            container, around = self._read(self.page.tree)
            paragraphs = self._by_trafilatura()
            if _length(paragraphs) < _TRUSTED_CHARS and not any(map(is_sentence, paragraphs)):
                found, by = self._chosen([], EXTRACTOR, self._opinion(), SECOND_OPINION)
                found, by = self._chosen(found, by, around, EXTRACTOR)
                return self._of(container, found or paragraphs, by)
        if self._is_little(_length(paragraphs)):
            return self._of(container, *self._chosen(paragraphs, EXTRACTOR, self._opinion(), SECOND_OPINION))
        return self._of(container, paragraphs, EXTRACTOR)

    def _chosen(self, kept: list[str], by: str, other: list[str], by_other: str) -> tuple[list[str], str]:
        return (other, by_other) if better(other, kept, self.said, self.weights.boxed_text()) else (kept, by)

    def _of(self, container: HtmlElement, paragraphs: list[str], extractor: str) -> Body:
        share = min(1.0, _length(paragraphs) / max(1, self.weights.prose))
        return Body(tuple(paragraphs), container, extractor, share)

    def _opinion(self) -> list[str]:
        """What trafilatura's default reads on the page itself, without what no browser shows and what others wrote."""
        if self._is_huge:
            return []
        tree = copy(self.page.tree)
        self._drop(tree, self.weights.never_text())
        return _paragraphs(tree, self.page.url)

    def _drop(self, tree: HtmlElement, elements: AbstractSet[HtmlElement]) -> None:
        """Takes out of a copy of the page's tree what corresponds to elements of the page."""
        twins = zip(self.page.tree.iter(), list(tree.iter()), strict=True)
        for twin in [twin for element, twin in twins if element in elements] if elements else []:
            if twin.getparent() is not None:
                twin.drop_tree()

    def _read(self, element: HtmlElement) -> tuple[HtmlElement, list[str]]:
        """The container of nearly all the prose in an element, and the paragraphs of that container and of what stands beside it."""
        container, roots = _spine(element, self.weights)
        beside = {root for root in roots if root is not container}
        return container, read_paragraphs(roots, boxes=self.weights.boxes, beside=beside)

    def _is_little(self, kept: int) -> bool:
        """Whether so much text was left out that trafilatura's default is asked, too."""
        return kept < _SHORT or kept < _KEPT_SHARE * self.weights.prose or kept < self.weights.thrown

    def guess_authors(self) -> str:
        """The byline that trafilatura guesses from a page's looks, names parted by `; `; empty when it finds none."""
        if self._is_huge or not any(
            _may_be_byline(element) and short_text(element) for element in self.page.tree.iter()
        ):
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
        found: str = (
            _survive(lambda: htmldate.find_date(tree, original_date=True, max_date=newest, url=self.page.url))
            or ""
        )
        return "" if found.endswith("-01-01") else found  # what it makes of a year alone

    def _by_trafilatura(self) -> list[str]:
        if self._is_huge:
            return []
        tree = self._without_boxes()
        drop_link_lines(tree)
        return _paragraphs(tree, self.page.url, fast=True, favor_precision=True)

    @cached_property
    def _is_huge(self) -> bool:
        return sum(1 for _ in self.page.tree.iter()) > _MOST_ELEMENTS

    def _stripped(self) -> HtmlElement:
        """A copy of the page's tree without what holds no text of the article."""
        tree = copy(self.page.tree)
        etree.strip_elements(tree, *_STRIPPED, *_HEAVY, with_tail=False)
        return tree

    def _without_boxes(self) -> HtmlElement:
        """A copy of the page's tree without boxes; what is tagged as one and is none becomes a `div`, which trafilatura reads."""
        tree = copy(self.page.tree)
        boxes = self.weights.boxes
        for element, twin in zip(self.page.tree.iter(*TAGGED), list(tree.iter(*TAGGED)), strict=True):
            if element not in boxes:
                twin.tag = "div"
        self._drop(tree, boxes)
        etree.strip_elements(tree, *_STRIPPED, *_HEAVY, with_tail=False)
        return tree


def _trusted(page: Page, weights: Weights) -> HtmlElement | None:
    """The element that holds most of the page's prose and is marked, tagged or named as an article's body.

    A mark or tag counts when it is the only one of its kind; of elements with such a name the innermost counts.
    """
    sums = weights.sums
    enough = max(_TRUSTED_CHARS, _TRUSTED_SHARE * weights.prose)
    for marked in (
        page.select("[itemprop=articleBody]") if "articleBody" in page.text else [],
        list(page.tree.iter("article")),
    ):
        boxed = (
            weights.inside_boxes() if len(marked) > 1 else frozenset()
        )  # comments and teasers are articles, too
        outside = [element for element in marked if element not in boxed]
        if len(outside) == 1 and sums.get(outside[0], 0) > enough:
            return outside[0]
    heavy = [element for element, prose in sums.items() if prose > enough and element.tag in _NAMEABLE]
    return next(
        (element for element in heavy if _names_body(names_of(element))), None
    )  # children close, and are summed, first


@lru_cache(maxsize=8192)
def _names_body(names: str) -> bool:
    return BODY_NAME.search(names) is not None


def _may_be_byline(element: HtmlElement) -> bool:
    """Whether trafilatura might look for an author in an element: without such a one on a page it has no guess."""
    get = element.get
    if (classes := get("class")) and ("uthor" in classes or "yline" in classes or "writer" in classes):
        return True
    return "uthor" in (get("id") or "") or get("rel") == "author" or "author" in (get("itemprop") or "")


def _spine(element: HtmlElement, weights: Weights) -> tuple[HtmlElement, list[HtmlElement]]:
    """The innermost element that still holds nearly all of the prose; and with it, in page order, the prose that stands beside it."""
    before: list[HtmlElement] = []
    after: list[list[HtmlElement]] = []
    while enough := _NARROW_SHARE * weights.of(element):
        children = list(element)
        place = next(
            (n for n, child in enumerate(children) if child.tag != "p" and weights.of(child) >= enough), None
        )
        if place is None:
            break
        element = children[place]
        before += [child for child in children[:place] if weights.of(child) >= _BESIDE]
        after.append(
            [
                child
                for child in children[place + 1 :]
                if weights.of(child) >= (_BESIDE if _alike(child, element) else _BELOW)
            ]
        )
    return element, [*before, element, *(child for level in reversed(after) for child in level)]


def _alike(element: HtmlElement, other: HtmlElement) -> bool:
    return element.tag in _PROSE_TAGS or (
        element.tag == other.tag and element.get("class") == other.get("class")
    )


def _paragraphs(tree: HtmlElement, url: str, **options: Any) -> list[str]:
    mark_links(tree)
    found = _survive(lambda: trafilatura.bare_extraction(tree, url=url, include_comments=False, **options))
    return read_paragraphs([found.body], boxes=frozenset()) if found is not None else []


def _length(paragraphs: list[str]) -> int:
    return sum(map(len, paragraphs))


def _survive(call: Callable[[], Any]) -> Any:
    """What trafilatura answers, or None where a page is too much for it."""
    try:
        return call()
    except Exception:  # noqa: BLE001 - recursion, overflow, odd attributes: whatever a page does to it, the page is read without it
        return None
