"""Each later revision of an article with what the article showed before, as the tables have them: what edits are judged by."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import select

from storage.database.tables import ArticleRow, CaptureRow, ExtractionRow, OutcomeRow, RevisionRow, RunRow
from storage.model.history import capture_order
from storage.model.runs import INGEST
from storage.repositories.sightings import readings_by_number

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.orm import Session

    from storage.model.history import StoredExtraction


class RevisionPair(NamedTuple):
    """A revision, numbered from 1, with its stored marks: what was read of it, and what the article showed before (`before`)."""

    article: str
    url: str
    number: int
    changed: tuple[str, ...]
    silent: bool
    before: StoredExtraction
    after: StoredExtraction


def revision_pairs(session: Session) -> Iterator[RevisionPair]:
    """Every revision after the first, where the outcomes say what stood before it; those of the oldest versions do not."""
    revised = select(RevisionRow.article_number).where(RevisionRow.number > 1).distinct()
    for article in session.scalars(select(ArticleRow).where(ArticleRow.number.in_(revised)).order_by(ArticleRow.number)).yield_per(100):
        yield from _pairs(session, article)


def _pairs(session: Session, article: ArticleRow) -> Iterator[RevisionPair]:
    before = _shown_before(session, article.number)
    rows = session.execute(
        select(RevisionRow, ExtractionRow.capture_id)
        .join(ExtractionRow, ExtractionRow.id == RevisionRow.extraction_id)
        .where(RevisionRow.article_number == article.number, RevisionRow.number > 1)
        .order_by(RevisionRow.number)
    ).all()
    numbers = {row.extraction_id for row, capture in rows if capture in before} | {before[x] for _, x in rows if x in before}
    readings = readings_by_number(session, sorted(numbers))
    for row, capture in rows:
        if capture in before:
            pair = readings[before[capture]], readings[row.extraction_id]
            yield RevisionPair(article.id, article.url, row.number, tuple(row.changed.split()), row.silent, *pair)


def _shown_before(session: Session, article: int) -> dict[int, int]:
    """By capture of an article, the extraction that the article showed right before it."""
    rows = session.execute(
        select(
            CaptureRow.captured_at, CaptureRow.id, CaptureRow.payload_digest, CaptureRow.record_id, RunRow.kind, OutcomeRow.extraction_id
        )
        .join(OutcomeRow, OutcomeRow.capture_id == CaptureRow.id)
        .join(RunRow, RunRow.id == CaptureRow.run_id)
        .where(OutcomeRow.article_number == article, OutcomeRow.extraction_id.is_not(None))
    )
    in_order = sorted(rows, key=lambda row: capture_order(*row[:4], is_own=row.kind != INGEST))
    return {later.id: earlier.extraction_id for earlier, later in pairwise(in_order)}
