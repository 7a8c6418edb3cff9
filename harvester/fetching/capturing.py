"""Downloader middleware that writes every response to the WARC before anything reads it.

It is the middleware nearest to the downloader, so that the archived body is what was sent.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Protocol, Self, cast

from storage.warc.exchange import Exchange

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.crawler import Crawler
    from scrapy.http import Headers, Response

    from harvester.fetching.captured_response import CapturedResponse

ANSWER = "answer"
"""Key in a request's meta of the captured response."""

SOURCE = "source"
"""Key in a request's meta of the id of the source that the request is made for."""


class CapturingSpider(Protocol):
    """What the middleware needs of the spider."""

    def capture(self, source: str, exchange: Exchange, *, partial: bool) -> CapturedResponse:
        """Write an exchange to the WARC."""


class CaptureMiddleware:
    """Writes each exchange to the WARC and leaves the captured response in the request's meta."""

    def __init__(self, spider: CapturingSpider) -> None:
        self.spider = spider

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Take the archive from the spider."""
        return cls(cast("CapturingSpider", crawler.spider))

    def process_response(self, request: Request, response: Response) -> Response:
        """Capture the response, then pass it on."""
        exchange = exchange_of(request, response, datetime.now(UTC))
        request.meta[ANSWER] = self.spider.capture(request.meta[SOURCE], exchange, partial="partial" in response.flags)
        return response


def exchange_of(request: Request, response: Response, moment: datetime) -> Exchange:
    """Return a request and its response as they were sent."""
    return Exchange(
        url=response.url,
        captured_at=moment,
        status=response.status,
        reason="",
        response_headers=_headers(response.headers),
        body=response.body,
        method=request.method,
        request_headers=_headers(request.headers),
        ip=str(response.ip_address) if response.ip_address else None,
        protocol=response.protocol or "HTTP/1.1",
    )


def _headers(headers: Headers) -> tuple[tuple[str, str], ...]:
    return tuple((name.decode("latin-1"), value.decode("latin-1")) for name, values in headers.items() for value in values)
