"""News Harvester: harvests news into an archive that can be verified, searched and exported.

What scripts may rely on: `open_archive` (an existing archive, to read), `ArticleQuery` (which articles are meant) and
`load_catalogue` (the declared sources). Everything else is internal. Each name loads what it needs when it is first asked for.

    from harvester import ArticleQuery, open_archive

    with open_archive(Path("archive")) as archive:
        for article in archive.articles(ArticleQuery(words="конституция", languages=("ru",))):
            print(article.extraction.title)
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from harvester.catalogue.loader import load_catalogue
    from storage.archive import open_archive
    from storage.query import ArticleQuery

__version__ = "0.1.0"
__all__ = ["ArticleQuery", "__version__", "load_catalogue", "open_archive"]


_HOMES = {"ArticleQuery": "storage.query", "load_catalogue": "harvester.catalogue.loader", "open_archive": "storage.archive"}


def __getattr__(name: str) -> Any:
    """Load a name of the public face when it is first asked for."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)
