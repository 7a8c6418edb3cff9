"""Downloader middleware for robots.txt (RFC 9309).

A robots.txt is cached for its lifetime, over many runs. A cached one may allow a request, never refuse it:
before a URL is refused, the file is fetched again, once a run. One that cannot be read closes its host for
this run. Up to five redirects are followed.
"""

from __future__ import annotations

import asyncio
import logging
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Protocol, Self, cast
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.http.request import NO_CALLBACK

from harvester.fetching.capturing import ANSWER, SOURCE
from harvester.fetching.guard import RequestBlocked
from harvester.fetching.no_response import reason_of
from harvester.fetching.robots_policy import Policy, closed, is_fresh, policy_of
from pipelines.urls import redirect_target
from storage.errors import HarvesterError
from storage.model.frontier import LONGEST_PAUSE, FailureScope
from storage.model.runs import NAME_FAILURE

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from scrapy.crawler import Crawler

    from harvester.fetching.captured_response import CapturedResponse

logger = logging.getLogger(__name__)

ROBOTS = "robots"
"""Key in a request's meta of a request for a robots.txt."""

HEADROOM = 1.15
"""Factor on delays: Scrapy's gaps between requests are up to 12 % shorter than its setting (measured)."""

MAX_REDIRECTS = 5
"""Redirects of a robots.txt that are followed (RFC 9309, section 2.3.1.2)."""

MAX_DELAY = timedelta(seconds=60)
"""With a longer Crawl-delay a host gets one request a run; the delay is kept between runs."""


class RobotsSpider(Protocol):
    """What this middleware needs of the spider."""

    def receive_robots(self, answer: CapturedResponse) -> None:
        """Record a robots.txt with its outcome."""

    def kept_robots(self, url: str) -> CapturedResponse | None:
        """Return the newest archived response to a request for a robots.txt; None when there is none."""

    def host_opened(self, host: str, *, rules_changed: bool) -> None:
        """Handle that a host (`https://example.org`) whose robots.txt was fetched again may be requested."""

    def hold_off(self, source: str, until: datetime) -> None:
        """Send nothing to a source before a moment."""


class RobotsMiddleware:
    """Fetches the robots.txt of every host before the host's first request, and blocks what it disallows."""

    def __init__(self, crawler: Crawler, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self.crawler = crawler
        self.clock = clock
        self.user_agent = str(crawler.settings["USER_AGENT"])
        self._policies: dict[str, asyncio.Task[Policy]] = {}
        self._asked_at: dict[str, datetime] = {}

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Make the middleware of a crawl."""
        return cls(crawler)

    async def process_request(self, request: Request) -> None:
        """Wait for the host's policy; block what it disallows and what violates its Crawl-delay."""
        if ROBOTS in request.meta:
            return
        source = request.meta[SOURCE]
        if refusal := await self.refusal(request.url, source):
            raise refusal
        self._keep_long_delay(request.url, source)

    async def refusal(self, url: str, source: str) -> RequestBlocked | None:
        """Return why the host's robots.txt forbids a URL; None when it is allowed."""
        host = _host_of(url)
        if host not in self._policies:
            self._policies[host] = asyncio.ensure_future(self._kept_or_asked(host, source))
        policy = await asyncio.shield(self._policies[host])
        refusal = policy.why_not(url, self.user_agent)
        is_old = policy.expires is not None and policy.expires <= self.clock()
        if is_old or (refusal is not None and policy.kept):
            policy = await self._asked_anew(host, source, policy)
            refusal = policy.why_not(url, self.user_agent)
        return refusal

    # ── where policies come from ──────────────────────────────────────────────────────────────────────────────────

    async def _asked_anew(self, host: str, source: str, before: Policy) -> Policy:
        """Return the host's policy fetched in this run; it is fetched once for all waiting requests."""
        task = self._policies[host]
        if task.done() and task.result() is before:
            self._policies[host] = asyncio.ensure_future(self._asked(host, source))
        return await asyncio.shield(self._policies[host])

    async def _kept_or_asked(self, host: str, source: str) -> Policy:
        kept = await self._resolve(host, self._look_up_fresh)
        return replace(kept, kept=True) if kept.refusal is None else await self._asked(host, source)

    async def _asked(self, host: str, source: str) -> Policy:
        """Fetch the policy of the host; URLs that it refused in earlier runs may be tried again."""
        before = await self._resolve(host, self._look_up)
        policy = await self._resolve(host, partial(self._ask, source))
        if policy.refusal is None:
            cast("RobotsSpider", self.crawler.spider).host_opened(host, rules_changed=policy.answer != before.answer)
        return policy

    async def _resolve(self, host: str, answer_to: Callable[[str], Awaitable[CapturedResponse | Policy]]) -> Policy:
        """Follow a host's robots.txt through redirects and parse it; `answer_to` returns a URL's response."""
        url = f"{host}/robots.txt"
        for _ in range(MAX_REDIRECTS + 1):
            answer = await answer_to(url)
            if isinstance(answer, Policy):
                return answer
            location = next(iter(answer.response.header_values("location")), "")
            if not (300 <= answer.capture.status < 400 and location):  # noqa: PLR2004  HTTP redirects
                policy = policy_of(answer, self.user_agent)
                self._slow_down(host, policy.delay)
                return policy
            url = redirect_target(url, location)
            if not url:
                return closed("robots_unreachable: leads nowhere")
        return closed("robots_unreachable: too many redirects")

    async def _look_up(self, url: str) -> CapturedResponse | Policy:
        """Return the newest archived response."""
        return cast("RobotsSpider", self.crawler.spider).kept_robots(url) or closed("not kept")

    async def _look_up_fresh(self, url: str) -> CapturedResponse | Policy:
        """Return the newest archived response, while its lifetime lasts."""
        answer = await self._look_up(url)
        return closed("not fresh") if isinstance(answer, Policy) or not is_fresh(answer, self.clock()) else answer

    async def _ask(self, source: str, url: str) -> CapturedResponse | Policy:
        """Fetch, capture and record the response of the host."""
        engine = self.crawler.engine
        assert engine is not None
        try:
            request = Request(url, callback=NO_CALLBACK, priority=1000, meta={ROBOTS: True, SOURCE: source}, dont_filter=True)
            response = await engine.download_async(request)
        except RequestBlocked as refusal:
            return closed(refusal.reason)
        except HarvesterError:
            raise  # the archive, not the host
        except Exception as error:  # noqa: BLE001  whatever happened, the host's wishes are unknown
            reason = reason_of(error)[0]
            if reason == NAME_FAILURE:  # offline, this would be a line for every host
                return closed(NAME_FAILURE)
            logger.warning("%s cannot be read (%s): its host is left alone in this run", url, reason)
            return closed(f"robots_unreachable: {reason}")
        answer = cast("CapturedResponse", response.meta[ANSWER])
        cast("RobotsSpider", self.crawler.spider).receive_robots(answer)
        return answer

    # ── Crawl-delay ───────────────────────────────────────────────────────────────────────────────────────────────

    def _slow_down(self, host: str, delay: float | None) -> None:
        """Apply a Crawl-delay that is longer than the declared one to Scrapy's slot."""
        if delay is None or delay > MAX_DELAY.total_seconds():
            return
        engine = self.crawler.engine
        assert engine is not None
        name, downloader = urlsplit(host).hostname or "", engine.downloader
        declared = downloader.per_slot_settings.get(name, {}).get("delay", self.crawler.settings.getfloat("DOWNLOAD_DELAY"))
        longer = max(float(declared), delay * HEADROOM)
        downloader.per_slot_settings[name] = {"concurrency": 1, "delay": longer, "jitter": 0.0}
        slot = downloader.slots.get(name)
        if slot is not None:
            slot.delay = max(slot.delay, longer)

    def _keep_long_delay(self, url: str, source: str) -> None:
        """With a Crawl-delay over MAX_DELAY, allow the host one request, then hold the source off that long.

        Raises:
            RequestBlocked: the host was requested in this run.
        """
        host = _host_of(url)
        policy = self._policies[host].result()
        if policy.delay is None or policy.delay <= MAX_DELAY.total_seconds():
            return
        first = host not in self._asked_at
        asked_at = self._asked_at.setdefault(host, self.clock())
        pause = timedelta(seconds=min(policy.delay, LONGEST_PAUSE.total_seconds()))
        cast("RobotsSpider", self.crawler.spider).hold_off(source, asked_at + pause)
        if not first:
            raise RequestBlocked(f"crawl_delay: {policy.delay:g} s between two requests", FailureScope.HOST)


def _host_of(url: str) -> str:
    split = urlsplit(url)
    return f"{split.scheme}://{split.netloc}"
