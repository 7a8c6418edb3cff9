"""HTTP client for requests outside a crawl: the settings, guard and delays of a crawl, no archive."""

from __future__ import annotations

import asyncio
import signal
import time
from typing import TYPE_CHECKING, Any, Generic, TypeVar, cast
from urllib.parse import urlsplit

import scrapy
from scrapy.crawler import AsyncCrawlerProcess
from scrapy.http.request import NO_CALLBACK
from scrapy.settings import Settings

from harvester.fetching.browser import BROWSER, browser_settings, is_rendered, why_no_browser
from harvester.fetching.captured_response import CapturedResponse, largest_body
from harvester.fetching.capturing import ANSWER, SOURCE
from harvester.fetching.live_response import LiveResponse
from harvester.fetching.no_response import reason_of
from harvester.settings import scrapy_settings
from harvester.spiders.stopping import listening
from pipelines.urls import redirect_target
from storage.errors import HarvesterError, UsageError
from storage.interrupts import Interrupted
from storage.model.captures import Capture, WarcPointer
from storage.model.sources import AddressKind
from storage.warc.digests import payload_digest
from storage.warc.response import unwritten_response

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable
    from datetime import datetime

    from scrapy.http import Response

    from harvester.catalogue.declaration import Declaration
    from harvester.catalogue.loader import Catalogue
    from harvester.config import Config
    from harvester.fetching.live_response import LiveClient
    from storage.warc.exchange import Exchange

T = TypeVar("T")

MAX_REDIRECTS = 5
"""Redirects of one request that are followed."""

_NOWHERE = WarcPointer("", 0, 0, "")


def inquire(config: Config, catalogue: Catalogue, conversation: Callable[[LiveClient], Awaitable[T]], *, browser: bool = False) -> T:
    """Run a coroutine with a live client and return its result; may be called once in a process.

    `browser`: some of the pages are to be rendered.

    Raises:
        UsageError: there is no browser.
        Interrupted: a signal came first.
    """
    settings = scrapy_settings(config, catalogue) | {"ITEM_PIPELINES": {}}
    if browser:
        if missing := why_no_browser(config):
            raise UsageError(f"Its pages are made by scripts, and there is {missing}.")
        settings |= browser_settings(config)
    process = AsyncCrawlerProcess(Settings(settings))
    outcome: _Outcome[T] = _Outcome(conversation)
    process.crawl(LiveClientSpider, outcome=outcome)
    signals: list[int] = []
    loop = asyncio.get_event_loop()
    stopping: list[asyncio.Future[None]] = []

    def stop(number: int) -> None:
        if signals:
            loop.stop()
        else:
            stopping.append(asyncio.ensure_future(process.stop()))
        signals.append(number)

    with listening(stop):
        process.start(install_signal_handlers=False)
    if outcome.error is not None:
        raise outcome.error
    if not outcome.results:
        raise Interrupted(signals[0] if signals else signal.SIGINT)
    return outcome.results[0]


class _Outcome(Generic[T]):
    """A coroutine, and its result or error."""

    def __init__(self, conversation: Callable[[LiveClient], Awaitable[T]]) -> None:
        self.conversation = conversation
        self.results: list[T] = []
        self.error: Exception | None = None

    async def hold(self, asking: LiveClient) -> None:
        """Run it to its end."""
        try:
            self.results.append(await self.conversation(asking))
        except Exception as error:  # noqa: BLE001  raised again outside of Scrapy, which would only log it
            self.error = error


class LiveClientSpider(scrapy.Spider):
    """Spider that makes the requests of a coroutine, one after another."""

    name = "inquiry"

    def __init__(self, *, outcome: _Outcome[Any]) -> None:
        super().__init__()
        self.robots: dict[str, CapturedResponse] = {}
        self._outcome = outcome

    async def start(self) -> AsyncIterator[Any]:
        """Run the coroutine; the spider has no requests of its own."""
        await self._outcome.hold(self)
        nothing: tuple[scrapy.Request, ...] = ()
        for request in nothing:
            yield request

    async def ask(self, url: str, declaration: Declaration | None = None, kind: AddressKind = AddressKind.ARTICLE) -> LiveResponse:
        """Request a URL and follow its redirects; the guard and robots.txt apply to each of them."""
        begun, target = time.monotonic(), url
        for _ in range(MAX_REDIRECTS + 1):
            meta: dict[str, Any] = {SOURCE: declaration.id if declaration else ""}
            if kind is AddressKind.SITEMAP:
                meta["download_maxsize"] = largest_body(kind)
            if declaration is not None:
                meta[BROWSER] = is_rendered(declaration, kind)
            if declaration is not None and declaration.timeout is not None:
                meta["download_timeout"] = declaration.timeout
            request = scrapy.Request(target, callback=NO_CALLBACK, meta=meta, dont_filter=True)
            engine = self.crawler.engine
            assert engine is not None
            try:
                response = await engine.download_async(request)
            except HarvesterError:
                raise
            except Exception as error:  # noqa: BLE001  whatever happened, it is the answer
                return LiveResponse(url, reason=reason_of(error)[0], seconds=time.monotonic() - begun)
            answer = cast("CapturedResponse", response.meta[ANSWER])
            seconds = float(response.meta.get("download_latency", time.monotonic() - begun))
            further = _redirected(response)
            if not further:
                return LiveResponse(url, answer, seconds=seconds, kind=kind)
            target = further
        return LiveResponse(url, reason="redirect_loop", seconds=time.monotonic() - begun)

    # ── what the middlewares need ─────────────────────────────────────────────────────────────────────────────────

    def capture(self, source: str, exchange: Exchange, *, partial: bool) -> CapturedResponse:
        """Return an exchange as a captured response without a WARC record."""
        response = unwritten_response(exchange)
        capture = Capture(
            source=source,
            url=exchange.url,
            captured_at=exchange.captured_at,
            status=exchange.status,
            content_type=response.content_type,
            payload_digest=payload_digest(exchange.body),
            warc=_NOWHERE,
        )
        return CapturedResponse(capture, response, partial)

    def receive_robots(self, answer: CapturedResponse) -> None:
        """Keep a robots.txt."""
        split = urlsplit(answer.capture.url)
        self.robots[f"{split.scheme}://{split.netloc}"] = answer

    def kept_robots(self, url: str) -> None:
        """Return None: nothing is archived."""

    def host_opened(self, host: str, *, rules_changed: bool) -> None:
        """Do nothing: nothing was refused before."""

    def hold_off(self, source: str, until: datetime) -> None:
        """Do nothing: a few requests are over before a pause matters."""


def _redirected(response: Response) -> str:
    """Return where a redirect leads; empty for other responses, and where it leads nowhere."""
    location = response.headers.get("Location")
    if not (300 <= response.status < 400 and location):  # noqa: PLR2004  HTTP redirects
        return ""
    return redirect_target(response.url, location.decode("latin-1"))
