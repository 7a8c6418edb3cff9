"""Responses of requests outside a crawl, which are not archived."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Protocol

from harvester.fetching.captured_response import largest_body
from storage.model.sources import AddressKind
from storage.warc.errors import BadCoding

if TYPE_CHECKING:
    from collections.abc import Mapping

    from harvester.catalogue.declaration import Declaration
    from harvester.fetching.captured_response import CapturedResponse


@dataclass(frozen=True, slots=True)
class LiveResponse:
    """Result of a live request: the response, or why there is none (`timeout`, `dns`; see `reason_of`).

    `url` is the requested URL; the response's own may differ, because redirects are followed. `seconds` is
    the time it took, without waiting for the host's delay as far as that is known.
    """

    url: str
    answer: CapturedResponse | None = None
    reason: str = ""
    seconds: float = 0.0
    kind: AddressKind = AddressKind.ARTICLE

    @property
    def at(self) -> str:
        """Final URL after redirects."""
        return self.answer.capture.url if self.answer else self.url

    @property
    def is_whole(self) -> bool:
        """Whether there is a body that can be read."""
        return self.trouble == ""

    @property
    def trouble(self) -> str:
        """Why there is no body that can be read; empty when there is one."""
        if self.answer is None:
            return self.reason
        if self.answer.capture.status != HTTPStatus.OK:
            return f"status {self.answer.capture.status}"
        if self.answer.partial:
            return "cut short"
        try:
            self.answer.response.decoded(largest_body(self.kind))
        except BadCoding as error:
            return error.reason
        return ""

    @property
    def body(self) -> bytes:
        """The body with its content coding undone; empty when there is none that can be read."""
        return self.answer.response.decoded(largest_body(self.kind)).body if self.answer is not None and self.is_whole else b""

    @property
    def content_type(self) -> str:
        """The Content-Type as sent."""
        return self.answer.capture.content_type if self.answer else ""


class LiveClient(Protocol):
    """Client that sends single requests as a crawl would: same user agent, delay, guard and robots.txt."""

    @property
    def robots(self) -> Mapping[str, CapturedResponse]:
        """The robots.txt responses so far, by scheme and host (`https://example.org`)."""

    async def ask(self, url: str, declaration: Declaration | None = None, kind: AddressKind = AddressKind.ARTICLE) -> LiveResponse:
        """Request a URL as the source's declaration says, or as of any site; redirects are followed.

        No error is raised for a host that does not respond.
        """
