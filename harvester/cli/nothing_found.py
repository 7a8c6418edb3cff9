"""Why a query finds nothing, with the sources of the catalogue that a command line names."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harvester import nothing_found
from storage.errors import HarvesterError

if TYPE_CHECKING:
    from harvester.cli.options import Invocation
    from storage.article_query import ArticleQuery
    from storage.reader import ArchiveReader


def why_nothing(call: Invocation, archive: ArchiveReader, asked: ArticleQuery) -> str:
    """Return what to say when a query finds nothing (`harvester.nothing_found.why_nothing`)."""
    return nothing_found.why_nothing(archive, asked, lambda: _declared(call))


def _declared(call: Invocation) -> dict[str, str]:
    """By id, the names of the sources of the catalogue; a faulty catalogue costs the hint, not the answer."""
    try:
        return {id_: one.source.name for id_, one in call.catalogue.sources.items()}
    except HarvesterError:
        return {}
