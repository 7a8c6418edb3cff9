"""Render JavaScript pages with the system's Chromium, under the rules of every other request.

The page itself is requested as any other, so that redirects, refusals and robots.txt are handled as usual.
Its bytes answer the browser's navigation; what its scripts request goes through robots.txt and the guard
(harvester.fetching.proxy). The rendered document is the response that is captured.
"""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import os
from http import HTTPStatus
from typing import TYPE_CHECKING

from playwright.async_api import Error as PlaywrightError
from scrapy.exceptions import DownloadCancelledError, DownloadFailedError, DownloadTimeoutError
from scrapy.http import Headers, Request, Response
from scrapy_playwright.handler import ScrapyPlaywrightDownloadHandler
from scrapy_playwright.page import PageMethod

from harvester.fetching.bounded_headers import bound
from harvester.fetching.browser import BROWSER, EXECUTABLE
from harvester.fetching.capturing import SOURCE
from harvester.fetching.guard import SETTING, Allowance
from harvester.fetching.proxy import GuardProxy
from harvester.fetching.robots import RobotsMiddleware
from storage.warc.codings import undo_codings
from storage.warc.errors import BadCoding

if TYPE_CHECKING:
    from playwright.async_api import Page, Route
    from scrapy.crawler import Crawler

RENDERED_BY = "X-Rendered-By"
"""Header of a captured response whose body was rendered; its value names the browser."""

SETTLE_MS = 5000
"""Milliseconds that a loaded page may go on making requests before its state is taken."""

NOT_LOADED = frozenset({"image", "media", "font", "manifest", "ping", "eventsource"})
"""Resource types that are not loaded, because the text of a page does not need them."""

FLAGS = (
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--dns-prefetch-disable",
    "--force-webrtc-ip-handling-policy=disable_non_proxied_udp",
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",  # names are resolved by the proxy alone
)

_REPLACED = ("content-encoding", "content-length", "content-type", "etag", "last-modified")
"""Headers of the page as sent that do not hold for the rendered one; kept under `X-Orig-…`."""

_ROBOTS_SECONDS = 15.0
_CLOSING_SECONDS = 10.0


class RenderingHandler(ScrapyPlaywrightDownloadHandler):  # type: ignore[misc]  # the package ships no types
    """Scrapy's download handler for rendered pages; requests without the key BROWSER are not rendered."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        bound(self._pool)
        self._proxy = GuardProxy(Allowance(crawler.settings.getlist(SETTING)))
        self._starting = asyncio.Lock()
        self._started = False
        self._numbers = itertools.count(1)

    async def download_request(self, request: Request) -> Response:
        """Download the page; render it where that is wanted and it is an HTML page."""
        response: Response = await super().download_request(request)
        if not request.meta.get(BROWSER) or response.status != HTTPStatus.OK or not _is_page(response):
            return response
        try:
            body = undo_codings(response.body, (response.headers.get("Content-Encoding") or b"").decode("latin-1"))
        except BadCoding:
            return response
        await self._start()
        return await self._rendered(request, response, body)

    async def _rendered(self, request: Request, response: Response, body: bytes) -> Response:
        seconds = float(request.meta.get("download_timeout", self._crawler.settings.getfloat("DOWNLOAD_TIMEOUT")))
        robots = self._crawler.get_downloader_middleware(RobotsMiddleware)
        assert robots is not None
        visit = _Visit(response, body, robots, self._proxy, request.meta[SOURCE])
        name = f"{request.meta[SOURCE]}-{next(self._numbers)}"  # a context of its own: no cookie goes from page to page
        try:
            made = await asyncio.wait_for(super().download_request(self._asking(visit, request, name)), seconds)
        except TimeoutError as error:
            raise DownloadTimeoutError(f"the page took over {seconds} seconds to render") from error
        except PlaywrightError as error:
            raise DownloadFailedError(f"the browser failed: {error.message.splitlines()[0]}") from error
        finally:
            await self._end(name)
        if not visit.was_answered:
            raise DownloadFailedError("the browser did not take the page")
        return self._as_response(request, response, made.text.encode("utf-8", "replace"))

    def _asking(self, visit: _Visit, request: Request, name: str) -> Request:
        context = {
            "user_agent": self._crawler.settings["USER_AGENT"],
            "service_workers": "block",
            "accept_downloads": False,
            "timezone_id": "Asia/Almaty",
        }
        meta = {
            "playwright": True,
            "playwright_context": name,
            "playwright_context_kwargs": context,
            "playwright_page_init_callback": visit.prepare,
            "playwright_page_methods": [PageMethod(_settle)],
        }
        return Request(visit.url, headers=request.headers, meta=meta)

    def _as_response(self, request: Request, response: Response, body: bytes) -> Response:
        if len(body) > self._crawler.settings.getint("DOWNLOAD_MAXSIZE"):
            raise DownloadCancelledError(f"{len(body)} bytes once rendered")
        headers = Headers(response.headers)
        for name in _REPLACED:
            if name in headers:
                headers[f"X-Orig-{name.title()}"] = headers.pop(name)
        headers["Content-Type"] = "text/html; charset=utf-8"
        headers[RENDERED_BY] = f"Chromium {self.browser.version}"
        return Response(
            response.url, HTTPStatus.OK.value, headers, body, request=request, ip_address=response.ip_address, protocol=response.protocol
        )

    # ── the browser ───────────────────────────────────────────────────────────────────────────────────────────────

    async def _maybe_launch_in_thread(self) -> None:
        """Do nothing when the engine starts; the first page that needs the browser launches it."""

    async def _start(self) -> None:
        async with self._starting:
            if not self._started:
                root = os.geteuid() == 0
                self.config.launch_options = {
                    "executable_path": self._crawler.settings[EXECUTABLE],
                    "args": list(FLAGS),
                    "chromium_sandbox": not root,  # Chromium refuses to sandbox for root
                    "proxy": {"server": await self._proxy.start(), "bypass": "<-loopback>"},
                    "handle_sigint": False,
                    "handle_sigterm": False,
                    "handle_sighup": False,
                }
                await self._launch()
                self._started = True

    async def _end(self, name: str) -> None:
        """Close what a page was shown in, whatever state it is in."""
        wrapper = self.context_wrappers.get(name)
        if wrapper is not None:
            with contextlib.suppress(PlaywrightError, TimeoutError):
                await asyncio.wait_for(wrapper.context.close(), _CLOSING_SECONDS)

    async def close(self) -> None:
        """Close the browser and its proxy."""
        await super().close()
        await self._proxy.close()


class _Visit:
    """One page shown to the browser: what it gets in answer to its navigation, and what its scripts may ask for."""

    def __init__(self, response: Response, body: bytes, robots: RobotsMiddleware, proxy: GuardProxy, source: str) -> None:
        self.url = response.url
        self.was_answered = False
        self._response = response
        self._body = body
        self._robots = robots
        self._proxy = proxy
        self._source = source

    async def prepare(self, page: Page, request: Request) -> None:
        """Called when the browser's page is there, before it is sent anywhere."""
        del request
        await page.context.route("**/*", lambda route: route.abort())  # of windows that the page opens
        await page.route("**/*", self._route)

    async def _route(self, route: Route) -> None:
        request = route.request
        if request.is_navigation_request():
            if self.was_answered or request.frame.parent_frame is not None:
                await route.abort()  # frames, and pages that scripts go on to, are not asked
                return
            self.was_answered = True
            await route.fulfill(status=HTTPStatus.OK.value, headers=self._headers(), body=self._body)
        elif request.resource_type in NOT_LOADED or await self._refused(request.url):
            await route.abort()
        else:
            self._proxy.expect(request.url)
            await route.fallback()

    async def _refused(self, url: str) -> bool:
        if not url.startswith(("http://", "https://")):
            return False  # data: and blob: are the page's own
        try:
            return await asyncio.wait_for(self._robots.refusal(url, self._source), _ROBOTS_SECONDS) is not None
        except TimeoutError:
            return True

    def _headers(self) -> dict[str, str]:
        left_out = {b"content-encoding", b"content-length", b"transfer-encoding", b"connection"}
        headers = self._response.headers
        return {k.decode("latin-1"): b", ".join(headers.getlist(k)).decode("latin-1") for k in headers if k.lower() not in left_out}


def _is_page(response: Response) -> bool:
    said = (response.headers.get("Content-Type") or b"").lower()
    return b"html" in said or (not said and response.body.lstrip()[:1] == b"<")


async def _settle(page: Page) -> None:
    """Wait until the page asks for nothing more, or long enough."""
    with contextlib.suppress(PlaywrightError):
        await page.wait_for_load_state("networkidle", timeout=SETTLE_MS)
