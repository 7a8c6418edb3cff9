"""Rejections: pages that belong to no topic, stored or not, judged by today's topics.

A capture has no stored score, only the reason in words; so every page is extracted again from its WARC
record, which also yields its headline, date and text. That works for archives of any version.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from harvester.rereading import reread
from pipelines.failures import log_failure
from pipelines.pipeline import EXTRACTION_STAGES
from pipelines.relevance import relevance_decisions
from storage.errors import ends_run
from storage.model.failures import Failure
from storage.search.parse import parse
from storage.search.phrases import matches
from storage.warc.errors import BadPointer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import date

    from harvester.response_handler import SourceContext
    from pipelines.draft import Draft
    from pipelines.relevance import RelevanceDecision
    from pipelines.rules import TopicRules
    from storage.model.articles import DateStamp
    from storage.model.captures import Capture, Outcome
    from storage.reader import ArchiveReader
    from storage.search.parse import ParsedQuery


@dataclass(frozen=True, slots=True)
class RejectionQuery:
    """Filters on rejected pages; all of them must hold, as in an `ArticleQuery`.

    `words` is a query for `storage.search.parse`. `since` and `until` are local days of publication, both
    included; an undated page is on no day. With `sample`, that many pages are drawn at random, the same ones
    for the same `seed`; otherwise the last captured come first. `limit` is the maximum number of pages.
    """

    words: str = ""
    sources: tuple[str, ...] = ()
    since: date | None = None
    until: date | None = None
    languages: tuple[str, ...] = ()
    sample: int | None = None
    seed: int = 0
    limit: int | None = None

    @property
    def has_filters_on_text(self) -> bool:
        """Whether a page must be extracted to know whether it matches."""
        return bool(self.words.strip() or self.since or self.until or self.languages)


@dataclass(frozen=True, slots=True)
class Rejection:
    """A capture of a page of no topic, with its extraction and the verdicts of the topics, nearest first.

    `reason` is the stored one, in the words of the version that judged the page (empty for a stored article
    that was kept nevertheless); `article` is the id of a stored article, else None.
    """

    capture: Capture
    title: str
    text: str
    language: str
    published: DateStamp | None
    reason: str
    article: str | None
    verdicts: tuple[RelevanceDecision, ...]


@dataclass(slots=True)
class RejectionCounts:
    """Progress of a listing.

    Numbers of pages of no topic in the archive, pages read, shown, unread (no article any more) and failed,
    and messages about damaged records.
    """

    pages: int = 0
    read: int = 0
    shown: int = 0
    unread: int = 0
    failed: int = 0
    damages: list[str] = field(default_factory=list)


def rejections(
    archive: ArchiveReader,
    topics: Sequence[TopicRules],
    source_context: Callable[[str], SourceContext],
    asked: RejectionQuery,
    counts: RejectionCounts,
) -> Iterator[Rejection]:
    """Yield the rejected pages that match a query, and update `counts` meanwhile.

    Pages are read until there are enough of them.

    Raises:
        UsageError: the words cannot be searched.
    """
    parsed = parse(asked.words) if asked.words.strip() else None
    numbers = list(archive.rejected([topic.id for topic in topics], asked.sources))
    counts.pages = len(numbers)
    if asked.sample is not None:
        random.Random(asked.seed).shuffle(numbers)  # noqa: S311  a reproducible sample needs no secure generator
    most = min(len(numbers) if x is None else x for x in (asked.sample, asked.limit))
    for capture, outcome in archive.rejected_captures(numbers):
        if counts.shown >= most:
            return
        draft = _read(archive, source_context, capture, counts)
        if draft is not None and _is_meant(draft, asked, parsed):
            counts.shown += 1
            yield _rejection(draft, outcome, topics)


def _read(
    archive: ArchiveReader, source_context: Callable[[str], SourceContext], capture: Capture, counts: RejectionCounts
) -> Draft | None:
    """Return the draft of a capture after the extraction stages; None, and counted, if it is no article."""
    counts.read += 1
    try:
        draft = reread(capture, source_context(capture.source), archive)
        for stage in EXTRACTION_STAGES.values():
            if draft is not None and draft.outcome is None:
                draft = stage(draft)
    except BadPointer as error:
        counts.damages.append(error.message)
        return None
    except Exception as error:
        if ends_run(error):
            raise
        log_failure(capture.url, Failure.of("rejected", error), error)
        counts.failed += 1
        return None
    if draft is None or draft.outcome is not None:
        counts.unread += 1
        return None
    return draft


def _is_meant(draft: Draft, asked: RejectionQuery, parsed: ParsedQuery | None) -> bool:
    read = draft.reading
    if asked.since or asked.until:
        day = draft.published.moment.date() if draft.published else None
        if day is None or (asked.since and day < asked.since) or (asked.until and day > asked.until):
            return False
    if asked.languages and not any(draft.language == x or draft.language.startswith(f"{x}-") for x in asked.languages):
        return False
    return parsed is None or matches(parsed, read.title, f"{read.lead}\n{read.text}", draft.language)


def _rejection(draft: Draft, outcome: Outcome, topics: Sequence[TopicRules]) -> Rejection:
    read = draft.reading
    verdicts = relevance_decisions(read, draft.language, draft.capture.url, topics)
    nearest = sorted(verdicts, key=lambda x: x.threshold - x.relevance.score)
    return Rejection(draft.capture, read.title, read.text, draft.language, draft.published, outcome.reason, outcome.article, tuple(nearest))
