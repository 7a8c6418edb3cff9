"""News Harvester: harvests news into an archive that can be verified, searched and exported.

What scripts may rely on; everything else is internal. Each name loads what it needs when it is first asked for.

- `open_archive`: an existing archive, to read;
- `ArticleQuery`: which articles are meant;
- `Article`, `Hit`, `Story`: what comes back;
- `load_catalogue`: the declared sources;
- `HarvesterError`: what all errors of the program are.

    from harvester import ArticleQuery, open_archive

    with open_archive("archive") as archive:
        for article in archive.articles(ArticleQuery("конституция", languages="ru", since="2026-02")):
            print(article.day, article.title)
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from harvester.catalogue.loader import load_catalogue
    from storage.article_query import ArticleQuery
    from storage.errors import HarvesterError
    from storage.model.articles import Article
    from storage.model.clusters import Story
    from storage.query import Hit
    from storage.reader import open_archive

__version__ = "0.1.0"
__all__ = ["Article", "ArticleQuery", "HarvesterError", "Hit", "Story", "__version__", "load_catalogue", "open_archive"]


_HOMES = {
    "Article": "storage.model.articles",
    "ArticleQuery": "storage.article_query",
    "HarvesterError": "storage.errors",
    "Hit": "storage.query",
    "Story": "storage.model.clusters",
    "load_catalogue": "harvester.catalogue.loader",
    "open_archive": "storage.reader",
}


def __getattr__(name: str) -> Any:
    """Load a name of the public face when it is first asked for."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)


def __dir__() -> list[str]:
    """The names of the public face, loaded or not."""
    return sorted({*globals(), *__all__})
