"""The one spider that every source runs: it leases addresses from the frontier and hands answers to be settled."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import sys
from contextlib import ExitStack
from datetime import date, datetime, time
from typing import TYPE_CHECKING, Any, Self, cast
from zoneinfo import ZoneInfo

import scrapy
from scrapy.exceptions import (
    CannotResolveHostError,
    DownloadCancelledError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    ResponseDataLossError,
)

from harvester.catalogue.loader import load_catalogue
from harvester.catalogue.topic_folders import topics_named
from harvester.config import load_config
from harvester.discovery.starts import starts
from harvester.fetching.browser import BROWSER, is_rendered
from harvester.fetching.capturing import ANSWER, SOURCE
from harvester.fetching.refusals import Refused
from harvester.fetching.revalidation import conditional_headers, retry_after
from harvester.harvest import Harvest
from harvester.spiders.lane import Lane, Revisit
from storage.errors import HarvesterError, UsageError, ends_run

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator, Sequence

    from scrapy.crawler import Crawler
    from scrapy.http import Response
    from twisted.python.failure import Failure

    from harvester.catalogue.declaration import Declaration
    from harvester.fetching.answers import Answer
    from pipelines.draft import Draft
    from pipelines.line import Desk
    from storage.model.frontier import FrontierEntry
    from storage.warc.exchange import Exchange

logger = logging.getLogger(__name__)

ENTRY = "entry"
"""The key, in a request's meta, of the frontier entry that it asks for."""

_BUSY = frozenset({429, 503})
"""Answers whose Retry-After concerns the whole source."""

_REASONS: tuple[tuple[type[BaseException], str], ...] = (
    (DownloadTimeoutError, "timeout"),
    (DownloadConnectionRefusedError, "connection: refused"),
    (CannotResolveHostError, "dns"),
    (ResponseDataLossError, "data_loss"),
    (DownloadCancelledError, "too_large"),
    (DownloadFailedError, "connection"),
)
"""The class of a request that brought no response, by Scrapy's error."""


class SourceSpider(scrapy.Spider):
    """Crawls the sources of one run. `harvest` is the run; without one (`scrapy crawl ID`) the spider begins its own."""

    name = "harvester"
    source_id: str | None = None

    def __init__(
        self,
        *,
        harvest: Harvest,
        declarations: Sequence[Declaration],
        early: bool = False,
        limit: int | None = None,
        revisit: Revisit = Revisit.DUE,
        since: date | None = None,
    ) -> None:
        super().__init__()
        self.harvest = harvest
        most = harvest.config.crawl.max_articles
        articles = min(limit, most) if limit is not None else most
        budget = {Revisit.DUE: harvest.config.revisit.budget, Revisit.ALL: sys.maxsize, Revisit.NONE: 0}[revisit]
        self.lanes = {x.id: Lane(x, articles, budget) for x in declarations}
        self.early = early
        self.revisit = revisit
        self.since = since
        self._changed = asyncio.Event()
        self._own = ExitStack()
        self._closing: asyncio.Future[None] | None = None

    @classmethod
    def from_crawler(cls, crawler: Crawler, *args: Any, **kwargs: Any) -> Self:
        """Begin a run of its own where none is handed over."""
        own = ExitStack()
        if "harvest" not in kwargs:
            config = load_config(None)
            catalogue = load_catalogue(config.sources, builtin=not config.only_given_sources)
            if catalogue.get(cls.source_id or "").browser:
                raise UsageError(f"{cls.source_id} needs a browser.", f"Use `harvester crawl {cls.source_id}`.")
            harvest = own.enter_context(Harvest.begun(config, catalogue, topics_named(config.topic, config.topics), "crawl"))
            kwargs |= {"harvest": harvest, "declarations": [catalogue.get(cls.source_id or "")], "early": True}
        spider = super().from_crawler(crawler, *args, **kwargs)
        spider._own = own  # noqa: SLF001  its own attribute
        return spider

    # ── asking ────────────────────────────────────────────────────────────────────────────────────────────────────

    async def start(self) -> AsyncIterator[Any]:
        """Ask what is due, channels first, newest first, until nothing is due any more or the archive takes no more."""
        try:
            async for request in self._asking():
                yield request
        except HarvesterError as error:
            self.abort(error)

    async def _asking(self) -> AsyncIterator[scrapy.Request]:
        for lane in self.lanes.values():
            self._seed(lane)
        while self.harvest.error is None:
            self._changed.clear()
            for lane in self.lanes.values():
                for request in self._requests(lane):
                    yield request
            waits = [wait for lane in self.lanes.values() if (wait := lane.waits_for(self.harvest.archive)) is not None]
            if not waits:
                return
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._changed.wait(), min(waits).total_seconds() + 0.01)

    def _seed(self, lane: Lane) -> None:
        source, archive = lane.declaration.source, self.harvest.archive
        self.harvest.frame(source.id)
        zone = ZoneInfo(source.timezone)
        channels = starts(lane.declaration, self.harvest.topics, datetime.now(zone).date(), self.since)
        if self.since is None:
            archive.seed(self.harvest.run, source.id, channels, early=self.early)
        else:
            midnight = datetime.combine(self.since, time(), zone)
            lane.backfill = archive.begin_backfill(self.harvest.run, source.id, midnight, channels)
            self.harvest.backfills[source.id] = lane.backfill
        if self.revisit is Revisit.ALL:
            archive.wake_known(source.id)

    def _requests(self, lane: Lane) -> Iterator[scrapy.Request]:
        for entry in lane.take(self.harvest.archive, self.harvest.run):
            last = self.harvest.archive.last_whole(entry.source, entry.url)
            blind = entry.since is not None or (entry.known and (entry.checks + 1) % self.harvest.config.revisit.unconditional == 0)
            meta: dict[str, Any] = {ENTRY: entry, SOURCE: entry.source, BROWSER: is_rendered(lane.declaration, entry.kind)}
            if lane.declaration.timeout is not None:
                meta["download_timeout"] = lane.declaration.timeout
            yield scrapy.Request(
                entry.url,
                callback=self.answered,
                errback=self.unanswered,
                headers={} if blind or last is None else conditional_headers(last.capture),
                meta=meta,
                dont_filter=True,
            )

    # ── answers ───────────────────────────────────────────────────────────────────────────────────────────────────

    async def answered(self, response: Response) -> AsyncIterator[Draft]:
        """Settle an answer; the page of an article goes down the line."""
        answer, entry = cast("Answer", response.meta[ANSWER]), cast("FrontierEntry", response.meta[ENTRY])
        try:
            draft = self.harvest.receive(answer, entry)
            if answer.capture.status in _BUSY:
                later = retry_after(next(iter(answer.response.header_values("retry-after")), None), answer.capture.captured_at)
                self.lanes[entry.source].pause(later)
            if draft is not None:
                yield draft
        except HarvesterError as error:
            self.abort(error)
        finally:  # whatever happened: a lease that is never released would keep the run waiting for it
            self._done(entry)

    def unanswered(self, failure: Failure) -> None:
        """Write down why a request brought no response."""
        entry = cast("FrontierEntry", failure.request.meta[ENTRY])  # type: ignore[attr-defined]
        error = failure.value
        if isinstance(error, HarvesterError) and ends_run(error):
            self.abort(error)
            return
        reason, permanent = reason_of(error)
        try:
            self.harvest.archive.unanswered(self.harvest.run, entry, reason, permanent=permanent)
        except HarvesterError as refusal:
            self.abort(refusal)
            return
        logger.info("%s: %s", reason, entry.url)
        self._done(entry)

    def _done(self, entry: FrontierEntry) -> None:
        self.lanes[entry.source].release(entry)
        self._changed.set()

    # ── what the middlewares and the line need ────────────────────────────────────────────────────────────────────

    @property
    def desk(self) -> Desk:
        """Where drafts are settled."""
        return self.harvest.desk

    def capture(self, source: str, exchange: Exchange, *, partial: bool) -> Answer:
        """Write an exchange into the WARC."""
        return self.harvest.capture(source, exchange, partial=partial)

    def receive_robots(self, answer: Answer) -> None:
        """Settle a robots.txt."""
        self.harvest.receive_robots(answer)

    def abort(self, error: HarvesterError) -> None:
        """End the run: the archive cannot take more."""
        if self.harvest.error is None:
            self.harvest.error = error
            self._changed.set()
            engine = self.crawler.engine
            assert engine is not None
            self._closing = asyncio.ensure_future(engine.close_spider_async(reason=type(error).__name__))

    def closed(self, reason: str) -> None:
        """Write down how the run ended, when it is this spider's own."""
        self.harvest.ended = reason
        self.harvest.full |= {lane.declaration.id for lane in self.lanes.values() if lane.is_full}
        self._own.close()


def reason_of(error: BaseException | None) -> tuple[str, bool]:
    """The class of a request that brought no response, and whether trying again is pointless."""
    if isinstance(error, Refused):
        return error.reason, error.permanent
    causes = (error, error.__cause__, error.__context__) if error else ()
    for kind, reason in _REASONS:
        if any(isinstance(cause, kind) for cause in causes):
            return reason, False
    return f"connection: {type(error).__name__}", False
