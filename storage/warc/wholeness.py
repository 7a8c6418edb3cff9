"""Check whether a body is whole: by its declared length, and by the end of its format."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from storage.warc.codings import MAX_SITEMAP_BYTES, gunzip
from storage.warc.errors import BadCoding
from storage.warc.members import GZIP_MAGIC

if TYPE_CHECKING:
    from storage.warc.response import WarcResponse

_TAIL = 8 * 1024
_HEAD = 64 * 1024
_HTML_END = re.compile(rb"</(?:html|body)[\s>]", re.IGNORECASE)
_HTML_START = re.compile(rb"<(?:!doctype\s+html|html|head|body)[\s>]", re.IGNORECASE)
_NAME = re.compile(rb"[A-Za-z_][\w.:-]{0,99}")


def is_short_of_its_length(response: WarcResponse) -> bool:
    """Return whether Content-Length names more bytes than a record's body has.

    Content-Length is ignored beside Transfer-Encoding (RFC 9112, section 6.3), for a body whose content
    coding was removed before it was stored, and for revisit records.
    """
    declared = [value.strip() for value in response.header_values("content-length")]
    if response.original is not None or response.same_as is not None or response.header_values("transfer-encoding"):
        return False
    lengths = [int(value) for value in declared if value.isascii() and value.isdecimal() and len(value) <= 15]  # noqa: PLR2004
    if not lengths or min(lengths) <= len(response.body):
        return False
    try:
        return not response.decoded().absent
    except BadCoding:
        return True


def has_own_end(body: bytes, content_type: str) -> bool:
    """Return whether a body (content coding removed) has the end of its format, where no length is declared.

    HTML has its end tag near the end, XML the end tag of its root at the end, JSON parses, gzip files have
    all their members. Of other formats nothing is known: False.
    """
    start = _plain(body[:_HEAD]).lstrip(b"\xef\xbb\xbf \t\r\n\xff\xfe")
    if body.startswith(GZIP_MAGIC):
        return _has_whole_members(body)
    if start.startswith((b"{", b"[")):
        return _is_json(body)
    if not start.startswith(b"<"):
        return False
    if looks_like_html(body, content_type):
        return has_html_end(body)
    return _has_end_of_root(start, _plain(body[-_TAIL - len(body) % 2 :]))


def looks_like_html(body: bytes, content_type: str) -> bool:
    """Return whether a body is an HTML page: by its first tags, or by its type unless it is XML."""
    start = _plain(body[:_HEAD]).lstrip(b"\xef\xbb\xbf \t\r\n\xff\xfe")
    if start[:5].lower() == b"<?xml":
        return b"<html" in start[:1024].lower()
    return _HTML_START.search(start[:4096]) is not None or ("html" in content_type.lower() and start.startswith(b"<"))


def has_html_end(body: bytes) -> bool:
    """Return whether a page has `</html>` or `</body>` near its end (scripts and counters may follow it)."""
    return _HTML_END.search(_plain(body[-_TAIL - len(body) % 2 :]) + b" ") is not None


def _plain(piece: bytes) -> bytes:
    """Return a piece of a text without the zero bytes of UTF-16 and UTF-32: tags are ASCII."""
    return piece.replace(b"\0", b"")


def _is_json(body: bytes) -> bool:
    try:
        json.loads(body)
    except (ValueError, RecursionError):
        return False
    return True


def _has_whole_members(body: bytes) -> bool:
    """Return whether all members of a gzip file are whole.

    False, before it is read to its end, for one whose content is larger than a sitemap may be.
    """
    size = 0
    try:
        for piece in gunzip(body):
            size += len(piece)
            if size > MAX_SITEMAP_BYTES:
                return False
    except BadCoding:
        return False
    return True


def _has_end_of_root(start: bytes, tail: bytes) -> bool:
    """Return whether the root element that opens in `start` is closed in `tail`.

    Only comments, processing instructions and white space may follow it.
    """
    at = start.find(b"<")
    while start[at : at + 2] in {b"<?", b"<!"}:
        close = b"-->" if start.startswith(b"<!--", at) else b"?>" if start[at + 1 : at + 2] == b"?" else b">"
        end = start.find(close, at)
        at = start.find(b"<", end) if end >= 0 else -1
        if at < 0:
            return False
    name = _NAME.match(start, at + 1)
    if name is None:
        return False
    end = tail.rfind(b"</" + name[0])
    rest = tail[end + 2 + len(name[0]) :].lstrip() if end >= 0 else b""
    if not rest.startswith(b">"):
        return False
    rest = rest[1:].strip()
    while rest.startswith((b"<!--", b"<?")):
        close = b"-->" if rest.startswith(b"<!--") else b"?>"
        stop = rest.find(close)
        if stop < 0:
            return False
        rest = rest[stop + len(close) :].lstrip()
    return not rest
