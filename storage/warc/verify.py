"""Whether a pointer leads to the bytes that it promises."""

from __future__ import annotations

from typing import TYPE_CHECKING

from storage.warc.digests import payload_digest
from storage.warc.errors import BadPointer
from storage.warc.exchange import escaped_url
from storage.warc.reader import read_response

if TYPE_CHECKING:
    from pathlib import Path

    from storage.model.captures import WarcPointer


def check_member(path: Path, pointer: WarcPointer, url: str, digest: str) -> str | None:
    """Read the record at its pointer in the file at `path` and say in one phrase what is wrong; None when all agrees.

    `url` and `digest` (as `payload_digest` writes it) are those of the capture.
    """
    try:
        response = read_response(path, pointer.offset, pointer.length)
    except BadPointer as error:
        return error.phrase
    if response.record_id != pointer.record_id:
        return f"another record lies there ({response.record_id})"
    if response.url != escaped_url(url):
        return f"the record is of another address ({response.url})"
    if (response.declared_digest or payload_digest(response.body)) != digest:
        return "the digest of the body differs"
    return None
