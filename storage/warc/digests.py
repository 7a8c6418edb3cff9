"""Labelled digests in the format of WARC headers."""

from __future__ import annotations

import base64
import hashlib
import re

_DIGEST = re.compile(r"(sha1|sha-1|sha256|sha-256|sha512|sha-512|md5):([A-Za-z0-9+/=_-]{1,200})", re.IGNORECASE)


def payload_digest(body: bytes) -> str:
    """Return the SHA-256 of an HTTP body as it was sent (any content coding still applied).

    The digest is written as `sha256:` and upper-case, padded base32.
    """
    return "sha256:" + base64.b32encode(hashlib.sha256(body).digest()).decode("ascii")


def is_digest(text: str) -> bool:
    """Return whether this is a labelled digest of a known algorithm (WARC 1.1, section 5.9)."""
    return _DIGEST.fullmatch(text) is not None


def has_digest(body: bytes, digest: str) -> bool:
    """Return whether the digest of `body` is the labelled one.

    The value may be hexadecimal, base32 or base64. False for a label that is no digest of a known algorithm.
    """
    match = _DIGEST.fullmatch(digest)
    if match is None:
        return False
    found = hashlib.new(match[1].lower().replace("-", ""), body, usedforsecurity=False).digest()
    value = match[2].rstrip("=")
    if value.lower() in {found.hex(), base64.b32encode(found).decode("ascii").rstrip("=").lower()}:
        return True
    return value.replace("-", "+").replace("_", "/") == base64.b64encode(found).decode("ascii").rstrip("=")
