"""Queries for the captures of a page with their extractions, from which histories are derived."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from sqlalchemy import select, union

from storage.database.tables import AliasRow, ArticleRow, CaptureRow, ExtractionRow, OutcomeRow, RunRow
from storage.model.captures import Outcome, OutcomeKind
from storage.model.history import CaptureSighting, ExtractionSummary, PageTimeline, ShownText, capture_order
from storage.model.runs import INGEST
from storage.repositories.captures import capture_of
from storage.repositories.revision_lookup import known_readings, page_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Select
    from sqlalchemy.orm import Session

    from storage.model.captures import Capture
    from storage.model.history import StoredExtraction

MOST_RELATED = 200
"""Maximum number of articles of one source with a shared text that are compared, the first seen: a
maintenance page may have been at every URL of a site."""


def sightings(session: Session, capture: Capture, url: str, article_id: str) -> list[CaptureSighting]:
    """Return the captures of a page, in their order."""
    own, addresses = page_of(session, capture.source, url, article_id)
    at_page = select(CaptureRow.id).where(CaptureRow.source_id == capture.source, CaptureRow.url.in_({*addresses, capture.url}))
    numbers = set(session.scalars(at_page))
    if own is not None:
        numbers |= set(session.scalars(_captures_of(own)))
    rows = session.execute(
        select(CaptureRow, OutcomeRow, RunRow.kind)
        .join(OutcomeRow, OutcomeRow.capture_id == CaptureRow.id)
        .join(RunRow, RunRow.id == CaptureRow.run_id)
        .where(CaptureRow.id.in_(numbers))
    ).all()
    stored = _stored(session, [row.CaptureRow.id for row in rows])
    found = [
        CaptureSighting(
            captured.id,
            capture_of(captured),
            Outcome(OutcomeKind(outcome.kind), outcome.reason),
            run_kind != INGEST,
            _mark(outcome),
            stored.get(captured.id),
        )
        for captured, outcome, run_kind in rows
    ]
    return sorted(found, key=lambda sighting: sighting.order)


def _captures_of(own: ArticleRow) -> Select[int]:
    """Select the captures of an article.

    Those of aliases that an older version assigned to the article that they lead to are left out.
    """
    aliases = select(AliasRow.url).where(AliasRow.article_number == own.number, AliasRow.id.is_(None))
    captured = select(CaptureRow.id).join(OutcomeRow, OutcomeRow.capture_id == CaptureRow.id)
    return captured.where(OutcomeRow.article_number == own.number, CaptureRow.url.not_in(aliases))


def _stored(session: Session, captures: Sequence[int]) -> dict[int, StoredExtraction]:
    """Return, by capture, its newest stored extraction."""
    query = (
        select(ExtractionRow, CaptureRow)
        .join(CaptureRow, CaptureRow.id == ExtractionRow.capture_id)
        .where(ExtractionRow.capture_id.in_(captures))
        .order_by(ExtractionRow.id)
    )
    rows = session.execute(query.with_only_columns(ExtractionRow.capture_id)).scalars().all()
    return dict(zip(rows, known_readings(session, query), strict=True))


def _mark(row: OutcomeRow) -> ExtractionSummary | None:
    if row.line is None or row.content_sha256 is None:
        return None
    return ExtractionSummary(row.line, row.content_sha256, bool(row.is_paywalled), row.out_of_scope or "")


def readings_by_number(session: Session, numbers: Sequence[int]) -> dict[int, StoredExtraction]:
    """Return stored extractions by their numbers."""
    query = select(ExtractionRow, CaptureRow).join(CaptureRow, CaptureRow.id == ExtractionRow.capture_id)
    return {known.number: known for known in known_readings(session, query.where(ExtractionRow.id.in_(numbers)))}


def related(session: Session, source: str, article_id: str, texts: Sequence[str], addresses: Sequence[str]) -> list[PageTimeline]:
    """Return the timelines of an article and of those of its source that may be the same, oldest first.

    The order is that of the first capture. The others are the articles that ever showed one of some texts (by
    their digests), have one of some URLs, or are hidden under the article; and the articles under which any
    of these is hidden. At most MOST_RELATED, not counting the latter.
    """
    itself = select(ArticleRow.number).where(ArticleRow.id == article_id)
    showing = (
        select(OutcomeRow.article_number)
        .join(ExtractionRow, ExtractionRow.capture_id == OutcomeRow.capture_id)
        .where(ExtractionRow.text_sha256.in_(texts))
    )
    standing = select(ArticleRow.number).where(ArticleRow.source_id == source, ArticleRow.url.in_(addresses))
    hidden = select(ArticleRow.number).where(ArticleRow.alias_of == itself.scalar_subquery())
    numbers = session.scalars(union(itself, showing, standing, hidden)).all()
    found = select(ArticleRow).where(ArticleRow.number.in_(numbers)).order_by(ArticleRow.first_seen_at, ArticleRow.id)
    rows = [row for row in session.scalars(found) if row.source_id == source][:MOST_RELATED]
    held = {row.number for row in rows}
    above = {row.alias_of for row in rows if row.alias_of is not None} - held
    if above:
        rows += session.scalars(select(ArticleRow).where(ArticleRow.number.in_(above)))
    return _timelines(session, rows)


def _timelines(session: Session, rows: Sequence[ArticleRow]) -> list[PageTimeline]:
    ids = {row.number: row.id for row in rows}
    captured = session.execute(
        select(
            OutcomeRow.article_number,
            CaptureRow.captured_at,
            CaptureRow.id,
            CaptureRow.payload_digest,
            CaptureRow.record_id,
            RunRow.kind,
            ExtractionRow.id,
            ExtractionRow.title,
            ExtractionRow.text_sha256,
        )
        .join(CaptureRow, CaptureRow.id == OutcomeRow.capture_id)
        .join(RunRow, RunRow.id == CaptureRow.run_id)
        .join(ExtractionRow, ExtractionRow.id == OutcomeRow.extraction_id)
        .where(OutcomeRow.article_number.in_(ids))
    )
    shown = defaultdict(list)
    for article, moment, capture, payload, record, kind, extraction, title, text in captured:
        order = capture_order(moment, capture, payload, record, is_own=kind != INGEST)
        shown[article].append((order, ShownText(moment, title, text, extraction)))
    return [
        PageTimeline(
            row.id,
            row.url,
            row.language,
            ids.get(row.alias_of, "") if row.alias_of is not None else "",
            tuple(text for _, text in sorted(shown[row.number], key=lambda placed: placed[0])),
        )
        for row in rows
    ]
