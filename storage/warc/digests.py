"""Digests as WARC headers carry them."""

from __future__ import annotations

import base64
import hashlib
import re

_DIGEST = re.compile(r"(sha1|sha-1|sha256|sha-256|sha512|sha-512|md5):([A-Za-z0-9+/=_-]{1,200})", re.IGNORECASE)


def payload_digest(body: bytes) -> str:
    """`sha256:` and the upper-case, padded base32 digest of an HTTP body as it was sent (any content coding still on)."""
    return "sha256:" + base64.b32encode(hashlib.sha256(body).digest()).decode("ascii")


def is_digest(text: str) -> bool:
    """Whether this is a labelled digest as WARC headers carry it (WARC 1.1, section 5.9)."""
    return _DIGEST.fullmatch(text) is not None


def has_digest(body: bytes, digest: str) -> bool:
    """Whether bytes have a labelled digest, in hexadecimal, base32 or base64, of an algorithm that is known here."""
    match = _DIGEST.fullmatch(digest)
    if match is None:
        return False
    found = hashlib.new(match[1].lower().replace("-", ""), body, usedforsecurity=False).digest()
    value = match[2].rstrip("=")
    if value.lower() in {found.hex(), base64.b32encode(found).decode("ascii").rstrip("=").lower()}:
        return True
    return value.replace("-", "+").replace("_", "/") == base64.b64encode(found).decode("ascii").rstrip("=")
