"""What an article is beside others that carry its text: the kinds of copies, and excerpts."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class ReprintKind(StrEnum):
    """What an article is in its cluster, compared with the earliest one.

    `original`: it is the earliest. `verbatim`: the same text, byte for byte once whitespace and Unicode composition are evened out.
    `edited`: the same text with edits. `excerpt`: a part of it. `contains`: that text with additions. `digest`: passages of several
    texts; a digest is in a cluster only where other outlets copy the digest itself.
    """

    ORIGINAL = "original"
    VERBATIM = "verbatim"
    EDITED = "edited"
    EXCERPT = "excerpt"
    CONTAINS = "contains"
    DIGEST = "digest"


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A passage of one text that stands in another article: a relation by which neither joins the other's cluster.

    `article`, `url`, `source` and `title` are those of the article on the other side, `cluster` the id of its cluster (empty: none).
    `share` is the part (0 to 1) of the quoted text that the passage is.
    """

    article: str
    url: str
    source: str
    title: str
    cluster: str
    share: float


@dataclass(frozen=True, slots=True)
class Excerpts:
    """The passages that an article shares: `held` are those of other texts in it, `quoting` the articles that hold one of its own.

    Of every cluster one article is named, the earliest. `is_digest`: the article collects passages of several unrelated texts.
    """

    held: tuple[Excerpt, ...] = ()
    quoting: tuple[Excerpt, ...] = ()
    is_digest: bool = False
