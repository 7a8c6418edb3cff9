"""A response whose WARC record is written and synced, so that it may be read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from storage.model.sources import AddressKind
from storage.warc.codings import MAX_BODY_BYTES, MAX_SITEMAP_BYTES

if TYPE_CHECKING:
    from storage.model.captures import Capture, Outcome
    from storage.warc.response import WarcResponse


def largest_body(kind: AddressKind) -> int:
    """Return the limit in bytes of a response body, as sent and decoded."""
    return MAX_SITEMAP_BYTES if kind is AddressKind.SITEMAP else MAX_BODY_BYTES


@dataclass(frozen=True, slots=True)
class CapturedResponse:
    """An HTTP response with its capture.

    `partial`: the connection closed without a sign that the body was complete. `doubtful`: the body may be
    cut. `known` is the payload digest of the last complete capture of the same URL, empty when there is none,
    and `before` its outcome.
    """

    capture: Capture
    response: WarcResponse
    partial: bool = False
    known: str = ""
    before: Outcome | None = None
    doubtful: bool = False
