"""What is written in one transaction: a capture with its outcome and all that follows, a request that brought nothing, seeds."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from storage.clustering.placing import place
from storage.model.articles import ArticleState
from storage.model.captures import OutcomeKind
from storage.model.frontier import LONGEST_PAUSE, FailureScope, wait_after, wait_after_refusals
from storage.model.revisits import MOST_SLOWNESS
from storage.model.sources import AddressKind
from storage.repositories import articles, backfills, captures, editions, frontier, health, redirects, revisits, runs, states, takedowns
from storage.search import sqlite as search

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

    from storage.model.articles import Relevance
    from storage.model.captures import Capture, Outcome
    from storage.model.frontier import FrontierEntry
    from storage.model.revisits import Ladder
    from storage.model.settlement import ArticleChange, Settlement
    from storage.model.sources import DiscoveredUrl

_READ = frozenset({OutcomeKind.NEW, OutcomeKind.REVISED, OutcomeKind.REVERTED, OutcomeKind.UNCHANGED})

REFUSED_CHANNEL = timedelta(hours=1)
"""How long a channel is left alone that must not be asked."""


def take_over(session: Session, moment: datetime) -> None:
    """Close the runs that a kill left open, and take their leases back; only the holder of the archive may."""
    for run in runs.close_abandoned(session, moment):
        states.close_run(session, run)
    frontier.release_all(session)


def finish(session: Session, run: int, ended: str, moment: datetime) -> None:
    """Close a run; leases that it did not acknowledge are taken back."""
    runs.finish_run(session, run, moment, ended)
    states.close_run(session, run, takedowns.taken_down_lately(session, run))
    runs.pace(session, run)
    frontier.release_all(session)


def seed(session: Session, run: int, source: str, channels: Sequence[DiscoveredUrl], moment: datetime, *, early: bool) -> None:
    """Put channels into the frontier; known ones come round when due, or (early) at once."""
    frontier.add_urls(session, run, source, channels, moment)
    urls = [channel.url for channel in channels]
    frontier.wake(session, source, urls, moment, early=early, run=run)
    backfills.reclaim(session, source, urls)


def write_unanswered(session: Session, run: int, entry: FrontierEntry, reason: str, moment: datetime, scope: FailureScope) -> None:
    """Write down a request that brought no response; `scope` decides when its address is asked again.

    What a host refuses today it may let pass tomorrow, so only an article's own address is ever given up.
    """
    captures.add_unanswered(session, run, entry.source, entry.url, moment, reason)
    is_article = entry.kind is AddressKind.ARTICLE
    refusals = frontier.count_refusals(session, entry.id) + 1
    if scope is FailureScope.REQUEST:
        frontier.postpone(session, entry.id, reason, moment)
    elif scope is FailureScope.NAME:
        frontier.refuse(session, entry.id, reason, moment + wait_after(refusals), again=True)
    elif scope is FailureScope.HOST:
        frontier.refuse(session, entry.id, reason, moment if refusals == 1 else moment + wait_after(refusals))
    elif is_article and not entry.known and scope is FailureScope.ADDRESS:
        frontier.acknowledge(session, entry.id, reason)
    else:
        frontier.refuse(session, entry.id, reason, moment + (wait_after_refusals(refusals) if is_article else REFUSED_CHANNEL))


def pull_back(session: Session, moment: datetime, recheck: timedelta, ladder: Ladder) -> int:
    """Make due at `moment` what is due later than any interval allows; returns how much that was."""
    revisit = ladder.longest * MOST_SLOWNESS
    return frontier.pull_back(session, moment, recheck, revisit) + runs.pull_back(session, moment, LONGEST_PAUSE + REFUSED_CHANNEL)


def settle(session: Session, run: int, settlement: Settlement, moment: datetime, ladder: Ladder) -> tuple[Outcome, int]:
    """Write down a capture, its outcome and all that follows from it; `moment` is now, by `ladder` an article is asked again.

    Returns the outcome as it was written down, and how many addresses it brought that are new.
    """
    settlement = redirects.judged(session, run, settlement, moment)
    capture, outcome = settlement.capture, settlement.outcome
    number = captures.add_capture(session, run, capture)
    article = _change(session, number, settlement) if settlement.change else articles.number_at(session, capture.source, [capture.url])
    captures.add_outcome(session, number, outcome, article)
    _show_state(session, number, settlement, article)
    if settlement.reading is not None:
        health.add_reading(session, run, number, capture.source, settlement.reading)
    if settlement.entry is not None and backfills.is_walking(session, settlement.entry):
        new = backfills.walk_on(session, run, settlement, moment)
    else:
        new = _find(session, run, settlement, moment)
    redirects.wake_target(session, run, settlement, moment)
    if settlement.entry is None:
        return outcome, new
    if outcome.kind.is_failure:
        frontier.postpone(session, settlement.entry, outcome.kind, moment, settlement.not_before)
    else:
        frontier.acknowledge(session, settlement.entry, outcome.kind, settlement.next_due)
        if settlement.published is not None:
            backfills.date_entry(session, settlement.entry, settlement.published)
        if article is not None:
            again = ladder.next_check(articles.born(session, article), moment, runs.slowness_of(session, capture.source))
            revisits.checked(session, settlement.entry, again)
    return outcome, new


def _find(session: Session, run: int, settlement: Settlement, moment: datetime) -> int:
    """Put what an answer brought into the frontier, and the page that follows when it brought something new; how much was new."""
    source = settlement.capture.source
    new = frontier.add_urls(session, run, source, settlement.found, moment, settlement.hops, depth=settlement.depth)
    frontier.come_round(session, run, source, settlement.found, moment)
    if settlement.further is not None and new:
        frontier.add_urls(session, run, source, [settlement.further], moment)
        frontier.wake(session, source, [settlement.further.url], moment, early=True, run=run)
    return new


def _show_state(session: Session, capture_number: int, settlement: Settlement, article: int | None) -> None:
    """That an article stands, or stands behind a wall, is written down at once; all else when the run closes."""
    state = states.state_of(settlement.outcome.kind, settlement.outcome.reason)
    if article is None or state not in {ArticleState.LIVE, ArticleState.PAYWALLED}:
        return
    if settlement.change and settlement.change.paywalled:
        state = ArticleState.PAYWALLED
    if articles.is_at(session, article, settlement.capture.url):
        states.show_state(session, article, capture_number, state)


def resettle(session: Session, number: int, settlement: Settlement, moment: datetime) -> None:
    """Write down what becomes of a capture that was out of scope, now that it was judged again. It keeps its run."""
    capture, outcome = settlement.capture, settlement.outcome
    article = _change(session, number, settlement) if settlement.change else None
    captures.change_outcome(session, number, outcome, article)
    _show_state(session, number, settlement, article)
    frontier.restate(session, capture.source, capture.url, OutcomeKind.OUT_OF_SCOPE.value, outcome.kind.value)
    if article is not None:
        revisits.begin(session, capture.source, capture.url, moment)


def retake(session: Session, verdicts: Mapping[str, Sequence[Relevance]], judged: Sequence[str]) -> None:
    """Replace the verdicts of the `judged` topics on articles, by id."""
    for article_id, topics in verdicts.items():
        number = articles.number_by_id(session, article_id)
        assert number is not None, "an article does not vanish while the archive is held"
        articles.set_topics(session, number, topics, judged)


def _change(session: Session, capture_number: int, settlement: Settlement) -> int:
    capture, change, kind = settlement.capture, settlement.change, settlement.outcome.kind
    assert change is not None
    number = articles.number_by_id(session, settlement.outcome.article or change.id)
    if kind in {OutcomeKind.NEW, OutcomeKind.REVISED}:
        number = _revise(session, capture_number, capture, change, number)
    assert number is not None, "an outcome names an article that the archive holds"
    if kind is OutcomeKind.REVERTED and change.returned_to is not None:
        _show(session, number, change.returned_to, change)
    if kind is OutcomeKind.ALIAS:
        articles.add_alias(session, capture.source, change.url, number)
    elif kind in _READ and editions.is_newest(session, number, capture.captured_at):
        editions.replace(session, number, capture.source, change.editions)
    articles.seen_since(session, number, capture.captured_at)
    return number


def _revise(session: Session, capture_number: int, capture: Capture, change: ArticleChange, number: int | None) -> int:
    extraction = change.extraction
    extraction_number = articles.add_extraction(session, capture_number, extraction, change.content_sha256)
    if number is None:
        number = articles.add_article(session, change.id, change.url, capture.source, extraction_number, capture.captured_at)
    if articles.add_revision(session, number, extraction_number, capture.captured_at, change.changed, silent=change.silent):
        _show(session, number, extraction_number, change)
    return number


def _show(session: Session, number: int, extraction_number: int, change: ArticleChange) -> None:
    """Make a reading the face of its article, in the tables that search and filters look at."""
    extraction = change.extraction
    articles.show(session, number, extraction_number, extraction)
    articles.set_topics(session, number, change.topics, change.judged)
    articles.set_sketch(session, number, change.sketch)
    search.remove(session, number)
    search.index(session, number, extraction.title, extraction.lead, extraction.text, extraction.language)
    place(session, number)
