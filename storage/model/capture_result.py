"""The changes that one capture makes in the archive, written in one transaction."""

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
    """An extracted article: id, canonical URL, extraction, topics, sketch, and clues to its other versions.

    `id` is that of the article that the archive holds for this page, else the one that belongs to the URL
    (`address_id`). `content_sha256` is the digest over all of it that a publisher can change. `judged` are
    the ids of the topics that were evaluated, `topics` those of them to which it belongs. Of a known article:
    `changed` are the fields that its publisher changed, `silent` is whether no updated-at mark shows the
    change, `returned_to` is the stored extraction to which it returned. `paywalled` is whether a paywall
    hides most of it.
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
    """A capture, its outcome, and everything that is written because of it.

    - `entry` is the frontier entry that was requested, `next_due` when it is due again (channels),
      `not_before` the earliest retry that the server asked for.
    - `found` are URLs to insert into the frontier (after `hops` redirects; sitemaps among them lie below
      `depth` indexes), `further` is the next page of a listing, requested only when this one brought
      something new.
    - `change` is set for outcomes new, revised, unchanged and alias of an article, `reading` for every page
      that was extracted as an article, `published` when an article prints its publication date.
    - `failure` is set where processing the capture raised an error. `mark` is the stored summary of an
      extraction.
    - `history` replaces the stored history of the article, where the capture is not simply its newest;
      `aliases` are the articles that become aliases, or articles of their own.
    - `page` is the canonical URL of the capture's page (empty: that of the capture).
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
"""Beginning of the reason of an outcome that treats a change as a token that changes at every fetch."""


@dataclass(frozen=True, slots=True)
class RevisionContext:
    """State of the archive for the page of a capture.

    `article` is the id of its article (empty: none), `url` the article's URL, `alias_of` the id of the
    article of which it is an alias. `before` is the extraction that the article shows. `streak` counts the
    newest captures in a row that were revisions, or `UNSTABLE`. `is_newest` is whether every other capture of
    the page is older than this one, `has_captures` whether there are any.
    """

    article: str = ""
    url: str = ""
    alias_of: str = ""
    before: StoredExtraction | None = None
    streak: int = 0
    is_newest: bool = True
    has_captures: bool = False
