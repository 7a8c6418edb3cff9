"""Replies: what addresses answer outside a crawl, where nothing is archived."""

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
    """What became of one question: the answer, or why there is none (a class of `reason_of`, such as `timeout` or `dns`).

    `url` is the address that was asked; the answer's own may differ, because redirects are followed. `seconds` is how long it
    took, waiting for the host's turn left out as far as it is known.
    """

    url: str
    answer: CapturedResponse | None = None
    reason: str = ""
    seconds: float = 0.0
    kind: AddressKind = AddressKind.ARTICLE

    @property
    def at(self) -> str:
        """The address that answered."""
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
    """Asks one address after another, as a crawl would: same name, same pace, same guard, robots.txt first."""

    @property
    def robots(self) -> Mapping[str, CapturedResponse]:
        """The robots.txt answers so far, by scheme and host (`https://example.org`)."""

    async def ask(self, url: str, declaration: Declaration | None = None, kind: AddressKind = AddressKind.ARTICLE) -> LiveResponse:
        """Ask as the source's declaration wants it, or as any site; redirects are followed.

        No error is raised for a host that does not answer.
        """
