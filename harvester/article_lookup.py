"""Lookup of an article by an id or its beginning, or by a URL as copied, typed or shortened."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pipelines.urls import canonical_url, is_web_address
from storage.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from storage.model.articles import Article, Revision
    from storage.model.clusters import StoryCluster
    from storage.reader import ArchiveReader

_SHORTEST_BEGINNING = 4  # the minimum of git's abbreviated object names
_ID = re.compile(r"[0-9a-f]{1,20}", re.IGNORECASE)  # an id has 20 digits, a beginning at most 19
_LONGEST_BEGINNING = 19
_SCHEME = re.compile(r"(?:(https?):)?//", re.IGNORECASE)
_HOST = re.compile(r"[^\s/?#@]+\.[^\s/?#@.]{2,}(?::\d+)?(?:[/?#]|$)")
_MOST_SHOWN = 5


def article_of(archive: ArchiveReader, asked: str) -> tuple[Article, list[Revision]] | None:
    """Return the article with an id, the beginning of one, or a URL in any spelling, with its revisions.

    None where there is none.

    Raises:
        UsageError: several ids begin so.
    """
    found = (archive.article(name) for name in names_of(archive, asked))
    return next((one for one in found if one is not None), None)


def cluster_of(archive: ArchiveReader, asked: str) -> StoryCluster | None:
    """Return the cluster of an article, named as for `article_of`, or the one that a cluster's id leads to.

    None where there is none. The id of a cluster that was merged leads to the one that it was merged into.

    Raises:
        UsageError: several ids begin so.
    """
    found = (archive.cluster(name) for name in names_of(archive, asked))
    return next((one for one in found if one is not None), None)


def find_article(archive: ArchiveReader, asked: str) -> tuple[Article, list[Revision]]:
    """Return an article with its revisions, as `article_of` does.

    Raises:
        UsageError: there is none, or several; the hint gives the outcome of the URL's last capture, where
            there is one.
    """
    if (found := article_of(archive, asked)) is not None:
        return found
    for name in names_of(archive, asked):
        if (fate := archive.fate_of(name)) is not None:
            moment, outcome = fate
            became = f"{outcome.kind.value} ({outcome.reason})" if outcome.reason else outcome.kind.value
            raise UsageError(f"{asked} is no article of this archive.", f"It was captured on {moment:%Y-%m-%d %H:%M} UTC: {became}.")
    if _ID.fullmatch(asked.strip()) and len(asked.strip()) < _SHORTEST_BEGINNING:
        hint = f"The beginning of an id has at least {_SHORTEST_BEGINNING} characters."
        raise UsageError(f"{asked} is too short to name an article.", hint)
    raise UsageError(f"The archive holds no article {asked}.", "Find ids and addresses with `harvester search`.")


def names_of(archive: ArchiveReader, asked: str) -> list[str]:
    """Return the ids and URLs under which the archive may have what was given, the likeliest first.

    Raises:
        UsageError: several ids begin so.
    """
    asked = asked.strip()
    if not _ID.fullmatch(asked):
        return list(dict.fromkeys([asked, *_spellings(asked)]))
    names = [asked.lower()]
    if not _SHORTEST_BEGINNING <= len(asked) <= _LONGEST_BEGINNING:
        return names
    ids = archive.ids_beginning(asked.lower(), _MOST_SHOWN + 1)
    if len(ids) > 1:
        shown = "; ".join(f"{id_} {title}" for id_, title in list(ids.items())[:_MOST_SHOWN])
        more = "; …" if len(ids) > _MOST_SHOWN else ""
        raise UsageError(f"Several ids begin with {asked}.", f"Give more of one: {shown}{more}")
    return [*names, *ids]


def _spellings(asked: str) -> Iterator[str]:
    """Yield spellings of a URL: either scheme, with and without `www.`, with and without a trailing slash.

    The spelling as given comes first.
    """
    scheme = _SCHEME.match(asked)
    bare = asked[scheme.end() :] if scheme else asked
    if not _HOST.match(bare):
        return
    hosts = [bare, bare[4:] if bare.lower().startswith("www.") else f"www.{bare}"]
    schemes = ["http", "https"] if scheme and (scheme[1] or "").lower() == "http" else ["https", "http"]
    for address in [f"{name}://{host}" for host in hosts for name in schemes]:
        if not is_web_address(address):
            continue
        canonical = canonical_url(address)
        yield canonical
        path, mark, query = canonical.partition("?")
        yield f"{path.rstrip('/') if path.endswith('/') else f'{path}/'}{mark}{query}"
