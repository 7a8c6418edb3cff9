"""Serialise WARC records, each as a gzip member of its own."""

from __future__ import annotations

import io
import uuid
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from fastwarc.stream_io import GzipWriter
from fastwarc.warc import WarcRecord

from storage.warc.digests import payload_digest
from storage.warc.exchange import escaped_url, one_line, request_block, response_block

if TYPE_CHECKING:
    from collections.abc import Sequence

    from storage.warc.exchange import Exchange
    from storage.warc.response import Original, WarcResponse

NOT_MODIFIED = "http://netpreserve.org/warc/1.1/revisit/server-not-modified"
IDENTICAL = "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"
ORIGINAL = "WARC-Original-"
_GZIP_LEVEL = 6
_CONFORMS_TO = "http://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/"


def new_record_id() -> str:
    """Return a new record id in the format of WARC headers."""
    return f"<{uuid.uuid4().urn}>"


def derived_record_id(foreign: WarcResponse) -> str:
    """Return the id for the copy of a foreign record whose own id another record of the archive has.

    The same record always gets the same id.
    """
    parts = (foreign.record_id, warc_date(foreign.date), foreign.url, foreign.declared_digest or payload_digest(foreign.body))
    return f"<{uuid.uuid5(uuid.NAMESPACE_URL, chr(10).join(parts)).urn}>"


def warcinfo(record_id: str, file_name: str, software: str, now: datetime, about: Sequence[tuple[str, str]] = ()) -> bytes:
    """Return the record at the beginning of a file.

    `about` are further fields, with the names of WARC 1.1, section 6.3.
    """
    fields = [("software", software), ("format", "WARC File Format 1.1"), ("conformsTo", _CONFORMS_TO), *about]
    block = "".join(f"{name}: {one_line(value)}\r\n" for name, value in fields).encode("utf-8", "replace")
    return _member(
        [
            ("WARC-Type", "warcinfo"),
            ("WARC-Record-ID", record_id),
            ("WARC-Date", warc_date(now)),
            ("WARC-Filename", file_name),
            ("Content-Type", "application/warc-fields"),
        ],
        block,
    )


def quoted_warcinfo(record_id: str, block: bytes, of_file: str, now: datetime) -> bytes:
    """Return the warcinfo record of another file as a metadata record (WARC 1.1, section 6.6).

    The metadata record refers to `record_id`, the id of the warcinfo record, unless that is empty. `block` is
    the content of the warcinfo record, `of_file` the id of the warcinfo of the file that is written.
    """
    return _member(
        [
            ("WARC-Type", "metadata"),
            ("WARC-Record-ID", new_record_id()),
            ("WARC-Warcinfo-ID", of_file),
            ("WARC-Date", warc_date(now)),
            *([("WARC-Refers-To", one_line(record_id))] if record_id else []),
            ("Content-Type", "application/warc-fields"),
        ],
        block,
    )


def response(exchange: Exchange, record_id: str, of_file: str, truncated: str = "") -> bytes:
    """Return a response record.

    `of_file` is the id of the file's warcinfo; `truncated` is why the body is not whole, empty if it is.
    """
    return _member(
        [
            *_opening("response", record_id, of_file, exchange.url, exchange.captured_at),
            *([("WARC-Truncated", truncated)] if truncated else []),
            *([("WARC-IP-Address", exchange.ip)] if exchange.ip else []),
            ("WARC-Payload-Digest", payload_digest(exchange.body)),
            ("Content-Type", "application/http; msgtype=response"),
        ],
        response_block(exchange),
    )


def revisit(exchange: Exchange, record_id: str, of_file: str, original_url: str | None, original_date: datetime | None) -> bytes:
    """Return a revisit record for a 304, with a reference to the unmodified capture when that is known."""
    return _member(
        [
            *_opening("revisit", record_id, of_file, exchange.url, exchange.captured_at),
            ("WARC-Profile", NOT_MODIFIED),
            *([("WARC-Refers-To-Target-URI", escaped_url(original_url))] if original_url else []),
            *([("WARC-Refers-To-Date", warc_date(original_date))] if original_date else []),
            *([("WARC-IP-Address", exchange.ip)] if exchange.ip else []),
            ("Content-Type", "application/http; msgtype=response"),
        ],
        response_block(exchange),
    )


def same_payload(exchange: Exchange, record_id: str, of_file: str, original_date: datetime) -> bytes:
    """Return a revisit record for a response with the same body as an earlier capture of the URL.

    The body is stored in the record of the earlier capture only.
    """
    return _member(
        [
            *_opening("revisit", record_id, of_file, exchange.url, exchange.captured_at),
            ("WARC-Profile", IDENTICAL),
            ("WARC-Refers-To-Target-URI", escaped_url(exchange.url)),
            ("WARC-Refers-To-Date", warc_date(original_date)),
            *([("WARC-IP-Address", exchange.ip)] if exchange.ip else []),
            ("WARC-Payload-Digest", payload_digest(exchange.body)),
            ("Content-Type", "application/http; msgtype=response"),
        ],
        response_block(replace(exchange, body=b"")),
    )


def request(exchange: Exchange, response_id: str, of_file: str) -> bytes:
    """Return the request record that belongs to the response (or revisit) record of the given id."""
    return _member(
        [
            *_opening("request", new_record_id(), of_file, exchange.url, exchange.captured_at),
            ("WARC-Concurrent-To", response_id),
            ("Content-Type", "application/http; msgtype=request"),
        ],
        request_block(exchange),
    )


def copied(foreign: WarcResponse, record_id: str, of_file: str) -> bytes:
    """Return a copy of a foreign response or revisit record: same date, URL and block, digests computed anew.

    A copy with another id keeps the record's own in `WARC-Original-Record-ID`. Declared digests that the
    bytes do not have are kept in `WARC-Original-Block-Digest` and `WARC-Original-Payload-Digest` (WARC 1.1,
    section 5.1, allows further fields).
    """
    return _member(
        [
            *_opening("revisit" if foreign.original else "response", record_id, of_file, foreign.url, foreign.date),
            *([(f"{ORIGINAL}Record-ID", foreign.record_id)] if record_id != foreign.record_id else []),
            *((f"{ORIGINAL}{name}-Digest", one_line(digest)) for name, digest in foreign.failed_digests),
            *([("WARC-Truncated", foreign.truncated)] if foreign.truncated else []),
            *_reference(foreign, foreign.original),
            ("Content-Type", "application/http; msgtype=response"),
        ],
        foreign.block,
    )


def _reference(foreign: WarcResponse, original: Original | None) -> list[tuple[str, str]]:
    """Return the digest header of the body; for a revisit, the headers of the capture that it refers to."""
    if original is None:
        return [("WARC-Payload-Digest", payload_digest(foreign.body))]
    return [
        ("WARC-Profile", IDENTICAL if foreign.repeats_body else NOT_MODIFIED),
        ("WARC-Refers-To-Target-URI", escaped_url(original.url)),
        *([("WARC-Refers-To-Date", warc_date(original.date))] if original.date else []),
        *([("WARC-Refers-To", one_line(original.record_id))] if original.record_id else []),
        *([("WARC-Payload-Digest", foreign.declared_digest)] if foreign.declared_digest else []),
    ]


def warc_date(moment: datetime) -> str:
    """Format an aware moment in UTC, with microseconds unless they are zero.

    WARC 1.1 allows fractions of a second.
    """
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat() + "Z"


def _opening(kind: str, record_id: str, of_file: str, url: str, moment: datetime) -> list[tuple[str, str]]:
    """Return the headers common to all records but the warcinfo.

    The id of the file comes early, because repair searches for it there.
    """
    return [
        ("WARC-Type", kind),
        ("WARC-Record-ID", one_line(record_id)),
        ("WARC-Warcinfo-ID", of_file),
        ("WARC-Date", warc_date(moment)),
        ("WARC-Target-URI", escaped_url(url)),
    ]


def _member(headers: list[tuple[str, str]], block: bytes) -> bytes:
    record = WarcRecord()
    record.headers.status_line = "WARC/1.1"
    for name, value in [*headers, ("WARC-Block-Digest", payload_digest(block)), ("Content-Length", str(len(block)))]:
        record.headers.append(name, value)
    record.set_bytes_content(block)
    buffer = io.BytesIO()
    writer = GzipWriter(buffer, compression_level=_GZIP_LEVEL)
    record.write(writer)
    writer.finish()  # ends the gzip member; without it a file is one member, which other readers refuse
    return buffer.getvalue()
