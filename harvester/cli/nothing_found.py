"""Explanation why a query finds nothing, with the source names of the catalogue of a command."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harvester import nothing_found
from storage.errors import HarvesterError

if TYPE_CHECKING:
    from harvester.cli.options import Invocation
    from storage.article_query import ArticleQuery
    from storage.reader import ArchiveReader


def why_nothing(call: Invocation, archive: ArchiveReader, asked: ArticleQuery) -> str:
    """Return what to print when a query finds nothing (`harvester.nothing_found.why_nothing`)."""
    return nothing_found.why_nothing(archive, asked, lambda: _declared(call))


def _declared(call: Invocation) -> dict[str, str]:
    """Return the names of the sources in the catalogue, by id.

    Empty for an invalid catalogue: only the hint is lost, not the result of the query.
    """
    try:
        return {id_: one.source.name for id_, one in call.catalogue.sources.items()}
    except HarvesterError:
        return {}
