"""Each later revision of an article with the extraction that the article showed before it."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import or_, select

from storage.database.tables import ArticleRow, CaptureRow, ExtractionRow, OutcomeRow, RevisionRow, RunRow
from storage.model.captures import OutcomeKind
from storage.model.history import capture_order
from storage.model.runs import INGEST
from storage.repositories.sightings import readings_by_number

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.orm import Session

    from storage.model.history import StoredExtraction


class RevisionPair(NamedTuple):
    """A revision, numbered from 1, with its stored marks and extraction, and the one shown before it (`before`)."""

    article: str
    url: str
    number: int
    changed: tuple[str, ...]
    silent: bool
    before: StoredExtraction
    after: StoredExtraction


def revision_pairs(session: Session) -> Iterator[RevisionPair]:
    """Yield every revision after the first whose outcomes say what was shown before it; those of old versions do not."""
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
    """Return, by capture of an article, the extraction that the article showed right before it.

    An unchanged capture before it that was not read itself (its outcome has no digest: a repeated payload after a failure, or a
    capture of an older version) does not prove what the article showed then, and so says nothing of the revision after it.
    """
    rows = session.execute(
        select(
            CaptureRow.captured_at,
            CaptureRow.id,
            CaptureRow.payload_digest,
            CaptureRow.record_id,
            RunRow.kind,
            OutcomeRow.extraction_id,
            or_(OutcomeRow.kind != OutcomeKind.UNCHANGED, OutcomeRow.content_sha256.is_not(None)).label("is_proof"),
        )
        .join(OutcomeRow, OutcomeRow.capture_id == CaptureRow.id)
        .join(RunRow, RunRow.id == CaptureRow.run_id)
        .where(OutcomeRow.article_number == article, OutcomeRow.extraction_id.is_not(None))
    )
    in_order = sorted(rows, key=lambda row: capture_order(*row[:4], is_own=row.kind != INGEST))
    return {later.id: earlier.extraction_id for earlier, later in pairwise(in_order) if earlier.is_proof}
