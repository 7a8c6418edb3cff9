"""Captures: one response at one moment, and its outcome."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from storage.model.text import one_line, storable

if TYPE_CHECKING:
    from datetime import datetime

LONGEST_REASON = 2_500
"""Characters of an outcome's reason that are stored; a URL in it has up to 2,000."""

LONGEST_VALIDATOR = 1_024
"""Characters of an ETag or Last-Modified up to which it is stored and sent back."""

_LONGEST_HEADER = 1_000


@dataclass(frozen=True, slots=True)
class WarcPointer:
    """The place of a record in the archive's WARC files.

    File name inside the archive's `warc/`, offset and length in bytes of its gzip member, and record id.
    """

    file: str
    offset: int
    length: int
    record_id: str


@dataclass(frozen=True, slots=True)
class Capture:
    """One response at one moment.

    `captured_at` is aware, in UTC. `payload_digest` is `sha256:` and the base32 digest of the body as it was
    sent (before any content coding is undone). `etag` and `last_modified` are the validators of the response,
    verbatim (None where they are too long or hold control characters). `same_as` is the moment of the capture
    that holds the body, where this response has the identical body and its record refers to that one.
    `truncated` is why the body is incomplete, as WARC-Truncated states it (`length`, `time`, `disconnect`,
    `unspecified`); empty where it is complete. `ingested_from` is the number of the file that the record was
    copied from (`storage.model.ingested`); None where it was fetched.
    """

    source: str
    url: str
    captured_at: datetime
    status: int
    content_type: str
    payload_digest: str
    warc: WarcPointer
    etag: str | None = None
    last_modified: str | None = None
    same_as: datetime | None = None
    truncated: str = ""
    ingested_from: int | None = None

    def __post_init__(self) -> None:
        """Clean the values of headers; a validator that is too long to be sent back becomes None.

        The WARC record keeps them unchanged.
        """
        object.__setattr__(self, "content_type", one_line(self.content_type, _LONGEST_HEADER))
        object.__setattr__(self, "etag", _validator(self.etag))
        object.__setattr__(self, "last_modified", _validator(self.last_modified))


def _validator(header: str | None) -> str | None:
    """Return a validator as it was sent; None where it could not be sent back."""
    sound = header is not None and len(header) <= LONGEST_VALIDATOR and storable(header) == header
    return header if sound else None


class OutcomeKind(StrEnum):
    """Result of processing a capture. Every capture has exactly one."""

    NEW = "new"  # an article that the archive did not have
    REVISED = "revised"  # a known article, changed by its publisher
    REVERTED = "reverted"  # a known article, back at an earlier revision
    SHORTENED = "shortened"  # a known article of which most is missing: flagged, the earlier text is kept
    UNCHANGED = "unchanged"  # a known article or channel, the same as before (or 304)
    ALIAS = "alias"  # a known article of the same source under another URL
    OUT_OF_SCOPE = "out-of-scope"  # an article that belongs to no topic
    WALLED = "walled"  # a paywall or a login hides a known article
    NOT_ARTICLE = "not-article"  # no text, no headline, or not a page at all
    CHANNEL = "channel"  # a feed, sitemap or listing that was parsed
    ROBOTS = "robots"  # a robots.txt
    REDIRECT = "redirect"  # redirected to another URL
    GONE = "gone"  # 404 or 410
    REFUSED = "refused"  # 401, 402, 403, 407, 429, 451, or a page with a challenge
    SERVER_ERROR = "server-error"  # 5xx, other unexpected statuses, redirects that cannot be followed
    UNREADABLE = "unreadable"  # truncated, too large, or a pipeline stage raised an error on it

    @property
    def is_failure(self) -> bool:
        """Whether the source failed, not the article."""
        return self in _FAILURES

    @property
    def is_reading(self) -> bool:
        """Whether the page was extracted as an article, stored or not."""
        return self in _READINGS

    @property
    def is_live(self) -> bool:
        """Whether the capture shows that a stored article is at its URL, with its text."""
        return self in _LIVE

    @property
    def is_stored(self) -> bool:
        """Whether the capture brought a text that the archive did not have."""
        return self in _STORED

    @property
    def is_known(self) -> bool:
        """Whether the capture shows an article or a text that the archive had.

        A shortened article, or a wall before one, counts.
        """
        return self in _KNOWN


_FAILURES = frozenset({OutcomeKind.REFUSED, OutcomeKind.SERVER_ERROR, OutcomeKind.UNREADABLE})
_STORED = frozenset({OutcomeKind.NEW, OutcomeKind.REVISED})
_KNOWN = frozenset({OutcomeKind.UNCHANGED, OutcomeKind.REVERTED, OutcomeKind.ALIAS, OutcomeKind.SHORTENED, OutcomeKind.WALLED})
_LIVE = _STORED | {OutcomeKind.UNCHANGED, OutcomeKind.REVERTED, OutcomeKind.ALIAS}
_READINGS = _LIVE | {OutcomeKind.OUT_OF_SCOPE, OutcomeKind.SHORTENED}


@dataclass(frozen=True, slots=True)
class Outcome:
    """The outcome of a capture, its reason, and the id of the article concerned.

    `reason` is a short class and, after a colon, detail.
    """

    kind: OutcomeKind
    reason: str = ""
    article: str | None = None

    def __post_init__(self) -> None:
        """Clean the reason: it may contain a URL, or quote content that made a stage fail."""
        object.__setattr__(self, "reason", one_line(self.reason, LONGEST_REASON))


@dataclass(frozen=True, slots=True)
class LastCapture:
    """The newest response of a URL that was complete and could be processed, and its outcome.

    Complete means status 200 and not truncated.
    """

    capture: Capture
    outcome: Outcome
