"""Run the spider until nothing is due or a signal arrives.

The first SIGINT, SIGTERM or SIGHUP lets requests under way finish, for ten seconds at most; the second ends
at once. Either way the archive is consistent: URLs that were not acknowledged are requested again.
"""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, cast

from scrapy.crawler import AsyncCrawlerProcess
from scrapy.settings import Settings

from harvester.fetching.browser import browser_settings, why_no_browser
from harvester.settings import scrapy_settings
from harvester.spiders.source_scheduler import Revisit
from harvester.spiders.source_spider import SourceSpider
from harvester.spiders.stopping import listening
from storage.errors import HarvesterError
from storage.model.runs import FINISHED, INTERRUPTED

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from contextlib import AbstractContextManager
    from datetime import date, datetime

    from twisted.internet.base import ReactorBase

    from harvester.catalogue.declaration import Declaration
    from harvester.crawl_session import CrawlSession

logger = logging.getLogger(__name__)

GRACE_SECONDS = 10.0
"""Seconds that a run waits for requests under way after a signal."""


@dataclass(frozen=True, slots=True)
class CrawlPlan:
    """Scope of a crawl.

    `declarations`: the sources. `early`: whether channels are requested before they are due. `limit`:
    articles per source. `revisit`: which known articles are requested again. `since`: the day back to which a
    backfill goes.
    """

    declarations: Sequence[Declaration]
    early: bool = False
    limit: int | None = None
    revisit: Revisit = Revisit.DUE
    since: date | None = None


@dataclass(frozen=True, slots=True)
class CrawlEnding:
    """Result of a crawl as the engine left it.

    `trouble`: sentences about what it did not do, or did not account for; empty where all went well.
    `limits`: by source, why URLs that were due were not requested. `postponed`: by source, the moment before
    which its server wants no request. `warnings`: what else is wrong. `offline`: no host name could be
    resolved.
    """

    trouble: tuple[str, ...] = ()
    limits: Mapping[str, Sequence[str]] = field(default_factory=dict)
    postponed: Mapping[str, datetime] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()
    offline: bool = False

    def lines(self) -> list[str]:
        """Return one line for each limit that was reached and each warning."""
        return [f"{source}: {reason}" for source, reasons in sorted(self.limits.items()) for reason in reasons] + list(self.warnings)

    def report(self) -> dict[str, Any]:
        """Return the result as a JSON object."""
        until = {source: moment.isoformat(timespec="seconds") for source, moment in sorted(self.postponed.items())}
        limits = {source: list(reasons) for source, reasons in sorted(self.limits.items())}
        return {"limits": limits, "postponed": until, "warnings_of_run": list(self.warnings), "trouble": list(self.trouble)}


def crawl(session: CrawlSession, plan: CrawlPlan) -> CrawlEnding:
    """Crawl until nothing is due or a signal arrives, and return how the crawl ended.

    Sources that need a browser are left out where there is none; `session.left_out` then has the reason by
    source.

    Raises:
        HarvesterError: the archive could take no more (`session.error`), or the system lacks what the engine
            needs, such as open files.
    """
    missing = why_no_browser(session.config) if any(x.browser for x in plan.declarations) else ""
    session.left_out = {x.id: missing for x in plan.declarations if x.browser and missing}
    declarations = [x for x in plan.declarations if x.id not in session.left_out]
    settings = scrapy_settings(session.config, session.catalogue)
    settings |= browser_settings(session.config) if any(x.browser for x in declarations) else {}
    process = _process(settings)
    options = {"early": plan.early, "limit": plan.limit, "revisit": plan.revisit, "since": plan.since}
    crawler = process.create_crawler(SourceSpider)
    task = process.crawl(crawler, session=session, declarations=declarations, **options)
    with _listening_for_signals(session, process):
        process.start(install_signal_handlers=False)
    _release_threads()
    if session.error is not None:
        raise session.error
    ending = _ending(cast("SourceSpider | None", crawler.spider), task, interrupted=bool(session.signal))
    session.ended = INTERRUPTED if session.signal else "failed" if ending.trouble else FINISHED
    return ending


def _process(settings: dict[str, Any]) -> AsyncCrawlerProcess:
    try:
        return AsyncCrawlerProcess(Settings(settings))
    except OSError as error:  # most likely too many open files
        raise HarvesterError(f"The crawl could not start: {error.strerror}.", "Raise the limit of open files (`ulimit -n`).") from error


def _listening_for_signals(session: CrawlSession, process: AsyncCrawlerProcess) -> AbstractContextManager[None]:
    """Stop the crawl in the block at the first SIGINT, SIGTERM or SIGHUP, and at once at the second."""
    loop = asyncio.get_event_loop()
    stopping: list[asyncio.Future[None]] = []

    def stop(number: int) -> None:
        if session.signal:
            loop.stop()  # requests under way are dropped; their URLs are requested again
            return
        session.signal = number
        logger.warning("stopping: what is under way may come in, for %d seconds at most; a second signal ends at once", GRACE_SECONDS)
        loop.call_later(GRACE_SECONDS, stop, number)
        stopping.append(asyncio.ensure_future(process.stop()))

    return listening(stop)


def _ending(spider: SourceSpider | None, task: asyncio.Future[None], *, interrupted: bool) -> CrawlEnding:
    """Return the result of a crawl.

    `trouble` is empty only if the engine opened the spider, ended as it should, and no exception was
    swallowed.
    """
    trouble = []
    failure = task.exception() if task.done() and not task.cancelled() else None
    if failure is not None:
        trouble.append(f"the engine failed: {type(failure).__name__}: {failure}"[:300])
    elif spider is None or not (spider.ended or interrupted):
        trouble.append("the engine did not come to its end")
    elif spider.ended not in {FINISHED, ""} and not interrupted:
        trouble.append(f"the engine ended early: {spider.ended}")
    if spider is None:
        return CrawlEnding(tuple(trouble))
    if spider.errors:
        kinds = ", ".join(f"{kind} ({count})" for kind, count in sorted(spider.errors.items()))
        trouble.append(f"{spider.errors.total()} errors in the program, and what they met is not settled: {kinds}; look at the log")
    scheduler = spider.scheduler
    limits = {} if interrupted or trouble else scheduler.limits_reached()
    return CrawlEnding(tuple(trouble), limits, scheduler.postponed(), tuple(scheduler.warnings), scheduler.is_offline)


def _release_threads() -> None:
    """Stop the thread pool of the reactor.

    A loop that was stopped at once does not do so, and the threads would keep the program alive.
    """
    from twisted.internet import reactor  # installed by the process; an earlier import would install another

    cast("ReactorBase", reactor).getThreadPool().stop()
