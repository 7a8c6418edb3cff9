"""The Scrapy spider of all sources: it leases URLs from the frontier and handles their responses."""

from __future__ import annotations

import asyncio
import contextlib
import logging
from datetime import date, datetime, timedelta
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Self, cast

import scrapy
from scrapy import signals

from harvester.fetching.browser import BROWSER, is_rendered
from harvester.fetching.captured_response import CapturedResponse, largest_body
from harvester.fetching.capturing import ANSWER, SOURCE
from harvester.fetching.no_response import reason_of
from harvester.fetching.revalidation import conditional_headers, retry_after
from harvester.spiders.scheduler import RunScheduler, budget_of
from harvester.spiders.source_scheduler import Revisit
from pipelines.failures import log_failure
from storage.errors import HarvesterError, UsageError, ends_run
from storage.model.failures import Failure as ProcessingFailure
from storage.model.frontier import FailureScope
from storage.model.sources import AddressKind
from storage.warc.errors import BadPointer

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Sequence

    from scrapy.crawler import Crawler
    from scrapy.http import Response
    from twisted.python.failure import Failure

    from harvester.catalogue.declaration import Declaration
    from harvester.crawl_session import CrawlSession
    from pipelines.draft import Draft
    from pipelines.pipeline import RunContext
    from storage.model.captures import Capture
    from storage.model.frontier import FrontierEntry
    from storage.warc.exchange import Exchange

logger = logging.getLogger(__name__)

ENTRY = "entry"
"""Key in a request's meta of its frontier entry."""

_BUSY = frozenset({HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE})
"""Statuses whose Retry-After applies to the whole source."""


class SourceSpider(scrapy.Spider):
    """Crawls the sources of one run, `session`."""

    name = "harvester"

    def __init__(
        self,
        *,
        session: CrawlSession,
        declarations: Sequence[Declaration],
        early: bool = False,
        limit: int | None = None,
        revisit: Revisit = Revisit.DUE,
        since: date | None = None,
    ) -> None:
        super().__init__()
        self.session = session
        self.scheduler = RunScheduler(session.archive, session.run, declarations, budget_of(session.config, limit, revisit))
        self.early = early
        self.revisit = revisit
        self.since = since
        self.errors = self.scheduler.errors
        self.ended = ""
        self._changed = asyncio.Event()
        self._closing: asyncio.Future[None] | None = None

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> Self:
        """Make the spider of a run.

        Raises:
            UsageError: there is no run: only `harvester crawl` (and `scrapy crawl`, which calls it) begins
                one.
        """
        if "session" not in kwargs:
            raise UsageError("This spider crawls into an archive that a run holds.", "Use `scrapy crawl ID` or `harvester crawl ID`.")
        spider = super().from_crawler(crawler, *args, **kwargs)
        crawler.signals.connect(spider.go_on_after_error, signals.spider_error)
        crawler.signals.connect(spider.count_error, signals.item_error)
        return spider

    # ── asking ────────────────────────────────────────────────────────────────────────────────────────────────────

    async def start(self) -> AsyncIterator[Any]:
        """Request what is due, channels first, newest first, until nothing is due or the archive is full.

        Scrapy logs what is raised here and ends as if nothing was left to request, so errors are counted.
        """
        try:
            async for request in self._asking():
                yield request
        except HarvesterError as error:
            self.abort(error)
        except Exception as error:
            self.errors[type(error).__name__] += 1
            raise

    async def _asking(self) -> AsyncIterator[scrapy.Request]:
        recheck = timedelta(minutes=self.session.config.crawl.recheck_minutes)
        for source_scheduler in self.scheduler.source_schedulers.values():
            with self.scheduler.stopping(source_scheduler):
                self.session.source_context(source_scheduler.id)
        self.scheduler.begin(self.session.topics, early=self.early, revisit=self.revisit, since=self.since, recheck=recheck)
        self.session.backfills = self.scheduler.backfills
        while self.session.error is None:
            self._changed.clear()
            for entry in self.scheduler.take():
                request = self._request_or_none(entry)
                if request is not None:
                    yield request
            wait = self.scheduler.wait()
            if wait is None:
                return
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._changed.wait(), wait.total_seconds() + 0.01)

    def _request_or_none(self, entry: FrontierEntry) -> scrapy.Request | None:
        """Return the request for a URL; postpone the URL where none can be made of it."""
        try:
            return self._request(entry)
        except Exception as error:
            if ends_run(error):
                raise
            failure = ProcessingFailure.of("request", error)
            log_failure(entry.url, failure, error)
            self.errors[type(error).__name__] += 1
            self.scheduler.unanswered(entry, failure.reason, FailureScope.REQUEST)
            return None

    def _request(self, entry: FrontierEntry) -> scrapy.Request:
        declaration = self.scheduler.source_schedulers[entry.source].declaration
        meta: dict[str, Any] = {ENTRY: entry, SOURCE: entry.source, BROWSER: is_rendered(declaration, entry.kind)}
        if entry.kind is AddressKind.SITEMAP:
            meta["download_maxsize"] = max(self.session.config.crawl.max_bytes, largest_body(entry.kind))
        if declaration.timeout is not None:
            meta["download_timeout"] = declaration.timeout
        return scrapy.Request(
            entry.url,
            callback=self.answered,
            errback=self.unanswered,
            headers=conditional_headers(self._validated(entry)),
            meta=meta,
            dont_filter=True,
        )

    def _validated(self, entry: FrontierEntry) -> Capture | None:
        """Return the capture whose validators make a request conditional; None for an unconditional one.

        A URL whose last response could not be read is requested unconditionally: "not modified" would say
        nothing about it.
        """
        by_chance = entry.known and (entry.checks + 1) % self.session.config.revisit.unconditional == 0
        if by_chance or entry.since is not None:
            return None
        last = self.session.archive.last_capture(entry.source, entry.url)
        return None if last is None or last.outcome.kind.is_failure else last.capture

    # ── answers ───────────────────────────────────────────────────────────────────────────────────────────────────

    async def answered(self, response: Response) -> AsyncIterator[Draft]:
        """Handle a response, and send an article's page down the pipeline; the source goes on in any case."""
        answer, entry = cast("CapturedResponse", response.meta[ANSWER]), cast("FrontierEntry", response.meta[ENTRY])
        try:
            draft = self.session.receive(answer, entry)
            if draft is not None:
                yield draft
        except HarvesterError as error:
            self.abort(error)
        finally:
            self._go_on(lambda: self.scheduler.answered(entry, answer.capture.status, len(response.body), _pause_of(answer)))

    def unanswered(self, failure: Failure) -> None:
        """Record why a request brought no response."""
        entry = cast("FrontierEntry", failure.request.meta[ENTRY])  # type: ignore[attr-defined]
        error = failure.value
        if isinstance(error, HarvesterError) and ends_run(error):
            self.abort(error)
            return
        reason, scope = reason_of(error)
        logger.info("%s: %s", reason, entry.url)
        self._go_on(lambda: self.scheduler.unanswered(entry, reason, scope))

    def _go_on(self, tell: Callable[[], None]) -> None:
        """Pass the outcome of a URL to the scheduler; an archive that cannot take more ends the run."""
        try:
            tell()
        except HarvesterError as error:
            self.abort(error)
        finally:
            self._changed.set()

    def count_error(self, failure: Failure) -> None:
        """Count an exception that Scrapy logged."""
        self.errors[failure.type.__name__ if failure.type else "Exception"] += 1

    def go_on_after_error(self, failure: Failure, response: Response | Failure) -> None:
        """Count an exception in a callback or errback and go on with the source."""
        self.count_error(failure)
        request = getattr(response, "request", None)
        if request is not None and ENTRY in request.meta:
            self.scheduler.lost(request.meta[ENTRY])
        self._changed.set()

    # ── what the middlewares and the line need ────────────────────────────────────────────────────────────────────

    @property
    def run_context(self) -> RunContext:
        """Archive and run that drafts are written to."""
        return self.session.run_context

    def capture(self, source: str, exchange: Exchange, *, partial: bool) -> CapturedResponse:
        """Write an exchange to the WARC."""
        return self.session.capture(source, exchange, partial=partial)

    def receive_robots(self, answer: CapturedResponse) -> None:
        """Record a robots.txt with its outcome, and respect its Retry-After."""
        self.session.receive_robots(answer)
        if (until := _pause_of(answer)) is not None:
            self.hold_off(answer.capture.source, until)

    def host_opened(self, host: str, *, rules_changed: bool) -> None:
        """Release the URLs of a host that its robots.txt refused before."""
        self.session.archive.wake_refused(host, rules_changed=rules_changed)

    def kept_robots(self, url: str) -> CapturedResponse | None:
        """Return the newest captured robots.txt of a URL; None where there is none that can be read."""
        kept = self.session.archive.last_robots(url)
        if kept is None:
            return None
        capture, pointer = kept
        try:
            return CapturedResponse(capture, self.session.archive.response(pointer))
        except BadPointer:
            return None

    def hold_off(self, source: str, until: datetime) -> None:
        """Send nothing to a source before a moment, in this run and later ones."""
        self.scheduler.pause(source, until)

    def abort(self, error: HarvesterError) -> None:
        """End the run: the archive cannot take more."""
        if self.session.error is None:
            self.session.error = error
            self._changed.set()
            engine = self.crawler.engine
            assert engine is not None
            self._closing = asyncio.ensure_future(engine.close_spider_async(reason=type(error).__name__))

    def closed(self, reason: str) -> None:
        """Record how the run ended."""
        self.ended = reason
        self.session.ended = reason
        self.session.full |= self.scheduler.full()


def _pause_of(answer: CapturedResponse) -> datetime | None:
    """Return when a busy server (429, 503) allows the next request; None where it does not say."""
    if answer.capture.status not in _BUSY:
        return None
    return retry_after(next(iter(answer.response.header_values("retry-after")), None), answer.capture.captured_at)
