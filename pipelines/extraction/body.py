"""Find the article's body without a selector; the only module that imports trafilatura and htmldate.

Where one element is clearly the article, its paragraphs are read without trafilatura: as accurate, and seven
times as fast. Otherwise trafilatura reads the page without its boxes, in the configuration that was measured
best: no comments, precision first. Where either yields little of the page's prose, trafilatura's default
configuration reads the untouched page as well, and `agreement` chooses.
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

from pipelines.extraction.agreement import NO_STATEMENTS, PageStatements, better
from pipelines.extraction.box_names import BODY_NAME, CONTAINER_NAME, TAGGED
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
"""Value of `ExtractedFields.extractor` for a body read here. Both ways share one name, so that a text that
grows from one to the other keeps one history."""

SECOND_OPINION = f"trafilatura-{version('trafilatura')}"
"""The same for a body that trafilatura's default configuration read on the untouched page."""

# A page without text is an outcome here, and counted; the libraries would log it as an error.
logging.getLogger("trafilatura").setLevel(logging.CRITICAL)
logging.getLogger("htmldate").setLevel(logging.CRITICAL)

_STRIPPED = ("style", "noscript", "svg", "iframe", "nav", "footer", "aside", "button", "select", "dialog")
_HEAVY = (
    *("head", "script", "link", "picture", "img", "video", "audio", "object", "embed", "canvas"),
    *("input", "textarea"),
)
_NAMEABLE = frozenset(("div", "section", "main", "article", "td", "aside"))
_TRUSTED_SHARE = 0.6  # least share of the page's prose in an element that is trusted to be the article
_TRUSTED_CHARS = 100  # least characters of prose in such an element
_NARROW_SHARE = 0.85  # share of an element's prose, from which a child replaces it as the container
_MIN_BESIDE = 60  # characters of prose in a sibling of the container that is read with it: a sentence
_MIN_BELOW = 200  # the same for a later sibling of another kind: single sentences there are advertisements
_PROSE_TAGS = frozenset(("p", "blockquote", "ul", "ol", "table", "dl"))
_SHORT = 500  # characters of a body, below which a second opinion is read
_KEPT_SHARE = 0.5  # share of the page's prose in a body, below which a second opinion is read
_MAX_ELEMENTS = 60_000  # trafilatura needs 50 µs per element, and quadratic time for links


@dataclass(frozen=True, slots=True)
class Body:
    """An article's paragraphs, and where they come from.

    `container` is the element of the page's tree that holds them (or most of the page's prose). `share` is
    the share of the paragraphs in the page's prose outside boxes, menus and lists of links, 0 to 1.
    """

    paragraphs: tuple[str, ...]
    container: HtmlElement
    extractor: str = EXTRACTOR
    share: float = 1.0


@dataclass(frozen=True)
class GenericReader:
    """Reads a page without a selector. Nothing here raises for a bad page.

    `headline` is the element that prints the headline, `statements` what the page declares of its article;
    both help to distinguish the article from boxes.
    """

    page: Page
    headline: HtmlElement | None = None
    statements: PageStatements = NO_STATEMENTS

    @cached_property
    def weights(self) -> Weights:
        """The prose and the boxes of the page."""
        return Weights(self.page.tree, self.headline, self.statements.title)

    @cached_property
    def body(self) -> Body:
        """The article's paragraphs by the generic rules; empty if the page has no text."""
        paragraphs: list[str] = []
        container = self.page.tree
        trusted = _trusted(self.page, self.weights)
        if trusted is not None:
            container, paragraphs = self._read(trusted)
        if _length(paragraphs) < _TRUSTED_CHARS:
            container, direct = self._read(self.page.tree)
            paragraphs = self._by_trafilatura()
            if _length(paragraphs) < _TRUSTED_CHARS and not any(map(is_sentence, paragraphs)):
                chosen, extractor = self._better([], EXTRACTOR, self._second_opinion(), SECOND_OPINION)
                chosen, extractor = self._better(chosen, extractor, direct, EXTRACTOR)
                return self._body(container, chosen or paragraphs, extractor)
        if self._is_little(_length(paragraphs)):
            chosen, extractor = self._better(paragraphs, EXTRACTOR, self._second_opinion(), SECOND_OPINION)
            return self._body(container, chosen, extractor)
        return self._body(container, paragraphs, EXTRACTOR)

    def _better(
        self, kept: list[str], extractor: str, other: list[str], other_extractor: str
    ) -> tuple[list[str], str]:
        """Return the better of two texts, with its extractor."""
        if better(other, kept, self.statements, self.weights.boxed_text()):
            return other, other_extractor
        return kept, extractor

    def _body(self, container: HtmlElement, paragraphs: list[str], extractor: str) -> Body:
        share = min(1.0, _length(paragraphs) / max(1, self.weights.prose))
        return Body(tuple(paragraphs), container, extractor, share)

    def _second_opinion(self) -> list[str]:
        """Return what trafilatura's default reads on the page, without invisible and foreign elements."""
        if self._is_huge:
            return []
        tree = copy(self.page.tree)
        self._drop(tree, self.weights.never_text())
        return _paragraphs(tree, self.page.url)

    def _drop(self, tree: HtmlElement, elements: AbstractSet[HtmlElement]) -> None:
        """Remove from a copy of the page's tree the elements that correspond to elements of the page."""
        if not elements:
            return
        pairs = zip(self.page.tree.iter(), list(tree.iter()), strict=True)
        for copied in [copied for original, copied in pairs if original in elements]:
            if copied.getparent() is not None:
                copied.drop_tree()

    def _read(self, element: HtmlElement) -> tuple[HtmlElement, list[str]]:
        """Return the container of nearly all prose in an element, and the paragraphs in and beside it."""
        container, roots = _spine(element, self.weights)
        beside = {root for root in roots if root is not container}
        return container, read_paragraphs(roots, boxes=self.weights.boxes, beside=beside)

    def _is_little(self, kept: int) -> bool:
        """Return whether the body is so small that trafilatura's default should be tried, too."""
        return kept < _SHORT or kept < _KEPT_SHARE * self.weights.prose or kept < self.weights.thrown

    def guess_authors(self) -> str:
        """Return the byline that trafilatura guesses, names separated by `; `; empty if it finds none."""
        if self._is_huge:
            return ""
        if not any(_may_be_byline(element) and short_text(element) for element in self.page.tree.iter()):
            return ""
        tree = self._stripped()
        drop_foreign(tree)
        return _or_none(lambda: extract_author(tree)) or ""

    def guess_date(self) -> str:
        """Return the publication day that htmldate finds, as `YYYY-MM-DD`; empty if it finds none.

        At most a day after the capture. 1 January is dropped: htmldate returns it for a year alone.
        """
        if self._is_huge:
            return ""
        newest = (self.page.captured_at.astimezone(UTC) + timedelta(days=1)).strftime("%Y-%m-%d")
        tree = self._stripped()
        drop_foreign(tree)
        found = _or_none(
            lambda: htmldate.find_date(tree, original_date=True, max_date=newest, url=self.page.url)
        )
        day: str = found or ""
        return "" if day.endswith("-01-01") else day

    def _by_trafilatura(self) -> list[str]:
        """Return what trafilatura reads on the page without its boxes, precision first."""
        if self._is_huge:
            return []
        tree = self._without_boxes()
        drop_link_lines(tree)
        return _paragraphs(tree, self.page.url, fast=True, favor_precision=True)

    @cached_property
    def _is_huge(self) -> bool:
        return sum(1 for _ in self.page.tree.iter()) > _MAX_ELEMENTS

    def _stripped(self) -> HtmlElement:
        """Return a copy of the page's tree without elements that hold no text of the article."""
        tree = copy(self.page.tree)
        etree.strip_elements(tree, *_STRIPPED, *_HEAVY, with_tail=False)
        return tree

    def _without_boxes(self) -> HtmlElement:
        """Return a copy of the page's tree without boxes.

        Elements with a box's tag that are none become `div`, which trafilatura reads.
        """
        tree = copy(self.page.tree)
        boxes = self.weights.boxes
        for original, copied in zip(self.page.tree.iter(*TAGGED), list(tree.iter(*TAGGED)), strict=True):
            if original not in boxes:
                copied.tag = "div"
        self._drop(tree, boxes)
        etree.strip_elements(tree, *_STRIPPED, *_HEAVY, with_tail=False)
        return tree


def _trusted(page: Page, weights: Weights) -> HtmlElement | None:
    """Return the element with most of the page's prose that is marked, tagged or named as the body.

    A mark or tag counts if it is the only one of its kind; of elements with a body's name the innermost is
    returned.
    """
    sums = weights.sums
    enough = max(_TRUSTED_CHARS, _TRUSTED_SHARE * weights.prose)
    for marked in (
        page.select("[itemprop=articleBody]") if "articleBody" in page.text else [],
        list(page.tree.iter("article")),
    ):
        # Comments and teasers are `<article>` elements, too.
        boxed = weights.inside_boxes() if len(marked) > 1 else frozenset()
        outside = [element for element in marked if element not in boxed]
        if len(outside) == 1 and sums.get(outside[0], 0) > enough:
            return outside[0]
    heavy = [element for element, prose in sums.items() if prose > enough and element.tag in _NAMEABLE]
    # `sums` has children before their parents, so that the first match is the innermost.
    return next((element for element in heavy if _names_body(names_of(element))), None)


@lru_cache(maxsize=8192)
def _names_body(names: str) -> bool:
    return BODY_NAME.search(names) is not None or CONTAINER_NAME.search(names) is not None


def _may_be_byline(element: HtmlElement) -> bool:
    """Return whether trafilatura may look for an author in an element; else it need not be called."""
    get = element.get
    if (classes := get("class")) and ("uthor" in classes or "yline" in classes or "writer" in classes):
        return True
    return "uthor" in (get("id") or "") or get("rel") == "author" or "author" in (get("itemprop") or "")


def _spine(element: HtmlElement, weights: Weights) -> tuple[HtmlElement, list[HtmlElement]]:
    """Return the innermost element with nearly all prose, and with it, in page order, the prose beside it."""
    before: list[HtmlElement] = []
    after: list[list[HtmlElement]] = []
    while enough := _NARROW_SHARE * weights.of(element):
        children = list(element)
        heavy = (n for n, x in enumerate(children) if x.tag != "p" and weights.of(x) >= enough)
        index = next(heavy, None)
        if index is None:
            break
        element = children[index]
        before += [child for child in children[:index] if weights.of(child) >= _MIN_BESIDE]
        after.append(
            [child for child in children[index + 1 :] if weights.of(child) >= _least_prose(child, element)]
        )
    return element, [*before, element, *(child for level in reversed(after) for child in level)]


def _least_prose(sibling: HtmlElement, container: HtmlElement) -> int:
    """Return the characters of prose from which a later sibling is read with the container."""
    if sibling.tag in _PROSE_TAGS:
        return _MIN_BESIDE
    is_alike = sibling.tag == container.tag and sibling.get("class") == container.get("class")
    return _MIN_BESIDE if is_alike else _MIN_BELOW


def _paragraphs(tree: HtmlElement, url: str, **options: Any) -> list[str]:
    """Return the paragraphs that trafilatura extracts from a tree, which is changed; empty if it fails."""
    mark_links(tree)
    document = _or_none(lambda: trafilatura.bare_extraction(tree, url=url, include_comments=False, **options))
    return read_paragraphs([document.body], boxes=frozenset()) if document is not None else []


def _length(paragraphs: list[str]) -> int:
    return sum(map(len, paragraphs))


def _or_none(call: Callable[[], Any]) -> Any:
    """Return the result of a library's function, or None where it fails for a page."""
    try:
        return call()
    except Exception:  # noqa: BLE001 - recursion, overflow, odd attributes: the page is read without it
        return None
