"""States of articles: the state that a capture shows, and the spans derived from all captures of an article.

Each outcome stores the state that it shows: live or paywalled with the capture, gone, moved or blocked once
it is accepted as plausible (see `storage.repositories.visits`). A span is a sequence of equal states, in the
order of the captures.
"""

from __future__ import annotations

from collections import defaultdict
from heapq import merge
from itertools import groupby
from operator import attrgetter, itemgetter
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import delete, select, update

from storage.database.tables import ArticleRow, CaptureRow, OutcomeRow, RunRow, StateRow
from storage.model.articles import ArticleState, StateSpan
from storage.model.captures import OutcomeKind, WarcPointer
from storage.model.editions import spelled_alike
from storage.model.history import capture_order
from storage.model.runs import INGEST

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import datetime
    from typing import Any

    from sqlalchemy import Row, Select
    from sqlalchemy.orm import Session

MOST_GONE = 0.2
"""Maximum share of a source's articles, of those requested in one visit, that may be missing; a larger one is
a failure of the site."""

FEWEST_GONE = 5
"""Minimum number of missing articles before a failure of the site is assumed."""

_BATCH = 1_000
"""Rows in memory at a time during a check of all articles."""

SOFT = "soft-gone"
"""Prefix of the reason of an outcome that shows an article as gone in a response with status 200."""

STANDING = frozenset({ArticleState.LIVE, ArticleState.PAYWALLED})
"""States of an article that is available, if behind a wall."""

_PAY = "status 402"
_TOO_MANY = "status 429"
_LED_TO = "to "


def state_of(kind: OutcomeKind, reason: str, url: str = "", *, paywalled: bool = False) -> ArticleState | None:
    """Return the state that an outcome shows, or None.

    None for an error, a shortened or missing text, and a redirect to another spelling of `url`. `paywalled`
    is whether a wall hides most of a page that was extracted.
    """
    if kind.is_live:
        return ArticleState.PAYWALLED if paywalled else ArticleState.LIVE
    if kind is OutcomeKind.WALLED or reason == _PAY:
        return ArticleState.PAYWALLED
    if kind is OutcomeKind.REFUSED:
        return None if reason == _TOO_MANY else ArticleState.BLOCKED
    if kind is OutcomeKind.GONE or (kind is OutcomeKind.REDIRECT and not reason.startswith(_LED_TO)):
        return ArticleState.GONE if kind is OutcomeKind.GONE and not reason.startswith(SOFT) else ArticleState.SOFT_GONE
    if kind is OutcomeKind.REDIRECT and spelled_alike(reason.removeprefix(_LED_TO)) != spelled_alike(url):
        return ArticleState.MOVED
    return None


def show(session: Session, article: int, capture: int, moment: datetime, state: ArticleState) -> None:
    """Store the state in which a capture showed an article.

    It extends the last span or starts a new one; a capture older than the last span's end has all spans
    derived again.
    """
    newest = select(StateRow).where(StateRow.article_number == article).order_by(StateRow.since.desc(), StateRow.id.desc()).limit(1)
    last = session.scalars(newest).first()
    if last is not None and last.last_seen >= moment:
        rebuild(session, article)
        return
    if last is not None and last.state == state:
        last.last_seen = moment
    else:
        session.add(StateRow(article_number=article, state=state.value, since=moment, last_seen=moment, capture_id=capture))
        session.execute(update(ArticleRow).where(ArticleRow.number == article).values(state=state.value))
    session.flush()


class _Span(NamedTuple):
    state: str
    since: datetime
    last_seen: datetime
    capture: int


def rebuild(session: Session, article: int) -> None:
    """Derive the spans of an article from all its captures; rows are written only where they differ."""
    spans = _spans(session.execute(_shown().where(OutcomeRow.article_number == article)))
    rows = session.scalars(select(StateRow).where(StateRow.article_number == article).order_by(StateRow.since, StateRow.id)).all()
    if [_span(row) for row in rows] != spans:
        session.execute(delete(StateRow).where(StateRow.article_number == article))
        for state, since, last_seen, capture in spans:
            session.add(StateRow(article_number=article, state=state, since=since, last_seen=last_seen, capture_id=capture))
    now = spans[-1].state if spans else ArticleState.LIVE.value
    session.execute(update(ArticleRow).where(ArticleRow.number == article).values(state=now))
    session.flush()


def _span(row: StateRow) -> _Span:
    return _Span(row.state, row.since, row.last_seen, row.capture_id)


def _shown() -> Select[*tuple[Any, ...]]:
    """Select all captures that show a state of their article, with the columns that order captures."""
    return (
        select(
            OutcomeRow.article_number,
            OutcomeRow.state,
            CaptureRow.captured_at,
            CaptureRow.id,
            CaptureRow.payload_digest,
            CaptureRow.record_id,
            RunRow.kind,
        )
        .join(CaptureRow, CaptureRow.id == OutcomeRow.capture_id)
        .join(RunRow, RunRow.id == CaptureRow.run_id)
        .where(OutcomeRow.article_number.is_not(None), OutcomeRow.state.is_not(None))
    )


def _spans(rows: Iterable[Row[*tuple[Any, ...]]]) -> list[_Span]:
    """Return the spans of one article, from the captures that show its states."""
    ordered = sorted(
        rows, key=lambda row: capture_order(row.captured_at, row.id, row.payload_digest, row.record_id, is_own=row.kind != INGEST)
    )
    spans: list[_Span] = []
    for row in ordered:
        if spans and spans[-1].state == row.state:
            spans[-1] = spans[-1]._replace(last_seen=row.captured_at)
        else:
            spans.append(_Span(row.state, row.captured_at, row.captured_at, row.id))
    return spans


def misderived(session: Session) -> Iterator[str]:
    """Yield the ids of the articles whose stored spans differ from those that their captures give."""
    shown = _shown().order_by(OutcomeRow.article_number)
    kept = select(StateRow).order_by(StateRow.article_number, StateRow.since, StateRow.id)
    derived = groupby(session.execute(shown).yield_per(_BATCH), key=attrgetter("article_number"))
    stored = groupby(session.scalars(kept).yield_per(_BATCH), key=attrgetter("article_number"))
    of_derived = ((article, False, _spans(rows)) for article, rows in derived)
    of_stored = ((article, True, [_span(row) for row in rows]) for article, rows in stored)
    for article, both in groupby(merge(of_derived, of_stored, key=itemgetter(0)), key=itemgetter(0)):
        spans = [spans for _, _, spans in both]
        if len(spans) == 1 or spans[0] != spans[1]:
            yield session.scalar(select(ArticleRow.id).where(ArticleRow.number == article)) or ""


def rebuild_all(session: Session, articles: Iterable[int]) -> None:
    """Run `rebuild` for each article once, in the order of their numbers."""
    for article in sorted(set(articles)):
        rebuild(session, article)


def states_of(session: Session, numbers: Sequence[int]) -> dict[int, list[StateSpan]]:
    """Return the states of articles by number, oldest first."""
    rows = (
        select(StateRow, CaptureRow)
        .join(CaptureRow, CaptureRow.id == StateRow.capture_id)
        .where(StateRow.article_number.in_(numbers))
        .order_by(StateRow.since, StateRow.id)
    )
    found: dict[int, list[StateSpan]] = defaultdict(list)
    for row, capture in session.execute(rows):
        place = WarcPointer(capture.warc_file, capture.warc_offset, capture.warc_length, capture.record_id)
        found[row.article_number].append(StateSpan(ArticleState(row.state), row.since, row.last_seen, place, capture.status))
    return found
