"""Undoing transfer and content codings, within a limit, and telling a whole body from a cut one.

Scrapy hands a gzip body that is cut or fails its check sum over as a clean answer; this does not.
"""

from __future__ import annotations

import io
import re
import zlib
from typing import TYPE_CHECKING

from fastwarc.stream_io import BrotliReader, ZstdReader

from storage.warc.errors import BadCoding
from storage.warc.members import GZIP_MAGIC, BadMember, Members

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

MAX_BODY_BYTES = 10 * 1024 * 1024
_MAX_LAYERS = 4
_PIECE = 64 * 1024
_CHUNK_SIZE = re.compile(rb"[ \t]*([0-9a-fA-F]{1,8})[ \t]*(?:;[^\r\n]*)?\r?\n")
_LINE_END = re.compile(rb"\r?\n")


def undo_codings(body: bytes, content_encoding: str, transfer_encoding: str = "") -> bytes:
    """The body without the codings that the two headers name (comma-separated, in the order they were put on).

    Known are gzip, deflate (with and without the zlib wrapper), br and zstd, four layers at most. An empty body stays empty.
    A body that is labelled chunked but has no chunks is taken as it is: many WARC files keep the header of a body that they
    store without its chunks.

    Raises:
        BadCoding: over 10 MiB after any layer, cut short, corrupt, of an unknown coding, or too many layers.
    """
    if "chunked" in transfer_encoding.lower() and _CHUNK_SIZE.match(body):
        body = _within_limit(_chunks(body), "chunked")
    codings = [name for name in (part.strip().lower() for part in content_encoding.split(",")) if name not in {"", "identity"}]
    if len(codings) > _MAX_LAYERS:
        raise BadCoding(f"bad_encoding: {len(codings)} layers")
    if not body:
        return body
    for coding in reversed(codings):
        body = _without(coding, body)
    if len(body) > MAX_BODY_BYTES:
        raise BadCoding(f"too_large: {len(body)} bytes")
    return body


def _without(coding: str, body: bytes) -> bytes:
    name = coding.removeprefix("x-")
    decode = {"gzip": _gzip, "deflate": _deflate, "br": _brotli, "zstd": _zstd}.get(name)
    if decode is None:
        raise BadCoding(f"bad_encoding: unknown coding {coding[:40]!r}")
    return _within_limit(decode(body), name)


def _within_limit(pieces: Iterable[bytes], name: str) -> bytes:
    decoded = io.BytesIO()
    for piece in pieces:
        decoded.write(piece)
        if decoded.tell() > MAX_BODY_BYTES:
            raise BadCoding(f"too_large: {name}: more than {MAX_BODY_BYTES} bytes")
    return decoded.getvalue()


def _gzip(body: bytes) -> Iterator[bytes]:
    """One or more members; what follows the last one and is no member is ignored, as browsers do."""
    file = io.BytesIO(body)
    members = Members(file)
    try:
        yield from members.inflate()
        while body.startswith(GZIP_MAGIC, members.offset):
            yield from members.inflate()
    except BadMember as error:
        raise BadCoding("bad_encoding: gzip: cut short or corrupt") from error


def _deflate(body: bytes) -> Iterator[bytes]:
    try:
        zlib.decompressobj().decompress(body, 1)
        window = zlib.MAX_WBITS
    except zlib.error:
        window = -zlib.MAX_WBITS  # without the wrapper, as some servers have always sent it
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
    """The content of a chunked body, whose last chunk must be there (RFC 9112, section 7.1). Trailers are ignored."""
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
