"""Detect what a response is by its bytes: decompress within bounds, then tell feed, sitemap or web page."""

from __future__ import annotations

import codecs
import re
from enum import StrEnum
from itertools import chain
from typing import TYPE_CHECKING

from harvester.discovery.discovery_result import BAD_GZIP, EMPTY, ENTITIES, NOT_XML, TOO_COMPLEX, TOO_LARGE, WEB_PAGE, ChannelParseError
from pipelines.encoding import SNIFFED, read_text
from pipelines.html_tree import legal, many_attributes
from storage.warc.codings import MAX_BODY_BYTES, MAX_SITEMAP_BYTES, gunzip
from storage.warc.errors import BadCoding

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_BYTES = MAX_BODY_BYTES
"""Bytes that a response other than a sitemap may hold once decompressed: a few kilobytes of gzip can hold
gigabytes."""

_PIECE = 64 * 1024
_LONGEST_TAG = 1024 * 1024  # bytes of a tag and the text behind it
_GZIP = b"\x1f\x8b"
_HEAD = 8192  # bytes in which a root element is looked for
_DECLARED = re.compile(
    rb"""(?:\xef\xbb\xbf|\xff\xfe|\xfe\xff)?\s{0,100}<\?xml[^>]{0,200}?encoding\s?=\s?["']([\w.:-]{2,40})""", re.IGNORECASE
)
_DECLARATION = re.compile(r"<\?xml\b[^>]{0,1000}\?>", re.IGNORECASE)
_NAMESPACE = re.compile(rb"""xmlns:[\w.-]{1,100}+\s?=\s?["'][^"'<>]{0,200}""")
_MOST_NAMESPACES = 200  # different ones
_WIDE_MARKS = (b"\xff\xfe", b"\xfe\xff")
_ROOT = re.compile(rb"<(?:[\w.-]+:)?(rss|feed|rdf|urlset|sitemapindex|html|head|body|!doctype\s+html)\b", re.IGNORECASE)


class Shape(StrEnum):
    """Kind of document by its root element."""

    FEED = "feed"
    SITEMAP = "sitemap"
    WEB_PAGE = "web page"
    OTHER = "other"


def unpacked(body: bytes) -> bytes:
    """Return the body, decompressed when it begins with gzip's magic bytes.

    Raises:
        ChannelParseError: the body is empty, damaged, or over MAX_BYTES.
    """
    if body.startswith(_GZIP):
        body = b"".join(_unpacked_pieces(body, MAX_BYTES))
    elif len(body) > MAX_BYTES:
        raise ChannelParseError(TOO_LARGE)
    if not body.strip():
        raise ChannelParseError(EMPTY)
    return body


def beginning(body: bytes) -> bytes:
    """Return the first bytes of a body, decompressed: enough to detect its kind.

    Raises:
        ChannelParseError: its gzip is damaged there.
    """
    return _start(_unpacked_pieces(body, MAX_SITEMAP_BYTES), _HEAD)[:_HEAD]


def _unpacked_pieces(body: bytes, limit: int) -> Iterator[bytes]:
    """Yield a body in pieces, with gzip undone.

    Raises:
        ChannelParseError: it is damaged, or holds more than `limit` bytes.
    """
    size = 0
    pieces = gunzip(body) if body.startswith(_GZIP) else (body[at : at + _PIECE] for at in range(0, len(body), _PIECE))
    try:
        for piece in pieces:
            size += len(piece)
            if size > limit:
                raise ChannelParseError(TOO_LARGE)
            yield piece
    except BadCoding:
        raise ChannelParseError(BAD_GZIP) from None


def _start(pieces: Iterator[bytes], least: int) -> bytes:
    """Return the first pieces, until they hold `least` bytes."""
    taken: list[bytes] = []
    missing = least
    while missing > 0 and (piece := next(pieces, b"")):
        taken.append(piece)
        missing -= len(piece)
    return b"".join(taken)


def shape_of(body: bytes) -> Shape:
    """Return what the first root-like tag of a decompressed body says that it is."""
    found = _ROOT.search(_narrow(body[:_HEAD]))
    root = found[1].lower() if found else b""
    if root in (b"rss", b"feed", b"rdf"):
        return Shape.FEED
    if root in (b"urlset", b"sitemapindex"):
        return Shape.SITEMAP
    return Shape.WEB_PAGE if root else Shape.OTHER


def xml_of(body: bytes, *shapes: Shape) -> bytes:
    """Return the decompressed body as UTF-8 without its XML declaration, if it has one of `shapes`.

    Entities are refused before any parser sees them: they expand a few bytes to gigabytes ("billion laughs",
    CWE-776) and read local files (external entities, CWE-611). So are elements with more attributes, and
    documents with more namespaces, than any feed has: the parsers' time grows with the square of their
    number. The body is decoded here, so that what was checked is what is parsed (UTF-7 hides tags).

    Raises:
        ChannelParseError: the body is empty, damaged, too large, too complex, of another shape, or declares
            entities.
    """
    body = unpacked(body)
    plain = legal(_without_declaration(read_text(body, _declared_in(body)).text))
    _require(plain, *shapes)
    return _Checks().passed(plain)


def xml_pieces(body: bytes, *shapes: Shape) -> Iterator[bytes]:
    """Yield the body as `xml_of` returns it, up to 50 MiB decompressed, in pieces that end before a tag.

    Only one piece is held at a time. The charset is detected in the first 100,000 bytes.

    Raises:
        ChannelParseError: as `xml_of`; what is wrong further on is raised when that piece is reached.
    """
    pieces = _unpacked_pieces(body, MAX_SITEMAP_BYTES)
    head = _start(pieces, SNIFFED)
    if not head.strip():
        raise ChannelParseError(EMPTY)
    sniffed = head if b"\0" in head[:4] else head[: head.rfind(b">") + 1] or head  # a character may be cut at its end
    decoder = codecs.getincrementaldecoder(read_text(sniffed, _declared_in(head)).charset)("replace")
    checks = _Checks()
    rest = _without_declaration(decoder.decode(head))
    _require(legal(rest[:_HEAD]), *shapes)
    for piece in chain(pieces, [b""]):
        cut = rest.rfind(b"<")  # never inside an attribute: XML forbids it there
        if cut > 0:
            yield checks.passed(legal(rest[:cut]))
            rest = rest[cut:]
        if len(rest) > _LONGEST_TAG:
            raise ChannelParseError(TOO_COMPLEX)
        rest += decoder.decode(piece, final=not piece).encode("utf-8", "replace")
    yield checks.passed(legal(rest))


def _declared_in(body: bytes) -> str:
    """Return the charset of the XML declaration, written as a Content-Type header."""
    declared = _DECLARED.match(_narrow(body[:_HEAD]))
    return f"charset={declared[1].decode('ascii', 'replace')}" if declared else ""


def _without_declaration(text: str) -> bytes:
    return _DECLARATION.sub("", text.lstrip("\ufeff \t\r\n"), count=1).lstrip().encode("utf-8", "replace")


def _require(plain: bytes, *shapes: Shape) -> None:
    shape = shape_of(plain)
    if shape not in shapes:
        raise ChannelParseError(WEB_PAGE if shape is Shape.WEB_PAGE else NOT_XML)


class _Checks:
    """Checks each piece for what no parser may see."""

    def __init__(self) -> None:
        self._namespaces: set[bytes] = set()

    def passed(self, plain: bytes) -> bytes:
        """Return the piece itself.

        Raises:
            ChannelParseError: it declares entities or holds more attributes or namespaces than a parser can
                bear.
        """
        if b"<!ENTITY" in plain.upper():
            raise ChannelParseError(ENTITIES)
        self._namespaces.update(_NAMESPACE.findall(plain))
        if many_attributes(plain) or len(self._namespaces) > _MOST_NAMESPACES:
            raise ChannelParseError(TOO_COMPLEX)
        return plain


def _narrow(body: bytes) -> bytes:
    """Return the bytes without the zeros of UTF-16, so that ASCII can be searched."""
    return body.replace(b"\0", b"") if body.startswith(_WIDE_MARKS) or b"\0" in body[:4] else body
