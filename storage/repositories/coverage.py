"""Queries for coverage: what channels listed, and what became of each URL."""

from __future__ import annotations

from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import TYPE_CHECKING

from sqlalchemy import func, or_, select, update

from storage.database.health_tables import PageQualityRow
from storage.database.tables import AliasRow, ArticleRow, CaptureRow, FrontierRow, OutcomeRow, UnansweredRow
from storage.model.captures import OutcomeKind
from storage.model.coverage import ChannelCapture, CoverageStatus, ListedUrl
from storage.model.frontier import MAX_HOPS
from storage.model.sources import AddressKind
from storage.repositories.captures import capture_of
from storage.repositories.frontier import BATCH, EntryState, add_urls

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

    from storage.model.sources import DiscoveredUrl

_LED_TO = "to "  # prefix of the reason of a redirect that was followed to another article


def channel_answers(session: Session, source: str) -> Iterator[ChannelCapture]:
    """Yield the complete captures of a source's channels, newest first.

    Of those of one URL with equal bodies only one is yielded, which holds the body.
    """
    distinct = (
        select(func.max(CaptureRow.id))
        .where(CaptureRow.source_id == source, CaptureRow.status == HTTPStatus.OK.value, CaptureRow.same_as.is_(None))
        .group_by(CaptureRow.url, CaptureRow.payload_digest)
    )
    answers = (
        select(CaptureRow, FrontierRow.kind, FrontierRow.channel)
        .join(OutcomeRow, OutcomeRow.capture_id == CaptureRow.id)
        .outerjoin(FrontierRow, (FrontierRow.source_id == CaptureRow.source_id) & (FrontierRow.url == CaptureRow.url))
        .where(
            CaptureRow.id.in_(distinct),
            or_(OutcomeRow.kind == OutcomeKind.CHANNEL.value, FrontierRow.kind != AddressKind.ARTICLE.value),
        )
        .order_by(CaptureRow.captured_at.desc(), CaptureRow.id.desc())
    )
    for row, kind, channel in session.execute(answers.execution_options(yield_per=BATCH)):
        yield ChannelCapture(capture_of(row), AddressKind(kind) if kind else None, channel)


def found_articles(session: Session, source: str) -> Iterator[tuple[str, datetime | None]]:
    """Yield (URL, channel's own date or None) of the article URLs that channels listed.

    URLs found by redirects are left out.
    """
    found = select(FrontierRow.url, FrontierRow.dated).where(
        FrontierRow.source_id == source, FrontierRow.kind == AddressKind.ARTICLE.value, FrontierRow.hops == 0
    )
    for row in session.execute(found.execution_options(yield_per=BATCH)):
        yield row.url, row.dated


def next_dues(session: Session) -> dict[str, datetime]:
    """Return, by source, when the next of its channels or waiting URLs is due."""
    comes_round = or_(FrontierRow.state != EntryState.DONE, FrontierRow.url == FrontierRow.channel)
    return dict(
        session.execute(select(FrontierRow.source_id, func.min(FrontierRow.next_due)).where(comes_round).group_by("source_id")).all()
    )


def enqueue(session: Session, run: int, source: str, found: Sequence[DiscoveredUrl], now: datetime) -> int:
    """Make URLs due now, including those that were given up; returns how many are new to the frontier."""
    new = add_urls(session, run, source, found, now)
    for start in range(0, len(found), BATCH):
        urls = [x.url for x in found[start : start + BATCH]]
        asked_again = update(FrontierRow).where(FrontierRow.source_id == source, FrontierRow.url.in_(urls))
        session.execute(asked_again.values(state=EntryState.WAITING, attempts=0, refusals=0, next_due=now))
    return new


# ── coverage status of a URL ──────────────────────────────────────────────────────────────────────────────────────────


@dataclass(slots=True)
class _Trace:
    """The rows of one URL: captures with outcomes, article, frontier entry."""

    archived: bool = False
    out_of_scope: bool = False
    kind: OutcomeKind | None = None
    reason: str = ""
    day: str | None = None
    waiting: bool = False
    in_frontier: bool = False
    last_outcome: str = ""

    @property
    def target(self) -> str:
        """The URL that a redirect led to; empty for none."""
        followed = self.kind is OutcomeKind.REDIRECT and self.reason.startswith(_LED_TO)
        return self.reason.removeprefix(_LED_TO) if followed and not self.archived else ""

    def listed(self) -> ListedUrl:
        """Return the coverage status of the URL, redirects not followed."""
        if self.archived:
            return ListedUrl(CoverageStatus.ARCHIVED, day=self.day)
        if self.out_of_scope:
            return ListedUrl(CoverageStatus.OUT_OF_SCOPE, day=self.day)
        if self.kind is OutcomeKind.NOT_ARTICLE:
            return ListedUrl(CoverageStatus.NOT_ARTICLE, self.reason)
        why = ": ".join(filter(None, (self.kind.value, self.reason))) if self.kind else self.last_outcome
        return ListedUrl(CoverageStatus.FAILED if why else CoverageStatus.NEVER_TRIED, why, waiting=self.waiting)


def fates(session: Session, source: str, urls: Sequence[str]) -> dict[str, ListedUrl]:
    """Return the coverage status of URLs of a source; redirects are followed, up to MAX_HOPS."""
    traces: dict[str, _Trace] = {}
    wanted = list(urls)
    for _ in range(MAX_HOPS):
        for start in range(0, len(wanted), BATCH):
            traces |= _traces(session, source, wanted[start : start + BATCH])
        wanted = sorted({trace.target for trace in traces.values()} - traces.keys() - {""})
        if not wanted:
            break
    return {url: _followed(url, traces) for url in urls}


def _followed(url: str, traces: dict[str, _Trace]) -> ListedUrl:
    trace, seen = traces[url], {url}
    while (target := trace.target) in traces and target not in seen:
        seen.add(target)
        trace = traces[target]
    listed = trace.listed()
    return replace(listed, waiting=listed.waiting or (trace is not traces[url] and traces[url].waiting))


def _traces(session: Session, source: str, urls: Sequence[str]) -> dict[str, _Trace]:
    traces = {url: _Trace() for url in urls}
    _trace_captures(session, source, traces)
    _trace_articles(session, source, traces)
    rows = select(FrontierRow.url, FrontierRow.state, FrontierRow.last_outcome)
    for url, state, last_outcome in session.execute(rows.where(FrontierRow.source_id == source, FrontierRow.url.in_(urls))):
        trace = traces[url]
        trace.in_frontier, trace.waiting, trace.last_outcome = True, state != EntryState.DONE, last_outcome
    lost = [url for url, trace in traces.items() if not trace.in_frontier and trace.kind is None and not trace.archived]
    if lost:
        asked = select(UnansweredRow.url, UnansweredRow.reason).where(UnansweredRow.source_id == source, UnansweredRow.url.in_(lost))
        for url, reason in session.execute(asked.order_by(UnansweredRow.id)):
            traces[url].last_outcome = reason
    return traces


def _trace_captures(session: Session, source: str, traces: dict[str, _Trace]) -> None:
    """Add outcomes of captures, oldest first: kind and reason are those of the newest capture."""
    rows = (
        select(CaptureRow.url, OutcomeRow.kind, OutcomeRow.reason, OutcomeRow.article_number, ArticleRow.published_day, PageQualityRow.day)
        .join(OutcomeRow, OutcomeRow.capture_id == CaptureRow.id)
        .outerjoin(ArticleRow, ArticleRow.number == OutcomeRow.article_number)
        .outerjoin(PageQualityRow, PageQualityRow.capture_id == CaptureRow.id)
        .where(CaptureRow.source_id == source, CaptureRow.url.in_(list(traces)))
        .order_by(CaptureRow.captured_at)
    )
    for url, kind, reason, article, published, read in session.execute(rows):
        trace = traces[url]
        trace.kind, trace.reason, trace.day = OutcomeKind(kind), reason, published or read or trace.day
        trace.archived = trace.archived or article is not None
        trace.out_of_scope = trace.out_of_scope or trace.kind is OutcomeKind.OUT_OF_SCOPE


def _trace_articles(session: Session, source: str, traces: dict[str, _Trace]) -> None:
    """Add the articles that have these URLs as their own or as aliases."""
    own = select(ArticleRow.url, ArticleRow.published_day).where(ArticleRow.source_id == source, ArticleRow.url.in_(list(traces)))
    aliases = (
        select(AliasRow.url, ArticleRow.published_day)
        .join(ArticleRow, ArticleRow.number == AliasRow.article_number)
        .where(AliasRow.source_id == source, AliasRow.url.in_(list(traces)))
    )
    for url, day in [*session.execute(own), *session.execute(aliases)]:
        traces[url].archived, traces[url].day = True, day or traces[url].day
