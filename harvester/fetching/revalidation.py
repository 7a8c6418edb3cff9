"""Conditional requests: the validators of the last complete response, and Retry-After."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from storage.model.captures import Capture

MAX_VALIDATOR = 1024
"""Characters of an ETag or date that are sent back; longer ones are not."""

MAX_RETRY_AFTER = timedelta(days=1)
"""Longest pause that a server's Retry-After is granted."""


def conditional_headers(known: Capture | None) -> dict[str, str]:
    """Return If-None-Match and If-Modified-Since for a URL whose last complete capture is known."""
    if known is None:
        return {}
    headers = {"If-None-Match": known.etag, "If-Modified-Since": known.last_modified}
    return {name: value for name, value in headers.items() if value and len(value) <= MAX_VALIDATOR}


def retry_after(value: str | None, now: datetime) -> datetime | None:
    """Return when a Retry-After header (seconds, or an HTTP date) allows the next request, or None."""
    if not value:
        return None
    try:
        moment = now + timedelta(seconds=int(value)) if value.strip().isdigit() else parsedate_to_datetime(value)
    except (ValueError, OverflowError):
        return None
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return min(max(moment, now), now + MAX_RETRY_AFTER)
