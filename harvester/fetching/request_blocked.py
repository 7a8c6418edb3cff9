"""Requests that are not made, and why."""

from __future__ import annotations

from typing import TYPE_CHECKING

from scrapy.exceptions import IgnoreRequest

if TYPE_CHECKING:
    from storage.model.frontier import FailureScope


class RequestBlocked(IgnoreRequest):
    """A request that is not made. `reason` is its class; `scope` says what refuses it, and so when the address is asked again."""

    def __init__(self, reason: str, scope: FailureScope) -> None:
        super().__init__(reason)
        self.reason = reason
        self.scope = scope
