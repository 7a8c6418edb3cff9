"""Classify requests that brought no response."""

from __future__ import annotations

from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    ResponseDataLossError,
)

from harvester.fetching.bounded_headers import is_header_flood
from harvester.fetching.guard import RequestBlocked
from storage.model.frontier import FailureScope
from storage.model.runs import NAME_FAILURE

_REASONS: tuple[tuple[type[BaseException], str, FailureScope], ...] = (
    (DownloadTimeoutError, "timeout", FailureScope.REQUEST),
    (DownloadConnectionRefusedError, "connection: refused", FailureScope.REQUEST),
    (CannotResolveHostError, NAME_FAILURE, FailureScope.NAME),
    (ResponseDataLossError, "data_loss", FailureScope.REQUEST),
    (DownloadCancelledError, "too_large", FailureScope.REQUEST),
    (DownloadFailedError, "connection", FailureScope.REQUEST),
)
"""Class of the failure and its scope (address, host, machine) by Scrapy's or Twisted's error type."""


def reason_of(error: BaseException | None) -> tuple[str, FailureScope]:
    """Return the class of a failed request, and its scope."""
    if isinstance(error, RequestBlocked):
        return error.reason, error.scope
    if is_header_flood(error):
        return "too_large: headers", FailureScope.REQUEST
    causes = (error, error.__cause__, error.__context__) if error else ()
    for kind, reason, scope in _REASONS:
        if any(isinstance(cause, kind) for cause in causes):
            return reason, scope
    return f"connection: {type(error).__name__}", FailureScope.REQUEST
