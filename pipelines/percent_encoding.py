"""Percent-encode paths and queries in one form (RFC 3986, section 6.2.2)."""

from __future__ import annotations

import re

_UNRESERVED = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
LITERAL = _UNRESERVED | frozenset(b"!$&'()*+,;=:@/?")
"""Bytes that are not encoded in paths and queries."""
_PLAIN = re.compile(r"[A-Za-z0-9\-._~!$&'()*+,;=:@/?]*")
_ENCODED = re.compile(r"%([0-9A-Fa-f]{2})")


def percent_encoded(text: str) -> str:
    """Percent-encode what must be encoded, decode what need not be; a stray percent sign becomes %25."""
    if _PLAIN.fullmatch(text):
        return text
    pieces: list[str] = []
    for i, part in enumerate(_ENCODED.split(text)):
        if i % 2:  # an encoded byte
            byte = int(part, 16)
            pieces.append(chr(byte) if byte in _UNRESERVED else f"%{byte:02X}")
        else:
            octets = part.encode("utf-8", "surrogatepass")
            pieces.extend(chr(b) if b in LITERAL else f"%{b:02X}" for b in octets)
    return "".join(pieces)
