"""Digests as WARC headers carry them."""

from __future__ import annotations

import base64
import hashlib


def payload_digest(body: bytes) -> str:
    """`sha256:` and the upper-case, padded base32 digest of an HTTP body as it was sent (any content coding still on)."""
    return "sha256:" + base64.b32encode(hashlib.sha256(body).digest()).decode("ascii")
