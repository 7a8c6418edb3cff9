"""robots.txt: asked first, obeyed, and kept (RFC 9309).

Unreachable (5xx, 429, no answer) means disallowed for this run; any other 4xx means allowed. The first 500 KiB count; up to five
redirects are followed.
"""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, Self, cast
from urllib.parse import urljoin, urlsplit

from protego import Protego
from scrapy import Request
from scrapy.http.request import NO_CALLBACK

from harvester.fetching.capturing import ANSWER, SOURCE
from harvester.fetching.refusals import Refused
from storage.errors import HarvesterError
from storage.model.runs import ROBOTS_DISALLOWED
from storage.warc.errors import BadCoding

if TYPE_CHECKING:
    from scrapy.crawler import Crawler
    from scrapy.http import Response

    from harvester.fetching.answers import Answer

logger = logging.getLogger(__name__)

ROBOTS = "robots"
"""The mark, in a request's meta, of a request for a robots.txt."""

HEADROOM = 1.15
"""Scrapy's gaps between requests come out up to 12 % short of what was asked for (measured): aim so much higher."""

MAX_BYTES = 500 * 1024
MAX_REDIRECTS = 5
_TOO_MANY = 429
UNREACHABLE = Refused("robots_unreachable", permanent=False)
"""A host whose wishes are unknown is left alone in this run."""


class RobotsSpider(Protocol):
    """What this middleware needs of the spider."""

    def receive_robots(self, answer: Answer) -> None:
        """Settle a robots.txt."""


@dataclass(frozen=True, slots=True)
class Policy:
    """What a host asks of robots: its rules (none: anything goes), or why it is left alone altogether."""

    rules: Protego | None = None
    refusal: Refused | None = None

    def why_not(self, url: str, user_agent: str) -> Refused | None:
        """The refusal for an address, or nothing when it may be asked."""
        if self.refusal is not None:
            return self.refusal
        if self.rules is not None and not self.rules.can_fetch(url, user_agent):
            return Refused(ROBOTS_DISALLOWED, permanent=True)
        return None


class RobotsMiddleware:
    """Asks the robots.txt of every host once a run, before the host's first request."""

    def __init__(self, crawler: Crawler) -> None:
        self.crawler = crawler
        self.user_agent = str(crawler.settings["USER_AGENT"])
        self._policies: dict[str, asyncio.Task[Policy]] = {}

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """One for the crawl."""
        return cls(crawler)

    async def process_request(self, request: Request) -> None:
        """Wait for the host's policy, then refuse what it disallows."""
        if ROBOTS in request.meta:
            return
        if refusal := await self.refusal(request.url, request.meta[SOURCE]):
            raise refusal

    async def refusal(self, url: str, source: str) -> Refused | None:
        """Why an address must not be asked, going by its host's robots.txt; nothing when it may."""
        split = urlsplit(url)
        host = f"{split.scheme}://{split.netloc}"
        if host not in self._policies:
            self._policies[host] = asyncio.ensure_future(self._ask(host, source))
        policy = await asyncio.shield(self._policies[host])
        return policy.why_not(url, self.user_agent)

    async def _ask(self, host: str, source: str) -> Policy:
        url = f"{host}/robots.txt"
        for _ in range(MAX_REDIRECTS + 1):
            try:
                response = await self._download(url, source)
            except Refused as refusal:
                return Policy(refusal=refusal)
            except HarvesterError:
                raise  # the archive, not the host
            except Exception as error:  # noqa: BLE001  whatever happened, the host's wishes are unknown
                logger.warning("%s cannot be read (%s): its host is left alone in this run", url, type(error).__name__)
                return Policy(refusal=UNREACHABLE)
            location = response.headers.get("Location")
            if not (300 <= response.status < 400 and location):  # noqa: PLR2004  HTTP redirects
                return self._policy(response, host)
            url = urljoin(url, location.decode("latin-1"))
        return Policy(refusal=UNREACHABLE)

    async def _download(self, url: str, source: str) -> Response:
        meta = {ROBOTS: True, SOURCE: source}
        request = Request(url, callback=NO_CALLBACK, priority=1000, meta=meta, dont_filter=True)
        engine = self.crawler.engine
        assert engine is not None
        response = await engine.download_async(request)
        cast("RobotsSpider", self.crawler.spider).receive_robots(response.meta[ANSWER])
        return response

    def _policy(self, response: Response, host: str) -> Policy:
        if response.status >= 500 or response.status == _TOO_MANY:  # noqa: PLR2004  HTTP server errors
            return Policy(refusal=UNREACHABLE)
        if response.status != 200:  # noqa: PLR2004  HTTP OK
            return Policy()
        body = self._body(response)
        if body.lstrip().startswith(b"<"):
            logger.warning("%s/robots.txt is a web page, not rules: nothing is disallowed", host)
            return Policy()
        rules = Protego.parse(body.decode("utf-8-sig", "replace"))
        self._slow_down(host, rules.crawl_delay(self.user_agent))
        return Policy(rules)

    @staticmethod
    def _body(response: Response) -> bytes:
        answer = cast("Answer", response.meta[ANSWER])
        try:
            return answer.response.decoded_body[:MAX_BYTES]
        except BadCoding:
            return b""

    def _slow_down(self, host: str, delay: float | None) -> None:
        """Keep a Crawl-delay that is longer than the declared one."""
        engine = self.crawler.engine
        assert engine is not None
        name, downloader = urlsplit(host).hostname or "", engine.downloader
        slot = downloader.slots.get(name)
        if slot is not None and delay is not None:
            slot.delay = max(slot.delay, float(delay) * HEADROOM)
            downloader.per_slot_settings[name] = {"concurrency": 1, "delay": slot.delay, "jitter": 0.0}
