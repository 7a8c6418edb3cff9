"""A fetched page; its text and tree are computed once, on first use."""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any

from lxml import etree
from lxml.cssselect import CSSSelector

from pipelines.encoding import SNIFFED, DecodedText, read_text
from pipelines.html_tree import Parsed, parse

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from lxml.html import HtmlElement

SHORT = 5_000
"""Maximum characters of a field other than the body (see `pipelines.extraction.bounds`)."""
_MAX_EVENTS = 20_000  # start and end tags that are visited for a short text
_WHITE_FACTOR = 10  # characters read, white space included, per character returned
_SILENT = frozenset({"script", "style", "template"})
_SEPARATING = frozenset(
    (
        *("br", "p", "div", "li", "ul", "ol", "td", "tr", "table", "section", "figure", "figcaption"),
        *("h1", "h2", "h3", "h4", "dt", "dd", "header", "time"),
    )
)
_BINARY = (  # first bytes of PDF, PNG, JPEG, GIF, ZIP, gzip, WebP, RAR, 7z and old Office files
    *(b"%PDF-", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"PK\x03\x04", b"\x1f\x8b"),
    *(b"RIFF", b"Rar!", b"7z\xbc\xaf", b"\xd0\xcf\x11\xe0"),
)
_HTML_TAG = re.compile(
    r"<(?:!doctype\s+html|html|head|body|title|meta|div|p|h[1-6]|table|article|main|section|span|a)\b",
    re.IGNORECASE,
)
_FEED_TAG = re.compile(r"<(?:rss|feed|rdf:rdf|urlset|sitemapindex)\b", re.IGNORECASE)
_JSON_START = re.compile(r"""[{\[]\s*(?:["{\[\]}\d-]|true|false|null)""")


@dataclass(frozen=True)
class Page:
    """The body of a response.

    `body` has its content coding removed, `content_type` is the header's value, `captured_at` is aware.
    `text`, `charset`, `tree` and `is_html` are computed on first use and kept. All readers share the tree:
    it must not be changed.
    """

    url: str
    body: bytes
    content_type: str
    captured_at: datetime

    @property
    def text(self) -> str:
        """The decoded body.

        By a byte order mark, else as UTF-8, else as header or page declare unless the bytes contradict that.
        """
        return self._decoded.text

    @property
    def charset(self) -> str:
        """Python's name of the charset that decoded the body."""
        return self._decoded.charset

    @cached_property
    def _decoded(self) -> DecodedText:
        return read_text(self.body, self.content_type)

    @cached_property
    def is_html(self) -> bool:
        """Whether the body is a page of markup, whatever the header says; JSON and feeds are none."""
        return not self.body.startswith(_BINARY) and _is_markup(self.text[:SNIFFED])

    @cached_property
    def tree(self) -> HtmlElement:
        """The root element, as `html_tree.parse` makes it.

        An empty `html` element for an empty page, and for one that is too large (see `parse_limit`).
        """
        return self._parsed.root

    @property
    def parse_limit(self) -> str:
        """Why the page was not parsed: too many tags or attributes for a news page. Empty if it was."""
        return self._parsed.refused

    @property
    def cuts(self) -> tuple[str, ...]:
        """What was left out of the tree because there was too much of it."""
        return self._parsed.cuts

    @cached_property
    def _parsed(self) -> Parsed:
        return parse(self.text)

    def select(self, css: str) -> list[HtmlElement]:
        """Return the elements that a CSS selector matches, in page order.

        Raises:
            cssselect.SelectorError: the selector is faulty.
        """
        return list(_selector(css)(self.tree))

    def first_text(self, css: str) -> str:
        """Return the first text, on one line, of the elements that a selector matches; empty if none.

        Raises:
            cssselect.SelectorError: the selector is faulty.
        """
        return next(filter(None, map(text_of, self.select(css))), "")


def short_text(element: HtmlElement, limit: int = SHORT) -> str:
    """Return the text inside an element as `text_of` does, at most `limit` characters.

    The work is bounded, too: elements nest, and callers ask for the text of each.
    """
    if not len(element):
        return " ".join((element.text or "")[: _WHITE_FACTOR * limit].split())[:limit].rstrip()
    return _joined(element, _WHITE_FACTOR * limit, _MAX_EVENTS)[:limit].rstrip()


def text_of(element: HtmlElement) -> str:
    """Return the text inside an element on one line.

    White space is collapsed, blocks and line breaks are separated, scripts and styles are left out.
    """
    if next(element.iterdescendants(*_SILENT, *_SEPARATING), None) is None:
        return " ".join("".join(element.itertext()).split())
    return _joined(element, sys.maxsize, sys.maxsize)


def _joined(element: HtmlElement, characters: int, events: int) -> str:
    """Join the pieces of text inside an element until one of the two budgets is spent."""
    pieces: list[str] = []
    walk = etree.iterwalk(element, events=("start", "end"))
    for event, inner in walk:
        events -= 1
        if event == "start" and inner.tag in _SILENT:
            walk.skip_subtree()
            continue
        if inner.tag in _SEPARATING:
            pieces.append(" ")
        text = inner.text if event == "start" else inner.tail
        if text and not (event == "end" and inner is element):  # its tail is outside
            pieces.append(text[:characters])
            characters -= len(pieces[-1])
        if characters <= 0 or events <= 0:
            break
    return " ".join("".join(pieces).split())


@lru_cache(maxsize=4096)
def _selector(css: str) -> Callable[[HtmlElement], Any]:
    return CSSSelector(css, translator="html")


def _is_markup(text: str) -> bool:
    """Return whether text starts as a page, not as JSON or a feed."""
    start = text.lstrip("\ufeff \t\r\n")
    tag = _HTML_TAG.search(start)
    if tag is None or _JSON_START.match(start):
        return False
    return _FEED_TAG.search(start, 0, tag.start()) is None
