"""Text to tree: what libxml2 gets is bounded before, because it cannot be stopped once it works.

libxml2 looks for the end of an element's attributes at each new one, so that 100,000 of them cost a minute in a single call that holds
the interpreter; elements and attributes cost 100 to 250 bytes each, so that 10 MB of `<p>x</p>` become a gigabyte.
"""

from __future__ import annotations

import html
import re
import sys
from dataclasses import dataclass
from typing import Any

from lxml import etree
from lxml.html import HtmlElement

MAX_ELEMENTS = 350_000
"""Elements (start tags) of a page that is parsed. The largest real ones (law texts, election tables) have some 30,000; 350,000 take a
few seconds and 200 MB."""

MAX_ATTRIBUTES = 256
"""Attributes of one element that are read. Broken quotes make the words of a description attributes, a hundred or two of them."""

MAX_ALL_ATTRIBUTES = 500_000
"""Attributes of a page that is parsed."""

_FEWEST_BYTES = 2  # of an attribute with what parts it from the next one
_FORBIDDEN = bytes(byte for byte in range(32) if byte not in b"\t\n\r") + b"\x7f"
_REFERENCE = re.compile(rb"&#(?:[xX]0*([0-9a-fA-F]{1,7})|0*([0-9]{1,8}));?")
_LEGAL = re.compile(
    "[\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]"
)  # https://www.w3.org/TR/xml/#charsets
_NUMBER = re.compile(r"&#([0-9]{8,}+)")  # more digits than the last character has
_WINDOWS = range(128, 160)
_DATA_URL = re.compile(rb"""data:[\w/+.;=-]{0,80},[^"'\s>)]{64,}""")
_MAX_DEPTH = (
    400  # elements inside each other; the parser gives up at 2048, the readers' recursion well before
)
_TOO_DEEP = etree.XPath("boolean(/*" + "/*" * _MAX_DEPTH + ")")
_FLAT = re.compile(
    rb"</?(?!(?:html|head|body|title|meta|link|script|style|h[1-6]|p|a|time|img|br)\b)[a-zA-Z][^<>]*>"
)
_NESTABLE = re.compile(rb"</?[a-zA-Z][^<>]*>")

_ATTRIBUTE = (
    rb"""(?: [a-z-]++="[^"]*+"|[\s/]*+[^\s/>][^\s/>=]*+(?:\s*+=\s*+(?:"[^"]*+"|'[^']*+'|[^\s>]*+))?+)"""
)
_ATTRIBUTES = rb"(?:%b){0,%d}+((?:%b)*+)" % (_ATTRIBUTE, MAX_ATTRIBUTES, _ATTRIBUTE)
_EACH_ATTRIBUTE = re.compile(_ATTRIBUTE)
_TAG_ALONE = re.compile(rb"<[a-zA-Z][^\s/>]*+(?:%b)*+" % _ATTRIBUTE)
_TAGS = re.compile(
    rb"<!--(?:-?>|(?:[^-]++|-(?!-!?>))*+)"  # a comment, up to its end
    rb"|<[sS][cC][rR][iI][pP][tT](?=[\s/>])%b[^>]*+(?:[^<]++|<(?!/[sS][cC][rR][iI][pP][tT]))*+"
    rb"|<[sS][tT][yY][lL][eE](?=[\s/>])%b[^>]*+(?:[^<]++|<(?!/[sS][tT][yY][lL][eE]))*+"
    rb"|<[a-zA-Z][^\s/>]*+%b" % (_ATTRIBUTES, _ATTRIBUTES, _ATTRIBUTES)
)
"""The start tags of a page as a browser's tokenizer sees them (https://html.spec.whatwg.org/#tokenization), their attributes beyond
MAX_ATTRIBUTES as groups. Never tried twice at one place, and so linear. Where browsers and libxml2 might differ (a comment or
script without its end, a quote that is never closed) it sees more tags and attributes than they do, not fewer."""


_NONE_BEYOND = (b"",) * _TAGS.groups


@dataclass(frozen=True, slots=True)
class Parsed:
    """The root of a page, `refused` where it was not parsed (the root is empty then), and what was left out of it."""

    root: HtmlElement
    refused: str = ""
    cuts: tuple[str, ...] = ()


def parse(text: str) -> Parsed:
    """The tree of a page: no comments, no processing instructions, no characters that XML forbids, nesting survivable.

    An empty page gives an empty `html` element, and so does one that is too large, with the reason in `refused`.
    """
    source = _DATA_URL.sub(b"", legal(text.encode("utf-8", "replace")))
    source, refused, cuts = _bounded(source)
    if refused:
        return Parsed(_empty(), refused)
    root = _root(source)
    for tags in (_FLAT, _NESTABLE):
        if not _TOO_DEEP(root):
            break
        cuts = (*cuts, f"parse_limit: more than {_MAX_DEPTH} elements inside each other")[-2:]
        root = _root(tags.sub(b"<br>", source))
    return Parsed(root, "", tuple(dict.fromkeys(cuts)))


def _bounded(source: bytes) -> tuple[bytes, str, tuple[str, ...]]:
    """Markup with at most MAX_ATTRIBUTES attributes an element, why it is too large to be parsed (or nothing), and what was cut."""
    beyond = _TAGS.findall(source)
    if len(beyond) > MAX_ELEMENTS:
        return b"", f"parse_limit: {len(beyond)} elements, more than {MAX_ELEMENTS}", ()
    cuts: tuple[str, ...] = ()
    if further := len(beyond) - beyond.count(_NONE_BEYOND):
        source = _TAGS.sub(_without_further, source)
        cuts = (f"parse_limit: more than {MAX_ATTRIBUTES} attributes of one element ({further})",)
    if len(source) > _FEWEST_BYTES * MAX_ALL_ATTRIBUTES:
        tags = (tag[0] for found in _TAGS.finditer(source) if (tag := _TAG_ALONE.match(found[0])))
        attributes = sum(len(_EACH_ATTRIBUTE.findall(tag)) - 1 for tag in tags)  # the first is its name
        if attributes > MAX_ALL_ATTRIBUTES:
            return b"", f"parse_limit: {attributes} attributes, more than {MAX_ALL_ATTRIBUTES}", ()
    return source, "", cuts


def many_attributes(source: bytes) -> bool:
    """Whether an element of some markup has more than MAX_ATTRIBUTES attributes."""
    beyond = _TAGS.findall(source)
    return beyond.count(_NONE_BEYOND) < len(beyond)


def _without_further(found: re.Match[bytes]) -> bytes:
    """A tag (with the script or style behind it) without its attributes beyond the first MAX_ATTRIBUTES."""
    start, end = next(
        (found.span(group) for group in range(1, _TAGS.groups + 1) if found[group]),
        (found.end(), found.end()),
    )
    return found.string[found.start() : start] + found.string[end : found.end()]


def unescaped(text: str) -> str:
    """The text with its character references undone (html.unescape, which raises for a number of thousands of digits)."""
    return html.unescape(_NUMBER.sub(_short_reference, text)) if "&" in text else text


def _short_reference(found: re.Match[str]) -> str:
    digits = found[1].lstrip("0")
    return f"&#{digits or 0}" if len(digits) <= len(str(sys.maxunicode)) else "\ufffd"


def legal(source: bytes) -> bytes:
    """Markup in UTF-8 without the characters that XML forbids, written or as references; references to 128 to 159 are windows-1252."""
    source = _REFERENCE.sub(_legal_reference, source.translate(None, _FORBIDDEN))
    if b"\xef" in source:  # one byte is found many times as fast as two
        source = source.replace(b"\xef\xbf\xbe", b"").replace(b"\xef\xbf\xbf", b"")  # U+FFFE and U+FFFF
    return source


def _root(source: bytes) -> HtmlElement:
    try:
        root: Any = etree.fromstring(source, _PARSER)
    except etree.ParserError:  # nothing but whitespace
        root = None
    except etree.XMLSyntaxError:
        root = None
    return root if root is not None else _empty()


def _empty() -> HtmlElement:
    return _PARSER.makeelement("html")


def _legal_reference(match: re.Match[bytes]) -> bytes:
    """A numeric character reference as it is, as browsers read it (128 to 159 are windows-1252), or nothing where XML forbids it."""
    number = int(match[1], 16) if match[1] else int(match[2])
    if number in _WINDOWS:
        return bytes([number]).decode("windows-1252", "ignore").encode()
    return match[0] if number <= sys.maxunicode and _LEGAL.match(chr(number)) else b""


def _parser() -> etree.HTMLParser:
    parser = etree.HTMLParser(
        encoding="utf-8", remove_comments=True, remove_pis=True, collect_ids=False, huge_tree=True
    )
    # one class for every element: half the cost of lxml.html's lookup by tag name
    parser.set_element_class_lookup(etree.ElementDefaultClassLookup(element=HtmlElement))
    return parser


_PARSER = _parser()
