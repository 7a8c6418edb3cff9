"""Parse the headers of WARC records and of the HTTP messages in them, however malformed."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime
from http import HTTPStatus

from storage.warc.dates import BadDate, read_http_date, read_warc_date
from storage.warc.declared_digests import failed_digests, kept_digests
from storage.warc.digests import is_digest
from storage.warc.response import Original, WarcResponse

_STATUS = re.compile(rb"HTTP/\d(?:\.\d)?[ \t]+(\d{3})(?:[ \t]+(.*))?", re.DOTALL)
_IDENTICAL = "identical-payload-digest"
_UNMODIFIED = "server-not-modified"
_BLANK_LINE = re.compile(rb"\r?\n\r?\n")
MAX_HEADER_BYTES = 64 * 1024
MAX_HEADER_LINES = 1_000
"""Maximum bytes and lines of the headers of a foreign record, and of the HTTP response in it.

Browsers read 256 KiB, servers send a few KiB.
"""

_SWITCHING = 101
_RECORD_ID = re.compile(r"[\x21-\x7e]{1,500}")
_TRUNCATED = frozenset({"length", "time", "disconnect", "unspecified"})
_OPEN = datetime(1, 1, 1, tzinfo=UTC)


class NotAResponse(Exception):
    """A record that is no usable HTTP response.

    `reason` is a short class: `not_http`, `interim_only`, `no_target`, `no_date`, `far_date`, `no_id`,
    `revisit_profile` or `headers_too_large`.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def parse_fields(lines: list[bytes]) -> list[tuple[bytes, bytes]]:
    """Return names and values of header lines.

    A line that begins with white space continues the one before; a line without colon is left out.
    """
    fields: list[tuple[bytes, list[bytes]]] = []
    for line in lines:
        if line[:1] in {b" ", b"\t"} and fields:
            fields[-1][1].append(line.strip(b" \t\r\n"))
            continue
        name, colon, value = line.partition(b":")
        if colon:
            fields.append((name.strip(b" \t"), [value.strip(b" \t\r\n")]))
    return [(name, b" ".join(parts).strip(b" \t\r\n")) for name, parts in fields]


def parse_warc_fields(lines: list[bytes]) -> dict[str, str]:
    """Return the named fields of a WARC record by lower-case name; of repeated ones the first.

    WARC-Concurrent-To, the only one that may be repeated (WARC 1.1, section 5.7), holds all its values,
    separated by spaces.
    """
    fields: dict[str, str] = {}
    concurrent: list[str] = []
    for raw, value in parse_fields(lines):
        name = _text(raw).lower()
        fields.setdefault(name, _text(value))
        if name == "warc-concurrent-to":
            concurrent.append(_text(value))
    if concurrent:
        fields["warc-concurrent-to"] = " ".join(concurrent)
    return fields


def parse_response(fields: dict[str, str], block: bytes) -> WarcResponse:
    """Return the response in a response or revisit record of the archive's own files.

    `fields` are the WARC fields of the record, `block` its content.

    Raises:
        NotAResponse: it is not HTTP, or lacks URL, date or id.
    """
    response = _parsed(fields, block)
    try:
        moment = datetime.fromisoformat(fields.get("warc-date", ""))
        moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise NotAResponse("no_date") from error
    return replace(response, date=moment, failed_digests=kept_digests(fields))


def parse_foreign(fields: dict[str, str], block: bytes) -> WarcResponse:
    """Return the response in a response or revisit record that another program wrote.

    Interim responses (1xx except 101) before the final one are left out: RFC 9110, section 15.2, lets a
    client discard them.

    Raises:
        NotAResponse: as for `parse_response`; its date cannot be that of a page; its HTTP headers are over 64
            KiB or 1,000 lines.
    """
    if not _RECORD_ID.fullmatch(fields.get("warc-record-id", "")):
        raise NotAResponse("no_id")
    if _has_oversized_headers(block):
        raise NotAResponse("headers_too_large")
    response = _parsed(fields, _final_message(block))
    date, by_http_date = _moment(fields.get("warc-date", ""), response.headers)
    failed = kept_digests(fields) or failed_digests(fields, block, response)
    return replace(response, date=date, by_http_date=by_http_date, failed_digests=failed)


def _parsed(fields: dict[str, str], block: bytes) -> WarcResponse:
    """Return the response in a record, with a placeholder as its date.

    Raises:
        NotAResponse: it is not HTTP, has no URL or id, or is a revisit of an unknown profile.
    """
    url = _address(fields.get("warc-target-uri", ""))
    record_id = fields.get("warc-record-id", "")
    if not url:
        raise NotAResponse("no_target")
    if not record_id:
        raise NotAResponse("no_id")
    original = _original(fields, url)
    declared = fields.get("warc-payload-digest", "")
    identical = original is not None and _UNMODIFIED not in fields.get("warc-profile", "")
    headers: tuple[tuple[str, str], ...] = ()
    if original is not None and not block.strip():  # a revisit may omit the HTTP headers (WARC 1.1, section 6.7.2)
        status, reason, body_at = HTTPStatus.OK.value if identical else HTTPStatus.NOT_MODIFIED.value, "", len(block)
    else:
        status, reason, headers, body_at = _head(block)
    return WarcResponse(
        record_id=record_id,
        url=url,
        date=_OPEN,
        status=status,
        reason=reason,
        headers=headers,
        block=block,
        body_at=body_at,
        truncated=_truncated(fields),
        same_as=original.date if original and identical else None,
        declared_digest=declared if identical and is_digest(declared) else "",
        original=original,
        concurrent=frozenset(fields.get("warc-concurrent-to", "").split()),
    )


def _address(text: str) -> str:
    return text.removeprefix("<").removesuffix(">")


def _original(fields: dict[str, str], url: str) -> Original | None:
    """Return the capture that a revisit record refers to; None for a response.

    Raises:
        NotAResponse: the profile of the revisit is unknown.
    """
    if fields.get("warc-type", "").lower() != "revisit":
        return None
    profile = fields.get("warc-profile", "")
    if _IDENTICAL not in profile and _UNMODIFIED not in profile:
        raise NotAResponse("revisit_profile")
    try:
        date = read_warc_date(fields.get("warc-refers-to-date", ""))[0]
    except BadDate:
        date = None
    referred = _address(fields.get("warc-refers-to-target-uri", "")) or url
    return Original(referred, date, fields.get("warc-refers-to", ""))


def _final_message(block: bytes) -> bytes:
    """Return the HTTP message after the interim responses at its beginning.

    Raises:
        NotAResponse: there are interim responses only.
    """
    at = 0
    while block.startswith(b"HTTP/", at):
        end = _BLANK_LINE.search(block, at)
        line = block.find(b"\n", at)
        match = _STATUS.fullmatch(block[at : line if line >= 0 else len(block)].rstrip(b"\r"))
        if match is None or not match[1].startswith(b"1") or int(match[1]) == _SWITCHING:
            return block[at:]
        at = end.end() if end is not None else len(block)
    if at:
        raise NotAResponse("interim_only")
    return block


def _has_oversized_headers(block: bytes) -> bool:
    """Return whether the HTTP headers exceed MAX_HEADER_BYTES or MAX_HEADER_LINES.

    Those of interim responses are included.
    """
    start = block[: MAX_HEADER_BYTES + 1]
    if len(start) == len(block) and start.count(b"\n") <= MAX_HEADER_LINES:
        return False
    at = 0
    while (end := _BLANK_LINE.search(start, at)) is not None:
        if start.count(b"\n", 0, end.end()) > MAX_HEADER_LINES:
            return True
        if not start.startswith(b"HTTP/", end.end()):
            return False
        at = end.end()
    return True


def _head(block: bytes) -> tuple[int, str, tuple[tuple[str, str], ...], int]:
    """Return status, reason, headers, and the offset of the body.

    Raises:
        NotAResponse: it does not begin with a status line of HTTP.
    """
    end = _BLANK_LINE.search(block)
    head, body_at = (block[: end.start()], end.end()) if end else (block.rstrip(b"\r\n"), len(block))
    first, *lines = head.split(b"\n")
    match = _STATUS.fullmatch(first.rstrip(b"\r"))
    if match is None:
        raise NotAResponse("not_http")
    headers = tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in parse_fields(lines))
    return int(match[1]), (match[2] or b"").strip(b" \t").decode("latin-1"), headers, body_at


def _moment(text: str, headers: tuple[tuple[str, str], ...]) -> tuple[datetime, bool]:
    """Return when the capture was made, and whether that is the value of the HTTP Date header.

    The server's Date is used when WARC-Date is unusable, or when it lies within the longer period (a year, a
    month, a day) that WARC-Date names.

    Raises:
        NotAResponse: neither of the two is usable.
    """
    sent = next((value for name, value in headers if name.lower() == "date"), "")
    try:
        start, end = read_warc_date(text)
    except BadDate as error:
        try:
            return read_http_date(sent), True
        except BadDate:
            raise NotAResponse(error.reason) from error
    if (end - start).days >= 1:
        try:
            moment = read_http_date(sent)
        except BadDate:
            return start, False
        if start <= moment < end:
            return moment, True
    return start, False


def _truncated(fields: dict[str, str]) -> str:
    """Return why a record holds less than was sent; empty when nothing indicates that.

    The reason is its WARC-Truncated field, or that it is one of several segments (WARC 1.1, section 5.19).
    """
    reason = fields.get("warc-truncated", "").strip().lower()
    if reason:
        return reason if reason in _TRUNCATED else "unspecified"
    return "unspecified" if fields.get("warc-segment-number") else ""


def _text(value: bytes) -> str:
    try:
        return value.decode("utf-8")
    except UnicodeDecodeError:
        return value.decode("latin-1")
