"""Running the spider to its end, or to the first signal.

The first SIGINT or SIGTERM lets what is under way come in, for ten seconds at most; the second ends at once. Either way the
archive is consistent: what was not acknowledged is asked again.
"""

from __future__ import annotations

import asyncio
import logging
import signal
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from scrapy.crawler import AsyncCrawlerProcess
from scrapy.settings import Settings

from harvester.fetching.browser import browser_settings, why_no_browser
from harvester.settings import scrapy_settings
from harvester.spiders.lane import Revisit
from harvester.spiders.source_spider import SourceSpider
from storage.model.runs import FINISHED

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from twisted.internet.base import ReactorBase

    from harvester.catalogue.declaration import Declaration
    from harvester.harvest import Harvest

logger = logging.getLogger(__name__)

GRACE_SECONDS = 10.0
"""How long a signalled run waits for what is under way."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What to crawl, and how far.

    The sources, whether their channels are asked before they are due, how many articles each, which known ones again, how far back.
    """

    declarations: Sequence[Declaration]
    early: bool = False
    limit: int | None = None
    revisit: Revisit = Revisit.DUE
    since: date | None = None


def crawl(harvest: Harvest, plan: Plan) -> None:
    """Crawl; returns when nothing is due any more, a signal came, or the archive took no more (`harvest.error`, raised).

    Sources that need a browser are left out where there is none, and `harvest.left_out` says why.
    """
    missing = why_no_browser(harvest.config) if any(x.browser for x in plan.declarations) else ""
    harvest.left_out = {x.id: missing for x in plan.declarations if x.browser and missing}
    declarations = [x for x in plan.declarations if x.id not in harvest.left_out]
    settings = scrapy_settings(harvest.config, harvest.catalogue)
    settings |= browser_settings(harvest.config) if any(x.browser for x in declarations) else {}
    process = AsyncCrawlerProcess(Settings(settings))
    options = {"early": plan.early, "limit": plan.limit, "revisit": plan.revisit, "since": plan.since}
    process.crawl(SourceSpider, harvest=harvest, declarations=declarations, **options)
    loop = asyncio.get_event_loop()
    stopping: list[asyncio.Future[None]] = []

    def stop(number: int) -> None:
        if harvest.signal:
            loop.stop()  # what is under way is dropped; its addresses are asked again
            return
        harvest.signal = number
        logger.warning("stopping: what is under way may come in, for %d seconds at most; a second signal ends at once", GRACE_SECONDS)
        loop.call_later(GRACE_SECONDS, stop, number)
        stopping.append(asyncio.ensure_future(process.stop()))

    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop, number)
    process.start(install_signal_handlers=False)
    _release_threads()
    if harvest.error is not None:
        raise harvest.error
    harvest.ended = "interrupted" if harvest.signal else FINISHED


def _release_threads() -> None:
    """Let the reactor's threads go: a loop that was stopped at once never told them, and they would keep the program alive."""
    from twisted.internet import reactor  # installed by the process; imported earlier, another one would be

    cast("ReactorBase", reactor).getThreadPool().stop()
