"""How much prose each element of a page holds, and which elements are boxes: one walk over the tree.

Prose is text outside links, in pieces of a sentence's length, or of any length inside paragraphs. Menus and lists of links weigh nothing.
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
        "script style template iframe object embed applet svg math video audio canvas map picture figcaption input textarea option title"
    )
)
"""Tags that hold no text of an article, whatever stands in them."""

_SKIPPED = NO_TEXT | {"head"}

_EMPTY = frozenset(words("br img hr wbr meta link source"))
_PHRASE = frozenset(words("b strong i em u small sup sub mark cite code q abbr")) | _EMPTY
"""Parts of what they stand in, and no containers of prose."""
_UNCOUNTED = ("a", "script", "style", "textarea", "option", "template")
_MOST_FREED = 4  # times that boxes are taken for text; inside what is freed later, none is believed
_PIECE = 20  # characters of an unlinked text that is prose outside a paragraph, too: dates, names and labels are shorter
_PROSE = 120  # characters of prose inside a box that only a weak name makes one, from which it is text
_FEW = 80  # characters of prose that are too little to be all of an article, where boxes hold far more
_FAR_MORE = 4
_TWICE = 2  # how often all other prose a box must hold to be asked for the title's words
_CLEARLY = 0.2  # of the title's words, which it must have more than all that is outside
_MUCH = 250  # characters inside boxes, below which they are never taken for the article
_HOLDS_HEADLINE = (
    0.3  # of all prose, from which a box around the headline is the article (or swallows it), and no box
)


@dataclass(frozen=True, slots=True)
class Boxed:
    """An element that may be a box, the characters of prose inside it, and whether it holds the headline."""

    element: HtmlElement
    kind: Box
    prose: int
    has_headline: bool


_IN_PARAGRAPH, _IN_LINK, _IN_ARTICLE = 1, 2, 4
_STATE = {
    "p": _IN_PARAGRAPH,
    "blockquote": _IN_PARAGRAPH,
    "a": _IN_LINK,
    "article": _IN_ARTICLE,
    "main": _IN_ARTICLE,
}
"""What an element is to the text inside it."""


class Weights:
    """The prose and the boxes below `root`. `headline` is the element that prints the article's headline, where it is known.

    What is tagged, named or hidden like a box is none where it holds the headline with much of the prose (a `<button>` or `<nav>` that
    is never closed swallows the page), where it has more of the title's words than all the rest, or where hardly any prose would be left
    without it. Comments and consent texts stay boxes even then, unless they hold the headline or the title's words.
    """

    def __init__(self, root: HtmlElement, headline: HtmlElement | None = None, title: str = "") -> None:
        self.root, self.title = root, headline_of(title)
        self.sums: dict[HtmlElement, int] = {}
        """Characters of prose inside each element outside boxes that holds any."""
        self._above = frozenset(headline.iterancestors()) if headline is not None else frozenset()
        self._boxed: list[Boxed] = []
        self._freed = 0
        self.prose = self._walk(root)
        """Characters of prose outside boxes."""
        self._release()
        self.boxes = frozenset(box.element for box in self._boxed)
        """The outermost boxes."""

    def never_text(self) -> set[HtmlElement]:
        """The boxes that are not to be asked for an article's text: what browsers do not show, and what others wrote."""
        return {box.element for box in self._boxed if box.kind >= Box.HIDDEN or box.element.tag == "noscript"}

    def boxed_text(self) -> str:
        """The text in boxes that not only a weak name makes one, on one line."""
        return " ".join(
            " ".join(_text(box.element, set()) for box in self._boxed if box.kind > Box.WEAK).split()
        )

    @property
    def thrown(self) -> int:
        """Characters of prose inside elements that only their tag or a weak name makes boxes."""
        return sum(box.prose for box in self._boxed if box.kind < Box.NAMED)

    def of(self, element: HtmlElement) -> int:
        """Characters of prose inside an element; none in a box."""
        return self.sums.get(element, 0)

    def inside_boxes(self) -> set[HtmlElement]:
        """All elements inside boxes that hold much prose."""
        return {element for box in self._boxed if box.prose > _MUCH for element in box.element.iter()}

    def _walk(self, root: HtmlElement) -> int:
        """Fills `sums` for an element and those inside it, and adds its boxes. Returns its prose."""
        sums, believed = self.sums, self._freed < _MOST_FREED
        state = 0 if root.tag in ("html", "body") else _IN_ARTICLE | _STATE.get(root.tag, 0)
        prose = _weight(root.text or "", state)
        around: list[
            tuple[int, int] | None
        ] = []  # state and prose of the containers around; None for what is no container
        walk = etree.iterwalk(root, events=("start", "end"))
        next(walk)
        for event, element in walk:
            if event == "start":
                tag = element.tag
                if tag in _SKIPPED or (tag not in _EMPTY and believed and self._is_box(element, state)):
                    walk.skip_subtree()
                    around.append(None)
                    continue
                if tag in _PHRASE:
                    around.append(None)
                else:
                    around.append((state, prose))
                    state, prose = state | _STATE.get(tag, 0), 0
                if text := element.text:
                    prose += _weight(text, state)
            elif around:
                if (container := around.pop()) is not None:
                    if prose:
                        sums[element] = prose
                    state, prose = container[0], container[1] + prose
                if text := element.tail:
                    prose += _weight(text, state)
        sums[root] = prose
        return prose

    def _is_box(self, element: HtmlElement, state: int) -> bool:
        """Whether an element may be a box, which is noted then."""
        kind, has_headline = box_of(element), element in self._above
        if element.tag == "header" and not state & _IN_ARTICLE and not has_headline:
            kind = max(kind, Box.TAGGED)
        if not kind or (kind is Box.HIDDEN and element.get("id") in self._answers):
            return False
        prose = _inside(element)
        if kind is Box.WEAK and prose >= _PROSE and may_be_prose(names_of(element)):
            return False
        self._boxed.append(Boxed(element, kind, prose, has_headline))
        return True

    @cached_property
    def _answers(self) -> frozenset[str | None]:
        """The ids of what questions unfold (https://www.w3.org/WAI/ARIA/apg/patterns/accordion/); asked where something is hidden."""
        buttons = (button for button in self.root.iter("button") if is_question(button))
        return frozenset(button.get("aria-controls") for button in buttons) - {None}

    def _release(self) -> None:
        """Takes for text what is no box after all."""
        while box := next(
            (box for box in self._boxed if box.has_headline and self._holds_article(box)), None
        ):
            self._free([box])
        named = self._largest(lambda box: box.kind < Box.FOREIGN)
        if named is not None and named.prose >= max(_MUCH, _TWICE * self.prose) and self._is_titled(named):
            self._free([named])
        foreign = self._largest(lambda box: box.kind is Box.FOREIGN)
        if foreign is not None and self.prose < min(_MUCH, foreign.prose) and self._is_titled(foreign):
            self._free([foreign])
        while (
            self.prose < _FEW and (largest := self._largest(lambda box: box.kind < Box.FOREIGN)) is not None
        ):
            names = _signature(largest.element)
            alike = [
                box for box in self._boxed if box.kind < Box.FOREIGN and _signature(box.element) == names
            ]
            if sum(box.prose for box in alike) < max(_MUCH, _FAR_MORE * self.prose):
                break
            self._free(alike)

    def _largest(self, wanted: Callable[[Boxed], bool]) -> Boxed | None:
        return max(filter(wanted, self._boxed), key=lambda box: box.prose, default=None)

    def _holds_article(self, box: Boxed) -> bool:
        return box.prose > 0 and box.prose >= _HOLDS_HEADLINE * (box.prose + self.prose)

    def _is_titled(self, box: Boxed) -> bool:
        """Whether a box has clearly more of the title's words than all that is printed outside boxes."""
        boxes = {boxed.element for boxed in self._boxed}
        outside = title_share(_text(self.root, boxes), self.title)
        return title_share(_text(box.element, set()), self.title) > outside + _CLEARLY

    def _free(self, boxes: list[Boxed]) -> None:
        """Takes some boxes for text, and looks for boxes inside them."""
        freed = {box.element for box in boxes}
        self._boxed = [box for box in self._boxed if box.element not in freed]
        self._freed += 1
        for box in boxes:
            prose = self._walk(box.element)
            self.prose += prose
            for above in _up_to(box.element, self.root):
                self.sums[above] = self.sums.get(above, 0) + prose


_PIECES = etree.XPath(
    f"descendant::text()[string-length() >= {_PIECE} and not(ancestor::{' or ancestor::'.join(_UNCOUNTED)})]",
    smart_strings=False,
)


def _inside(element: HtmlElement) -> int:
    """Characters of all prose inside an element, roughly: what `_walk` counts, but for short pieces."""
    texts: list[str] = _PIECES(element)  # type: ignore[assignment]  # the stubs know no results of one kind
    sizes = (len(text.strip()) for text in texts)
    return sum(size for size in sizes if size >= _PIECE)


def _weight(text: str, state: int) -> int:
    """Characters of a text that are prose, where it stands."""
    if state & _IN_LINK or (len(text) < _PIECE and not state & _IN_PARAGRAPH):
        return 0
    size = len(text.strip())
    return size if size >= _PIECE or state & _IN_PARAGRAPH else 0


def _text(root: HtmlElement, left_out: set[HtmlElement]) -> str:
    """The text inside an element without some others and without headings."""
    pieces: list[str] = []
    walk = etree.iterwalk(root, events=("start", "end"))
    for event, element in walk:
        if event == "start":
            if element is not root and (
                element.tag in NO_TEXT
                or element.tag in HEADINGS
                or element.tag == "head"
                or element in left_out
            ):
                walk.skip_subtree()
            else:
                pieces.append(element.text or "")
        elif element is not root:
            pieces.append(element.tail or "")
    return " ".join(pieces)


def _signature(element: HtmlElement) -> tuple[str, str | None]:
    return element.tag, element.get("class")


def _up_to(element: HtmlElement, root: HtmlElement) -> Iterator[HtmlElement]:
    while element is not root and (above := element.getparent()) is not None:
        yield above
        element = above
