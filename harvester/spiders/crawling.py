"""Running the spider to its end, or to the first signal.

The first SIGINT or SIGTERM lets what is under way come in, for ten seconds at most; the second ends at once. Either way the
archive is consistent: what was not acknowledged is asked again.
"""

from __future__ import annotations

import asyncio
import signal
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

from scrapy.crawler import AsyncCrawlerProcess
from scrapy.settings import Settings

from harvester.settings import scrapy_settings
from harvester.spiders.source_spider import SourceSpider
from storage.model.runs import FINISHED

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from twisted.internet.base import ReactorBase

    from harvester.catalogue.declaration import Declaration
    from harvester.harvest import Harvest

GRACE_SECONDS = 10.0
"""How long a signalled run waits for what is under way."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What to crawl: the sources, whether their channels are asked before they are due, how many articles each, how far back."""

    declarations: Sequence[Declaration]
    early: bool = False
    limit: int | None = None
    since: date | None = None


def crawl(harvest: Harvest, plan: Plan) -> None:
    """Crawl; returns when nothing is due any more, a signal came, or the archive took no more (`harvest.error`, raised)."""
    process = AsyncCrawlerProcess(Settings(scrapy_settings(harvest.config, harvest.catalogue)))
    process.crawl(SourceSpider, harvest=harvest, declarations=plan.declarations, early=plan.early, limit=plan.limit, since=plan.since)
    loop = asyncio.get_event_loop()
    stopping: list[asyncio.Future[None]] = []

    def stop(number: int) -> None:
        if harvest.signal:
            loop.stop()  # what is under way is dropped; its addresses are asked again
            return
        harvest.signal = number
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
