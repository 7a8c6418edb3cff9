"""Limit on the size of response headers; Twisted's client keeps whatever header lines a server sends.

The parser is fed by `HTTP11ClientProtocol.dataReceived`; bytes before a body begins are counted there, over
interim responses (1xx), too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from scrapy.core.downloader.handlers.http11 import HTTP11DownloadHandler, _LenientHTTP11ClientFactory, _LenientHTTP11ClientProtocol
from twisted.python.failure import Failure

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scrapy.crawler import Crawler
    from twisted.internet.defer import Deferred
    from twisted.internet.interfaces import IAddress
    from twisted.web._newclient import HTTP11ClientProtocol
    from twisted.web._newclient import Request as TxRequest
    from twisted.web.client import HTTPConnectionPool
    from twisted.web.iweb import IResponse

MAX_HEADER_BYTES = 64 * 1024
"""Bytes of response headers; servers and proxies accept 8 to 64 KiB of request headers."""


class HeadersTooLarge(Exception):
    """A server sent more than MAX_HEADER_BYTES of headers."""


class BoundedProtocol(_LenientHTTP11ClientProtocol):
    """Scrapy's HTTP/1.1 client that closes a connection whose headers exceed the limit."""

    _head_bytes = 0

    def request(self, request: TxRequest) -> Deferred[IResponse]:
        """Reset the counter for each request of a connection."""
        self._head_bytes = 0
        return super().request(request)

    def dataReceived(self, data: bytes) -> None:  # noqa: N802  Twisted's name
        """Pass received bytes on while the headers are within the limit."""
        super().dataReceived(data)  # type: ignore[no-untyped-call]
        if self._parser is None or not self._parser.line_mode:
            return
        self._head_bytes += len(data)
        if self._head_bytes > MAX_HEADER_BYTES:
            self._giveUp(Failure(HeadersTooLarge(f"over {MAX_HEADER_BYTES} bytes")))  # type: ignore[no-untyped-call]


class BoundedFactory(_LenientHTTP11ClientFactory):
    """Factory of bounded clients."""

    def buildProtocol(self, addr: IAddress | None) -> HTTP11ClientProtocol:  # noqa: N802  Twisted's name
        """Return a bounded client for a connection."""
        del addr
        return BoundedProtocol(self._quiescentCallback)  # type: ignore[no-untyped-call]


def bound(pool: HTTPConnectionPool) -> None:
    """Make a pool of connections use bounded clients."""
    pool._factory = BoundedFactory  # noqa: SLF001  as Scrapy itself sets its own


class BoundedHandler(HTTP11DownloadHandler):
    """Scrapy's download handler with bounded headers."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        bound(self._pool)


def is_header_flood(error: BaseException | None) -> bool:
    """Return whether a download failed because the headers were too large."""
    return any(isinstance(x, HeadersTooLarge) for x in _causes(error))


def _causes(error: BaseException | None, depth: int = 4) -> Iterator[BaseException]:
    """Yield an error, its causes, and those of Twisted's composite errors."""
    if error is None or depth == 0:
        return
    yield error
    yield from _causes(error.__cause__, depth - 1)
    for failure in getattr(error, "reasons", ()):
        yield from _causes(failure.value, depth - 1)
