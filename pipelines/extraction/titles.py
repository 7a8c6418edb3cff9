"""Page titles: remove the name of the site."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pipelines.extraction.text_keys import text_key

if TYPE_CHECKING:
    from collections.abc import Iterable

_SEPARATORS = (" | ", " — ", " – ", " - ", " :: ", " » ", " • ", " / ")


def without_site(title: str, sites: Iterable[str]) -> str:
    """Return a `<title>` without one of the site's names at its end or its beginning."""
    site_keys = {text_key(site) for site in sites if site}
    for separator in _SEPARATORS:
        head, mark, tail = title.rpartition(separator)
        if mark and head and text_key(tail) in site_keys:
            return head.strip()
        head, mark, tail = title.partition(separator)
        if mark and tail and text_key(head) in site_keys:
            return tail.strip()
    return title
