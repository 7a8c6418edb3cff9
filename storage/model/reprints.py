"""How an article relates to others that carry its text: kinds of copies, and excerpts."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class ReprintKind(StrEnum):
    """Relation of an article in its cluster to the earliest one.

    - `original`: it is the earliest.
    - `verbatim`: the same text, byte for byte after whitespace and Unicode composition are normalised.
    - `edited`: the same text with edits.
    - `excerpt`: a part of it.
    - `contains`: that text with additions.
    - `digest`: passages of several texts; a digest is in a cluster only where other outlets copy the digest
      itself.
    """

    ORIGINAL = "original"
    VERBATIM = "verbatim"
    EDITED = "edited"
    EXCERPT = "excerpt"
    CONTAINS = "contains"
    DIGEST = "digest"


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A passage of one text that occurs in another article.

    It puts neither article in the other's cluster. `article`, `url`, `source` and `title` are those of the
    article on the other side, `cluster` the id of its cluster (empty: none). `share` is the length of the
    passage as a part (0 to 1) of the quoted text.
    """

    article: str
    url: str
    source: str
    title: str
    cluster: str
    share: float


@dataclass(frozen=True, slots=True)
class Excerpts:
    """The passages that an article shares with others.

    `held` are those of other texts in it, `quoting` the articles that hold one of its own. Of every cluster
    one article is named, the earliest. `is_digest` is whether the article collects passages of several
    unrelated texts.
    """

    held: tuple[Excerpt, ...] = ()
    quoting: tuple[Excerpt, ...] = ()
    is_digest: bool = False
