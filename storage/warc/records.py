"""WARC records as bytes, each a gzip member of its own."""

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
    from storage.warc.exchange import Exchange
    from storage.warc.response import WarcResponse

NOT_MODIFIED = "http://netpreserve.org/warc/1.1/revisit/server-not-modified"
IDENTICAL = "http://netpreserve.org/warc/1.1/revisit/identical-payload-digest"
_GZIP_LEVEL = 6
_CONFORMS_TO = "http://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/"


def new_record_id() -> str:
    """A fresh record id, as WARC headers carry it."""
    return f"<{uuid.uuid4().urn}>"


def warcinfo(record_id: str, file_name: str, software: str, now: datetime) -> bytes:
    """The record that a file begins with."""
    block = f"software: {one_line(software)}\r\nformat: WARC File Format 1.1\r\nconformsTo: {_CONFORMS_TO}\r\n".encode()
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


def response(exchange: Exchange, record_id: str, of_file: str) -> bytes:
    """A response record; `of_file` is the id of the file's warcinfo."""
    return _member(
        [
            *_opening("response", record_id, of_file, exchange.url, exchange.captured_at),
            *([("WARC-IP-Address", exchange.ip)] if exchange.ip else []),
            ("WARC-Payload-Digest", payload_digest(exchange.body)),
            ("Content-Type", "application/http; msgtype=response"),
        ],
        response_block(exchange),
    )


def revisit(exchange: Exchange, record_id: str, of_file: str, original_url: str | None, original_date: datetime | None) -> bytes:
    """A record of a 304, which refers to the capture that was not modified when that is known."""
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
    """A revisit record of an answer whose body is that of an earlier capture of the address, which holds it."""
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
    """The request record that belongs to the response (or revisit) record of the given id."""
    return _member(
        [
            *_opening("request", new_record_id(), of_file, exchange.url, exchange.captured_at),
            ("WARC-Concurrent-To", response_id),
            ("Content-Type", "application/http; msgtype=request"),
        ],
        request_block(exchange),
    )


def copied(foreign: WarcResponse, of_file: str) -> bytes:
    """A response record taken over from another WARC file: same id, date, address and block, digests computed anew."""
    return _member(
        [
            *_opening("response", foreign.record_id, of_file, foreign.url, foreign.date),
            *([("WARC-Truncated", one_line(foreign.truncated))] if foreign.truncated else []),
            ("WARC-Payload-Digest", payload_digest(foreign.body)),
            ("Content-Type", "application/http; msgtype=response"),
        ],
        foreign.block,
    )


def warc_date(moment: datetime) -> str:
    """An aware moment in UTC, to the microsecond where it has one (WARC 1.1 allows fractions of a second)."""
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat() + "Z"


def _opening(kind: str, record_id: str, of_file: str, url: str, moment: datetime) -> list[tuple[str, str]]:
    """The headers that all records but the warcinfo share. The id of the file stands early: repair looks for it there."""
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
