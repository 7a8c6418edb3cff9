"""Queries for the revisions of articles: what changed, and between which captures."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from sqlalchemy import case, func, select

from storage.database.tables import CaptureRow, ExtractionRow, OutcomeRow, RevisionRow
from storage.model.articles import Edit

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import ColumnElement, ScalarSelect
    from sqlalchemy.orm import Session


def edits_of(session: Session, numbers: Sequence[int]) -> dict[int, list[Edit]]:
    """Return the revisions after the first, oldest first, by article number."""
    last_seen_before = case((RevisionRow.number > 1, _last_seen_before()))  # looked up for edits only, which are few
    asked = select(RevisionRow, last_seen_before).where(RevisionRow.article_number.in_(numbers))
    rows = session.execute(asked.order_by(RevisionRow.number))
    found: dict[int, list[Edit]] = defaultdict(list)
    before: dict[int, datetime] = {}
    for row, last_seen in rows:
        if row.number > 1:
            seen = before[row.article_number] if last_seen is None else last_seen
            edit = Edit(row.number, row.captured_at, tuple(row.changed.split()), row.silent, seen)
            found[row.article_number].append(edit)
        before[row.article_number] = row.captured_at
    return found


def _last_seen_before() -> ScalarSelect[datetime | None]:
    """Select the last capture time before a revision at which its article had the text of until then.

    Null where there is no capture before it: two captures of one moment, rows of an older version.
    """
    latest: ColumnElement[datetime | None] = func.max(CaptureRow.captured_at)
    return (
        select(latest)
        .join(OutcomeRow, OutcomeRow.capture_id == CaptureRow.id)
        .where(
            OutcomeRow.article_number == RevisionRow.article_number,
            OutcomeRow.extraction_id.is_not(None),
            CaptureRow.captured_at < RevisionRow.captured_at,
        )
        .correlate(RevisionRow)
        .scalar_subquery()
    )


def revision_captures(session: Session, number: int) -> list[tuple[RevisionRow, ExtractionRow, CaptureRow]]:
    """Return the revisions of an article, oldest first, each with its extraction and that one's capture."""
    rows = (
        select(RevisionRow, ExtractionRow, CaptureRow)
        .join(ExtractionRow, ExtractionRow.id == RevisionRow.extraction_id)
        .join(CaptureRow, CaptureRow.id == ExtractionRow.capture_id)
        .where(RevisionRow.article_number == number)
        .order_by(RevisionRow.number)
    )
    return [(revision, read, capture) for revision, read, capture in session.execute(rows)]
