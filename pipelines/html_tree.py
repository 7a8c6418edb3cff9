"""Parse markup into a tree. The input is bounded before, because libxml2 cannot be stopped while it works.

libxml2 compares each attribute with all earlier ones of its element, so that 100,000 of them take a minute in
one call that holds the interpreter; elements and attributes take 100 to 250 bytes each, so that 10 MB of
`<p>x</p>` become a gigabyte.
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
"""Maximum number of elements (start tags) of a page that is parsed. The largest real pages (law texts,
election tables) have some 30,000; 350,000 take a few seconds and 200 MB."""

MAX_ATTRIBUTES = 256
"""Maximum number of attributes of one element that are read. Broken quotes turn the words of a description
into attributes, a hundred or two of them."""

MAX_ALL_ATTRIBUTES = 500_000
"""Maximum number of attributes of a page that is parsed."""

_MIN_ATTRIBUTE_BYTES = 2  # of an attribute, with its separator
_FORBIDDEN = bytes(byte for byte in range(32) if byte not in b"\t\n\r") + b"\x7f"
_REFERENCE = re.compile(rb"&#(?:[xX]0*([0-9a-fA-F]{1,7})|0*([0-9]{1,8}));?")
_LEGAL = re.compile(  # https://www.w3.org/TR/xml/#charsets
    "[\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]"
)
_NUMBER = re.compile(r"&#([0-9]{8,}+)")  # more digits than the last character has
_WINDOWS = range(128, 160)  # references that browsers read as windows-1252
_DATA_URL = re.compile(rb"""data:[\w/+.;=-]{0,80},[^"'\s>)]{64,}""")
# Elements inside each other. The parser gives up at 2048; the recursion of libraries ends well before.
_MAX_DEPTH = 400
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
"""The start tags of a page as a browser's tokenizer reads them (https://html.spec.whatwg.org/#tokenization),
with their attributes beyond MAX_ATTRIBUTES as groups. No position is tried twice, so that it is linear. Where
browsers and libxml2 may differ (a comment or script without its end, a quote that is never closed) it finds
more tags and attributes than they do, not fewer."""

_NO_EXCESS = (b"",) * _TAGS.groups


@dataclass(frozen=True, slots=True)
class Parsed:
    """A parsed page.

    `refused` is the reason why it was not parsed (`root` is empty then), `cuts` what was left out.
    """

    root: HtmlElement
    refused: str = ""
    cuts: tuple[str, ...] = ()


def parse(text: str) -> Parsed:
    """Parse a page.

    The tree has no comments, no processing instructions, no characters that XML forbids, and bounded depth.
    An empty page gives an empty `html` element, and so does one that is too large, with the reason in
    `refused`.
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
    """Return markup with at most MAX_ATTRIBUTES attributes per element, a reason to refuse it, and the cuts.

    The reason is empty if the page can be parsed.
    """
    excess = _TAGS.findall(source)
    if len(excess) > MAX_ELEMENTS:
        return b"", f"parse_limit: {len(excess)} elements, more than {MAX_ELEMENTS}", ()
    cuts: tuple[str, ...] = ()
    if affected := len(excess) - excess.count(_NO_EXCESS):
        source = _TAGS.sub(_without_excess, source)
        cuts = (f"parse_limit: more than {MAX_ATTRIBUTES} attributes of one element ({affected})",)
    if len(source) > _MIN_ATTRIBUTE_BYTES * MAX_ALL_ATTRIBUTES:
        matches = (_TAG_ALONE.match(match[0]) for match in _TAGS.finditer(source))
        # The first attribute that the pattern finds in a tag is its name.
        attributes = sum(len(_EACH_ATTRIBUTE.findall(tag[0])) - 1 for tag in matches if tag)
        if attributes > MAX_ALL_ATTRIBUTES:
            return b"", f"parse_limit: {attributes} attributes, more than {MAX_ALL_ATTRIBUTES}", ()
    return source, "", cuts


def many_attributes(source: bytes) -> bool:
    """Return whether an element of some markup has more than MAX_ATTRIBUTES attributes."""
    excess = _TAGS.findall(source)
    return excess.count(_NO_EXCESS) < len(excess)


def _without_excess(match: re.Match[bytes]) -> bytes:
    """Return a tag (with the script or style after it) without attributes beyond MAX_ATTRIBUTES."""
    spans = (match.span(group) for group in range(1, _TAGS.groups + 1) if match[group])
    start, end = next(spans, (match.end(), match.end()))
    return match.string[match.start() : start] + match.string[end : match.end()]


def unescaped(text: str) -> str:
    """Return the text with its character references decoded.

    `html.unescape` alone raises for numbers of thousands of digits.
    """
    return html.unescape(_NUMBER.sub(_short_reference, text)) if "&" in text else text


def _short_reference(match: re.Match[str]) -> str:
    digits = match[1].lstrip("0")
    return f"&#{digits or 0}" if len(digits) <= len(str(sys.maxunicode)) else "\ufffd"


def legal(source: bytes) -> bytes:
    """Return markup in UTF-8 without characters that XML forbids, written or as references.

    References to 128 to 159 are read as windows-1252, as browsers do.
    """
    source = _REFERENCE.sub(_legal_reference, source.translate(None, _FORBIDDEN))
    if b"\xef" in source:  # a search for one byte is many times as fast as for three
        source = source.replace(b"\xef\xbf\xbe", b"").replace(b"\xef\xbf\xbf", b"")  # U+FFFE and U+FFFF
    return source


def _root(source: bytes) -> HtmlElement:
    """Parse markup of bounded size; an empty `html` element for white space alone."""
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
    """Return a numeric character reference as browsers read it; empty if XML forbids the character.

    https://html.spec.whatwg.org/#numeric-character-reference-end-state
    """
    number = int(match[1], 16) if match[1] else int(match[2])
    if number in _WINDOWS:
        return bytes([number]).decode("windows-1252", "ignore").encode()
    return match[0] if number <= sys.maxunicode and _LEGAL.match(chr(number)) else b""


def _parser() -> etree.HTMLParser:
    parser = etree.HTMLParser(
        encoding="utf-8", remove_comments=True, remove_pis=True, collect_ids=False, huge_tree=True
    )
    # One class for all elements takes half the time of lxml.html's lookup by tag name.
    parser.set_element_class_lookup(etree.ElementDefaultClassLookup(element=HtmlElement))
    return parser


_PARSER = _parser()
