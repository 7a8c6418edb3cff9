"""Queries for sites that fail over several days.

A few missing articles in each run look like takedowns; added up over a window, they are too many to be
plausible.
"""

from __future__ import annotations

from collections import defaultdict
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import and_, func, or_, select

from storage.database.tables import ArticleRow, CaptureRow, FrontierRow, OutcomeRow, RunRow
from storage.model.articles import ArticleState
from storage.model.captures import OutcomeKind
from storage.model.frontier import NO_ARTICLES, TOO_DEEP
from storage.model.sources import AddressKind
from storage.repositories.states import FEWEST_GONE, MOST_GONE, state_of

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Select
    from sqlalchemy.orm import Session

WINDOW = timedelta(days=7)
"""Period over which missing articles are added up."""

MOST_TURNED_AWAY = 0.5
"""Maximum share of a source's new URLs that may lead nowhere; a larger one is a failure of the site (a wall
that redirects, a broken deploy)."""

FEWEST_TURNED_AWAY = 5
"""Minimum number of new URLs that lead nowhere before a failure of the site is assumed."""

_STANDS = (ArticleState.LIVE, ArticleState.PAYWALLED)


def taken_down_lately(session: Session, run: int, window: timedelta = WINDOW) -> dict[str, tuple[int, int]]:
    """Return (missing, requested) of the known articles by source, where more are missing than is plausible.

    Only sources that a crawl fetched are counted; another run gives an empty result. Each article counts
    once, by its newest capture of a crawl in the window. Ingested captures are left out, as they say nothing
    about the last days.
    """
    asking = session.get_one(RunRow, run)
    if asking.kind != "crawl":
        return {}
    since = asking.started_at - window
    newest = (
        select(func.max(CaptureRow.id))
        .join(OutcomeRow, OutcomeRow.capture_id == CaptureRow.id)
        .join(ArticleRow, and_(ArticleRow.number == OutcomeRow.article_number, ArticleRow.url == CaptureRow.url))
        .where(CaptureRow.run_id.in_(_runs_since(since, run)), CaptureRow.source_id.in_(_asked(run)))
        .group_by(OutcomeRow.article_number)
    )
    rows = select(CaptureRow.source_id, CaptureRow.url, OutcomeRow.kind, OutcomeRow.reason).join(
        OutcomeRow, OutcomeRow.capture_id == CaptureRow.id
    )
    counts: dict[str, list[int]] = defaultdict(lambda: [0, 0])
    for source, url, kind, reason in session.execute(rows.where(CaptureRow.id.in_(newest))):
        state = state_of(OutcomeKind(kind), reason, url)
        if state is not None:
            counts[source][0] += state not in _STANDS
            counts[source][1] += 1
    return {source: (gone, asked) for source, (gone, asked) in counts.items() if gone >= FEWEST_GONE and gone > MOST_GONE * asked}


def turned_away(session: Session, run: int) -> dict[str, tuple[int, int]]:
    """Return (leading nowhere, requested) of the run's new article URLs by source, where it is most of them.

    Nowhere means gone, or redirected without a target that is followed. Articles stored as new by the run
    count as requested.
    """
    nowhere = or_(
        OutcomeRow.kind == OutcomeKind.GONE.value,
        and_(OutcomeRow.kind == OutcomeKind.REDIRECT.value, OutcomeRow.reason.not_like("to %")),
    )
    asked = (
        select(CaptureRow.source_id, func.count().filter(nowhere), func.count())
        .join(OutcomeRow, OutcomeRow.capture_id == CaptureRow.id)
        .join(FrontierRow, and_(FrontierRow.source_id == CaptureRow.source_id, FrontierRow.url == CaptureRow.url))
        .where(CaptureRow.run_id == run, FrontierRow.kind == AddressKind.ARTICLE.value, FrontierRow.revisit_at.is_(None))
        .group_by(CaptureRow.source_id)
    )
    counts = {source: (away, all_) for source, away, all_ in session.execute(asked)}
    stored = (
        select(CaptureRow.source_id, func.count())
        .join(OutcomeRow, OutcomeRow.capture_id == CaptureRow.id)
        .where(CaptureRow.run_id == run, OutcomeRow.kind == OutcomeKind.NEW.value)
        .group_by(CaptureRow.source_id)
    )
    new = dict(session.execute(stored).all())
    counts = {source: (away, all_ + new.get(source, 0)) for source, (away, all_) in counts.items()}
    return {x: (away, all_) for x, (away, all_) in counts.items() if away >= FEWEST_TURNED_AWAY and away > MOST_TURNED_AWAY * all_}


def too_deep(session: Session, run: int) -> dict[str, int]:
    """Return, by source, how many sitemaps of a run named others that are nested too deep to be followed."""
    deep = (
        select(CaptureRow.source_id, func.count())
        .join(OutcomeRow, OutcomeRow.capture_id == CaptureRow.id)
        .where(CaptureRow.run_id == run, OutcomeRow.kind == OutcomeKind.CHANNEL.value, OutcomeRow.reason.contains(TOO_DEEP))
        .group_by(CaptureRow.source_id)
    )
    return dict(session.execute(deep).all())


def without_articles(session: Session, run: int) -> list[str]:
    """Return the sources whose channels listed only URLs that are no articles.

    Channels of the run count; a source for which any article URL was ever found is left out.
    """
    found = select(FrontierRow.id).where(FrontierRow.source_id == CaptureRow.source_id, FrontierRow.kind == AddressKind.ARTICLE.value)
    without = (
        select(CaptureRow.source_id)
        .join(OutcomeRow, OutcomeRow.capture_id == CaptureRow.id)
        .where(CaptureRow.run_id == run, OutcomeRow.kind == OutcomeKind.CHANNEL.value, OutcomeRow.reason.contains(NO_ARTICLES))
        .where(~found.exists())
        .distinct()
        .order_by(CaptureRow.source_id)
    )
    return list(session.scalars(without))


def _runs_since(since: datetime, run: int) -> Select[int]:
    return select(RunRow.id).where(RunRow.started_at >= since, RunRow.id <= run, RunRow.kind == "crawl")


def _asked(run: int) -> Select[str]:
    return select(CaptureRow.source_id).where(CaptureRow.run_id == run)
