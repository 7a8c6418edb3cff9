"""One request and its response as sent, and the HTTP blocks that a WARC file keeps of them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

Headers = tuple[tuple[str, str], ...]

_PHRASES = {status.value: status.phrase for status in HTTPStatus}
"""Standard reason phrase of each status code (RFC 9110, section 15)."""
_SECRET = frozenset({"authorization", "cookie", "cookie2", "proxy-authorization"})
_UNSAFE_VALUE = re.compile(r"[\r\n\0]")
_UNSAFE_NAME = re.compile(r"[\0-\x20\x7f:]")
_UNSAFE_URL = re.compile(r"[\0-\x20\x7f]")
_ADDRESS = re.compile(r"[a-z][a-z0-9+.-]*://(?:[^/?#@]*@)?([^/?#]*)([^#]*)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request and its response.

    Header values are the sent bytes decoded as Latin-1. `body` is as sent with the content coding still
    applied and the transfer coding removed. `captured_at` is aware. `protocol` is the response's. `ip` is the
    IP address of the server.
    """

    url: str
    captured_at: datetime
    status: int
    reason: str
    response_headers: Headers
    body: bytes
    method: str = "GET"
    request_headers: Headers = ()
    ip: str | None = None
    protocol: str = "HTTP/1.1"


def escaped_url(url: str) -> str:
    """Return the URL with white space and control characters percent-encoded, to fit on one header line."""
    return _UNSAFE_URL.sub(lambda match: f"%{ord(match[0]):02X}", url)


def one_line(text: str) -> str:
    """Return the text with every CR, LF and NUL made a space, as RFC 9110, section 5.5, has recipients do."""
    return _UNSAFE_VALUE.sub(" ", text)


def response_block(exchange: Exchange) -> bytes:
    """Return status line, headers and body of the response, parsable whatever the server sent.

    The body is stored without transfer coding, so `Transfer-Encoding` becomes `X-Orig-Transfer-Encoding`, and
    `Content-Length` is the length of the stored body; a differing original is kept as
    `X-Orig-Content-Length`. Readers of WARC files support HTTP/1.0 and HTTP/1.1 only: every other protocol is
    written as the latter. An unknown reason phrase (Scrapy drops it) is replaced by the standard's for the
    status: some readers refuse a status line without one.
    """
    protocol = exchange.protocol if exchange.protocol == "HTTP/1.0" else "HTTP/1.1"
    start = f"{protocol} {exchange.status:03d} {exchange.reason or _PHRASES.get(exchange.status, '')}"
    return _head(start, _stored_headers(exchange.response_headers, str(len(exchange.body)))) + exchange.body


def request_block(exchange: Exchange) -> bytes:
    """Return request line and headers, without cookies and credentials."""
    match = _ADDRESS.match(exchange.url)
    host, target = (match[1], match[2]) if match else ("", exchange.url)
    target = target if target.startswith("/") else f"/{target}"
    kept = [(name, value) for name, value in exchange.request_headers if name.strip().lower() not in _SECRET]
    if not any(name.lower() == "host" for name, _ in kept):
        kept.insert(0, ("Host", host))
    return _head(f"{exchange.method} {escaped_url(target)} HTTP/1.1", kept)


def _stored_headers(headers: Headers, length: str) -> list[tuple[str, str]]:
    stored: list[tuple[str, str]] = []
    placed = False
    for name, value in headers:
        lowered = name.strip().lower()
        if lowered == "transfer-encoding":
            stored.append(("X-Orig-Transfer-Encoding", value))
        elif lowered == "content-length":
            if not placed:
                stored.append((name, length))
                placed = True
            if value.strip() != length:
                stored.append(("X-Orig-Content-Length", value))
        else:
            stored.append((name, value))
    if not placed:
        stored.append(("Content-Length", length))
    return stored


def _head(start: str, headers: Iterable[tuple[str, str]]) -> bytes:
    lines = [_bytes(one_line(start))]
    lines += [_bytes(_UNSAFE_NAME.sub("_", name) or "_") + b": " + _bytes(one_line(value).strip(" \t")) for name, value in headers]
    return b"\r\n".join(lines) + b"\r\n\r\n"


def _bytes(text: str) -> bytes:
    try:
        return text.encode("latin-1")
    except UnicodeEncodeError:
        return text.encode("utf-8", "replace")
