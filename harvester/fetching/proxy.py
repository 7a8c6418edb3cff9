"""Proxy on loopback for all traffic of a browser: redirects, sockets and scripts included.

The browser resolves no name itself. Only hosts that a page was allowed to request are connected to, so that
the browser requests nothing on its own account. Each URL is checked by its spelling, then by what its name
resolves to, and the connection is made to the very address that was checked, as for any other request (see
harvester.fetching.guard).
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import socket
from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import h11

from harvester.fetching.proxy_http import CHUNK, BadRequest, Peer, open_tunnel, read_request, send_answer_on, send_body_on

if TYPE_CHECKING:
    from collections.abc import Coroutine

    from harvester.fetching.guard import Allowance
    from harvester.fetching.proxy_http import ProxyRequest

logger = logging.getLogger(__name__)

CONNECT_SECONDS = 20.0


class NotAdmitted(Exception):
    """A URL that must not be requested; the message says why."""


class GuardProxy:
    """Serves HTTP and tunnels on a free port of 127.0.0.1 until closed."""

    def __init__(self, allowance: Allowance) -> None:
        self.allowance = allowance
        self._expected: set[str] = set()
        self._server: asyncio.Server | None = None
        self._serving: set[asyncio.Task[None]] = set()

    def expect(self, url: str) -> None:
        """Allow the host of this URL, with and without `www.`."""
        self._expected.add(_site(url))

    async def start(self) -> str:
        """Start serving; returns the proxy's URL."""
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", 0)
        return "http://{}:{}".format(*self._server.sockets[0].getsockname()[:2])

    async def close(self) -> None:
        """Stop serving, and close all connections."""
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
            await self._serve(Peer(h11.SERVER, reader, writer))
        except (OSError, h11.ProtocolError, TimeoutError, ValueError) as error:
            logger.debug("a browser's request was given up: %s", error)
        finally:
            await _hung_up(writer)
            self._serving.discard(task)

    async def _serve(self, browser: Peer) -> None:
        """Serve one request: refuse it with 400 or 403, tunnel it, or forward it; then close the connection."""
        try:
            asked = await read_request(browser)
        except BadRequest as fault:
            logger.info("the browser sent no request to a proxy: %s", fault)
            await browser.refuse(HTTPStatus.BAD_REQUEST)
            return
        if asked is None:
            return
        try:
            far_reader, far_writer = await asyncio.wait_for(self._connected(asked), CONNECT_SECONDS)
        except NotAdmitted as refusal:
            logger.info("the browser wanted %s: %s", asked.url.partition("?")[0], refusal)
            await browser.refuse(HTTPStatus.FORBIDDEN)
            return
        try:
            if asked.onward is None:
                far_writer.write(await open_tunnel(browser))
                await _until_either_ends(_pumped(far_reader, browser.writer), _pumped(browser.reader, far_writer))
            else:
                far = Peer(h11.CLIENT, far_reader, far_writer)
                await far.send(asked.onward)
                await _until_either_ends(send_answer_on(far, browser), _asked_until_hung_up(browser, far))
        finally:
            await _hung_up(far_writer)

    async def _connected(self, asked: ProxyRequest) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
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
                return await asyncio.open_connection(address, asked.port)
        return await asyncio.open_connection(addresses[-1], asked.port)


def _site(url: str) -> str:
    return (urlsplit(url).hostname or "").removeprefix("www.")


async def _asked_until_hung_up(browser: Peer, far: Peer) -> None:
    """Send a request's body, then wait until the browser hangs up."""
    await send_body_on(browser, far)
    while await browser.reader.read(CHUNK):
        pass


async def _pumped(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Pass on whatever comes, until the end."""
    while chunk := await reader.read(CHUNK):
        writer.write(chunk)
        await writer.drain()


async def _hung_up(writer: asyncio.StreamWriter) -> None:
    writer.close()
    with contextlib.suppress(OSError):
        await writer.wait_closed()


async def _until_either_ends(*ways: Coroutine[None, None, None]) -> None:
    tasks = [asyncio.ensure_future(x) for x in ways]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
