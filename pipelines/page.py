"""A page: bytes from one address at one moment, decoded and parsed at most once."""

from __future__ import annotations

import codecs
import re
import sys
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING, Any

from charset_normalizer import from_bytes
from lxml import etree
from lxml.cssselect import CSSSelector
from lxml.html import HtmlElement

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime


@dataclass(frozen=True)
class Page:
    """What came from an address: `body` with its content coding undone, `content_type` as the header said it, the moment (aware).

    `text`, `tree` and `is_html` are computed when first asked for, and kept. The tree is shared by everyone who reads the
    page: look, do not change.
    """

    url: str
    body: bytes
    content_type: str
    captured_at: datetime

    @cached_property
    def text(self) -> str:
        """The body decoded. The bytes decide: a byte order mark, then UTF-8, then what reads like language, the header last."""
        return decode(self.body, self.content_type)

    @cached_property
    def is_html(self) -> bool:
        """Whether the bytes are a page of markup, whatever the header calls them (a PDF, picture, archive, JSON or feed is none)."""
        return not self.body.startswith(_BINARY) and _is_markup(self.text[:_SNIFFED])

    @cached_property
    def tree(self) -> HtmlElement:
        """The root element: no comments, no processing instructions, no characters that XML forbids, nesting survivable.

        An empty page gives an empty `html` element.
        """
        return _parse(self.text.encode("utf-8", "replace"))

    def select(self, css: str) -> list[HtmlElement]:
        """The elements that a CSS selector matches, in page order. Raises `cssselect.SelectorError` for a wrong selector."""
        return list(_selector(css)(self.tree))

    def first_text(self, css: str) -> str:
        """The text of the first element that the selector matches and that has any, on one line; empty when there is none."""
        return next((text for element in self.select(css) if (text := text_of(element))), "")


def text_of(element: HtmlElement) -> str:
    """The text inside an element on one line: whitespace collapsed, blocks and line breaks parted, scripts and styles left out."""
    if next(element.iterdescendants(*_SILENT, *_PARTING), None) is None:
        return " ".join("".join(element.itertext()).split())
    pieces: list[str] = []
    walk = etree.iterwalk(element, events=("start", "end"))
    for event, inner in walk:
        if event == "start" and inner.tag in _SILENT:
            walk.skip_subtree()
            continue
        if inner.tag in _PARTING:
            pieces.append(" ")
        text = inner.text if event == "start" else inner.tail if inner is not element else None
        pieces.append(text or "")
    return " ".join("".join(pieces).split())


_SILENT = ("script", "style", "template")
_PARTING = (
    "br",
    "p",
    "div",
    "li",
    "ul",
    "ol",
    "td",
    "tr",
    "table",
    "section",
    "figure",
    "figcaption",
    "h1",
    "h2",
    "h3",
    "h4",
    "dt",
    "dd",
    "header",
    "time",
)


@lru_cache(maxsize=4096)
def _selector(css: str) -> Callable[[HtmlElement], Any]:
    return CSSSelector(css, translator="html")


# ── what kind of bytes ─────────────────────────────────────────────────────────────────────────────────────────────

_BINARY = (b"%PDF-", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"PK\x03\x04", b"\x1f\x8b", b"RIFF", b"Rar!", b"7z\xbc\xaf", b"\xd0\xcf\x11\xe0")
_SNIFFED = 100_000  # characters in which a page shows its first tag
_HTML_TAG = re.compile(r"<(?:!doctype\s+html|html|head|body|title|meta|div|p|h[1-6]|table|article|main|section|span|a)\b", re.IGNORECASE)
_FEED_TAG = re.compile(r"<(?:rss|feed|rdf:rdf|urlset|sitemapindex)\b", re.IGNORECASE)
_JSON_START = re.compile(r"""[{\[]\s*(?:["{\[\]}\d-]|true|false|null)""")


def _is_markup(text: str) -> bool:
    start = text.lstrip("\ufeff \t\r\n")
    tag = _HTML_TAG.search(start)
    if tag is None or _JSON_START.match(start):
        return False
    return _FEED_TAG.search(start, 0, tag.start()) is None


# ── bytes to text ──────────────────────────────────────────────────────────────────────────────────────────────────

_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_CYRILLIC = ("windows-1251", "koi8-r", "iso-8859-5", "cp866", "kz1048")
_DECLARED = re.compile(rb"""charset\s*=\s*["']?\s*([\w.:-]{2,40})""", re.IGNORECASE)
_HEAD_BYTES = 4096  # where a <meta> declaration is looked for; HTML asks for the first 1024
_HIGH = re.compile(rb"[\x80-\xff]+")
_COMMON = frozenset("оеаинтсрвлідқ")  # six in ten letters of Russian text, five in ten of Kazakh
_PLAUSIBLE = 0.35  # share of those letters among the non-ASCII characters; a wrong Cyrillic charset stays below 0.2
_SAMPLE = 4_000  # non-ASCII bytes looked at
_FOREIGN_RUN = 2.5  # mean length of a run of non-ASCII bytes from which on the script is not Latin
_SOUND = 20  # valid multi-byte characters for each broken one that still speak for UTF-8


def decode(body: bytes, content_type: str = "") -> str:
    """The text of a body. A declaration that the bytes contradict loses; what cannot be decoded becomes U+FFFD."""
    for mark, charset in _MARKS:
        if body.startswith(mark):
            return body[len(mark) :].decode(charset, "replace")
    if wide := _wide_charset(body[:512]):
        return body.decode(wide, "replace")
    try:
        return _undo_double_coding(body)
    except UnicodeDecodeError:
        pass
    loose = body.decode("utf-8", "replace")
    broken = loose.count("\ufffd")
    if len(loose) - len(loose.encode("ascii", "ignore")) > _SOUND * broken:
        return loose
    return _decode_bytewise(body, _declared(content_type.encode("utf-8", "replace")) or _declared(body[:_HEAD_BYTES]))


def _wide_charset(start: bytes) -> str:
    """UTF-16 without a mark: markup is ASCII, so many of every second byte are zero, and none of the others."""
    half = len(start) // 2
    even, odd = start[::2].count(0), start[1::2].count(0)
    if odd > 0.1 * half and not even:
        return "utf-16-le"
    return "utf-16-be" if even > 0.1 * half and not odd else ""


def _declared(declaration: bytes) -> str:
    found = _DECLARED.search(declaration)
    try:
        return codecs.lookup(found[1].decode("ascii", "replace")).name if found else ""
    except LookupError:
        return ""


def _decode_bytewise(body: bytes, declared: str) -> str:
    """The text of a body that is not Unicode: Cyrillic if it reads like Cyrillic, as declared, else by statistics."""
    runs = _HIGH.findall(body)
    sample = b" ".join(runs)[:_SAMPLE]
    if len(sample) > _FOREIGN_RUN * min(len(runs), _SAMPLE):
        readings = {charset: _share_of_common(sample.decode(charset, "replace")) for charset in _CYRILLIC}
        best = max(readings, key=lambda charset: readings[charset] + 0.02 * (charset == declared))
        if readings[best] >= _PLAUSIBLE:
            return body.decode(best, "replace")
    if declared and declared not in ("utf-8", "ascii"):
        try:
            return body.decode(declared)
        except (UnicodeDecodeError, LookupError):
            pass
    guess = from_bytes(body[:_SNIFFED]).best()
    return body.decode(guess.encoding if guess else "windows-1252", "replace")


def _share_of_common(text: str) -> float:
    letters = [char for char in text if char > "\x7f"]
    return sum(char in _COMMON for char in letters) / max(1, len(letters))


_BACK_TO_BYTES = {
    charset: {ord(char): byte for byte in range(128, 256) if (char := bytes([byte]).decode(charset, "ignore"))}
    for charset in ("windows-1251", "windows-1252")
}


def _undo_double_coding(body: bytes) -> str:
    """The text of UTF-8. Where UTF-8 was read as windows-1251 or -1252 and stored as UTF-8 again, that is undone if all of it can be."""
    text = body.decode("utf-8")
    for charset, letter_a in (("windows-1251", "Р°"), ("windows-1252", "Ð°")):  # what becomes of «а», and is no text otherwise
        if letter_a.encode() in body[:_SNIFFED]:
            try:
                return text.translate(_BACK_TO_BYTES[charset]).encode("latin-1").decode("utf-8")
            except UnicodeError:
                continue
    return text


# ── text to tree ───────────────────────────────────────────────────────────────────────────────────────────────────

_FORBIDDEN = bytes(byte for byte in range(32) if byte not in b"\t\n\r") + b"\x7f"
_REFERENCE = re.compile(rb"&#(?:[xX]0*([0-9a-fA-F]{1,7})|0*([0-9]{1,8}));?")
_LEGAL = re.compile("[\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # https://www.w3.org/TR/xml/#charsets
_WINDOWS = range(128, 160)
_DATA_URL = re.compile(rb"""data:[\w/+.;=-]{0,80},[^"'\s>)]{64,}""")
_MAX_DEPTH = 400  # elements inside each other; the parser gives up at 2048, the readers' recursion well before
_TOO_DEEP = etree.XPath("boolean(/*" + "/*" * _MAX_DEPTH + ")")
_FLAT = re.compile(rb"</?(?!(?:html|head|body|title|meta|link|script|style|h[1-6]|p|a|time|img|br)\b)[a-zA-Z][^<>]*>")
_NESTABLE = re.compile(rb"</?[a-zA-Z][^<>]*>")


def _parser() -> etree.HTMLParser:
    parser = etree.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, collect_ids=False, huge_tree=True)
    # one class for every element: half the cost of lxml.html's lookup by tag name
    parser.set_element_class_lookup(etree.ElementDefaultClassLookup(element=HtmlElement))
    return parser


_PARSER = _parser()


def _parse(source: bytes) -> HtmlElement:
    source = _DATA_URL.sub(b"", _REFERENCE.sub(_legal_reference, source.translate(None, _FORBIDDEN)))
    if b"\xef\xbf" in source:
        source = source.replace(b"\xef\xbf\xbe", b"").replace(b"\xef\xbf\xbf", b"")  # U+FFFE and U+FFFF
    root = _root(source)
    for tags in (_FLAT, _NESTABLE):
        if not _TOO_DEEP(root):
            break
        root = _root(tags.sub(b"<br>", source))
    return root


def _root(source: bytes) -> HtmlElement:
    try:
        root: Any = etree.fromstring(source, _PARSER)
    except etree.ParserError:  # nothing but whitespace
        root = None
    except etree.XMLSyntaxError:
        root = None
    return root if root is not None else _PARSER.makeelement("html")


def _legal_reference(match: re.Match[bytes]) -> bytes:
    """A numeric character reference as it is, as browsers read it (128 to 159 are windows-1252), or nothing where XML forbids it."""
    number = int(match[1], 16) if match[1] else int(match[2])
    if number in _WINDOWS:
        return bytes([number]).decode("windows-1252", "ignore").encode()
    return match[0] if number <= sys.maxunicode and _LEGAL.match(chr(number)) else b""
