"""A capture on its way through the stages. Each stage returns a new draft with its results added."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pipelines.page import Page
    from pipelines.rules import StageRules
    from storage.model.articles import DateStamp, Image, Relevance
    from storage.model.capture_result import ArticleUpdate
    from storage.model.captures import Capture, Outcome
    from storage.model.editions import EditionClue
    from storage.model.failures import Failure
    from storage.model.history import AliasChange, ExtractionSummary, History


@dataclass(frozen=True, slots=True)
class RawDate:
    """A date string as printed, and where it was found.

    `found_in` is `selector:…`, `jsonld:datePublished`, `meta:…`, `time`, `text`, `htmldate` and the like.
    """

    raw: str
    found_in: str


@dataclass(frozen=True, slots=True)
class ExtractedFields:
    """What extraction read from a page.

    `text` and `lead` are paragraphs separated by newlines; dates are candidates, best first. `extractor` says
    what read the body. `selectors` are the layout's selectors by field, with whether they matched on this
    page. `cuts` says what was left out because there was too much of it.
    """

    title: str = ""
    lead: str = ""
    text: str = ""
    authors: tuple[str, ...] = ()
    section: str = ""
    tags: tuple[str, ...] = ()
    images: tuple[Image, ...] = ()
    published: tuple[RawDate, ...] = ()
    modified: tuple[RawDate, ...] = ()
    html_language: str = ""
    extractor: str = ""
    selectors: Mapping[str, tuple[str, bool]] = field(default_factory=dict)
    cuts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Draft:
    """A capture, its page, the rules of its source, and the results of the stages so far.

    An `outcome` set by a stage ends the pipeline: later stages do not change the draft, and `persist` writes
    it. `entry` is the frontier entry of the request, None for captures of other origin; `out_of_scope` says
    why the article belongs to no topic (a known article is followed nevertheless); `change` is what
    deduplication decided to write about the article; `wall` is what hides most of it (`paywall`), else empty;
    `failure` is set if a stage raised an error. `flags` are doubts about the response (`maybe_truncated`,
    `digest_mismatch`, `coding_absent: gzip`), which are added to the outcome's reason.
    """

    capture: Capture
    page: Page
    rules: StageRules
    reading: ExtractedFields = ExtractedFields()
    published: DateStamp | None = None
    modified: DateStamp | None = None
    language: str = ""
    languages: tuple[tuple[str, float], ...] = ()
    editions: tuple[EditionClue, ...] = ()
    topics: tuple[Relevance, ...] = ()
    out_of_scope: str = ""
    text_sha256: str = ""
    sketch: frozenset[int] = frozenset()
    mark: ExtractionSummary | None = None
    change: ArticleUpdate | None = None
    history: History | None = None
    aliases: tuple[AliasChange, ...] = ()
    wall: str = ""
    outcome: Outcome | None = None
    failure: Failure | None = None
    entry: int | None = None
    flags: tuple[str, ...] = ()
