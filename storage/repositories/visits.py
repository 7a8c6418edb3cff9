"""Decide which takedowns are plausible: if a large share of a source's articles is missing, the site failed.

It is the share of one visit: in a crawl, all that one run requested from a source; of ingested captures, all
that was captured of a source on one day (UTC), whatever file and run brought it. So the grouping of ingested
files makes no difference.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import Row, select, update

from storage.database.tables import ArticleRow, CaptureRow, OutcomeRow, RunRow
from storage.model.captures import OutcomeKind
from storage.model.editions import spelled_alike
from storage.model.runs import INGEST
from storage.repositories.states import FEWEST_GONE, MOST_GONE, STANDING, rebuild_all, state_of

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Iterator, Sequence
    from datetime import date
    from typing import Any

    from sqlalchemy import Select
    from sqlalchemy.orm import Session

    from storage.model.articles import ArticleState


class Visit(NamedTuple):
    """A visit to a source: one run of a crawl, or one day (UTC) of ingested captures."""

    source: str
    run: int | None
    day: date | None


@dataclass(frozen=True, slots=True)
class _Answer:
    """A capture of a known article: both numbers, the state that it shows, and the state stored with it."""

    capture: int
    article: int
    shows: ArticleState
    kept: str | None

    @property
    def is_absent(self) -> bool:
        return self.shows not in STANDING


def visits_of_run(session: Session, run: int) -> list[Visit]:
    """Return the visits of the captures of a run; only visits that requested known articles."""
    rows = session.execute(
        select(CaptureRow.source_id, CaptureRow.captured_at, RunRow.kind)
        .join(RunRow, RunRow.id == CaptureRow.run_id)
        .join(OutcomeRow, OutcomeRow.capture_id == CaptureRow.id)
        .where(CaptureRow.run_id == run, OutcomeRow.article_number.is_not(None))
    )
    return sorted({_visit(source, run, kind, moment) for source, moment, kind in rows}, key=repr)


def visits_of_closed(session: Session, captures: Sequence[int]) -> list[Visit]:
    """Return the visits of some captures, without those of runs that are not finished."""
    rows = session.execute(
        select(CaptureRow.source_id, CaptureRow.run_id, RunRow.kind, CaptureRow.captured_at)
        .join(RunRow, RunRow.id == CaptureRow.run_id)
        .where(CaptureRow.id.in_(captures), RunRow.finished_at.is_not(None))
    )
    return sorted({_visit(*row) for row in rows}, key=repr)


def _visit(source: str, run: int, kind: str, moment: datetime) -> Visit:
    return Visit(source, None, moment.astimezone(UTC).date()) if kind == INGEST else Visit(source, run, None)


def mass_takedowns(session: Session, run: int) -> dict[str, tuple[int, int]]:
    """Return (missing, requested) by source, where a visit of a run found more missing than is plausible.

    Of several such days of one source, the one with the most missing articles counts.
    """
    found: dict[str, tuple[int, int]] = {}
    for visit in visits_of_run(session, run):
        gone, asked = _counted(_answers(session, visit))
        if _is_failure(gone, asked):
            found[visit.source] = max(found.get(visit.source, (0, 0)), (gone, asked))
    return found


def close_run(session: Session, run: int, failed: Container[str] = ()) -> None:
    """Store which articles the visits of a run found gone, moved or refused, unless the whole site failed.

    `failed` are sources whose failure is known from other evidence.
    """
    judge(session, visits_of_run(session, run), failed)


def judge(session: Session, visits: Iterable[Visit], failed_sources: Container[str] = ()) -> None:
    """Decide again which takedowns of some visits are plausible; derive the states of changed articles."""
    changed: set[int] = set()
    for visit in visits:
        answers = _answers(session, visit)
        failed = visit.source in failed_sources or _is_failure(*_counted(answers))
        for answer in answers:
            believed = None if failed else answer.shows.value
            if answer.is_absent and answer.kept != believed:
                session.execute(update(OutcomeRow).where(OutcomeRow.capture_id == answer.capture).values(state=believed))
                changed.add(answer.article)
    rebuild_all(session, changed)


def _is_failure(gone: int, asked: int) -> bool:
    return gone >= FEWEST_GONE and gone > MOST_GONE * asked


def _counted(answers: Iterable[_Answer]) -> tuple[int, int]:
    """Return the number of articles missing in any capture of the visit, and of those requested."""
    asked = {answer.article for answer in answers}
    return len({answer.article for answer in answers if answer.is_absent}), len(asked)


def _answers(session: Session, visit: Visit) -> list[_Answer]:
    """Return the captures of a visit that show the state of a known article."""
    return [answer for row in session.execute(_rows(visit)) for answer in _answer(row)]


def _rows(visit: Visit) -> Select[*tuple[Any, ...]]:
    columns = (
        select(
            CaptureRow.id,
            CaptureRow.url,
            OutcomeRow.article_number,
            OutcomeRow.kind,
            OutcomeRow.reason,
            OutcomeRow.state,
            OutcomeRow.is_paywalled,
            ArticleRow.url.label("own"),
        )
        .join(OutcomeRow, OutcomeRow.capture_id == CaptureRow.id)
        .join(ArticleRow, ArticleRow.number == OutcomeRow.article_number)
        .where(CaptureRow.source_id == visit.source)
    )
    if visit.day is None:
        return columns.where(CaptureRow.run_id == visit.run)
    midnight = datetime(visit.day.year, visit.day.month, visit.day.day, tzinfo=UTC)
    foreign = columns.join(RunRow, RunRow.id == CaptureRow.run_id).where(RunRow.kind == INGEST)
    return foreign.where(CaptureRow.captured_at >= midnight, CaptureRow.captured_at < midnight + timedelta(days=1))


def _answer(row: Row[*tuple[Any, ...]]) -> Iterator[_Answer]:
    shows = state_of(OutcomeKind(row.kind), row.reason, row.url, paywalled=bool(row.is_paywalled))
    if shows is not None and spelled_alike(row.url) == spelled_alike(row.own):
        yield _Answer(row.id, row.article_number, shows, row.state)
