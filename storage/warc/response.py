"""A response as a WARC record holds it."""

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
    """The capture whose body a revisit record does not repeat: address, moment (aware, UTC) and record id, as far as it names them."""

    url: str
    date: datetime | None = None
    record_id: str = ""


@dataclass(frozen=True, slots=True)
class WarcResponse:
    """A response (or revisit) record.

    `record_id` is verbatim, angle brackets included. `date` is aware, in UTC; `by_http_date` says that it is that of the HTTP Date
    header, because WARC-Date is unusable or names a longer period. Headers are Latin-1, in their order. `block` is the HTTP
    message without interim responses. `truncated` says why the body is not whole (`length`, `time`, `disconnect` or
    `unspecified`, as WARC-Truncated has it), empty where nothing says so.

    Of a revisit, `original` is the capture that it refers to. Where it says that the body is the same, `declared_digest` is the
    digest that it gives, and `same_as` the moment of that capture. `concurrent` are the ids of records of the same exchange.

    `failed_digests` are declared digests that the bytes do not have, by what they are of: `Block` (the whole record's content) or
    `Payload`.
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
        """The bytes behind the HTTP headers, as they were sent: compressed where the server compressed them."""
        return self.block[self.body_at :]

    @property
    def content_type(self) -> str:
        """The Content-Type as sent, empty when there is none."""
        return next(iter(self.header_values("content-type")), "")

    @property
    def repeats_body(self) -> bool:
        """Whether this is a revisit record of a body that another capture holds (not of an answer 304)."""
        return self.original is not None and self.status != HTTPStatus.NOT_MODIFIED

    def with_body_of(self, original: WarcResponse) -> WarcResponse:
        """This revisit record's response with the body that it does not repeat, and the headers that tell how to read that."""
        own = tuple((name, value) for name, value in self.headers if name.lower() not in _OF_BODY)
        of_body = tuple((name, value) for name, value in original.headers if name.lower() in _OF_BODY)
        headers = (*own, *of_body) if own else original.headers
        return replace(self, headers=headers, block=original.body, body_at=0, truncated=original.truncated)

    def decoded(self, limit: int = MAX_BODY_BYTES) -> Decoded:
        """The body without transfer and content codings, at most `limit` bytes, and the codings that it does not have.

        It is worked out at every call.

        Raises:
            BadCoding: it is larger, cut short or corrupt.
        """
        return decode(
            self.body,
            content_encoding=",".join(self.header_values("content-encoding")),
            transfer_encoding=",".join(self.header_values("transfer-encoding")),
            limit=limit,
        )

    @property
    def decoded_body(self) -> bytes:
        """The bytes of the page: the body with `Content-Encoding` (gzip, br …) and chunks undone.

        Raises:
            BadCoding: it is larger than 10 MiB, cut short or corrupt.
        """
        return self.decoded().body

    def header_values(self, name: str) -> list[str]:
        """All values of a header, by its name in any case."""
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
