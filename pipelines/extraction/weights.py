"""Measure how much prose each element of a page holds, and decide which elements are boxes, in one walk.

Prose is text outside links, in pieces of a sentence's length, or of any length inside paragraphs. Menus and
lists of links count nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from lxml import etree

from pipelines.extraction.agreement import headline_of, title_share
from pipelines.extraction.box_names import HEADINGS, Box, may_be_prose
from pipelines.extraction.boxes import box_of, is_question
from pipelines.extraction.class_names import names_of, words

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from lxml.html import HtmlElement

NO_TEXT = frozenset(
    words(
        "script style template iframe object embed applet svg math video audio canvas map picture figcaption "
        "input textarea option title"
    )
)
"""Tags whose content is never text of an article."""

_SKIPPED = NO_TEXT | {"head"}

_EMPTY = frozenset(words("br img hr wbr meta link source"))
_PHRASE = frozenset(words("b strong i em u small sup sub mark cite code q abbr")) | _EMPTY
"""Parts of their parents' text, not containers of prose."""
_UNCOUNTED = ("a", "script", "style", "textarea", "option", "template")
_MAX_RELEASES = 4  # times that boxes are released as text; no boxes are looked for inside what follows
_MIN_PIECE = 20  # characters of a text outside paragraphs and links; dates, names and labels are shorter
_MIN_WEAK_PROSE = 120  # characters of prose, from which an element with a weak name is no box
_FEW = 80  # characters of prose outside boxes that cannot be an article
_FAR_MORE = 4  # ratio of prose in boxes to prose outside, from which boxes are released for lack of text
_TWICE = 2  # the same for one box that has the title's words
_TITLE_GAIN = 0.2  # share of the title's words that a box must have beyond the rest of the page
_MIN_RELEASED = 250  # characters of prose inside boxes that may be released as the article
# Share of all prose, from which a box around the headline is the article (or an unclosed tag around it).
_HEADLINE_SHARE = 0.3


@dataclass(frozen=True, slots=True)
class Boxed:
    """An element that may be a box, the characters of prose inside it, and whether it holds the headline."""

    element: HtmlElement
    kind: Box
    prose: int
    has_headline: bool


_IN_PARAGRAPH, _IN_LINK, _IN_ARTICLE = 1, 2, 4  # bits of the state of a text
_STATE = {
    "p": _IN_PARAGRAPH,
    "blockquote": _IN_PARAGRAPH,
    "a": _IN_LINK,
    "article": _IN_ARTICLE,
    "main": _IN_ARTICLE,
}
"""State that an element gives to the text inside it."""


class Weights:
    """Prose and boxes below `root`.

    `headline` is the element that prints the headline, if known; `title` the page's or article's title.

    An element that is tagged, named or hidden like a box is none if it holds the headline with much of the
    prose (a `<button>` or `<nav>` that is never closed contains the rest of the page), if it has more of the
    title's words than the rest of the page, or if hardly any prose would remain without it. Comments and
    consent texts remain boxes even then, unless they hold the headline or the title's words.
    """

    def __init__(self, root: HtmlElement, headline: HtmlElement | None = None, title: str = "") -> None:
        self.root, self.title = root, headline_of(title)
        self.sums: dict[HtmlElement, int] = {}
        """Characters of prose inside each element that holds any, outside boxes."""
        self._above = frozenset(headline.iterancestors()) if headline is not None else frozenset()
        self._boxed: list[Boxed] = []
        self._releases = 0
        self.prose = self._walk(root)
        """Characters of prose outside boxes."""
        self._release()
        self.boxes = frozenset(box.element for box in self._boxed)
        """The outermost boxes."""

    def never_text(self) -> set[HtmlElement]:
        """Return the boxes that cannot be the article: invisible elements, and texts of others."""
        return {box.element for box in self._boxed if box.kind >= Box.HIDDEN or box.element.tag == "noscript"}

    def boxed_text(self) -> str:
        """Return the text in boxes of more than a weak name, on one line."""
        texts = (_text(box.element, set()) for box in self._boxed if box.kind > Box.WEAK)
        return " ".join(" ".join(texts).split())

    @property
    def thrown(self) -> int:
        """Characters of prose inside elements that are boxes only by their tag or a weak name."""
        return sum(box.prose for box in self._boxed if box.kind < Box.NAMED)

    def of(self, element: HtmlElement) -> int:
        """Return the characters of prose inside an element; 0 in a box."""
        return self.sums.get(element, 0)

    def inside_boxes(self) -> set[HtmlElement]:
        """Return all elements inside boxes that hold much prose."""
        return {element for box in self._boxed if box.prose > _MIN_RELEASED for element in box.element.iter()}

    def _walk(self, root: HtmlElement) -> int:
        """Fill `sums` for an element and those inside it, collect its boxes, and return its prose."""
        sums, looks_for_boxes = self.sums, self._releases < _MAX_RELEASES
        state = 0 if root.tag in ("html", "body") else _IN_ARTICLE | _STATE.get(root.tag, 0)
        prose = _weight(root.text or "", state)
        # State and prose of the open containers; None for elements that are no containers.
        containers: list[tuple[int, int] | None] = []
        walk = etree.iterwalk(root, events=("start", "end"))
        next(walk)
        for event, element in walk:
            if event == "start":
                tag = element.tag
                if tag in _SKIPPED or (
                    tag not in _EMPTY and looks_for_boxes and self._is_box(element, state)
                ):
                    walk.skip_subtree()
                    containers.append(None)
                    continue
                if tag in _PHRASE:
                    containers.append(None)
                else:
                    containers.append((state, prose))
                    state, prose = state | _STATE.get(tag, 0), 0
                if text := element.text:
                    prose += _weight(text, state)
            elif containers:
                if (container := containers.pop()) is not None:
                    if prose:
                        sums[element] = prose
                    state, prose = container[0], container[1] + prose
                if text := element.tail:
                    prose += _weight(text, state)
        sums[root] = prose
        return prose

    def _is_box(self, element: HtmlElement, state: int) -> bool:
        """Return whether an element may be a box, and record it if so."""
        kind, has_headline = box_of(element), element in self._above
        if element.tag == "header" and not state & _IN_ARTICLE and not has_headline:
            kind = max(kind, Box.TAGGED)
        if not kind or (kind is Box.HIDDEN and element.get("id") in self._answers):
            return False
        prose = _inside(element)
        if kind is Box.WEAK and prose >= _MIN_WEAK_PROSE and may_be_prose(names_of(element)):
            return False
        self._boxed.append(Boxed(element, kind, prose, has_headline))
        return True

    @cached_property
    def _answers(self) -> frozenset[str | None]:
        """The ids of the texts that buttons unfold; computed if something is hidden.

        https://www.w3.org/WAI/ARIA/apg/patterns/accordion/
        """
        buttons = (button for button in self.root.iter("button") if is_question(button))
        return frozenset(button.get("aria-controls") for button in buttons) - {None}

    def _release(self) -> None:
        """Release the boxes that are the article after all."""
        while True:
            around_headline = (box for box in self._boxed if box.has_headline and self._holds_article(box))
            box = next(around_headline, None)
            if box is None:
                break
            self._release_boxes([box])
        named = self._largest(lambda box: box.kind < Box.FOREIGN)
        is_large = named is not None and named.prose >= max(_MIN_RELEASED, _TWICE * self.prose)
        if named is not None and is_large and self._is_titled(named):
            self._release_boxes([named])
        foreign = self._largest(lambda box: box.kind is Box.FOREIGN)
        is_little_left = foreign is not None and self.prose < min(_MIN_RELEASED, foreign.prose)
        if foreign is not None and is_little_left and self._is_titled(foreign):
            self._release_boxes([foreign])
        while self.prose < _FEW:
            largest = self._largest(lambda box: box.kind < Box.FOREIGN)
            if largest is None:
                break
            names = _signature(largest.element)
            own = (box for box in self._boxed if box.kind < Box.FOREIGN)
            alike = [box for box in own if _signature(box.element) == names]
            if sum(box.prose for box in alike) < max(_MIN_RELEASED, _FAR_MORE * self.prose):
                break
            self._release_boxes(alike)

    def _largest(self, condition: Callable[[Boxed], bool]) -> Boxed | None:
        return max(filter(condition, self._boxed), key=lambda box: box.prose, default=None)

    def _holds_article(self, box: Boxed) -> bool:
        return box.prose > 0 and box.prose >= _HEADLINE_SHARE * (box.prose + self.prose)

    def _is_titled(self, box: Boxed) -> bool:
        """Return whether a box has clearly more of the title's words than the text outside boxes."""
        boxes = {boxed.element for boxed in self._boxed}
        outside = title_share(_text(self.root, boxes), self.title)
        return title_share(_text(box.element, set()), self.title) > outside + _TITLE_GAIN

    def _release_boxes(self, boxes: list[Boxed]) -> None:
        """Count some boxes as text, and look for boxes inside them."""
        released = {box.element for box in boxes}
        self._boxed = [box for box in self._boxed if box.element not in released]
        self._releases += 1
        for box in boxes:
            prose = self._walk(box.element)
            self.prose += prose
            for above in _up_to(box.element, self.root):
                self.sums[above] = self.sums.get(above, 0) + prose


_PIECES = etree.XPath(
    f"descendant::text()[string-length() >= {_MIN_PIECE} "
    f"and not(ancestor::{' or ancestor::'.join(_UNCOUNTED)})]",
    smart_strings=False,
)


def _inside(element: HtmlElement) -> int:
    """Return the characters of all prose inside an element: what `_walk` counts, without short pieces."""
    texts: list[str] = _PIECES(element)  # type: ignore[assignment]  # the stubs know no results of one kind
    sizes = (len(text.strip()) for text in texts)
    return sum(size for size in sizes if size >= _MIN_PIECE)


def _weight(text: str, state: int) -> int:
    """Return the characters of a text that count as prose in a state."""
    if state & _IN_LINK or (len(text) < _MIN_PIECE and not state & _IN_PARAGRAPH):
        return 0
    size = len(text.strip())
    return size if size >= _MIN_PIECE or state & _IN_PARAGRAPH else 0


def _text(root: HtmlElement, left_out: set[HtmlElement]) -> str:
    """Return the text inside an element without headings and without the elements `left_out`."""
    pieces: list[str] = []
    walk = etree.iterwalk(root, events=("start", "end"))
    for event, element in walk:
        if event == "start":
            tag = element.tag
            is_skipped = tag in _SKIPPED or tag in HEADINGS or element in left_out
            if element is not root and is_skipped:
                walk.skip_subtree()
            else:
                pieces.append(element.text or "")
        elif element is not root:
            pieces.append(element.tail or "")
    return " ".join(pieces)


def _signature(element: HtmlElement) -> tuple[str, str | None]:
    """Return tag and classes, equal for repeated elements of a template."""
    return element.tag, element.get("class")


def _up_to(element: HtmlElement, root: HtmlElement) -> Iterator[HtmlElement]:
    """Yield the ancestors of an element, the nearest first, up to and including `root`."""
    while element is not root and (above := element.getparent()) is not None:
        yield above
        element = above
