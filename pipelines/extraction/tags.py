"""Clean the tags that a page lists."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pipelines.extraction.bounds import SECTION

if TYPE_CHECKING:
    from collections.abc import Iterable

MOST_TAGS = 50
"""Maximum number of tags of an article."""
_MAX_CHARS = 100  # of a tag; longer ones are dropped
_MAX_RAW_CHARS = 10 * SECTION  # of a tag as written, white space included
_INTERNAL_TAG = re.compile(  # labels that publishing systems add for themselves: `category:news`
    r"[@/_]|(?:section|category|type|tag|author|id)\s*:", re.IGNORECASE
)
_LETTER_OR_DIGIT = re.compile(r"[^\W_]")


def tags(texts: Iterable[str]) -> tuple[str, ...]:
    """Return at most MOST_TAGS tags in order, without number signs and without repetitions."""
    by_key: dict[str, str] = {}
    for text in texts:
        tag = " ".join(text[:_MAX_RAW_CHARS].split()).lstrip("#＃ ").rstrip(",; ")
        if _LETTER_OR_DIGIT.search(tag) and len(tag) <= _MAX_CHARS and not _INTERNAL_TAG.match(tag):
            by_key.setdefault(tag.casefold(), tag)
    return tuple(by_key.values())[:MOST_TAGS]
