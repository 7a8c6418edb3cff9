"""The draft: an article on its way down the line. Each stage returns a new one with its part filled in."""

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
    """A date string as printed and the place it stood in (`selector:…`, `jsonld:datePublished`, `meta:…`, `time`, `htmldate`)."""

    raw: str
    found_in: str


@dataclass(frozen=True, slots=True)
class ExtractedFields:
    """What extraction read from a page. `text` and `lead` are paragraphs parted by newlines; dates are candidates, best first.

    `selectors` are the layout's selectors by field, each with whether it answered on this page. `cuts` says what was left out because
    there was too much of it.
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
    """A capture, its page and the rules for its source, and what the stages have made of them so far.

    An `outcome` set by a stage ends the line: later stages leave the draft alone and persistence writes it down. `entry` is
    the frontier entry that asked for the page; `out_of_scope` says why it belongs to no topic (a known article is followed all the
    same); `change` is what deduplication decided to write about the article; `wall` is what hides most of it (`paywall`), empty
    when nothing does; `failure` is set where a stage threw an error. `flags` are doubts about the answer (`maybe_truncated`,
    `digest_mismatch`, `coding_absent: gzip`), which become part of the reason of the outcome.
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
