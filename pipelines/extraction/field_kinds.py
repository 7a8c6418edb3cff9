"""Which fields of an article an element may hold, by its names, relation, property and link."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from pipelines.extraction.class_names import named, names_of

if TYPE_CHECKING:
    from lxml.html import HtmlElement

_MAX_CHARS = 2_000  # of an attribute that is looked at
_OF_AUTHOR = re.compile(r"/(?:authors?|avtor(?:y|s)?|journalists?)/")
KINDS = {
    "author": r"authors?|bylines?|avtory?|autor|journalist|auth-name|name-auth|writers?|contributors?"
    r"|reporter|columnist"
    r"|(?:created|posted|written|submitted)-?by",
    "tags": r"tags?|hashtags?|taglist|topics|tegi",
    "section": r"rubric|rubrics|rubrika|category|post-cat|cat-links?|kicker|eyebrow|section-?(?:name|title)",
    "lead": r"lead|lede|standfirst|anons|announce|annotation|dek|intro",
    "subtitle": r"deck|sub-?title|sub-?head(?:ing|line)?|excerpt|description|summary|preview-?text",
    "date": r"date|datetime|time|published|pubdate|posted(?:-on)?|created|timestamp",
}
"""Kinds of fields, and the words in names of elements that denote them."""
_PATTERNS = {kind: named(words) for kind, words in KINDS.items()}


@lru_cache(maxsize=8192)
def _kinds_by_names(names: str) -> tuple[str, ...]:
    return tuple(kind for kind, pattern in _PATTERNS.items() if pattern.search(names))


def kinds_of(element: HtmlElement) -> list[str]:
    """Return the kinds of fields that an element's names, relation, property and link denote."""
    kinds = list(_kinds_by_names(names_of(element)))
    relation, prop = element.get("rel"), element.get("itemprop")
    if relation or prop:
        relations = f"{(relation or '')[:_MAX_CHARS]} {(prop or '')[:_MAX_CHARS]}".split()
        kinds += [f"rel-{kind}" for kind in ("author", "tag") if kind in relations]
    if element.tag == "time" or (element.tag == "abbr" and "date" in kinds):
        kinds.append("time")
    if element.tag == "a" and _OF_AUTHOR.search((element.get("href") or "")[:_MAX_CHARS]):
        kinds.append("author")
    return kinds
