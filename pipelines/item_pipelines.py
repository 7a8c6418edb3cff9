"""The line's face towards Scrapy: one item pipeline a stage, computed from the order of the line."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Protocol, Self, cast

from scrapy.exceptions import DropItem

from pipelines.pipeline import STAGES, RunContext, run_stage
from storage.errors import HarvesterError

if TYPE_CHECKING:
    from scrapy.crawler import Crawler

    from pipelines.draft import Draft


class PipelineSpider(Protocol):
    """What the line needs of the spider: the desk it ends at, and a way to end the run."""

    @property
    def run_context(self) -> RunContext:
        """Where drafts are settled."""

    def abort(self, error: HarvesterError) -> None:
        """End the run, because the archive cannot take more."""


class StagePipeline:
    """One stage of the line as an item pipeline."""

    stage: ClassVar[str]

    def __init__(self, spider: PipelineSpider) -> None:
        self.spider = spider

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Take the desk from the spider that runs."""
        return cls(cast("PipelineSpider", crawler.spider))

    async def process_item(self, item: Draft) -> Draft:
        """Run the stage on a draft; an archive that cannot take more ends the run."""
        try:
            return run_stage(self.stage, item, self.spider.run_context)
        except HarvesterError as error:
            self.spider.abort(error)
            raise DropItem(str(error)) from error


ITEM_PIPELINES: dict[type[StagePipeline], int] = {
    type(f"{name.title()}Pipeline", (StagePipeline,), {"stage": name, "__doc__": f"The stage `{name}`."}): 100
    * place
    for place, name in enumerate(STAGES, start=1)
}
"""Scrapy's setting, in the order of the line."""
