"""Paragraphs out of markup: what blocks and line breaks part, without captions, boxes, buttons and links to other articles."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from lxml import etree

from pipelines.extraction.lines import is_link_label, is_link_line, is_noise
from pipelines.extraction.marks import named, names_of, words

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
_CELLS = frozenset(("td", "th", "cell"))
_HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6", "head"))
_SILENT = frozenset(
    words(
        "script style noscript template iframe object embed applet svg math video audio canvas map picture figcaption aside nav footer "
        "button select input textarea option dialog"
    )
)
_UNLESS_LARGE = frozenset(("form", "header"))
_CLASSED = frozenset(words("div section ul ol p span li table dl a h2 h3 h4 h5"))
_TEXTUAL = frozenset(words("p li td th dd h2 h3 h4 blockquote span em strong b i"))

_BOXES = words(
    "share shares sharing sharebar social socials sociable related recommended recommendations recommend newsletter newsletters subscribe "
    "subscription signup promo promos promotion advert adverts advertisement advertising ads ad sponsor sponsored banner banners comment "
    "comments disqus tags taglist tag breadcrumb breadcrumbs bio byline bylines author authors meta timestamp caption captions "
    "credit credits copyright popular trending readmore readalso teaser teasers nav navigation menu sidebar widget widgets toolbar cookie "
    "outbrain taboola noprint follow gallery slideshow carousel player modal popup tooltip rating pagination pager poll views counter "
    "reklama podpiska hashtags"
)
_BOX = named(
    rf"(?<!elementor-)(?:{'|'.join(_BOXES)})|(?:read|see)-(?:more|also|next)|most-(?:read|popular)|also-read|is-hidden|visually-hidden"
    r"|screen-reader|print-only|no-print"
)
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_OFTEN, _FREE = 10, 10_000  # how often the text of a tree is counted, and characters that are counted in any case
_BOX_SHARE = 0.3  # of the text; what holds more is the article itself, whatever its class says
_ALL_BOXES_SHARE = 0.5  # of the text; if the classes would take more, they do not mean what they say


class Paragraph(NamedTuple):
    """One paragraph: its text on one line, the share of its characters inside links (0 to 1), the tag of the block it stood in."""

    text: str
    linked: float
    tag: str


def read_paragraphs(roots: Iterable[HtmlElement], drop: AbstractSet[HtmlElement] = frozenset()) -> list[str]:
    """The paragraphs of an article's body, in order: quotes, headings, list entries and rows of tables included, none lost.

    Elements in `drop` are left out; so are boxes that their tag or class marks as no text (captions, sharing, related articles,
    forms), unless they hold most of the text, and lines that are noise (see `lines`).
    """
    taken: list[Paragraph] = []
    for root in roots:
        walk = _Walk(root, drop, text_size(root)).run()
        if walk.boxed > _ALL_BOXES_SHARE * walk.size:
            walk = _Walk(root, drop, 0).run()
        taken += walk.paragraphs
    return [paragraph.text for paragraph in _without_noise(taken)]


def drop_boxes(tree: HtmlElement) -> None:
    """Takes the boxes that their class marks as no text out of a tree, unless they hold most of its text."""
    left = size = text_size(tree)
    sizes = _Sizes(tree, size)
    for element in list(tree.iter("div", "section", "ul", "ol", "table", "dl", "span", "p")):
        if element.attrib and _looks_like_box(element) and element.getparent() is not None:
            boxed = sizes.of(element)
            if boxed <= _BOX_SHARE * size and left - boxed >= _ALL_BOXES_SHARE * size:
                element.drop_tree()
                left -= boxed


def drop_link_lines(tree: HtmlElement) -> None:
    """Takes the lines that lead to other articles out of a tree, with the label above them, for a reader that does not see links."""
    left = _OFTEN * text_size(tree) + _FREE
    for element in list(tree.iter("p", "li", "h3", "h4")):
        links = [text for link in element.iter("a") if (text := "".join(link.itertext()).strip())]
        line = " ".join("".join(element.itertext()).split())
        left -= len(line) + 1
        if left < 0:  # elements inside each other, each with the text of all
            break
        if not links or element.getparent() is None or not is_link_line(line, min(1.0, sum(map(len, links)) / max(1, len(line)))):
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


class _Sizes:
    """The `text_size` of elements below a root: counted one by one while that is cheap, else all at once.

    Elements may lie inside each other, and each would be counted again with every one around it.
    """

    __slots__ = ("_all", "_left", "_root")

    def __init__(self, root: HtmlElement, size: int) -> None:
        self._root, self._left = root, _OFTEN * size + _FREE
        self._all: dict[HtmlElement, int] | None = None

    def of(self, element: HtmlElement) -> int:
        """The size of an element; 0 for one that was taken out of the tree meanwhile."""
        if self._all is None and self._left > 0:
            size = text_size(element)
            self._left -= size + 1
            return size
        if self._all is None:
            self._all = text_sizes(self._root)
        return self._all.get(element, 0)


def text_sizes(root: HtmlElement) -> dict[HtmlElement, int]:
    """The `text_size` of an element and of each one inside it; every text is looked at once, however deep they nest."""
    elements = list(root.iter())
    sizes = {element: 0 if element.tag in ("script", "style") else _inked(element.text) for element in elements}
    for element in reversed(elements):
        if element is not root and (parent := element.getparent()) is not None:
            sizes[parent] += sizes[element] + _inked(element.tail)
    return sizes


def _inked(text: str | None) -> int:
    return len("".join(text.split())) if text else 0


def _without_noise(paragraphs: list[Paragraph]) -> list[Paragraph]:
    """The paragraphs that are text. A heading, or a label («Напомним:»), goes with the links below it, or when nothing follows."""
    kept: list[Paragraph] = []
    text_below = False
    for paragraph in reversed(paragraphs):
        if is_noise(paragraph.text):
            continue
        announces = paragraph.tag in _HEADINGS or is_link_label(paragraph.text)
        keep = not is_link_line(paragraph.text, paragraph.linked) and (text_below or not announces)
        text_below = keep
        if keep:
            kept.append(paragraph)
    return kept[::-1]


class _Walk:
    """One pass over the elements below `root`. `size` is the text size by which boxes are judged; 0 believes no class."""

    __slots__ = ("boxed", "drop", "linked", "links", "paragraphs", "pieces", "root", "size", "sizes", "tag")

    def __init__(self, root: HtmlElement, drop: AbstractSet[HtmlElement], size: int) -> None:
        self.root, self.drop, self.size = root, drop, size
        self.sizes = _Sizes(root, size)
        self.paragraphs: list[Paragraph] = []
        self.pieces: list[str] = []
        self.linked = self.links = self.boxed = 0
        self.tag = ""

    def run(self) -> _Walk:
        """Fills `paragraphs`, and `boxed` with the characters that were left out because of a class."""
        walk = etree.iterwalk(self.root, events=("start", "end"))
        skipped: object = None
        for event, element in walk:
            if event == "start":
                if element is not self.root and (element in self.drop or self._is_box(element)):
                    walk.skip_subtree()
                    skipped = element
                else:
                    self._open(element)
            else:
                self._close(element, skipped=element is skipped)
        self._flush("")
        return self

    def _open(self, element: HtmlElement) -> None:
        tag = element.tag
        if tag in _BLOCKS:
            self._flush(tag)
        elif tag in _CELLS:
            self.pieces.append(" ")
        elif tag == "a":
            self.links += 1
        if element.text:
            self._add(element.text)

    def _close(self, element: HtmlElement, *, skipped: bool) -> None:
        tag = element.tag
        if tag in _BLOCKS:
            self._flush("")
        elif tag == "a" and not skipped:
            self.links -= 1
        if element.tail and element is not self.root:
            self._add(element.tail)

    def _add(self, text: str) -> None:
        self.pieces.append(text)
        if self.links:
            self.linked += len(text.strip())

    def _flush(self, tag: str) -> None:
        if self.pieces and (text := " ".join("".join(self.pieces).split())):
            self.paragraphs.append(Paragraph(text, min(1.0, self.linked / len(text)), self.tag))
        self.pieces.clear()
        self.linked = 0
        self.tag = tag

    def _is_box(self, element: HtmlElement) -> bool:
        tag = element.tag
        if tag in _SILENT:
            return True
        if tag == "figure":
            return next(element.iter("p", "blockquote", "table", "li"), None) is None
        if tag == "time":
            return (parent := element.getparent()) is None or parent.tag not in _TEXTUAL
        if not self.size or not (tag in _UNLESS_LARGE or (tag in _CLASSED and element.attrib and _looks_like_box(element))):
            return False
        size = self.sizes.of(element)
        if size > _BOX_SHARE * self.size:
            return False
        self.boxed += size
        return True


def _looks_like_box(element: HtmlElement) -> bool:
    if (names := names_of(element)) and _names_box(names):
        return True
    style = element.get("style")
    return bool((style and _HIDDEN.search(style)) or "hidden" in element.attrib or element.get("aria-hidden") == "true")


@lru_cache(maxsize=8192)
def _names_box(names: str) -> bool:
    return _BOX.search(names) is not None
