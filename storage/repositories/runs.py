"""Sources as declared, runs, and the tally of each run."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from sqlalchemy import case, func, select, update
from sqlalchemy.dialects.sqlite import insert

from storage.database.tables import ArticleRow, CaptureRow, FrontierRow, OutcomeRow, RunRow, SourceRow, UnansweredRow
from storage.model.captures import OutcomeKind
from storage.model.revisits import interval_factor
from storage.model.runs import CrawlRun, SourceTally
from storage.model.sources import Source, SourceKind
from storage.repositories.revisits import count_checks

if TYPE_CHECKING:
    from datetime import datetime, timedelta

    from sqlalchemy.orm import Session


def keep_source(session: Session, source: Source) -> None:
    """Insert or update the row of a source from its declaration."""
    fields = {
        "name": source.name,
        "kind": source.kind.value,
        "home": source.home,
        "languages": " ".join(source.languages),
        "timezone": source.timezone,
    }
    statement = insert(SourceRow).values(id=source.id, **fields)
    session.execute(statement.on_conflict_do_update(index_elements=["id"], set_=fields))


def source_of(row: SourceRow) -> Source:
    """Return the Source of a row."""
    return Source(row.id, row.name, SourceKind(row.kind), row.home, tuple(row.languages.split()), row.timezone)


def update_interval_factor(session: Session, run: int) -> None:
    """Recompute the revisit interval factor of each source fetched in the run.

    It follows from the number of checks of the source's articles and the number of their edits.
    """
    asked = select(CaptureRow.source_id).where(CaptureRow.run_id == run).distinct()
    for source in session.scalars(asked).all():
        checks = count_checks(session, source)
        edited = select(func.sum(ArticleRow.revisions - 1)).where(ArticleRow.source_id == source, ArticleRow.alias_of.is_(None))
        edits = session.scalar(edited) or 0
        session.execute(update(SourceRow).where(SourceRow.id == source).values(interval_factor=interval_factor(checks, edits)))


def interval_factor_of(session: Session, source: str) -> int:
    """Return the factor of a source's revisit intervals; 1 for an unknown source."""
    return session.scalar(select(SourceRow.interval_factor).where(SourceRow.id == source)) or 1


def hold_off(session: Session, source: str, until: datetime) -> None:
    """Store that no run may send a request to a source before a moment; a later stored moment is kept."""
    later = case((SourceRow.resume_at > until, SourceRow.resume_at), else_=until)
    session.execute(update(SourceRow).where(SourceRow.id == source).values(resume_at=later))


def resume_at(session: Session, source: str) -> datetime | None:
    """Return until when no request may go to a source, or None."""
    return session.scalar(select(SourceRow.resume_at).where(SourceRow.id == source))


def pull_back(session: Session, now: datetime, longest: timedelta) -> int:
    """Delete pauses that end more than `longest` after `now`; returns how many sources that concerns.

    No pause may last that long.
    """
    late = SourceRow.resume_at > now + longest
    many = session.scalar(select(func.count()).select_from(SourceRow).where(late)) or 0
    session.execute(update(SourceRow).where(late).values(resume_at=None))
    return many


def last_start(session: Session, run: int) -> datetime | None:
    """Return when the run before this one started; None for the first."""
    return session.scalar(select(RunRow.started_at).where(RunRow.id < run).order_by(RunRow.id.desc()).limit(1))


def start_run(session: Session, kind: str, at: datetime, version: str) -> int:
    """Insert a run and return its number."""
    run = RunRow(kind=kind, started_at=at, finished_at=None, ended="", version=version)
    session.add(run)
    session.flush()
    return run.id


def finish_run(session: Session, run: int, at: datetime, ended: str) -> None:
    """Store when and how a run ended."""
    session.execute(update(RunRow).where(RunRow.id == run).values(finished_at=at, ended=ended))


def close_abandoned(session: Session, at: datetime) -> list[int]:
    """Mark the runs that never ended as killed; returns their numbers.

    The caller must hold the archive's lock.
    """
    abandoned = select(RunRow.id).where(RunRow.finished_at.is_(None))
    numbers = list(session.scalars(abandoned))
    session.execute(update(RunRow).where(RunRow.id.in_(numbers)).values(finished_at=at, ended="killed"))
    return numbers


def read_run(session: Session, run: int) -> CrawlRun:
    """Return a run with its tally."""
    row = session.get_one(RunRow, run)
    return CrawlRun(row.id, row.kind, row.started_at, row.finished_at, row.ended, tally_of(session, run))


def last_runs(session: Session, limit: int) -> list[CrawlRun]:
    """Return the newest `limit` runs, newest first."""
    numbers = session.scalars(select(RunRow.id).order_by(RunRow.id.desc()).limit(limit)).all()
    return [read_run(session, number) for number in numbers]


def tally_of(session: Session, run: int) -> dict[str, SourceTally]:
    """Return the counts of a run by source: outcomes, requests without a response, URLs found."""
    tally: dict[str, SourceTally] = defaultdict(SourceTally)
    outcomes = (
        select(CaptureRow.source_id, OutcomeRow.kind, func.count())
        .join(OutcomeRow, OutcomeRow.capture_id == CaptureRow.id)
        .where(CaptureRow.run_id == run)
        .group_by(CaptureRow.source_id, OutcomeRow.kind)
    )
    for source, kind, count in session.execute(outcomes):
        tally[source].outcomes[OutcomeKind(kind)] = count
    unanswered = (
        select(UnansweredRow.source_id, UnansweredRow.reason, func.count())
        .where(UnansweredRow.run_id == run)
        .group_by(UnansweredRow.source_id, UnansweredRow.reason)
    )
    for source, reason, count in session.execute(unanswered):
        tally[source].unanswered[reason] = count
    found = select(FrontierRow.source_id, func.count()).where(FrontierRow.found_by == run).group_by(FrontierRow.source_id)
    for source, count in session.execute(found):
        tally[source].found = count
    return dict(tally)
