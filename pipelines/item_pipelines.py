"""Scrapy item pipelines, one per stage, in the order of the pipeline."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Protocol, Self, cast

from scrapy.exceptions import DropItem

from pipelines.pipeline import STAGES, RunContext, run_stage
from storage.errors import HarvesterError

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

    from pipelines.draft import Draft


class PipelineSpider(Protocol):
    """What the pipeline needs of the spider."""

    @property
    def run_context(self) -> RunContext:
        """The archive and the run that drafts are written to."""

    def abort(self, error: HarvesterError) -> None:
        """End the run, because the archive cannot be written."""


class StagePipeline:
    """One stage of the pipeline as a Scrapy item pipeline."""

    stage: ClassVar[str]

    def __init__(self, spider: PipelineSpider) -> None:
        self.spider = spider

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Return the item pipeline for the crawler's spider."""
        return cls(cast("PipelineSpider", crawler.spider))

    async def process_item(self, item: Draft) -> Draft:
        """Run the stage on a draft.

        Raises:
            DropItem: the archive cannot be written; the run is ended.
        """
        try:
            return run_stage(self.stage, item, self.spider.run_context)
        except HarvesterError as error:
            self.spider.abort(error)
            raise DropItem(str(error)) from error


ITEM_PIPELINES: dict[type[StagePipeline], int] = {
    type(f"{name.title()}Pipeline", (StagePipeline,), {"stage": name, "__doc__": f"The stage `{name}`."}): 100
    * position
    for position, name in enumerate(STAGES, start=1)
}
"""Value of Scrapy's setting ITEM_PIPELINES."""
