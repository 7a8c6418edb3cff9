"""Rescoring: judge the whole archive again after a topic was edited. Nothing is fetched, nothing is lost.

Stored articles are judged by their extractions. Captures that belonged to no topic are extracted again from
their WARC records by the same pipeline, in order of capture time, so that what comes into scope is stored as
if the topic had always been like this. docs/adr/0011 says why every tally and every outcome stays consistent,
and why a second run changes nothing.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, cast

from harvester.rereading import reread
from pipelines.failures import log_failure
from pipelines.persistence import capture_result_of
from pipelines.pipeline import EXTRACTION_STAGES, RunContext, run_stage
from pipelines.pipeline_version import PIPELINE_VERSION
from pipelines.relevance import relevance_decisions
from pipelines.rereading import extraction_of, summary_of
from pipelines.urls import article_id, canonical_url
from storage.archive import Archive
from storage.errors import ends_run
from storage.model.capture_result import CaptureResult
from storage.model.captures import Outcome, OutcomeKind
from storage.model.failures import Failure
from storage.query import ArticleQuery
from storage.warc.errors import BadPointer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from datetime import datetime

    from harvester.response_handler import SourceContext
    from pipelines.draft import Draft
    from pipelines.rules import TopicRules
    from storage.model.articles import Article, Relevance
    from storage.model.captures import Capture
    from storage.reader import ArchiveReader

BATCH = 200
"""Number of articles whose verdicts are written in one transaction."""


@dataclass(slots=True)
class TopicChange:
    """Changes of one topic, in articles.

    How many belong to it now, came to it, left it, or have another score or other terms.
    """

    belong: int = 0
    gained: int = 0
    lost: int = 0
    changed: int = 0


@dataclass(slots=True)
class Rescored:
    """Progress of a rescoring.

    `articles` (stored ones) and `captures` (those out of scope) are the numbers judged. `into_scope` of the
    captures came into scope; `outcomes` counts their new outcomes. `unread` captures are no longer extracted
    as an article and stay as they are; `damages` are messages about captures whose WARC record cannot be
    read. `failed` captures raised an error, which is logged, and stay as they are.
    """

    articles: int = 0
    captures: int = 0
    into_scope: int = 0
    unread: int = 0
    failed: int = 0
    topics: dict[str, TopicChange] = field(default_factory=dict)
    outcomes: Counter[OutcomeKind] = field(default_factory=Counter)
    damages: list[str] = field(default_factory=list)

    def compare(self, before: Iterable[Relevance], after: Iterable[Relevance]) -> bool:
        """Count the changes of one article's topics, and return whether there are any."""
        was, now = ({x.topic: x for x in side if x.topic in self.topics} for side in (before, after))
        for topic, change in self.topics.items():
            change.belong += (topic in now) - (topic in was)
            change.gained += topic in now and topic not in was
            change.lost += topic in was and topic not in now
            change.changed += topic in was and topic in now and was[topic] != now[topic]
        return was != now


def rescore(
    archive: ArchiveReader,
    topics: Sequence[TopicRules],
    source_context: Callable[[str], SourceContext],
    counts: Rescored,
    *,
    run: int | None,
) -> None:
    """Judge the archive by some topics again, and update `counts` meanwhile.

    `source_context` returns the context of a source, with the same topics. `run` is the number of the run to
    which changes are attributed, of an archive that is held; without one nothing is written and everything
    counted. Verdicts of other topics stay. Memory grows by eight bytes a capture out of scope, and without a
    run by the id of each article that would come in.
    """
    counts.topics.update((topic.id, TopicChange()) for topic in topics)
    writer = archive if isinstance(archive, Archive) and run is not None else None
    _judge_articles(archive, topics, counts, writer)
    captures = _Captures(archive, source_context, counts, writer, run or 0)
    for number, capture, outcome in archive.out_of_scope():
        counts.captures += 1
        try:
            captures.judge(number, capture, outcome.reason)
        except Exception as error:
            if ends_run(error):
                raise
            log_failure(capture.url, Failure.of("rescore", error), error)
            counts.failed += 1


def _judge_articles(archive: ArchiveReader, topics: Sequence[TopicRules], counts: Rescored, writer: Archive | None) -> None:
    """Judge the stored articles by their extractions, and store changed verdicts in batches."""
    judged = tuple(topic.id for topic in topics)
    waiting: dict[str, list[Relevance]] = {}

    def write() -> None:
        if writer is not None and waiting:
            writer.retake(waiting, judged)
        waiting.clear()

    for article in archive.articles(ArticleQuery()):
        counts.articles += 1
        for topic in article.topics:
            if topic.topic in counts.topics:
                counts.topics[topic.topic].belong += 1
        read = article.extraction
        verdicts = [x.relevance for x in relevance_decisions(read, read.language, article.url, topics) if x.belongs]
        if counts.compare(article.topics, verdicts):
            waiting[article.id] = verdicts
        if len(waiting) == BATCH:
            write()
    write()


class _Captures:
    """The captures that were out of scope, to be judged in order of capture time."""

    def __init__(
        self, archive: ArchiveReader, source_context: Callable[[str], SourceContext], counts: Rescored, writer: Archive | None, run: int
    ) -> None:
        self.archive, self.source_context, self.counts, self.writer, self.run = archive, source_context, counts, writer, run
        self._would_come: dict[str, datetime] = {}

    def judge(self, number: int, capture: Capture, before: str) -> None:
        """Judge one capture; `before` is why it was out of scope."""
        draft = self._read(capture)
        if draft is None:
            return
        identity = article_id(capture.source, canonical_url(capture.url))
        known = self.archive.article(identity)
        if draft.out_of_scope and not self._is_followed(identity, known[0] if known else None, capture.captured_at):
            if self.writer is not None and draft.out_of_scope != before:
                mark = summary_of(draft, extraction_of(draft, PIPELINE_VERSION))
                self.writer.resettle(number, CaptureResult(capture, Outcome(OutcomeKind.OUT_OF_SCOPE, draft.out_of_scope), mark=mark))
            return
        if self.writer is not None:
            self._settle(self.writer, number, draft, before)
            return
        self.counts.into_scope += 1
        if known is None and identity not in self._would_come:
            self._would_come[identity] = capture.captured_at
            self.counts.compare((), draft.topics)

    def _read(self, capture: Capture) -> Draft | None:
        """Return a capture's draft after the extraction stages; None, and counted, if it is no article."""
        try:
            draft = reread(capture, self.source_context(capture.source), self.archive)
        except BadPointer as error:
            self.counts.damages.append(error.message)
            return None
        for name in EXTRACTION_STAGES:
            draft = run_stage(name, draft, self._desk) if draft else None
        if draft is None or draft.outcome is not None:
            self.counts.unread += 1
            return None
        return draft

    def _is_followed(self, identity: str, known: Article | None, moment: datetime) -> bool:
        """Return whether an article at this URL was known before the capture.

        Then the capture updates it, even if an edit took it out of scope.
        """
        first = known.first_seen_at if known else self._would_come.get(identity)
        return first is not None and first < moment

    def _settle(self, writer: Archive, number: int, draft: Draft, before: str) -> None:
        draft = run_stage("deduplicate", draft, self._desk)
        outcome = draft.outcome
        assert outcome is not None, "deduplication decides"
        if outcome.article is None:  # the stage raised an error
            self.counts.unread += 1
            return
        topics = self._topics_of(outcome.article)
        why = f"rescored: run {self.run}, was out of scope ({before})" + (f"; {outcome.reason}" if outcome.reason else "")
        writer.resettle(number, capture_result_of(replace(draft, outcome=replace(outcome, reason=why))))
        self.counts.into_scope += 1
        self.counts.outcomes[outcome.kind] += 1
        self.counts.compare(topics, self._topics_of(outcome.article))

    def _topics_of(self, article: str) -> tuple[Relevance, ...]:
        found = self.archive.article(article)
        return found[0].topics if found else ()

    @property
    def _desk(self) -> RunContext:
        # extraction stages use no archive; others run with a writer only
        return RunContext(cast("Archive", self.archive), self.run)
