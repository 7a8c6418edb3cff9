"""What one capture changes in the archive, written down in one transaction."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from storage.model.articles import Extraction, Relevance
    from storage.model.captures import Capture, Outcome
    from storage.model.editions import EditionClue
    from storage.model.failures import Failure
    from storage.model.health import PageQuality
    from storage.model.history import AliasChange, ExtractionSummary, History, StoredExtraction
    from storage.model.sources import DiscoveredUrl


@dataclass(frozen=True, slots=True)
class ArticleUpdate:
    """What was read of an article: its id, canonical address, extraction, topics, sketch, and clues to its other versions.

    `id` is that of the article that the archive holds of this page, else the one that belongs to the address (`address_id`).
    `content_sha256` is the digest over all of it that a publisher can change. `judged` are the ids of the topics that were asked,
    `topics` those of them that it belongs to. Of a known article: `changed` are the fields that its publisher changed, `silent` that no
    updated-at mark says so, `returned_to` the stored reading that it is back at. `paywalled`: a paywall hides most of it.
    """

    id: str
    url: str
    extraction: Extraction
    content_sha256: str
    topics: tuple[Relevance, ...] = ()
    sketch: frozenset[int] = frozenset()
    changed: tuple[str, ...] = ()
    silent: bool = False
    returned_to: StoredExtraction | None = None
    paywalled: bool = False
    judged: tuple[str, ...] = ()
    editions: tuple[EditionClue, ...] = ()
    address_id: str = ""


@dataclass(frozen=True, slots=True)
class CaptureResult:
    """A capture, its outcome, and all that follows from it.

    `entry` is the frontier entry that asked, `next_due` when that comes round again (channels), `not_before` what the server
    said about trying again. `found` are addresses to put into the frontier (after `hops` redirects; sitemaps among them lie below
    `depth` indexes), `further` the page of a listing that follows, to be asked only when this one brought something new. `change` is
    set for outcomes new, revised, unchanged and alias of an article, `reading` for every page that was read as one, `published` when
    an article says that it was published. `failure` is set where processing the capture threw an error. `mark` is what is kept of a
    reading. `history` replaces what was known of the article, where the capture is not simply its newest; `aliases` are the articles
    that are hidden, or stand for themselves, from now on. `page` is the canonical address of the capture's page (empty: that of the
    capture).
    """

    capture: Capture
    outcome: Outcome
    entry: int | None = None
    change: ArticleUpdate | None = None
    found: tuple[DiscoveredUrl, ...] = ()
    further: DiscoveredUrl | None = None
    hops: int = 0
    next_due: datetime | None = None
    not_before: datetime | None = None
    reading: PageQuality | None = None
    published: datetime | None = None
    failure: Failure | None = None
    mark: ExtractionSummary | None = None
    history: History | None = None
    aliases: tuple[AliasChange, ...] = ()
    page: str = ""
    depth: int = 0


UNSTABLE = "unstable"
"""How the reason of an outcome begins that takes a change for a token that changes at every fetch."""


@dataclass(frozen=True, slots=True)
class RevisionContext:
    """What the archive knows of the page of a capture.

    `article` is the id of its article (empty: none), `url` the article's address, `alias_of` the id of the article that it is hidden
    under. `before` is what the article shows. `streak` counts the newest captures in a row that were revisions, or `UNSTABLE`.
    `is_newest` is whether every other capture of the page lies before this one, `has_captures` whether there are any.
    """

    article: str = ""
    url: str = ""
    alias_of: str = ""
    before: StoredExtraction | None = None
    streak: int = 0
    is_newest: bool = True
    has_captures: bool = False
