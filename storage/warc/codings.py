"""Remove transfer and content codings within a size limit, and detect truncated bodies.

Scrapy returns a gzip body that is cut or fails its check sum without an error; this module raises one.
"""

from __future__ import annotations

import io
import re
import zlib
from typing import TYPE_CHECKING, NamedTuple

from fastwarc.stream_io import BrotliReader, ZstdReader

from storage.warc.errors import BadCoding
from storage.warc.members import GZIP_MAGIC, BadMember, Members

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

MAX_BODY_BYTES = 10 * 1024 * 1024
MAX_SITEMAP_BYTES = 50 * 1024 * 1024
"""Maximum size of an uncompressed sitemap: 52,428,800 bytes (https://www.sitemaps.org/protocol.html#index).
"""

_MAX_LAYERS = 4
_MAX_MEMBERS = 100_000  # of one gzip file: each member costs a pass over the next 64 KiB
_PIECE = 64 * 1024
_CHUNK_SIZE = re.compile(rb"[ \t]*([0-9a-fA-F]{1,8})[ \t]*(?:;[^\r\n]*)?\r?\n")
_LINE_END = re.compile(rb"\r?\n")
_MAGIC = {"gzip": (GZIP_MAGIC[:2],), "zstd": (b"\x28\xb5\x2f\xfd", *(bytes([n, 0x2A, 0x4D, 0x18]) for n in range(0x50, 0x60)))}
"""First bytes of a coding: RFC 1952, section 2.3.1; RFC 8878, sections 3.1.1 and 3.1.2 (skippable frames)."""
_UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")
_LOOKED_AT = 512
_LONG_TEXT = 128
_NO_CONTROLS = bytes(n for n in range(256) if n >= ord(" ") or n in b"\t\n\f\r\x1b")  # ESC: ISO-2022 switches character sets with it


class Decoded(NamedTuple):
    """A body without its codings.

    `absent` are the content codings that a header names and the body does not have.
    """

    body: bytes
    absent: tuple[str, ...] = ()


def undo_codings(body: bytes, content_encoding: str, transfer_encoding: str = "") -> bytes:
    """Return the body that `decode` returns.

    Raises:
        BadCoding: as for `decode`, with its default limit.
    """
    return decode(body, content_encoding, transfer_encoding).body


def decode(body: bytes, content_encoding: str, transfer_encoding: str = "", limit: int = MAX_BODY_BYTES) -> Decoded:
    """Return the body without the codings named in the two headers.

    A header lists codings separated by commas, in the order in which they were applied. Supported are gzip,
    deflate (with and without the zlib wrapper), br and zstd, at most four layers. An empty body stays empty.
    A body that is labelled chunked but has no chunks, or labelled compressed but is text, is left as it is:
    many WARC files keep the headers of a body that they store decoded. One that begins like the coding and is
    cut or corrupt is damaged.

    Raises:
        BadCoding: over `limit` bytes after any layer, cut short, corrupt, of an unknown coding, or too many
            layers.
    """
    absent: list[str] = []
    if "chunked" in transfer_encoding.lower() and _CHUNK_SIZE.match(body):
        body = _within_limit(_chunks(body), "chunked", limit)
    codings = [name for name in (part.strip().lower() for part in content_encoding.split(",")) if name not in {"", "identity"}]
    if len(codings) > _MAX_LAYERS:
        raise BadCoding(f"bad_encoding: {len(codings)} layers")
    for coding in reversed(codings if body else []):
        decoded = _without(coding, body, limit)
        if decoded is None:
            absent.append(coding)
        else:
            body = decoded
    if len(body) > limit:
        raise BadCoding(f"too_large: {len(body)} bytes")
    return Decoded(body, tuple(absent))


def _without(coding: str, body: bytes, limit: int) -> bytes | None:
    """Return the body with one coding removed; None when it does not have that coding.

    Raises:
        BadCoding: over `limit` bytes, cut short, corrupt, or an unknown coding.
    """
    name = coding.removeprefix("x-")
    undo = {"gzip": gunzip, "deflate": _deflate, "br": _brotli, "zstd": _zstd}.get(name)
    if undo is None:
        raise BadCoding(f"bad_encoding: unknown coding {coding[:40]!r}")
    begins = _MAGIC.get(name)
    if begins is not None and not any(body.startswith(magic[: len(body)]) for magic in begins) and _is_text(body):
        return None
    try:
        decoded = _within_limit(undo(body), name, limit)
    except BadCoding as error:
        if begins is None and "bad_encoding" in error.reason and _is_plainly_text(body):
            return None
        raise
    return None if begins is None and not decoded and _is_plainly_text(body) else decoded


def _is_text(body: bytes) -> bool:
    """Return whether the first bytes are text: no control characters, or a byte order mark of UTF-16."""
    return body.startswith(_UTF16_MARKS) or not body[:_LOOKED_AT].translate(None, _NO_CONTROLS)


def _is_plainly_text(body: bytes) -> bool:
    """Return whether a body can only be text, for deflate and br, which have no magic bytes.

    It begins as HTML, XML or JSON does, or a long stretch has no control characters: of random bytes, 128
    have none once in two million.
    """
    start = body[:_LOOKED_AT].removeprefix(b"\xef\xbb\xbf").lstrip()
    return _is_text(body) and (start.startswith((b"<", b"{", b"[")) or len(body) >= _LONG_TEXT)


def _within_limit(pieces: Iterable[bytes], name: str, limit: int) -> bytes:
    decoded = io.BytesIO()
    for piece in pieces:
        decoded.write(piece)
        if decoded.tell() > limit:
            raise BadCoding(f"too_large: {name}: more than {limit} bytes")
    return decoded.getvalue()


def gunzip(body: bytes) -> Iterator[bytes]:
    """Yield the content of all members of a gzip file (RFC 1952, section 2.2), in pieces of at most 64 KiB.

    Bytes after the last member that do not begin another one are ignored, as browsers do.

    Raises:
        BadCoding: a member is cut short or corrupt, or there are more than 100,000.
    """
    members = Members(io.BytesIO(body))
    count = 1
    try:
        yield from members.inflate()
        while body.startswith(GZIP_MAGIC, members.offset):
            count += 1
            if count > _MAX_MEMBERS:
                raise BadCoding(f"bad_encoding: gzip: more than {_MAX_MEMBERS} members")
            yield from members.inflate()
    except BadMember as error:
        raise BadCoding("bad_encoding: gzip: cut short or corrupt") from error


def _deflate(body: bytes) -> Iterator[bytes]:
    try:
        zlib.decompressobj().decompress(body, 1)
        window = zlib.MAX_WBITS
    except zlib.error:
        window = -zlib.MAX_WBITS  # without the zlib wrapper, as some servers send it
    inflater = zlib.decompressobj(window)
    coming = body
    try:
        while not inflater.eof:
            piece = inflater.decompress(coming, _PIECE)
            if not piece and not inflater.eof:
                raise BadCoding("bad_encoding: deflate: cut short")
            yield piece
            coming = inflater.unconsumed_tail
    except zlib.error as error:
        raise BadCoding("bad_encoding: deflate: corrupt") from error


def _brotli(body: bytes) -> Iterator[bytes]:
    return _read_through(BrotliReader(io.BytesIO(body)), "br")


def _zstd(body: bytes) -> Iterator[bytes]:
    return _read_through(ZstdReader(io.BytesIO(body)), "zstd")


def _read_through(reader: BrotliReader | ZstdReader, name: str) -> Iterator[bytes]:
    try:
        while piece := reader.read(_PIECE):
            yield piece
    except OSError as error:
        raise BadCoding(f"bad_encoding: {name}: cut short or corrupt") from error


def _chunks(body: bytes) -> Iterator[bytes]:
    """Yield the content of a chunked body (RFC 9112, section 7.1). Trailers are ignored.

    Raises:
        BadCoding: a chunk, or the last chunk, is missing or malformed.
    """
    at = 0
    while match := _CHUNK_SIZE.match(body, at):
        size = int(match[1], 16)
        if size == 0:
            return
        start, at = match.end(), match.end() + size
        yield body[start:at]
        end = _LINE_END.match(body, at)
        if end is None:
            break
        at = end.end()
    raise BadCoding("bad_encoding: chunked: cut short or corrupt")
