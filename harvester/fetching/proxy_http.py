"""HTTP of a proxy (RFC 9110 and 9112, by h11): requests, what is forwarded, and responses."""

from __future__ import annotations

import re
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import h11

if TYPE_CHECKING:
    import asyncio

MAX_HEAD = 64 * 1024
"""Bytes of an unfinished head, of a request or a response, after which it is given up: at most `CHUNK` more
are held in memory."""
CHUNK = 64 * 1024
"""Bytes read at once."""

HTTP_PORT = 80
_AUTHORITY = re.compile(r"(?:\[[^\]/?#@]+\]|[^:/?#@\[\]]+):[0-9]+")
_HOP_BY_HOP = frozenset({b"connection", b"keep-alive", b"te", b"trailer", b"upgrade"})
"""Hop-by-hop headers, besides those of proxies and those that `Connection` names (RFC 9110, section 7.6.1).
"""

Headers = list[tuple[bytes, bytes]]


class BadRequest(Exception):
    """What a browser sent is no request to a proxy."""


@dataclass(frozen=True, slots=True)
class ProxyRequest:
    """A request to a proxy: the target's address, and what to send there; nothing for a tunnel."""

    url: str
    host: str
    port: int
    onward: h11.Request | None


class Peer:
    """One side of the proxy: a connection, and the state of HTTP on it."""

    def __init__(self, role: type[h11.CLIENT | h11.SERVER], reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Act as client or server of the connection."""
        self.http = h11.Connection(role, max_incomplete_event_size=MAX_HEAD)
        self.reader = reader
        self.writer = writer

    async def receive(self) -> h11.Event | type[h11.NEED_DATA | h11.PAUSED]:
        """Return the next event.

        Raises:
            h11.RemoteProtocolError: what arrives is not HTTP.
        """
        while (event := self.http.next_event()) is h11.NEED_DATA:
            self.http.receive_data(await self.reader.read(CHUNK))
        return event

    async def send(self, event: h11.Event) -> None:
        """Send an event.

        Raises:
            h11.LocalProtocolError: the event is not allowed in this state.
        """
        if data := self.http.send(event):
            self.writer.write(data)
            await self.writer.drain()

    async def refuse(self, status: HTTPStatus) -> None:
        """Answer a request with a status alone."""
        headers = [(b"Content-Length", b"0"), (b"Connection", b"close")]
        await self.send(h11.Response(status_code=status, reason=status.phrase.encode(), headers=headers))
        await self.send(h11.EndOfMessage())


async def read_request(browser: Peer) -> ProxyRequest | None:
    """Read the head of a request; None when the browser hangs up instead.

    Raises:
        BadRequest: the head is not HTTP, or too long.
    """
    try:
        event = await browser.receive()
        return proxy_request(event) if isinstance(event, h11.Request) else None
    except (h11.RemoteProtocolError, ValueError) as error:
        raise BadRequest(str(error)) from error


def proxy_request(request: h11.Request) -> ProxyRequest:
    """Return where a request goes, and what is sent there.

    The `Host` that is sent is that of the target: the guard checks the target alone (RFC 9112, section
    3.2.2).

    Raises:
        ValueError: the target is none of a proxy request (RFC 9112, sections 3.2.2 and 3.2.3).
    """
    target = request.target.decode("ascii")
    if request.method == b"CONNECT":
        if not _AUTHORITY.fullmatch(target):
            raise ValueError("the target of CONNECT is no host and port")
        split = urlsplit(f"https://{target}/")
        assert split.port is not None
        return ProxyRequest(split.geturl(), split.hostname or "", split.port, None)
    split = urlsplit(target)
    if not split.scheme or not split.netloc:
        raise ValueError("the target is no absolute address")
    path = target.partition("://")[2].removeprefix(split.netloc).partition("#")[0]
    onward = h11.Request(
        method=request.method,
        target=path if path.startswith("/") else f"/{path}",
        headers=[(b"Host", split.netloc.encode("ascii")), *_end_to_end(request.headers, b"host"), (b"Connection", b"close")],
    )
    return ProxyRequest(target, split.hostname or "", split.port or HTTP_PORT, onward)


def _end_to_end(headers: h11._headers.Headers, *left_out: bytes) -> Headers:
    """Return the headers to forward, without a length where the body is chunked (RFC 9112, section 6.3)."""
    named = [x.strip().lower() for name, value in headers if name == b"connection" for x in value.split(b",")]
    dropped = _HOP_BY_HOP.union(named, left_out)
    if any(name == b"transfer-encoding" for name, _ in headers):
        dropped |= {b"content-length"}
    return [(raw, value) for raw, value in headers.raw_items() if raw.lower() not in dropped and not raw.lower().startswith(b"proxy-")]


async def send_body_on(browser: Peer, far: Peer) -> None:
    """Forward the body of a request as it arrives."""
    while isinstance(event := await browser.receive(), h11.Data):
        await far.send(h11.Data(data=event.data))
    await far.send(h11.EndOfMessage())


async def send_answer_on(far: Peer, browser: Peer) -> None:
    """Forward a response as it arrives, marked with `Connection: close`: the connection is not used again.

    Interim responses (1xx) are left out.
    """
    event = await far.receive()
    while isinstance(event, h11.InformationalResponse):
        event = await far.receive()
    if not isinstance(event, h11.Response):
        return
    headers = [*_end_to_end(event.headers), (b"Connection", b"close")]
    await browser.send(h11.Response(status_code=event.status_code, reason=event.reason, headers=headers))
    while isinstance(part := await far.receive(), h11.Data):
        await browser.send(h11.Data(data=part.data))
    await browser.send(h11.EndOfMessage())


async def open_tunnel(browser: Peer) -> bytes:
    """Answer a CONNECT; returns what the browser has already sent through the tunnel."""
    while await browser.receive() is not h11.PAUSED:
        pass
    await browser.send(h11.Response(status_code=HTTPStatus.OK, reason=b"Connection established", headers=[]))
    return browser.http.trailing_data[0]
