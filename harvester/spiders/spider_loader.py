"""Scrapy's spider loader over the catalogue: `scrapy list` shows it, `scrapy crawl ID` crawls one source."""

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
    """Loader with one spider a declared source, under the source's id."""

    def __init__(self, catalogue: Catalogue) -> None:
        self.catalogue = catalogue

    @classmethod
    def from_settings(cls, settings: BaseSettings) -> Self:
        """Read the catalogue that the configuration names."""
        del settings
        config = load_config(None)
        return cls(load_catalogue(config.sources, builtin=not config.only_given_sources))

    def load(self, spider_name: str) -> type[Spider]:
        """Return the spider of a source.

        Raises:
            KeyError: there is none, as Scrapy expects.
        """
        return type("SourceSpider", (SourceSpider,), {"name": self.catalogue.sources[spider_name].id, "__doc__": SourceSpider.__doc__})

    def list(self) -> builtins.list[str]:
        """Return the ids of all sources."""
        return [declaration.id for declaration in self.catalogue]

    def find_by_request(self, request: Request) -> builtins.list[str]:
        """Return the source that a URL is an article of."""
        declaration = self.catalogue.of_url(request.url)
        return [declaration.id] if declaration else []
