"""How much prose each element of a page holds, and which elements are boxes: one walk over the tree.

Prose is text outside links, in pieces of a sentence's length, or of any length inside paragraphs. Menus and lists of links weigh nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from lxml import etree

from pipelines.extraction.agreement import headline_of, title_share
from pipelines.extraction.box_names import HEADINGS, Box, may_be_prose
from pipelines.extraction.boxes import box_of
from pipelines.extraction.marks import names_of, words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml.html import HtmlElement

NO_TEXT = frozenset(
    words("script style template iframe object embed applet svg math video audio canvas map picture figcaption input textarea option title")
)
"""Tags that hold no text of an article, whatever stands in them."""

_SKIPPED = NO_TEXT | {"head"}

_EMPTY = frozenset(words("br img hr wbr meta link source input"))
_PHRASE = frozenset(words("b strong i em u small sup sub mark cite code q abbr"))
_PIECE = 20  # characters of an unlinked text that is prose outside a paragraph, too: dates, names and labels are shorter
_PROSE = 120  # characters of prose inside a box that only a weak name makes one, from which it is text
_FEW = 80  # characters of prose that are too little to be all of an article, where boxes hold far more
_FAR_MORE = 4
_TWICE = 2  # how often all other prose a box must hold to be asked for the title's words
_CLEARLY = 0.2  # of the title's words, which it must have more than all that is outside
_MUCH = 250  # characters inside boxes, below which they are never taken for the article
_HOLDS_HEADLINE = 0.3  # of all prose, from which a box around the headline is the article (or swallows it), and no box


@dataclass(slots=True)
class Boxed:
    """An element that may be a box, its prose outside the boxes inside it, and those."""

    element: HtmlElement
    kind: Box
    prose: int
    inner: list[Boxed]
    has_headline: bool
    total: int
    """All the prose inside, that of inner boxes included."""


_IN_PARAGRAPH, _IN_LINK, _IN_ARTICLE = 1, 2, 4
_STATE = {"p": _IN_PARAGRAPH, "blockquote": _IN_PARAGRAPH, "a": _IN_LINK, "article": _IN_ARTICLE, "main": _IN_ARTICLE}
"""What an element is to the text inside it."""


@dataclass(slots=True)
class _Frame:
    """An element that is being walked through: what it is, what lies around it, and what was found inside it until now."""

    kind: Box
    state: int
    prose: int
    has_headline: bool
    boxes: list[Boxed] | None = None


class Weights:
    """The prose and the boxes below `root`. `headline` is the element that prints the article's headline, where it is known.

    What is tagged, named or hidden like a box is none where it holds the headline with much of the prose (a `<button>` or `<nav>` that
    is never closed swallows the page), or where hardly any prose would be left without it. Comments and consent texts stay boxes even
    then, unless they hold the headline.
    """

    __slots__ = ("_boxed", "boxes", "prose", "root", "sums", "title")

    def __init__(self, root: HtmlElement, headline: HtmlElement | None = None, title: str = "") -> None:
        self.root, self.title = root, headline_of(title)
        self.sums: dict[HtmlElement, int] = {}
        """Characters of prose inside each element that holds any, without those in boxes inside it."""
        top = self._walk(headline)
        self._boxed = top.boxes or []
        self.prose = top.prose
        """Characters of prose outside boxes."""
        self._release()
        self.boxes = frozenset(box.element for box in self._boxed)
        """The outermost boxes."""

    def never_text(self) -> set[HtmlElement]:
        """The boxes that are not to be asked for an article's text: what browsers do not show, and what others wrote."""
        return {box.element for box in self._boxed if box.kind >= Box.HIDDEN or box.element.tag == "noscript"}

    @property
    def thrown(self) -> int:
        """Characters of prose inside boxes, without what others wrote and what is hidden."""
        return sum(box.prose for box in self._boxed if box.kind < Box.HIDDEN)

    def of(self, element: HtmlElement) -> int:
        """Characters of prose inside an element; none in a box."""
        return 0 if element in self.boxes else self.sums.get(element, 0)

    def inside_boxes(self) -> set[HtmlElement]:
        """All elements inside boxes that hold much prose."""
        return {element for box in self._boxed if box.total > _MUCH for element in box.element.iter()}

    def _walk(self, headline: HtmlElement | None) -> _Frame:
        root = self.root
        state = 0 if root.tag in ("html", "body") else _IN_ARTICLE
        top = frame = _Frame(Box.NONE, state, 0, root is headline)
        stack: list[_Frame] = []
        walk = etree.iterwalk(root, events=("start", "end"))
        next(walk)
        top.prose = _weight(root.text or "", state)
        for event, element in walk:
            if event == "start":
                tag = element.tag
                stack.append(frame)
                if tag in _EMPTY:
                    continue
                if tag in _SKIPPED:
                    walk.skip_subtree()
                    continue
                kind = box_of(element)
                if tag == "header" and not frame.state & _IN_ARTICLE:
                    kind = max(kind, Box.TAGGED)
                if kind or tag not in _PHRASE or element is headline:  # a phrase is a part of what it stands in
                    frame = _Frame(kind, frame.state | _STATE.get(tag, 0), 0, element is headline)
                if text := element.text:
                    frame.prose += _weight(text, frame.state)
            elif stack:
                parent = stack.pop()
                if frame is not parent:
                    self._close(element, frame, parent)
                    frame = parent
                if text := element.tail:
                    frame.prose += _weight(text, frame.state)
        self.sums[root] = top.prose
        return top

    def _close(self, element: HtmlElement, frame: _Frame, parent: _Frame) -> None:
        prose, kind = frame.prose, frame.kind
        if prose:
            self.sums[element] = prose
        if frame.has_headline:
            parent.has_headline = True
        if kind and self._is_candidate(element, frame):
            inner = frame.boxes or []
            boxed = Boxed(element, kind, prose, inner, frame.has_headline, prose + sum(box.total for box in inner))
            frame.boxes = [boxed]
        else:
            parent.prose += prose
        if parent.boxes is None:
            parent.boxes = frame.boxes
        elif frame.boxes:
            parent.boxes += frame.boxes

    def _is_candidate(self, element: HtmlElement, frame: _Frame) -> bool:
        """Whether an element that may be a box is one by what it holds: no prose under a weak name, no headline of an article's header."""
        if frame.kind is Box.WEAK and frame.prose >= _PROSE and may_be_prose(names_of(element)):
            return False
        return not (frame.kind is Box.TAGGED and element.tag == "header" and frame.has_headline)

    def _release(self) -> None:
        """Takes for text what is no box after all."""
        while box := next((b for b in self._boxed if b.has_headline and self._holds_article(b)), None):
            self._free([box])
        largest = max((box for box in self._boxed if box.kind < Box.FOREIGN), key=lambda box: box.total, default=None)
        if largest is not None and largest.total >= max(_MUCH, _TWICE * self.prose) and self._is_titled(largest):
            self._free([largest])
        foreign = max((box for box in self._boxed if box.kind is Box.FOREIGN), key=lambda box: box.total, default=None)
        if foreign is not None and self.prose < min(_MUCH, foreign.total) and self._is_titled(foreign):
            self._free([foreign])
        while self.prose < _FEW:
            free = [box for box in self._boxed if box.kind < Box.FOREIGN]
            largest = max(free, key=lambda box: box.total, default=None)
            if largest is None:
                break
            alike = [box for box in free if _signature(box.element) == _signature(largest.element)]
            if sum(box.total for box in alike) < max(_MUCH, _FAR_MORE * self.prose):
                break
            self._free(alike)

    def _holds_article(self, box: Boxed) -> bool:
        return box.total > 0 and box.total >= _HOLDS_HEADLINE * (box.total + self.prose)

    def _is_titled(self, box: Boxed) -> bool:
        """Whether a box has clearly more of the title's words than all that is printed outside boxes."""
        boxes = {boxed.element for boxed in self._boxed}
        outside = title_share(_text(self.root, boxes), self.title)
        return title_share(_text(box.element, set()), self.title) > outside + _CLEARLY

    def _free(self, boxes: list[Boxed]) -> None:
        freed = {id(box) for box in boxes}
        self._boxed = [box for box in self._boxed if id(box) not in freed]
        for box in boxes:
            self._boxed += box.inner
            self.prose += box.prose
            for above in _up_to(box.element, self.root):
                self.sums[above] = self.sums.get(above, 0) + box.prose


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
            if element is not root and (element.tag in NO_TEXT or element.tag in HEADINGS or element.tag == "head" or element in left_out):
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
