"""What one capture changes in the archive, written down in one transaction."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from storage.model.articles import Extraction, Relevance
    from storage.model.captures import Capture, Outcome
    from storage.model.sources import DiscoveredUrl


@dataclass(frozen=True, slots=True)
class ArticleChange:
    """What was read of an article: its id, canonical address, extraction, topics and sketch.

    `content_sha256` is the digest over all of it that a publisher can change.
    """

    id: str
    url: str
    extraction: Extraction
    content_sha256: str
    topics: tuple[Relevance, ...] = ()
    sketch: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Settlement:
    """A capture, its outcome, and all that follows from it.

    `entry` is the frontier entry that asked, `next_due` when that comes round again (channels), `not_before` what the server
    said about trying again. `found` are addresses to put into the frontier (after `hops` redirects), `further` the page of a
    listing that follows, to be asked only when this one brought something new. `change` is set for outcomes new, revised,
    unchanged and alias of an article, `published` when an article says that it was published.
    """

    capture: Capture
    outcome: Outcome
    entry: int | None = None
    change: ArticleChange | None = None
    found: tuple[DiscoveredUrl, ...] = ()
    further: DiscoveredUrl | None = None
    hops: int = 0
    next_due: datetime | None = None
    not_before: datetime | None = None
    published: datetime | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """What the archive knows of an article that was just read.

    `article` is the id it has under this address, `twin` the id of an article of the same source with the same headline and
    text; `before` and `after` are the content digests of the revisions around the moment of the capture. Empty: none.
    """

    article: str = ""
    twin: str = ""
    before: str = ""
    after: str = ""
