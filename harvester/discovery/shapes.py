"""What an answer is, by its bytes: unpacked within bounds, and told a feed, a sitemap or a web page."""

from __future__ import annotations

import re
import zlib
from enum import StrEnum

from harvester.discovery.found import BAD_GZIP, EMPTY, ENTITIES, NOT_XML, TOO_COMPLEX, TOO_LARGE, WEB_PAGE, Unreadable
from pipelines.encoding import decode
from pipelines.html_tree import legal, many_attributes

MAX_BYTES = 10 * 1024 * 1024
"""The most bytes that an answer may hold once unpacked: a few kilobytes of gzip can hold gigabytes."""

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
    """What the root element says."""

    FEED = "feed"
    SITEMAP = "sitemap"
    WEB_PAGE = "web page"
    OTHER = "other"


def unpacked(body: bytes) -> bytes:
    """The body, with gzip undone when the bytes begin like gzip. Unreadable when empty, damaged, or over MAX_BYTES."""
    if body.startswith(_GZIP):
        body = _gunzip(body)
    if not body.strip():
        raise Unreadable(EMPTY)
    return body


def _gunzip(body: bytes) -> bytes:
    unpacker = zlib.decompressobj(zlib.MAX_WBITS | 16)
    try:
        plain = unpacker.decompress(body, MAX_BYTES + 1)
    except zlib.error:
        raise Unreadable(BAD_GZIP) from None
    if len(plain) > MAX_BYTES:
        raise Unreadable(TOO_LARGE)
    if not unpacker.eof:
        raise Unreadable(BAD_GZIP)
    return plain


def shape_of(body: bytes) -> Shape:
    """What the first telling tag says that an unpacked body is."""
    found = _ROOT.search(_narrow(body[:_HEAD]))
    root = found[1].lower() if found else b""
    if root in (b"rss", b"feed", b"rdf"):
        return Shape.FEED
    if root in (b"urlset", b"sitemapindex"):
        return Shape.SITEMAP
    return Shape.WEB_PAGE if root else Shape.OTHER


def xml_of(body: bytes, *shapes: Shape) -> bytes:
    """The unpacked body as UTF-8 without its XML declaration, if it has one of these shapes and a parser can bear it.

    Entities are refused before any parser sees them: they are how a few bytes become gigabytes, and how a file of this machine
    gets into an answer ("billion laughs", CWE-776, and external entities, CWE-611). So are elements with more attributes, and
    documents with more namespaces, than any feed has: the parsers need the square of their number. It is decoded here, so that what
    was looked at is what is parsed (UTF-7 hides tags).

    Raises:
        Unreadable: the body is empty, damaged, too large, too complex, of another shape, or declares entities.
    """
    body = unpacked(body)
    declared = _DECLARED.match(_narrow(body[:_HEAD]))
    text = decode(body, f"charset={declared[1].decode('ascii', 'replace')}" if declared else "")
    plain = legal(_DECLARATION.sub("", text.lstrip("\ufeff \t\r\n"), count=1).encode("utf-8", "replace"))
    if b"<!ENTITY" in plain.upper():
        raise Unreadable(ENTITIES)
    shape = shape_of(plain)
    if shape not in shapes:
        raise Unreadable(WEB_PAGE if shape is Shape.WEB_PAGE else NOT_XML)
    if many_attributes(plain) or len(set(_NAMESPACE.findall(plain))) > _MOST_NAMESPACES:
        raise Unreadable(TOO_COMPLEX)
    return plain


def _narrow(body: bytes) -> bytes:
    """The bytes without the zeros of UTF-16, so that ASCII can be looked for."""
    return body.replace(b"\0", b"") if body.startswith(_WIDE_MARKS) or b"\0" in body[:4] else body
