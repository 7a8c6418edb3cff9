"""An article by what a person has at hand: an id or its beginning, or an address as it was copied, typed or shortened."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pipelines.urls import canonical_url, is_web_address
from storage.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from storage.model.articles import Article, Revision
    from storage.reader import ArchiveReader

_BEGINNING = re.compile(r"[0-9a-f]{4,19}", re.IGNORECASE)  # git's shortest; an id has 20 digits
_SCHEME = re.compile(r"(?:(https?):)?//", re.IGNORECASE)
_HOST = re.compile(r"[^\s/?#@]+\.[^\s/?#@.]{2,}(?::\d+)?(?:[/?#]|$)")
_MOST_SHOWN = 5


def find_article(archive: ArchiveReader, asked: str) -> tuple[Article, list[Revision]]:
    """The article by an id, the beginning of one, or an address in any spelling, with its revisions.

    Raises:
        UsageError: there is none, or several; the hint says what became of the address, where that is known.
    """
    names = names_of(archive, asked)
    for name in names:
        if (found := archive.article(name)) is not None:
            return found
    for name in names:
        if (fate := archive.fate_of(name)) is not None:
            moment, outcome = fate
            became = f"{outcome.kind.value} ({outcome.reason})" if outcome.reason else outcome.kind.value
            raise UsageError(f"{asked} is no article of this archive.", f"It was captured on {moment:%Y-%m-%d %H:%M} UTC: {became}.")
    raise UsageError(f"The archive holds no article {asked}.", "Find ids and addresses with `harvester search`.")


def names_of(archive: ArchiveReader, asked: str) -> list[str]:
    """The names under which the archive may know what a person asks for, the likeliest first.

    Raises:
        UsageError: the beginnings of several ids.
    """
    asked = asked.strip()
    names = list(dict.fromkeys([asked, *_spellings(asked)]))
    if not _BEGINNING.fullmatch(asked):
        return names
    ids = archive.ids_beginning(asked.lower(), _MOST_SHOWN + 1)
    if len(ids) > 1:
        shown = "; ".join(f"{id_} {title}" for id_, title in list(ids.items())[:_MOST_SHOWN])
        more = "; …" if len(ids) > _MOST_SHOWN else ""
        raise UsageError(f"Several ids begin with {asked}.", f"Give more of one: {shown}{more}")
    return [*names, *ids]


def _spellings(asked: str) -> Iterator[str]:
    """An address with either scheme, with and without `www.` and a slash at its end; the spelling as given comes first."""
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
