"""The states of articles: what each capture showed, and what a whole run showed of a source.

That an article stands is written down at once. That it is gone, moved or refused is written down when the run closes, and only
when it is not so for a large share of the source's articles: then the site has failed, not the articles.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from sqlalchemy import select, update

from storage.database.tables import ArticleRow, CaptureRow, OutcomeRow, StateRow
from storage.model.articles import ArticleState, StateSpan
from storage.model.captures import OutcomeKind, WarcPointer

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Sequence

    from sqlalchemy.orm import Session

MOST_GONE = 0.2
"""A larger share of a source's articles that are not there any more, of those asked in one run, is a failure of the site."""

FEWEST_GONE = 5
"""So few are never taken for one."""

SOFT = "soft-gone"
"""How the reason of an outcome begins that says so with status 200."""

_STANDS = frozenset({OutcomeKind.NEW, OutcomeKind.REVISED, OutcomeKind.REVERTED, OutcomeKind.UNCHANGED})
_PAY = "status 402"


def state_of(kind: OutcomeKind, reason: str) -> ArticleState | None:
    """The state that an outcome shows; None when it shows none (an error, a stump, an alias)."""
    if kind in _STANDS:
        return ArticleState.LIVE
    if kind is OutcomeKind.WALLED or reason == _PAY:
        return ArticleState.PAYWALLED
    if kind is OutcomeKind.GONE:
        return ArticleState.SOFT_GONE if reason.startswith(SOFT) else ArticleState.GONE
    if kind is OutcomeKind.REDIRECT:
        return ArticleState.MOVED if reason.startswith("to ") else ArticleState.SOFT_GONE
    if kind is OutcomeKind.REFUSED and reason != "status 429":
        return ArticleState.BLOCKED
    return None


def show_state(session: Session, article: int, capture: int, state: ArticleState) -> None:
    """Write down that a capture showed an article in a state: a new span, or the last one goes on."""
    moment = session.get_one(CaptureRow, capture).captured_at
    last = session.scalars(
        select(StateRow).where(StateRow.article_number == article, StateRow.since <= moment).order_by(StateRow.since.desc()).limit(1)
    ).first()
    if last is not None and last.state == state:
        last.last_seen = max(last.last_seen, moment)
    else:
        session.add(StateRow(article_number=article, state=state.value, since=moment, last_seen=moment, capture_id=capture))
    session.flush()
    newest = select(StateRow.state).where(StateRow.article_number == article).order_by(StateRow.since.desc()).limit(1)
    session.execute(update(ArticleRow).where(ArticleRow.number == article).values(state=newest.scalar_subquery()))


def mass_takedowns(session: Session, run: int) -> dict[str, tuple[int, int]]:
    """By source, (not there any more, asked), where a run found more of a source's articles gone than can be believed."""
    counts: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for source, _, _, state in _asked(session, run):
        counts[source][0] += state is not ArticleState.LIVE
        counts[source][1] += 1
    return {source: (gone, asked) for source, (gone, asked) in counts.items() if gone >= FEWEST_GONE and gone > MOST_GONE * asked}


def close_run(session: Session, run: int, failed_lately: Container[str] = ()) -> None:
    """Write down which articles a run found gone, moved or refused, except where the whole site had failed (in this run, or lately)."""
    failed = mass_takedowns(session, run)
    for source, article, capture, state in list(_asked(session, run)):
        if state is not ArticleState.LIVE and source not in failed and source not in failed_lately:
            show_state(session, article, capture, state)


def _asked(session: Session, run: int) -> Iterable[tuple[str, int, int, ArticleState]]:
    """Source, article, newest capture and the state that it showed, of every known article whose own address a run asked."""
    rows = session.execute(
        select(CaptureRow.source_id, OutcomeRow.article_number, CaptureRow.id, OutcomeRow.kind, OutcomeRow.reason)
        .join(OutcomeRow, OutcomeRow.capture_id == CaptureRow.id)
        .join(ArticleRow, ArticleRow.number == OutcomeRow.article_number)
        .where(CaptureRow.run_id == run, CaptureRow.url == ArticleRow.url)
        .order_by(CaptureRow.captured_at)
    )
    newest: dict[int, tuple[str, int, int, ArticleState]] = {}
    for source, article, capture, kind, reason in rows:
        state = state_of(OutcomeKind(kind), reason)
        if state is ArticleState.PAYWALLED:
            state = ArticleState.LIVE  # written down already; it stands, behind a wall
        if state is not None and article is not None:
            newest[article] = (source, article, capture, state)
    return newest.values()


def states_of(session: Session, numbers: Sequence[int]) -> dict[int, list[StateSpan]]:
    """The states of many articles, oldest first, by article."""
    rows = (
        select(StateRow, CaptureRow)
        .join(CaptureRow, CaptureRow.id == StateRow.capture_id)
        .where(StateRow.article_number.in_(numbers))
        .order_by(StateRow.since, StateRow.id)
    )
    found: dict[int, list[StateSpan]] = defaultdict(list)
    for row, capture in session.execute(rows):
        place = WarcPointer(capture.warc_file, capture.warc_offset, capture.warc_length, capture.record_id)
        found[row.article_number].append(StateSpan(ArticleState(row.state), row.since, row.last_seen, place))
    return found
