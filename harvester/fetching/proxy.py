"""The guard around a browser: a proxy on loopback, through which all of it must go, redirects, sockets and scripts included.

The browser resolves no name itself. Only hosts that a page was allowed to ask are connected to, so that the browser asks nothing on
its own account. Each address is judged by its spelling, then by what its name resolves to, and the connection is made to the very
address that was judged, as for any other request (see harvester.fetching.guard).
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import socket
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Coroutine

    from harvester.fetching.guard import Allowance

logger = logging.getLogger(__name__)

MAX_HEAD = 64 * 1024
"""The longest head of a request that is read, in bytes."""

CONNECT_SECONDS = 20.0
_CHUNK = 64 * 1024
_NOT_PASSED_ON = ("proxy-", "connection:", "keep-alive:")


class NotAdmitted(Exception):
    """An address that must not be asked; the message says why."""


@dataclass(frozen=True, slots=True)
class _Asked:
    """What a browser asks of the proxy: where to connect, and the head to send there (empty for a tunnel)."""

    url: str
    host: str
    port: int
    head: bytes
    body_bytes: int


class GuardProxy:
    """Serves HTTP and tunnels on a free port of 127.0.0.1 until closed."""

    def __init__(self, allowance: Allowance) -> None:
        self.allowance = allowance
        self._expected: set[str] = set()
        self._server: asyncio.Server | None = None
        self._serving: set[asyncio.Task[None]] = set()

    def expect(self, url: str) -> None:
        """A page may ask the host of this address, with and without `www.`."""
        self._expected.add(_site(url))

    async def start(self) -> str:
        """Begin; returns the proxy's address."""
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", 0, limit=MAX_HEAD)
        return "http://{}:{}".format(*self._server.sockets[0].getsockname()[:2])

    async def close(self) -> None:
        """Stop serving, and hang up on everyone."""
        if self._server is not None:
            self._server.close()
        serving = list(self._serving)
        for task in serving:
            task.cancel()
        await asyncio.gather(*serving, return_exceptions=True)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._serving.add(task)
        try:
            await self._serve(reader, writer)
        except (OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, TimeoutError, ValueError) as error:
            logger.debug("a browser's request was given up: %s", error)
        finally:
            await _hung_up(writer)
            self._serving.discard(task)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One request: refused with 403, tunnelled, or passed on; the connection is not used again."""
        asked = _asked(await reader.readuntil(b"\r\n\r\n"))
        try:
            far_reader, far_writer = await asyncio.wait_for(self._connected(asked), CONNECT_SECONDS)
        except NotAdmitted as refusal:
            logger.info("the browser wanted %s: %s", asked.url.partition("?")[0], refusal)
            writer.write(b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
            await writer.drain()
            return
        try:
            if asked.head:
                far_writer.write(asked.head + await reader.readexactly(asked.body_bytes))
                await far_writer.drain()
                await _until_either_ends(_pumped(far_reader, writer, answer=True), _drained(reader))
            else:
                writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
                await _until_either_ends(_pumped(far_reader, writer), _pumped(reader, far_writer))
        finally:
            await _hung_up(far_writer)

    async def _connected(self, asked: _Asked) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        if _site(asked.url) not in self._expected:
            raise NotAdmitted("no page may ask it")
        if why := self.allowance.forbids(asked.url):
            raise NotAdmitted(why)
        found = await asyncio.get_running_loop().getaddrinfo(asked.host, asked.port, type=socket.SOCK_STREAM)
        addresses = list(dict.fromkeys(str(x[4][0]) for x in found))
        for address in addresses:
            if not self.allowance.admits(asked.host, address):
                raise NotAdmitted(f"resolves to {address}")
        for address in addresses[:-1]:
            with contextlib.suppress(OSError):
                return await asyncio.open_connection(address, asked.port, limit=MAX_HEAD)
        return await asyncio.open_connection(addresses[-1], asked.port, limit=MAX_HEAD)


def _site(url: str) -> str:
    return (urlsplit(url).hostname or "").removeprefix("www.")


def _asked(head: bytes) -> _Asked:
    """Read a request to a proxy (RFC 9112, sections 3.2.2 and 3.2.3). A ValueError says that it is none."""
    first, *lines = head.decode("latin-1").split("\r\n")
    method, target, _ = first.split(" ", 2)
    tunnel = method == "CONNECT"
    url = f"https://{target}/" if tunnel else target
    split = urlsplit(url)
    port = split.port or (443 if split.scheme == "https" else 80)
    path = target.split("/", 3)[3] if target.count("/") > 2 else ""  # noqa: PLR2004  the slashes of scheme and host
    kept = [x for x in lines if x and not x.lower().startswith(_NOT_PASSED_ON)]
    sent = "" if tunnel else "\r\n".join([f"{method} /{path} HTTP/1.1", *kept, "Connection: close", "", ""])
    length = next((int(x.partition(":")[2]) for x in lines if x.lower().startswith("content-length:")), 0)
    return _Asked(url, split.hostname or "", port, sent.encode("latin-1"), length)


async def _pumped(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, answer: bool = False) -> None:
    """Pass on until the end; of an answer, the head says that the connection is not used again."""
    if answer:
        first, *lines = (await reader.readuntil(b"\r\n\r\n")).split(b"\r\n")
        kept = [x for x in lines if x and not x.lower().startswith((b"connection:", b"keep-alive:"))]
        writer.write(b"\r\n".join([first, *kept, b"Connection: close", b"", b""]))
    while chunk := await reader.read(_CHUNK):
        writer.write(chunk)
        await writer.drain()


async def _hung_up(writer: asyncio.StreamWriter) -> None:
    writer.close()
    with contextlib.suppress(OSError):
        await writer.wait_closed()


async def _drained(reader: asyncio.StreamReader) -> None:
    """Wait until the other side hangs up."""
    while await reader.read(_CHUNK):
        pass


async def _until_either_ends(*ways: Coroutine[None, None, None]) -> None:
    tasks = [asyncio.ensure_future(x) for x in ways]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
