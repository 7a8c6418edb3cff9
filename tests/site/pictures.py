"""Pictures of one grey pixel, made from the formats' own rules."""

from __future__ import annotations

import struct
import zlib

GIF = (
    b"GIF89a"
    + struct.pack("<HH", 1, 1)
    + b"\x80\x00\x00"
    + b"\x80\x80\x80\x00\x00\x00"
    + b",\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00;"
)
"""GIF89a with a palette of two colours."""


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


PNG = (
    b"\x89PNG\r\n\x1a\n"
    + _chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0))
    + _chunk(b"IDAT", zlib.compress(b"\x00\x80"))
    + _chunk(b"IEND", b"")
)
"""PNG, 8-bit greyscale."""


def _segment(marker: int, body: bytes) -> bytes:
    return bytes((0xFF, marker)) + struct.pack(">H", len(body) + 2) + body


def _huffman_table(slot: int) -> bytes:
    """A table of one code, one bit long, for the value 0 (no difference from grey; end of block)."""
    return _segment(0xC4, bytes((slot, 1)) + bytes(15) + b"\x00")


JPEG = (
    b"\xff\xd8"
    + _segment(0xDB, b"\x00" + b"\x01" * 64)
    + _segment(0xC0, struct.pack(">BHHB", 8, 1, 1, 1) + b"\x01\x11\x00")
    + _huffman_table(0x00)
    + _huffman_table(0x10)
    + _segment(0xDA, b"\x01\x01\x00\x00\x3f\x00")
    + b"\x3f\xff\xd9"
)
"""Baseline JPEG with one component: two zero bits, then padding."""

PICTURES = {"jpg": ("image/jpeg", JPEG), "png": ("image/png", PNG), "gif": ("image/gif", GIF)}
"""Content type and bytes by the ending of the name."""
