"""Paragraphs out of markup: what blocks and line breaks part, without captions, boxes, buttons and links to other articles."""

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
        "address article aside blockquote body br caption center dd details dialog div dl dt fieldset figcaption figure footer form h1 h2 "
        "h3 h4 h5 h6 header hgroup hr html legend li main nav ol p pre section summary table tbody tfoot thead tr ul "
        "head item list lb quote row"  # trafilatura's names for headings, list entries, lists, breaks, quotes and rows
    )
)
_OFTEN, _FREE = (
    10,
    10_000,
)  # how often the text of a tree is counted, and characters that are counted in any case
LINK_START, LINK_END = "⧼", "⧽"
"""Signs around the text of links (see `mark_links`): printable ones, which libraries keep, and which no page prints."""

_CELLS = frozenset(("td", "th", "cell"))
_ANNOUNCING = frozenset((*HEADINGS, "head"))
_TEXTUAL = frozenset(words("p li td th dd h2 h3 h4 blockquote span em strong b i"))


class Paragraph(NamedTuple):
    """One paragraph: its text on one line, the share of its characters inside links (0 to 1), the tag of the block it stood in."""

    text: str
    linked: float
    tag: str


def read_paragraphs(
    roots: Iterable[HtmlElement],
    drop: AbstractSet[HtmlElement] = frozenset(),
    boxes: AbstractSet[HtmlElement] | None = None,
    beside: AbstractSet[HtmlElement] = frozenset(),
) -> list[str]:
    """The paragraphs of an article's body, in order: quotes, headings, list entries and rows of tables included, none lost.

    Elements in `drop` are left out; so are `boxes` (those that `Weights` finds in each root, where none are given), and lines that are
    noise (see `lines`). Of roots that are `beside` the article's container, and of an article's `<header>`, only sentences are read.
    """
    taken: list[Paragraph] = []
    for root in roots:
        found = Weights(root).boxes if boxes is None else boxes
        taken += _Walk(root, drop, found, sentences_only=root in beside).run()
    return [paragraph.text for paragraph in _without_noise(taken)]


def drop_link_lines(tree: HtmlElement) -> None:
    """Takes the lines that lead to other articles out of a tree, with the label above them, for a reader that does not see links."""
    left = _OFTEN * text_size(tree) + _FREE
    for element in list(tree.iter("p", "li", "h3", "h4")):
        links = [text for link in element.iter("a") if (text := "".join(link.itertext()).strip())]
        line = " ".join("".join(element.itertext()).split())
        left -= len(line) + 1
        if left < 0:  # elements inside each other, each with the text of all
            break
        if (
            not links
            or element.getparent() is None
            or not is_link_line(line, min(1.0, sum(map(len, links)) / max(1, len(line))))
        ):
            continue
        block = element.getparent() if element.tag == "li" else element
        above = block.getprevious() if block is not None else None
        if above is not None and is_link_label(" ".join("".join(above.itertext()).split())):
            above.drop_tree()
        element.drop_tree()


def text_size(element: HtmlElement) -> int:
    """Characters of text inside an element, without whitespace, scripts and styles."""
    size = len("".join("".join(element.itertext()).split()))
    return size - sum(len("".join((silent.text or "").split())) for silent in element.iter("script", "style"))


def mark_links(tree: HtmlElement) -> None:
    """Puts signs around the text of the links in a tree, for a reader that takes links out; `read_paragraphs` takes the signs out."""
    for link in tree.iter("a"):
        text, last = link.text or "", next(link.iterchildren(reversed=True), None)
        if last is None:
            link.text = f"{LINK_START}{text}{LINK_END}" if text.strip() else text
        else:
            link.text = f"{LINK_START}{text}"
            last.tail = f"{last.tail or ''}{LINK_END}"


def _unmarked(text: str) -> tuple[str, int]:
    """A text without the signs around its links, and how many of its characters stood between them."""
    linked = sum(len(part.partition(LINK_END)[0].strip()) for part in text.split(LINK_START)[1:])
    return " ".join(text.replace(LINK_START, "").replace(LINK_END, "").split()), linked


def _without_noise(paragraphs: list[Paragraph]) -> list[Paragraph]:
    """The paragraphs that are text. A heading, or a label («Напомним:»), goes with the links below it, or when nothing follows."""
    kept: list[Paragraph] = []
    text_below = False
    for paragraph in reversed(paragraphs):
        if is_noise(paragraph.text):
            continue
        announces = paragraph.tag in _ANNOUNCING or is_link_label(paragraph.text)
        keep = not is_link_line(paragraph.text, paragraph.linked) and (text_below or not announces)
        text_below = keep
        if keep:
            kept.append(paragraph)
    kept.reverse()
    start = next((place for place, paragraph in enumerate(kept) if paragraph.tag != "h1"), len(kept))
    end = next((place for place in range(start, len(kept)) if not _is_byline(kept[place])), len(kept))
    return kept[:start] + kept[end:]


def _is_byline(paragraph: Paragraph) -> bool:
    """Whether a line at the top of a text is little else than links: to the author, the rubric, the place."""
    short = len(paragraph.text) <= _LONGEST_BYLINE and not paragraph.text.endswith(SENTENCE_END)
    return short and paragraph.linked >= _BYLINE_LINKED and paragraph.tag not in _ANNOUNCING


_LONGEST_BYLINE = 60  # characters
_BYLINE_LINKED = 0.4  # of them inside links


class _Walk:
    """One pass over the elements below `root`, without those in `drop` and `boxes`."""

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
        """The paragraphs, noise included."""
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
        if self.pieces and (text := " ".join("".join(self.pieces).split())):
            text, marked = _unmarked(text) if LINK_START in text else (text, 0)
            linked = min(1.0, (self.linked + marked) / max(1, len(text)))
            if text and (
                not self.header or (is_sentence(text) and linked < _HALF and self.tag not in HEADINGS)
            ):
                self.paragraphs.append(Paragraph(text, linked, self.tag))
        self.pieces.clear()
        self.linked = 0
        self.tag = tag

    def _is_left_out(self, element: HtmlElement) -> bool:
        tag = element.tag
        if tag in NO_TEXT or element in self.drop or element in self.boxes:
            return True
        if tag == "figure":
            return next(element.iter("p", "blockquote", "table", "li"), None) is None
        if tag == "time":
            return (parent := element.getparent()) is None or parent.tag not in _TEXTUAL
        return False


_HALF = 0.5  # of a line's characters inside links: the lines of an article's header that are text have fewer
