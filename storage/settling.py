"""What is written in one transaction: a capture with its outcome and all that follows, a request that brought nothing, seeds."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from storage.model.captures import OutcomeKind
from storage.model.settlement import Standing
from storage.model.sources import AddressKind
from storage.repositories import articles, backfills, captures, frontier, runs
from storage.search import sqlite as search

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

    from storage.model.captures import Capture
    from storage.model.frontier import FrontierEntry
    from storage.model.settlement import ArticleChange, Settlement
    from storage.model.sources import DiscoveredUrl

REFUSED_CHANNEL = timedelta(hours=1)
"""How long a channel is left alone that must not be asked."""


def take_over(session: Session, moment: datetime) -> None:
    """Close the runs that a kill left open, and take their leases back; only the holder of the archive may."""
    runs.close_abandoned(session, moment)
    frontier.release_all(session)


def finish(session: Session, run: int, ended: str, moment: datetime) -> None:
    """Close a run; leases that it did not acknowledge are taken back."""
    runs.finish_run(session, run, moment, ended)
    frontier.release_all(session)


def seed(session: Session, run: int, source: str, channels: Sequence[DiscoveredUrl], moment: datetime, *, early: bool) -> None:
    """Put channels into the frontier; known ones come round when due, or (early) at once."""
    frontier.add_urls(session, run, source, channels, moment)
    urls = [channel.url for channel in channels]
    frontier.wake(session, source, urls, moment, early=early)
    backfills.reclaim(session, source, urls)


def write_unanswered(session: Session, run: int, entry: FrontierEntry, reason: str, moment: datetime, *, permanent: bool) -> None:
    """Write down a request that brought no response; it is tried again later unless that is pointless.

    A channel is never given up: what refuses it today (robots.txt, the address guard) may let it pass tomorrow.
    """
    captures.add_unanswered(session, run, entry.source, entry.url, moment, reason)
    if not permanent:
        frontier.postpone(session, entry.id, reason, moment)
    elif entry.kind is AddressKind.ARTICLE:
        frontier.acknowledge(session, entry.id, reason)
    else:
        frontier.postpone(session, entry.id, reason, moment, moment + REFUSED_CHANNEL)


def standing(session: Session, capture: Capture, change: ArticleChange) -> Standing:
    """What the tables know of an article that was just read from a capture."""
    number = articles.number_of(session, capture.source, change.id, change.url)
    if number is not None:
        around = articles.neighbours(session, number, capture.captured_at)
        return Standing(articles.article_id_of(session, number), "", around.before, around.after)
    twin = articles.twin_of(session, capture.source, change.extraction.title, change.extraction.text_sha256)
    return Standing(twin=articles.article_id_of(session, twin) if twin is not None else "")


def settle(session: Session, run: int, settlement: Settlement, moment: datetime) -> None:
    """Write down a capture, its outcome and all that follows from it; `moment` is now."""
    capture, outcome = settlement.capture, settlement.outcome
    number = captures.add_capture(session, run, capture)
    article = _change(session, number, settlement) if settlement.change else None
    captures.add_outcome(session, number, outcome, article)
    if settlement.entry is not None and backfills.is_walking(session, settlement.entry):
        backfills.walk_on(session, run, settlement, moment)
    else:
        _find(session, run, settlement, moment)
    if settlement.entry is None:
        return
    if outcome.kind.is_failure:
        frontier.postpone(session, settlement.entry, outcome.kind, moment, settlement.not_before)
    else:
        frontier.acknowledge(session, settlement.entry, outcome.kind, settlement.next_due)
        if settlement.published is not None:
            backfills.date_entry(session, settlement.entry, settlement.published)


def _find(session: Session, run: int, settlement: Settlement, moment: datetime) -> None:
    """Put what an answer brought into the frontier, and the page that follows when it brought something new."""
    source = settlement.capture.source
    new = frontier.add_urls(session, run, source, settlement.found, moment, settlement.hops)
    frontier.come_round(session, source, settlement.found, moment)
    if settlement.further is not None and new:
        frontier.add_urls(session, run, source, [settlement.further], moment)
        frontier.wake(session, source, [settlement.further.url], moment, early=True)


def _change(session: Session, capture_number: int, settlement: Settlement) -> int:
    capture, change, kind = settlement.capture, settlement.change, settlement.outcome.kind
    assert change is not None
    number = articles.number_by_id(session, settlement.outcome.article or change.id)
    if kind in {OutcomeKind.NEW, OutcomeKind.REVISED}:
        number = _revise(session, capture_number, capture, change, number)
    assert number is not None, "an outcome names an article that the archive holds"
    if kind is OutcomeKind.ALIAS:
        articles.add_alias(session, capture.source, change.url, number)
    articles.seen_since(session, number, capture.captured_at)
    return number


def _revise(session: Session, capture_number: int, capture: Capture, change: ArticleChange, number: int | None) -> int:
    extraction = change.extraction
    extraction_number = articles.add_extraction(session, capture_number, extraction, change.content_sha256)
    if number is None:
        number = articles.add_article(session, change.id, change.url, capture.source, extraction_number, capture.captured_at)
    if articles.add_revision(session, number, extraction_number, capture.captured_at):
        articles.show(session, number, extraction_number, extraction)
        articles.set_topics(session, number, change.topics)
        articles.set_sketch(session, number, change.sketch)
        search.remove(session, number)
        search.index(session, number, extraction.title, extraction.lead, extraction.text, extraction.language)
    return number
