"""Split markup into paragraphs at blocks and line breaks.

Captions, boxes, buttons and links to other articles are left out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from lxml import etree

from pipelines.extraction.boilerplate_lines import is_link_label, is_link_line, is_noise
from pipelines.extraction.box_names import HEADINGS
from pipelines.extraction.boxes import is_question
from pipelines.extraction.class_names import words
from pipelines.extraction.sentences import SENTENCE_END, is_sentence
from pipelines.extraction.weights import NO_TEXT, Weights

if TYPE_CHECKING:
    from collections.abc import Iterable
    from collections.abc import Set as AbstractSet

    from lxml.html import HtmlElement

_BLOCKS = frozenset(
    words(
        "address article aside blockquote body br caption center dd details dialog div dl dt fieldset "
        "figcaption figure footer form h1 h2 h3 h4 h5 h6 header hgroup hr html legend li main nav ol p pre "
        "section summary table tbody tfoot thead tr ul "
        "head item list lb quote row"  # the last line: trafilatura's own tags
    )
)
# Characters that `drop_link_lines` may read: a multiple of the tree's text, and a fixed number.
_READ_FACTOR, _READ_FREE = 10, 10_000
LINK_START, LINK_END = "⧼", "⧽"
"""Signs around the text of links (see `mark_links`): printable, kept by libraries, and used by no page."""

_CELLS = frozenset(("td", "th", "cell"))
_HEADINGS = frozenset((*HEADINGS, "head"))
_TEXTUAL = frozenset(words("p li td th dd h2 h3 h4 blockquote span em strong b i"))
_MAX_BYLINE = 60  # characters
_BYLINE_LINKED = 0.4  # share of the characters inside links, from which a line is a byline
_HALF = 0.5  # share of characters inside links, from which a line of an article's header is no text


class Paragraph(NamedTuple):
    """One paragraph.

    `text` is one line, `linked` the share of its characters inside links (0 to 1), `tag` that of its block.
    """

    text: str
    linked: float
    tag: str


def read_paragraphs(
    roots: Iterable[HtmlElement],
    drop: AbstractSet[HtmlElement] = frozenset(),
    boxes: AbstractSet[HtmlElement] | None = None,
    beside: AbstractSet[HtmlElement] = frozenset(),
) -> list[str]:
    """Return the paragraphs of an article's body, in page order.

    Quotes, headings, list entries and rows of tables are included; boilerplate lines are left out.

    Args:
        roots: the elements of the body, in page order.
        drop: elements to leave out.
        boxes: boxes to leave out; by default those that `Weights` finds in each root.
        beside: those of `roots` that are not the article's container. Only sentences are read of them, and
            of an article's `<header>`.
    """
    paragraphs: list[Paragraph] = []
    for root in roots:
        own_boxes = Weights(root).boxes if boxes is None else boxes
        paragraphs += _Walk(root, drop, own_boxes, sentences_only=root in beside).run()
    return [paragraph.text for paragraph in _without_noise(paragraphs)]


def drop_link_lines(tree: HtmlElement) -> None:
    """Remove lines that lead to other articles, and labels above them, from a tree.

    For a reader that does not know which text is linked. The work is bounded: elements inside each other
    repeat the same text.
    """
    budget = _READ_FACTOR * text_size(tree) + _READ_FREE
    for element in list(tree.iter("p", "li", "h3", "h4")):
        links = [text for link in element.iter("a") if (text := "".join(link.itertext()).strip())]
        line = " ".join("".join(element.itertext()).split())
        budget -= len(line) + 1
        if budget < 0:
            break
        if not links or element.getparent() is None:
            continue
        if not is_link_line(line, min(1.0, sum(map(len, links)) / max(1, len(line)))):
            continue
        block = element.getparent() if element.tag == "li" else element
        above = block.getprevious() if block is not None else None
        if above is not None and is_link_label(" ".join("".join(above.itertext()).split())):
            above.drop_tree()
        element.drop_tree()


def text_size(element: HtmlElement) -> int:
    """Return the number of characters inside an element, without white space, scripts and styles."""
    size = len("".join("".join(element.itertext()).split()))
    return size - sum(len("".join((silent.text or "").split())) for silent in element.iter("script", "style"))


def mark_links(tree: HtmlElement) -> None:
    """Put signs around the texts of links, for a library that drops links; `read_paragraphs` removes them."""
    for link in tree.iter("a"):
        text, last = link.text or "", next(link.iterchildren(reversed=True), None)
        if last is None:
            link.text = f"{LINK_START}{text}{LINK_END}" if text.strip() else text
        else:
            link.text = f"{LINK_START}{text}"
            last.tail = f"{last.tail or ''}{LINK_END}"


def _unmarked(text: str) -> tuple[str, int]:
    """Return a text without the signs around its links, and the number of characters between them."""
    linked = sum(len(part.partition(LINK_END)[0].strip()) for part in text.split(LINK_START)[1:])
    return " ".join(text.replace(LINK_START, "").replace(LINK_END, "").split()), linked


def _without_noise(paragraphs: list[Paragraph]) -> list[Paragraph]:
    """Return the paragraphs that are text of the article.

    A heading, or a label («Напомним:»), is dropped with the links below it, and at the end. Bylines at the
    top, before or after an `<h1>`, are dropped.
    """
    kept: list[Paragraph] = []
    has_text_below = False
    for paragraph in reversed(paragraphs):
        if is_noise(paragraph.text):
            continue
        is_label = paragraph.tag in _HEADINGS or is_link_label(paragraph.text)
        keep = not is_link_line(paragraph.text, paragraph.linked) and (has_text_below or not is_label)
        has_text_below = keep
        if keep:
            kept.append(paragraph)
    kept.reverse()
    start = next((index for index, paragraph in enumerate(kept) if paragraph.tag != "h1"), len(kept))
    end = next((index for index in range(start, len(kept)) if not _is_byline(kept[index])), len(kept))
    return kept[:start] + kept[end:]


def _is_byline(paragraph: Paragraph) -> bool:
    """Return whether a line at the top is mostly links: to author, section, place."""
    is_short = len(paragraph.text) <= _MAX_BYLINE and not paragraph.text.endswith(SENTENCE_END)
    return is_short and paragraph.linked >= _BYLINE_LINKED and paragraph.tag not in _HEADINGS


class _Walk:
    """One pass over the elements below `root`, without those in `drop` and `boxes`.

    `header` counts the open `<header>` elements, in which only sentences are read; `links` the open links;
    `linked` the characters inside links since the last paragraph; `pieces` are the texts since then.
    """

    __slots__ = ("boxes", "drop", "header", "linked", "links", "paragraphs", "pieces", "root", "tag")

    def __init__(
        self,
        root: HtmlElement,
        drop: AbstractSet[HtmlElement],
        boxes: AbstractSet[HtmlElement],
        *,
        sentences_only: bool,
    ) -> None:
        self.root, self.drop, self.boxes = root, drop, boxes
        self.paragraphs: list[Paragraph] = []
        self.pieces: list[str] = []
        self.linked = self.links = 0
        self.header = int(sentences_only)
        self.tag = ""

    def run(self) -> list[Paragraph]:
        """Return the paragraphs, boilerplate included."""
        walk = etree.iterwalk(self.root, events=("start", "end"))
        skipped: object = None
        for event, element in walk:
            if event == "start":
                if element is not self.root and self._is_left_out(element):
                    walk.skip_subtree()
                    skipped = element
                else:
                    self._open(element)
            else:
                self._close(element, skipped=element is skipped)
        self._flush("")
        return self.paragraphs

    def _open(self, element: HtmlElement) -> None:
        """Handle the start of an element: a new block, cell, link or header, and its text."""
        tag = element.tag
        if tag in _BLOCKS:
            self._flush(tag)
        elif tag in _CELLS:
            self.pieces.append(" ")
        elif tag == "a":
            self.links += 1
        elif tag == "button" and is_question(element):
            self._flush("h3")
        if tag == "header":
            self.header += 1
        if element.text:
            self._add(element.text)

    def _close(self, element: HtmlElement, *, skipped: bool) -> None:
        """Handle the end of an element, skipped ones included, and the text after it."""
        tag = element.tag
        if tag in _BLOCKS or (tag == "button" and not skipped and is_question(element)):
            self._flush("")
        elif tag == "a" and not skipped:
            self.links -= 1
        if tag == "header" and not skipped:
            self.header -= 1
        if element.tail and element is not self.root:
            self._add(element.tail)

    def _add(self, text: str) -> None:
        self.pieces.append(text)
        if self.links:
            self.linked += len(text.strip())

    def _flush(self, tag: str) -> None:
        """End the current paragraph; the next one is in a block with this tag."""
        text = " ".join("".join(self.pieces).split()) if self.pieces else ""
        if text:
            text, marked = _unmarked(text) if LINK_START in text else (text, 0)
            linked = min(1.0, (self.linked + marked) / max(1, len(text)))
            if text and (not self.header or self._is_text_of_header(text, linked)):
                self.paragraphs.append(Paragraph(text, linked, self.tag))
        self.pieces.clear()
        self.linked = 0
        self.tag = tag

    def _is_text_of_header(self, text: str, linked: float) -> bool:
        return is_sentence(text) and linked < _HALF and self.tag not in HEADINGS

    def _is_left_out(self, element: HtmlElement) -> bool:
        """Return whether an element is no text: dropped, a box, a plain picture, or a date of its own."""
        tag = element.tag
        if tag in NO_TEXT or element in self.drop or element in self.boxes:
            return True
        if tag == "figure":
            return next(element.iter("p", "blockquote", "table", "li"), None) is None
        if tag == "time":  # a date of its own, not one in a sentence
            parent = element.getparent()
            return parent is None or parent.tag not in _TEXTUAL
        return False
