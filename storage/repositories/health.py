"""Source health: quality of extracted pages, matches of selectors, results of the expectation checks."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import and_, case, delete, func, select, update
from sqlalchemy.dialects.sqlite import insert

from storage.database.health_tables import ExpectationResultRow, PageQualityRow, SelectorRow
from storage.database.tables import ArticleRow, CaptureRow, FrontierRow, OutcomeRow, RunRow
from storage.model.captures import OutcomeKind
from storage.model.health import ExpectationResult, PromiseState, SelectorCount, SourceStats
from storage.model.sources import AddressKind
from storage.repositories.frontier import EntryState

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import tzinfo

    from sqlalchemy.orm import Session

    from storage.model.health import PageQuality

SAMPLE = 20
"""Minimum number of newest pages in the statistics, where a run extracted fewer."""

PER_DAY = timedelta(days=7)
"""Period over which articles are counted by day of publication."""

HISTORY = 200
"""Maximum number of runs in the history of a selector, and of a source's pages."""


def add_reading(session: Session, run: int, capture: int, source: str, reading: PageQuality) -> None:
    """Insert the quality of an extracted page, and count which selectors matched."""
    session.add(
        PageQualityRow(
            capture_id=capture,
            source_id=source,
            day=reading.day.isoformat() if reading.day else None,
            byline=reading.byline,
            body_chars=reading.body_chars,
            in_scope=reading.in_scope,
        ),
    )
    rows = [
        {"source_id": source, "field": field, "selector": selector, "run_id": run, "pages": 1, "matched": int(matched)}
        for field, (selector, matched) in reading.selectors.items()
    ]
    if rows:
        statement = insert(SelectorRow)
        counted = {"pages": SelectorRow.pages + 1, "matched": SelectorRow.matched + statement.excluded.matched}
        session.execute(statement.values(rows).on_conflict_do_update(set_=counted))
    session.flush()


# ── statistics ────────────────────────────────────────────────────────────────────────────────────────────────────────


def vitals(session: Session, run: int, source: str, zone: tzinfo, today: date) -> SourceStats:
    """Return the statistics of a source, input of the expectation checks.

    They cover the pages extracted in `run`, or the newest SAMPLE pages where these are more. `today` and days
    are in `zone`, the source's time zone.
    """
    of_run = select(func.count()).select_from(PageQualityRow).join(CaptureRow, CaptureRow.id == PageQualityRow.capture_id)
    read = session.scalar(of_run.where(PageQualityRow.source_id == source, CaptureRow.run_id == run)) or 0
    newest = (
        select(PageQualityRow.day, PageQualityRow.byline, PageQualityRow.body_chars, PageQualityRow.in_scope)
        .where(PageQualityRow.source_id == source)
        .order_by(PageQualityRow.capture_id.desc())
        .limit(max(read, SAMPLE))
    )
    pages = session.execute(newest).all()
    began = select(func.min(RunRow.started_at)).join(CaptureRow, CaptureRow.run_id == RunRow.id).where(CaptureRow.source_id == source)
    held_since = session.scalar(began)
    waiting = select(func.count()).where(
        FrontierRow.source_id == source,
        FrontierRow.state != EntryState.DONE,
        FrontierRow.kind == AddressKind.ARTICLE.value,
        FrontierRow.last_outcome == "",
    )
    return SourceStats(
        of_run=read,
        read=len(pages),
        dated=sum(page.day is not None for page in pages),
        byline=sum(page.byline for page in pages),
        in_scope=sum(page.in_scope for page in pages),
        lengths=tuple(page.body_chars for page in pages),
        per_day=_per_day(session, source, today - PER_DAY, today),
        newest=_newest(session, source, today),
        held_since=held_since.astimezone(zone).date() if held_since else None,
        waiting=session.scalar(waiting) or 0,
    )


def _per_day(session: Session, source: str, since: date, today: date) -> dict[date, int]:
    counted = (
        select(PageQualityRow.day, func.count(CaptureRow.url.distinct()))
        .join(CaptureRow, CaptureRow.id == PageQualityRow.capture_id)
        .where(PageQualityRow.source_id == source, PageQualityRow.day >= since.isoformat(), PageQualityRow.day < today.isoformat())
        .group_by(PageQualityRow.day)
    )
    return {date.fromisoformat(day): count for day, count in session.execute(counted) if day}


def _newest(session: Session, source: str, today: date) -> date | None:
    """Return the last day, up to today, on which an article was published; None for none.

    Stored articles count as well, as some are older than the table of page quality.
    """
    days = [
        session.scalar(select(func.max(day)).where(of_source == source, day <= today.isoformat()))
        for of_source, day in ((PageQualityRow.source_id, PageQualityRow.day), (ArticleRow.source_id, ArticleRow.published_day))
    ]
    return max((date.fromisoformat(day) for day in days if day), default=None)


def newest_days(session: Session, today: date) -> dict[str, date]:
    """Return, by source, the last day on which an extracted article was published, stored or not."""
    newest: dict[str, date] = {}
    for of_source, day in ((PageQualityRow.source_id, PageQualityRow.day), (ArticleRow.source_id, ArticleRow.published_day)):
        for source, last in session.execute(select(of_source, func.max(day)).where(day <= today.isoformat()).group_by(of_source)):
            newest[source] = max(newest.get(source, date.min), date.fromisoformat(str(last)))
    return newest


def selector_history(session: Session, source: str, selectors: Mapping[str, str]) -> dict[str, list[SelectorCount]]:
    """Return, by field, on how many pages this selector matched, run by run, newest first."""
    history: dict[str, list[SelectorCount]] = {}
    for field, selector in selectors.items():
        rows = (
            select(SelectorRow.run_id, SelectorRow.pages, SelectorRow.matched)
            .where(SelectorRow.source_id == source, SelectorRow.field == field, SelectorRow.selector == selector)
            .order_by(SelectorRow.run_id.desc())
            .limit(HISTORY)
        )
        history[field] = [SelectorCount(*row) for row in session.execute(rows)]
    return history


def page_history(session: Session, run: int, source: str) -> list[SelectorCount]:
    """Return, crawl by crawl, newest first, the number of pages of article URLs.

    `matched` is how many of them were extracted as articles.
    """
    is_read = PageQualityRow.capture_id.is_not(None)
    rows = (
        select(CaptureRow.run_id, func.count(), func.sum(case((is_read, 1), else_=0)))
        .join(OutcomeRow, OutcomeRow.capture_id == CaptureRow.id)
        .join(RunRow, and_(RunRow.id == CaptureRow.run_id, RunRow.kind == "crawl"))
        .outerjoin(PageQualityRow, PageQualityRow.capture_id == CaptureRow.id)
        .where(
            CaptureRow.source_id == source,
            and_(CaptureRow.run_id <= run, CaptureRow.run_id > run - HISTORY),
            is_read | (OutcomeRow.kind == OutcomeKind.NOT_ARTICLE.value),
        )
        .group_by(CaptureRow.run_id)
        .order_by(CaptureRow.run_id.desc())
    )
    return [SelectorCount(*row) for row in session.execute(rows)]


# ── results of expectation checks ─────────────────────────────────────────────────────────────────────────────────────


def keep_verdicts(session: Session, run: int, source: str, verdicts: Sequence[ExpectationResult]) -> None:
    """Store the results of a source's expectation checks.

    Results without a verdict (`kept` is None) are not stored. All results of expectations that are not
    declared any more are deleted.
    """
    made = [verdict.promise for verdict in verdicts]
    session.execute(delete(ExpectationResultRow).where(ExpectationResultRow.source_id == source, ExpectationResultRow.promise.not_in(made)))
    for verdict in verdicts:
        if verdict.kept is not None:
            _keep(session, run, source, verdict)
    session.flush()


def _keep(session: Session, run: int, source: str, verdict: ExpectationResult) -> None:
    of_promise = (ExpectationResultRow.source_id == source, ExpectationResultRow.promise == verdict.promise)
    values = {"promised": verdict.promised, "measured": verdict.measured, "over": verdict.over, "told": verdict.told, "last_run": run}
    last = session.scalars(select(ExpectationResultRow).where(*of_promise).order_by(ExpectationResultRow.first_run.desc()).limit(1)).first()
    if last is not None and last.kept == verdict.kept:
        session.execute(update(ExpectationResultRow).where(*of_promise, ExpectationResultRow.first_run == last.first_run).values(**values))
    else:
        session.execute(
            insert(ExpectationResultRow).values(source_id=source, promise=verdict.promise, first_run=run, kept=verdict.kept, **values)
        )


def promise_states(session: Session) -> dict[str, list[PromiseState]]:
    """Return, by source, the state of each expectation that was checked, in the order of their names."""
    rows = (
        select(ExpectationResultRow, RunRow.started_at)
        .join(RunRow, RunRow.id == ExpectationResultRow.first_run)
        .order_by(ExpectationResultRow.first_run)
    )
    newest: dict[tuple[str, str], PromiseState] = {}
    for row, since in session.execute(rows):
        key = row.source_id, row.promise
        before = newest[key].verdict.measured if key in newest else ""
        verdict = ExpectationResult(row.promise, row.promised, row.measured, row.over, row.kept, row.told)
        newest[key] = PromiseState(verdict, row.last_run, row.first_run, since, before)
    states: dict[str, list[PromiseState]] = defaultdict(list)
    for (source, _), state in sorted(newest.items()):
        states[source].append(state)
    return dict(states)
