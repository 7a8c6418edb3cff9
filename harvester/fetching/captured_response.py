"""Answers: responses that lie in the WARC already, and may be read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from storage.model.sources import AddressKind
from storage.warc.codings import MAX_BODY_BYTES, MAX_SITEMAP_BYTES

if TYPE_CHECKING:
    from storage.model.captures import Capture, Outcome
    from storage.warc.response import WarcResponse


def largest_body(kind: AddressKind) -> int:
    """The most bytes that the answer of an address may hold, as sent and with its codings undone."""
    return MAX_SITEMAP_BYTES if kind is AddressKind.SITEMAP else MAX_BODY_BYTES


@dataclass(frozen=True, slots=True)
class CapturedResponse:
    """A captured response. `partial`: the connection closed without a sign that the body was over. `doubtful`: the body may be cut.

    `known` is the payload digest of the last whole capture of the same address, empty when there is none, and `before` what
    became of that.
    """

    capture: Capture
    response: WarcResponse
    partial: bool = False
    known: str = ""
    before: Outcome | None = None
    doubtful: bool = False
