"""Value of an HTTP response as a WARC record holds it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from http import HTTPStatus
from typing import TYPE_CHECKING

from storage.warc.codings import MAX_BODY_BYTES, Decoded, decode

if TYPE_CHECKING:
    from datetime import datetime

    from storage.warc.exchange import Exchange

_OF_BODY = frozenset({"content-encoding", "transfer-encoding", "content-length", "content-type"})


@dataclass(frozen=True, slots=True)
class Original:
    """URL, moment and record id of the capture whose body a revisit record does not repeat.

    `date` (aware, UTC) is None and `record_id` empty when the record does not name them. `url` is that of the
    record itself when it names no other.
    """

    url: str
    date: datetime | None = None
    record_id: str = ""


@dataclass(frozen=True, slots=True)
class WarcResponse:
    """A response (or revisit) record.

    `record_id` is verbatim, angle brackets included. `date` is aware, in UTC; `by_http_date` is true when it
    is that of the HTTP Date header, because WARC-Date is unusable or names a longer period. Headers are
    decoded as Latin-1, in their order. `block` is the HTTP message without interim responses; `body_at` is
    the offset of the body in it. `truncated` is why the body is not whole (`length`, `time`, `disconnect` or
    `unspecified`, as in WARC-Truncated), empty when nothing indicates that.

    For a revisit, `original` is the capture that it refers to. When it declares the same body,
    `declared_digest` is the digest that it names, and `same_as` the moment of that capture. `concurrent` are
    the ids of records of the same exchange.

    `failed_digests` are declared digests that the bytes do not have, as pairs of what the digest covers
    (`Block`: the whole content of the record, or `Payload`) and the digest.
    """

    record_id: str
    url: str
    date: datetime
    status: int
    reason: str
    headers: tuple[tuple[str, str], ...]
    block: bytes = field(repr=False)
    body_at: int
    truncated: str = ""
    same_as: datetime | None = None
    declared_digest: str = ""
    original: Original | None = None
    concurrent: frozenset[str] = frozenset()
    by_http_date: bool = False
    failed_digests: tuple[tuple[str, str], ...] = ()

    @property
    def body(self) -> bytes:
        """The bytes after the HTTP headers, as sent: compressed where the server compressed them."""
        return self.block[self.body_at :]

    @property
    def content_type(self) -> str:
        """The Content-Type as sent, empty when there is none."""
        return next(iter(self.header_values("content-type")), "")

    @property
    def repeats_body(self) -> bool:
        """Whether this is a revisit record of a body that another capture holds (not of a response 304)."""
        return self.original is not None and self.status != HTTPStatus.NOT_MODIFIED

    def with_body_of(self, original: WarcResponse) -> WarcResponse:
        """Return this revisit record's response with the body of `original` and the headers that describe it.

        Those are Content-Type, Content-Length, Content-Encoding and Transfer-Encoding; all headers of
        `original` when this record has none.
        """
        own = tuple((name, value) for name, value in self.headers if name.lower() not in _OF_BODY)
        of_body = tuple((name, value) for name, value in original.headers if name.lower() in _OF_BODY)
        headers = (*own, *of_body) if own else original.headers
        return replace(self, headers=headers, block=original.body, body_at=0, truncated=original.truncated)

    def decoded(self, limit: int = MAX_BODY_BYTES) -> Decoded:
        """Return the body without transfer and content codings, and the named codings that it does not have.

        The body is decoded again at every call.

        Raises:
            BadCoding: it is larger than `limit` bytes, cut short or corrupt.
        """
        return decode(
            self.body,
            content_encoding=",".join(self.header_values("content-encoding")),
            transfer_encoding=",".join(self.header_values("transfer-encoding")),
            limit=limit,
        )

    @property
    def decoded_body(self) -> bytes:
        """The bytes of the page: the body without `Content-Encoding` (gzip, br …) and chunks.

        Raises:
            BadCoding: it is larger than 10 MiB, cut short or corrupt.
        """
        return self.decoded().body

    def header_values(self, name: str) -> list[str]:
        """Return all values of a header, by its name in any case."""
        folded = name.lower()
        return [value for key, value in self.headers if key.lower() == folded]


def unwritten_response(exchange: Exchange) -> WarcResponse:
    """Return the response of an exchange that has no WARC record yet, or gets none."""
    return WarcResponse(
        record_id="",
        url=exchange.url,
        date=exchange.captured_at,
        status=exchange.status,
        reason=exchange.reason,
        headers=exchange.response_headers,
        block=exchange.body,
        body_at=0,
    )
