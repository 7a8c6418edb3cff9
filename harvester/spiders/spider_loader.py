"""How Scrapy's own commands find the sources: `scrapy list` shows the catalogue, `scrapy crawl ID` crawls one source."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from harvester.catalogue.loader import Catalogue, load_catalogue
from harvester.config import load_config
from harvester.spiders.source_spider import SourceSpider

if TYPE_CHECKING:
    import builtins

    from scrapy import Request, Spider
    from scrapy.settings import BaseSettings


class CatalogueSpiderLoader:
    """Every declared source is a spider: the one spider, under the source's id."""

    def __init__(self, catalogue: Catalogue) -> None:
        self.catalogue = catalogue

    @classmethod
    def from_settings(cls, settings: BaseSettings) -> Self:
        """Read the catalogue that the configuration names."""
        del settings
        config = load_config(None)
        return cls(load_catalogue(config.sources, builtin=not config.only_given_sources))

    def load(self, spider_name: str) -> type[Spider]:
        """The spider of a source; KeyError when there is none, as Scrapy asks."""
        return type("SourceSpider", (SourceSpider,), {"name": self.catalogue.sources[spider_name].id, "__doc__": SourceSpider.__doc__})

    def list(self) -> builtins.list[str]:
        """The ids of all sources."""
        return [declaration.id for declaration in self.catalogue]

    def find_by_request(self, request: Request) -> builtins.list[str]:
        """The source that an address is an article of."""
        declaration = self.catalogue.of_url(request.url)
        return [declaration.id] if declaration else []
