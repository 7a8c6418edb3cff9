"""What one capture changes in the archive, written down in one transaction."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from storage.model.articles import Extraction, Relevance
    from storage.model.captures import Capture, Outcome
    from storage.model.editions import EditionClue
    from storage.model.health import PageReading
    from storage.model.sources import DiscoveredUrl


@dataclass(frozen=True, slots=True)
class ArticleChange:
    """What was read of an article: its id, canonical address, extraction, topics, sketch, and clues to its other versions.

    `content_sha256` is the digest over all of it that a publisher can change. `judged` are the ids of the topics that were asked,
    `topics` those of them that it belongs to. Of a known article: `changed` are the fields that its publisher changed, `silent` that no
    updated-at mark says so, `returned_to` the number of the reading that it is back at. `paywalled`: a paywall hides most of it.
    """

    id: str
    url: str
    extraction: Extraction
    content_sha256: str
    topics: tuple[Relevance, ...] = ()
    sketch: frozenset[int] = frozenset()
    changed: tuple[str, ...] = ()
    silent: bool = False
    returned_to: int | None = None
    paywalled: bool = False
    judged: tuple[str, ...] = ()
    editions: tuple[EditionClue, ...] = ()


@dataclass(frozen=True, slots=True)
class Settlement:
    """A capture, its outcome, and all that follows from it.

    `entry` is the frontier entry that asked, `next_due` when that comes round again (channels), `not_before` what the server
    said about trying again. `found` are addresses to put into the frontier (after `hops` redirects; sitemaps among them lie below
    `depth` indexes), `further` the page of a listing that follows, to be asked only when this one brought something new. `change` is
    set for outcomes new, revised, unchanged and alias of an article, `reading` for every page that was read as one, `published` when
    an article says that it was published.
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
    reading: PageReading | None = None
    published: datetime | None = None
    depth: int = 0


@dataclass(frozen=True, slots=True)
class Known:
    """A reading that the archive holds: its number, what was read, its content digest, and the capture it was read from."""

    number: int
    extraction: Extraction
    content_sha256: str
    capture: Capture


UNSTABLE = "unstable"
"""How the reason of an outcome begins that takes a change for a token that changes at every fetch."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What the archive knows of an article that was just read.

    `article` is the id it has under this address, `twin` the id of an article of the same source with the same headline and
    text (of a known article: it was met by an alias, in another form). `before` is what stood there before the moment of the capture
    (the face of the article, when that is the newest moment), `after` the revision behind it. `streak` counts the newest captures in a
    row that were revisions, or `UNSTABLE`.
    """

    article: str = ""
    twin: str = ""
    before: Known | None = None
    after: Known | None = None
    streak: int = 0
