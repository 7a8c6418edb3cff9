"""Compare records with the pointers and rows that refer to them, and with their own headers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from storage.warc.digests import has_digest, is_digest, payload_digest
from storage.warc.errors import BadPointer
from storage.warc.exchange import escaped_url
from storage.warc.members import GZIP_MAGIC, BadMember, Members
from storage.warc.parsing import parse_warc_fields
from storage.warc.reader import read_response

if TYPE_CHECKING:
    from pathlib import Path

    from storage.model.captures import Capture, WarcPointer
    from storage.warc.response import WarcResponse

_GZIP_HEADER = 10
_SPEEDS = frozenset({0, 2, 4})  # XFL: unspecified, slowest, fastest
_SYSTEMS = frozenset({3, 255})  # OS: Unix, unknown
_LONGEST = 1024**2
"""Maximum size in bytes of a record that `record_fault` reads: requests have no bodies."""


def check_member(path: Path, pointer: WarcPointer, url: str, digest: str) -> str | None:
    """Read the record at its pointer in the file at `path`, and return its fault in one phrase, or None.

    `url` and `digest` (in the format of `payload_digest`) are those of the capture.
    """
    try:
        response = read_response(path, pointer.offset, pointer.length)
    except BadPointer as error:
        return error.phrase
    return _disagreement(response, pointer, url, digest)


def capture_fault(response: WarcResponse, capture: Capture) -> str | None:
    """Return, in one phrase, how a record differs from the row that points at it; None when all agrees."""
    pointer = capture.warc
    if what := _disagreement(response, pointer, capture.url, capture.payload_digest):
        return what
    if response.status != capture.status:
        return f"the record's status is {response.status}, that of the row {capture.status}"
    if response.date != capture.captured_at:
        return f"the record is of {response.date.isoformat()}, the row of {capture.captured_at.isoformat()}"
    return None if response.same_as == capture.same_as else "the record refers to another earlier capture than the row"


def header_fault(path: Path, offset: int) -> str | None:
    """Return what is wrong with the gzip header of a member written by this program; None for nothing.

    No check sum covers that header (RFC 1952, section 2.3).
    """
    with path.open("rb") as file:
        file.seek(offset)
        header = file.read(_GZIP_HEADER)
    return None if header[:8] == GZIP_MAGIC + bytes(5) and header[8] in _SPEEDS and header[9] in _SYSTEMS else "the gzip header was changed"


def record_fault(path: Path, offset: int, length: int) -> str | None:
    """Return what is wrong with a record that no row points at (a request, a warcinfo); None for nothing.

    Its gzip member, its length and its declared digest are checked. Records over 1 MiB are not read.
    """
    if length > _LONGEST:
        return None
    with path.open("rb") as file:
        try:
            content = b"".join(Members(file, offset).inflate())
        except BadMember:
            return "the gzip member is cut or corrupt"
    head, _, rest = content.partition(b"\r\n\r\n")
    fields = parse_warc_fields(head.split(b"\r\n")[1:])
    size, digest = fields.get("content-length", ""), fields.get("warc-block-digest", "")
    if not size.isdecimal() or len(rest) != int(size) + len(b"\r\n\r\n"):
        return "the record has another length than it says"
    if not is_digest(digest):
        return "the record bears no digest"
    return None if has_digest(rest[: int(size)], digest) else "the record does not have its digest"


def _disagreement(response: WarcResponse, pointer: WarcPointer, url: str, digest: str) -> str | None:
    if response.record_id != pointer.record_id:
        return f"another record lies there ({response.record_id})"
    if response.url != escaped_url(url):
        return f"the record is of another address ({response.url})"
    if (response.declared_digest or payload_digest(response.body)) != digest:
        return "the digest of the body differs"
    return None
