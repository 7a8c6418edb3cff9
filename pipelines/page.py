"""A page: bytes from one address at one moment, decoded and parsed at most once."""

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


@dataclass(frozen=True)
class Page:
    """What came from an address: `body` with its content coding undone, `content_type` as the header said it, the moment (aware).

    `text`, `charset`, `tree` and `is_html` are computed when first asked for, and kept. The tree is shared by everyone who reads the
    page: look, do not change.
    """

    url: str
    body: bytes
    content_type: str
    captured_at: datetime

    @property
    def text(self) -> str:
        """The body decoded: by a byte order mark, else UTF-8, else as header or page declare unless the bytes contradict that."""
        return self._decoded.text

    @property
    def charset(self) -> str:
        """Python's name of the charset that the body was decoded from."""
        return self._decoded.charset

    @cached_property
    def _decoded(self) -> DecodedText:
        return read_text(self.body, self.content_type)

    @cached_property
    def is_html(self) -> bool:
        """Whether the bytes are a page of markup, whatever the header calls them (a PDF, picture, archive, JSON or feed is none)."""
        return not self.body.startswith(_BINARY) and _is_markup(self.text[:SNIFFED])

    @cached_property
    def tree(self) -> HtmlElement:
        """The root element: no comments, no processing instructions, no characters that XML forbids, nesting survivable.

        An empty page gives an empty `html` element, and so does one that is too large to be parsed (see `parse_limit`).
        """
        return self._parsed.root

    @property
    def parse_limit(self) -> str:
        """Why the page was not parsed: it has more tags or attributes than a news page can have. Empty where it was."""
        return self._parsed.refused

    @property
    def cuts(self) -> tuple[str, ...]:
        """What was left out of the tree because there was too much of it."""
        return self._parsed.cuts

    @cached_property
    def _parsed(self) -> Parsed:
        return parse(self.text)

    def select(self, css: str) -> list[HtmlElement]:
        """The elements that a CSS selector matches, in page order. Raises `cssselect.SelectorError` for a wrong selector."""
        return list(_selector(css)(self.tree))

    def first_text(self, css: str) -> str:
        """The text of the first element that the selector matches and that has any, on one line; empty when there is none."""
        return next((text for element in self.select(css) if (text := text_of(element))), "")


SHORT = 5_000
"""Characters of the longest text that a field other than the body may have (see pipelines.extraction.bounds)."""

_MOST_NODES = 20_000  # events of a walk over a short field
_WHITE = 10  # characters of white space around each printed one


def short_text(element: HtmlElement, limit: int = SHORT) -> str:
    """The text inside an element as `text_of` reads it, at most `limit` characters of it.

    The work is bounded, too, however much the element holds: elements lie inside each other, and each of them may be asked.
    """
    if not len(element):
        return " ".join((element.text or "")[: _WHITE * limit].split())[:limit].rstrip()
    return _joined(element, _WHITE * limit, _MOST_NODES)[:limit].rstrip()


def text_of(element: HtmlElement) -> str:
    """The text inside an element on one line: whitespace collapsed, blocks and line breaks parted, scripts and styles left out."""
    if next(element.iterdescendants(*_SILENT, *_PARTING), None) is None:
        return " ".join("".join(element.itertext()).split())
    return _joined(element, sys.maxsize, sys.maxsize)


def _joined(element: HtmlElement, characters: int, nodes: int) -> str:
    pieces: list[str] = []
    walk = etree.iterwalk(element, events=("start", "end"))
    for event, inner in walk:
        nodes -= 1
        if event == "start" and inner.tag in _SILENT:
            walk.skip_subtree()
            continue
        if inner.tag in _PARTING:
            pieces.append(" ")
        text = inner.text if event == "start" else inner.tail if inner is not element else None
        if text:
            pieces.append(text[:characters])
            characters -= len(pieces[-1])
        if characters <= 0 or nodes <= 0:
            break
    return " ".join("".join(pieces).split())


_SILENT = frozenset({"script", "style", "template"})
_PARTING = frozenset(
    "br p div li ul ol td tr table section figure figcaption h1 h2 h3 h4 dt dd header time".split()  # noqa: SIM905  reads best so
)


@lru_cache(maxsize=4096)
def _selector(css: str) -> Callable[[HtmlElement], Any]:
    return CSSSelector(css, translator="html")


# ── what kind of bytes ─────────────────────────────────────────────────────────────────────────────────────────────

_BINARY = (
    b"%PDF-",
    b"\x89PNG",
    b"\xff\xd8\xff",
    b"GIF8",
    b"PK\x03\x04",
    b"\x1f\x8b",
    b"RIFF",
    b"Rar!",
    b"7z\xbc\xaf",
    b"\xd0\xcf\x11\xe0",
)
_HTML_TAG = re.compile(
    r"<(?:!doctype\s+html|html|head|body|title|meta|div|p|h[1-6]|table|article|main|section|span|a)\b",
    re.IGNORECASE,
)
_FEED_TAG = re.compile(r"<(?:rss|feed|rdf:rdf|urlset|sitemapindex)\b", re.IGNORECASE)
_JSON_START = re.compile(r"""[{\[]\s*(?:["{\[\]}\d-]|true|false|null)""")


def _is_markup(text: str) -> bool:
    start = text.lstrip("\ufeff \t\r\n")
    tag = _HTML_TAG.search(start)
    if tag is None or _JSON_START.match(start):
        return False
    return _FEED_TAG.search(start, 0, tag.start()) is None
