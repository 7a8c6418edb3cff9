"""Write operations of the archive; each function runs inside one transaction."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from storage import histories
from storage.clustering.assignment import ALONE
from storage.database.tables import ArticleRow
from storage.model.captures import OutcomeKind
from storage.model.frontier import LONGEST_PAUSE, FailureScope, wait_after, wait_after_refusals
from storage.model.revisits import MOST_SLOWNESS
from storage.model.sources import AddressKind
from storage.repositories import (
    articles,
    backfills,
    captures,
    clusters,
    editions,
    failures,
    frontier,
    health,
    redirects,
    refusals,
    revisits,
    runs,
    states,
    takedowns,
    visits,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

    from storage.model.articles import Extraction, Relevance
    from storage.model.capture_result import ArticleUpdate, CaptureResult
    from storage.model.captures import Capture, Outcome
    from storage.model.failures import Failure
    from storage.model.frontier import FrontierEntry
    from storage.model.revisits import RevisitSchedule
    from storage.model.sources import DiscoveredUrl

REFUSED_CHANNEL = timedelta(hours=1)
"""Wait of a channel whose request was refused."""


def take_over(session: Session, moment: datetime) -> None:
    """Close the runs that a kill left open, and release their leases; only the holder of the archive may."""
    for run in runs.close_abandoned(session, moment):
        visits.close_run(session, run)
    frontier.release_all(session)


def finish(session: Session, run: int, ended: str, moment: datetime) -> None:
    """Close a run; leases that it did not acknowledge are released."""
    runs.finish_run(session, run, moment, ended)
    visits.close_run(session, run, takedowns.taken_down_lately(session, run))
    runs.update_interval_factor(session, run)
    frontier.release_all(session)


def seed(session: Session, run: int, source: str, channels: Sequence[DiscoveredUrl], moment: datetime, *, early: bool) -> None:
    """Put channels into the frontier; known ones become due when their time has come, or (early) at once."""
    frontier.add_urls(session, run, source, channels, moment)
    urls = [channel.url for channel in channels]
    frontier.wake(session, source, urls, moment, early=early, run=run)
    backfills.reclaim(session, source, urls)


def write_unanswered(session: Session, run: int, entry: FrontierEntry, reason: str, moment: datetime, scope: FailureScope) -> None:
    """Store a request that brought no response; `scope` decides when its URL is tried again.

    A host may allow tomorrow what it refuses today, so only an article's own URL is ever given up.
    """
    captures.add_unanswered(session, run, entry.source, entry.url, moment, reason)
    is_article = entry.kind is AddressKind.ARTICLE
    count = refusals.count_refusals(session, entry.id) + 1
    if scope is FailureScope.REQUEST:
        frontier.postpone(session, entry.id, reason, moment)
    elif scope is FailureScope.NAME:
        refusals.refuse(session, entry.id, reason, moment + wait_after(count), again=True)
    elif scope is FailureScope.HOST:
        refusals.refuse(session, entry.id, reason, moment if count == 1 else moment + wait_after(count))
    elif is_article and not entry.known and scope is FailureScope.ADDRESS:
        frontier.acknowledge(session, entry.id, reason)
    else:
        refusals.refuse(session, entry.id, reason, moment + (wait_after_refusals(count) if is_article else REFUSED_CHANNEL))


def pull_back(session: Session, moment: datetime, recheck: timedelta, ladder: RevisitSchedule) -> int:
    """Make due at `moment` what is due later than any interval allows; returns how much that was."""
    revisit = ladder.longest * MOST_SLOWNESS
    return frontier.pull_back(session, moment, recheck, revisit) + runs.pull_back(session, moment, LONGEST_PAUSE + REFUSED_CHANNEL)


def record_capture(
    session: Session, run: int, capture_result: CaptureResult, moment: datetime, ladder: RevisitSchedule
) -> tuple[Outcome, int]:
    """Write a capture, its outcome and all that follows; `moment` is now, `ladder` the revisit schedule.

    A capture whose record has a row already (its processing failed before) keeps that row and its run, and
    gets another outcome. Returns the outcome as stored, and how many new URLs it brought.
    """
    capture_result = redirects.judged(session, run, capture_result, moment)
    capture, outcome = capture_result.capture, capture_result.outcome
    number = captures.number_at(session, capture.warc)
    if number is None:
        number = captures.add_capture(session, run, capture)
    else:
        captures.drop_outcome(session, number)
    if capture_result.failure is not None:
        failures.record(session, run, capture.warc, capture.source, capture.url, capture_result.failure, moment)
    article = _write(session, number, capture_result)
    if capture_result.reading is not None:
        health.add_reading(session, run, number, capture.source, capture_result.reading)
    if capture_result.entry is not None and backfills.is_walking(session, capture_result.entry):
        new = backfills.walk_on(session, run, capture_result, moment)
    else:
        new = _find(session, run, capture_result, moment)
    redirects.wake_target(session, run, capture_result, moment)
    if capture_result.entry is None:
        return outcome, new
    if outcome.kind.is_failure:
        frontier.postpone(session, capture_result.entry, outcome.kind, moment, capture_result.not_before)
    else:
        frontier.acknowledge(session, capture_result.entry, outcome.kind, capture_result.next_due)
        if capture_result.published is not None:
            backfills.date_entry(session, capture_result.entry, capture_result.published)
        if article is not None:
            again = ladder.next_check(
                articles.published_or_seen(session, article), moment, runs.interval_factor_of(session, capture.source)
            )
            revisits.checked(session, capture_result.entry, again)
    return outcome, new


def _find(session: Session, run: int, capture_result: CaptureResult, moment: datetime) -> int:
    """Put the URLs of a response into the frontier, and the next page when some are new; return how many."""
    source = capture_result.capture.source
    new = frontier.add_urls(session, run, source, capture_result.found, moment, capture_result.hops, depth=capture_result.depth)
    frontier.come_round(session, run, source, capture_result.found, moment)
    if capture_result.further is not None and new:
        frontier.add_urls(session, run, source, [capture_result.further], moment)
        frontier.wake(session, source, [capture_result.further.url], moment, early=True, run=run)
    return new


def _write(session: Session, number: int, capture_result: CaptureResult) -> int | None:
    """Write a capture's outcome and what it changes in its article; returns the article's number."""
    capture, outcome = capture_result.capture, capture_result.outcome
    if capture_result.history is not None:
        own = next((x.alias_of for x in capture_result.aliases if x.id == capture_result.history.id), "")
        written = histories.write(session, capture.source, number, capture_result.history, own)
        captures.keep_outcome(session, number, outcome)
        _replace_editions(session, written, capture_result)
        article: int | None = written
    elif capture_result.change is not None:
        article = _change(session, number, capture_result)
        _add_outcome(session, number, capture_result, article)
    else:
        known = outcome.kind is not OutcomeKind.OUT_OF_SCOPE
        article = articles.number_at(session, capture.source, capture_result.page or capture.url) if known else None
        _add_outcome(session, number, capture_result, article)
    for change in capture_result.aliases:
        histories.change_alias(session, change)
    return article


def _add_outcome(session: Session, number: int, capture_result: CaptureResult, article: int | None) -> None:
    """Write an outcome; live and paywalled states are stored at once, all others when the run is closed."""
    capture, outcome, mark = capture_result.capture, capture_result.outcome, capture_result.mark
    paywalled = capture_result.change is not None and capture_result.change.paywalled
    shows = states.state_of(outcome.kind, outcome.reason, capture.url, paywalled=paywalled)
    stands = shows if article is not None and shows in states.STANDING else None
    face = session.get_one(ArticleRow, article).extraction_id if article is not None and outcome.kind.is_live else None
    captures.add_outcome(session, number, outcome, article, mark=mark, state=stands, extraction=face)
    if article is not None and stands is not None:
        states.show(session, article, number, capture.captured_at, stands)


def record_failure(session: Session, run: int, capture: Capture, entry: int | None, failure: Failure, moment: datetime) -> None:
    """Store that a capture got no outcome; its frontier entry is tried again later."""
    failures.record(session, run, capture.warc, capture.source, capture.url, failure, moment)
    if entry is not None:
        frontier.postpone(session, entry, OutcomeKind.UNREADABLE, moment)


def resettle(session: Session, number: int, capture_result: CaptureResult, moment: datetime) -> None:
    """Write the new outcome of a capture that was out of scope, after it was judged again; it keeps its run."""
    capture, outcome = capture_result.capture, capture_result.outcome
    captures.drop_outcome(session, number)
    article = _write(session, number, capture_result)
    frontier.restate(session, capture.source, capture.url, OutcomeKind.OUT_OF_SCOPE.value, outcome.kind.value)
    if article is not None:
        revisits.begin(session, capture.source, capture.url, moment)


def retake(session: Session, verdicts: Mapping[str, Sequence[Relevance]], judged: Sequence[str]) -> None:
    """Replace the decisions of the `judged` topics on articles, by id."""
    for article_id, topics in verdicts.items():
        number = articles.number_by_id(session, article_id)
        assert number is not None, "an article does not vanish while the archive is held"
        articles.set_topics(session, number, topics, judged)


def _change(session: Session, capture_number: int, capture_result: CaptureResult) -> int:
    """Return what the newest capture of a page changes in its article."""
    capture, change, kind = capture_result.capture, capture_result.change, capture_result.outcome.kind
    assert change is not None
    number = articles.number_by_id(session, change.id)
    if kind.is_stored or (kind is OutcomeKind.ALIAS and number is None):
        number = _revise(session, capture_number, capture_result, number)
    assert number is not None, "an outcome names an article that the archive holds"
    if kind is OutcomeKind.REVERTED and change.returned_to is not None:
        _show(session, number, change.returned_to.number, change.returned_to.extraction, change)
    _replace_editions(session, number, capture_result)
    if session.get_one(ArticleRow, number).url != change.url:
        articles.add_alias(session, capture.source, change.url, change.address_id or None, number)
    return number


def _replace_editions(session: Session, number: int, capture_result: CaptureResult) -> None:
    capture, change = capture_result.capture, capture_result.change
    if change is not None and capture_result.outcome.kind.is_live and editions.is_newest(session, number, capture.captured_at):
        editions.replace(session, number, capture.source, change.editions)


def _revise(session: Session, capture_number: int, capture_result: CaptureResult, number: int | None) -> int:
    capture, change, outcome = capture_result.capture, capture_result.change, capture_result.outcome
    assert change is not None
    extraction = change.extraction
    extraction_number = articles.add_extraction(session, capture_number, extraction, change.content_sha256)
    if number is None:
        number = articles.add_article(session, change.id, change.url, capture.source, extraction_number, capture.captured_at)
        if outcome.kind is OutcomeKind.ALIAS and outcome.article is not None:
            _hide(session, number, outcome.article, capture.source, change)
    articles.add_revision(session, number, extraction_number, capture.captured_at, change.changed, silent=change.silent)
    _show(session, number, extraction_number, extraction, change)
    return number


def _hide(session: Session, number: int, above: str, source: str, change: ArticleUpdate) -> None:
    """Make a new article the alias of another."""
    shown = articles.number_by_id(session, above)
    assert shown is not None, "an alias leads to an article that the archive holds"
    session.get_one(ArticleRow, number).alias_of = shown
    articles.add_alias(session, source, change.url, change.id, shown)
    clusters.join(session, number, None, ALONE, None)
    session.flush()


def _show(session: Session, number: int, extraction_number: int, extraction: Extraction, change: ArticleUpdate) -> None:
    histories.show(session, number, extraction_number, extraction, change.topics, change.judged, change.sketch)
