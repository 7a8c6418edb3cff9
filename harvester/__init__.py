"""News Harvester: harvests news into an archive that can be verified, searched and exported.

The names below are the public API; everything else is internal. Each is imported on first access.

- `open_archive`: opens an existing archive for reading, as a `NewsArchive`;
- `ArticleQuery`: which articles are meant;
- `Article`, `Hit`, `Story` and the types of their parts: results;
- `load_catalogue`: the declared sources, as a `Catalogue`;
- `HarvesterError`: base class of all errors of the program; those that reading an archive can raise are here, too.

    from harvester import ArticleQuery, open_archive

    with open_archive("archive") as archive:
        for article in archive.articles(ArticleQuery("конституция", languages="ru", since="2026-02")):
            print(article.day, article.title)
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from harvester.catalogue.loader import Catalogue, load_catalogue
    from harvester.public_archive import NewsArchive, open_archive
    from storage.article_query import ArticleQuery
    from storage.errors import ArchiveUnusable, DamageFound, DatabaseUnavailable, HarvesterError, UsageError
    from storage.model.articles import (
        Article,
        ArticleState,
        ClusterMark,
        DateStamp,
        Edit,
        Extraction,
        Image,
        Precision,
        Relevance,
        Revision,
        StateSpan,
    )
    from storage.model.captures import WarcPointer
    from storage.model.clusters import Membership, Story, StoryArticle, StoryCluster
    from storage.model.editions import Edition, FoundIn
    from storage.model.ingested import IngestedFile
    from storage.model.reprints import Excerpt, Excerpts, ReprintKind
    from storage.model.sources import Source, SourceKind
    from storage.query import Hit
    from storage.search.snippets import Snippet
    from storage.warc.errors import BadCoding, BadPointer
    from storage.warc.response import Original, WarcResponse

__version__ = "0.1.0"
__all__ = [
    "ArchiveUnusable",
    "Article",
    "ArticleQuery",
    "ArticleState",
    "BadCoding",
    "BadPointer",
    "Catalogue",
    "ClusterMark",
    "DamageFound",
    "DatabaseUnavailable",
    "DateStamp",
    "Edit",
    "Edition",
    "Excerpt",
    "Excerpts",
    "Extraction",
    "FoundIn",
    "HarvesterError",
    "Hit",
    "Image",
    "IngestedFile",
    "Membership",
    "NewsArchive",
    "Original",
    "Precision",
    "Relevance",
    "ReprintKind",
    "Revision",
    "Snippet",
    "Source",
    "SourceKind",
    "StateSpan",
    "Story",
    "StoryArticle",
    "StoryCluster",
    "UsageError",
    "WarcPointer",
    "WarcResponse",
    "__version__",
    "load_catalogue",
    "open_archive",
]

_HOMES = {
    "Catalogue": "harvester.catalogue.loader",
    "load_catalogue": "harvester.catalogue.loader",
    "NewsArchive": "harvester.public_archive",
    "open_archive": "harvester.public_archive",
    "ArticleQuery": "storage.article_query",
    "ArchiveUnusable": "storage.errors",
    "DamageFound": "storage.errors",
    "DatabaseUnavailable": "storage.errors",
    "HarvesterError": "storage.errors",
    "UsageError": "storage.errors",
    "Article": "storage.model.articles",
    "ArticleState": "storage.model.articles",
    "ClusterMark": "storage.model.articles",
    "DateStamp": "storage.model.articles",
    "Edit": "storage.model.articles",
    "Extraction": "storage.model.articles",
    "Image": "storage.model.articles",
    "Precision": "storage.model.articles",
    "Relevance": "storage.model.articles",
    "Revision": "storage.model.articles",
    "StateSpan": "storage.model.articles",
    "WarcPointer": "storage.model.captures",
    "Membership": "storage.model.clusters",
    "Story": "storage.model.clusters",
    "StoryArticle": "storage.model.clusters",
    "StoryCluster": "storage.model.clusters",
    "Edition": "storage.model.editions",
    "FoundIn": "storage.model.editions",
    "IngestedFile": "storage.model.ingested",
    "Excerpt": "storage.model.reprints",
    "Excerpts": "storage.model.reprints",
    "ReprintKind": "storage.model.reprints",
    "Source": "storage.model.sources",
    "SourceKind": "storage.model.sources",
    "Hit": "storage.query",
    "Snippet": "storage.search.snippets",
    "BadCoding": "storage.warc.errors",
    "BadPointer": "storage.warc.errors",
    "Original": "storage.warc.response",
    "WarcResponse": "storage.warc.response",
}
"""Module of each public name."""


if not TYPE_CHECKING:  # with a module's `__getattr__` a type checker would accept any name

    def __getattr__(name: str) -> Any:
        """Return a public name, and import its module on first access.

        Raises:
            AttributeError: there is no such name.
        """
        from importlib import import_module

        if name not in _HOMES:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    """Return the public names, imported or not."""
    return sorted({*globals(), *__all__})
