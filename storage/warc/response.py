"""A response as a WARC record holds it, and the reading of its headers, whatever a server or another program wrote."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime

from storage.warc.codings import undo_codings

_STATUS = re.compile(rb"HTTP/\d(?:\.\d)?[ \t]+(\d{3})(?:[ \t]+(.*))?", re.DOTALL)
_IDENTICAL = "/identical-payload-digest"
_BLANK_LINE = re.compile(rb"\r?\n\r?\n")


class NotAResponse(Exception):
    """A record is no usable HTTP response. `reason` is a short class: `not_http`, `no_target`, `no_date` or `no_id`."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class WarcResponse:
    """A response (or revisit) record.

    `record_id` is verbatim, angle brackets included. `date` is aware, in UTC. Headers are Latin-1, in their order. `block` is
    the whole HTTP message. `truncated` says why the record itself is cut (WARC-Truncated), empty when it is not. `same_as` is set
    for a revisit whose body was the same as that of the capture of then, which holds it; `declared_digest` is its digest.
    """

    record_id: str
    url: str
    date: datetime
    status: int
    reason: str
    headers: tuple[tuple[str, str], ...]
    block: bytes
    body_at: int
    truncated: str = ""
    same_as: datetime | None = None
    declared_digest: str = ""

    @property
    def body(self) -> bytes:
        """The bytes behind the HTTP headers, as they were sent."""
        return self.block[self.body_at :]

    @property
    def content_type(self) -> str:
        """The Content-Type as sent, empty when there is none."""
        return next(iter(self.header_values("content-type")), "")

    @property
    def decoded_body(self) -> bytes:
        """The body without transfer and content codings, at most 10 MiB; worked out at every call.

        Raises:
            BadCoding: it is larger, cut short or not in the coding that the headers name.
        """
        return undo_codings(
            self.body,
            content_encoding=",".join(self.header_values("content-encoding")),
            transfer_encoding=",".join(self.header_values("transfer-encoding")),
        )

    def header_values(self, name: str) -> list[str]:
        """All values of a header, by its lower-case name."""
        return [value for key, value in self.headers if key.lower() == name]


def parse_fields(lines: list[bytes]) -> list[tuple[bytes, bytes]]:
    """Names and values of header lines; a line that begins with white space continues the one before, one without colon is left out."""
    fields: list[tuple[bytes, bytes]] = []
    for line in lines:
        if line[:1] in {b" ", b"\t"} and fields:
            name, value = fields[-1]
            fields[-1] = (name, (value + b" " + line.strip(b" \t\r\n")).strip())
            continue
        name, colon, value = line.partition(b":")
        if colon:
            fields.append((name.strip(b" \t"), value.strip(b" \t\r\n")))
    return fields


def parse_warc_fields(lines: list[bytes]) -> dict[str, str]:
    """The named fields of a WARC record, by lower-case name; the first of several counts."""
    fields: dict[str, str] = {}
    for name, value in parse_fields(lines):
        fields.setdefault(_text(name).lower(), _text(value))
    return fields


def parse_response(fields: dict[str, str], block: bytes) -> WarcResponse:
    """The response of a record with these WARC fields and this block.

    Raises:
        NotAResponse: it is not HTTP, or lacks address, date or id.
    """
    url = fields.get("warc-target-uri", "").removeprefix("<").removesuffix(">")
    record_id = fields.get("warc-record-id", "")
    if not url:
        raise NotAResponse("no_target")
    if not record_id:
        raise NotAResponse("no_id")
    end = _BLANK_LINE.search(block)
    head, body_at = (block[: end.start()], end.end()) if end else (block.rstrip(b"\r\n"), len(block))
    first, *lines = head.split(b"\n")
    match = _STATUS.fullmatch(first.rstrip(b"\r"))
    if match is None:
        raise NotAResponse("not_http")
    same = fields.get("warc-profile", "").endswith(_IDENTICAL)
    return WarcResponse(
        record_id=record_id,
        url=url,
        date=_moment(fields.get("warc-date", "")),
        status=int(match[1]),
        reason=(match[2] or b"").strip(b" \t").decode("latin-1"),
        headers=tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in parse_fields(lines)),
        block=block,
        body_at=body_at,
        truncated=fields.get("warc-truncated", ""),
        same_as=_moment(fields.get("warc-refers-to-date", "")) if same else None,
        declared_digest=fields.get("warc-payload-digest", "") if same else "",
    )


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise NotAResponse("no_date") from error
    return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def _text(value: bytes) -> str:
    try:
        return value.decode("utf-8")
    except UnicodeDecodeError:
        return value.decode("latin-1")
