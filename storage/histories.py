"""Write histories: what the captures of a page say of its article, replacing what was stored before.

To be called in the transaction that holds the capture which changed the history.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select, update

from storage.clustering.assignment import ALONE, assign_cluster
from storage.database.tables import ArticleRow, CaptureRow, OutcomeRow, RevisionRow
from storage.model.captures import OutcomeKind
from storage.repositories import articles, clusters, states, visits
from storage.repositories.article_loader import read_articles
from storage.search import sqlite as search

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sqlalchemy.orm import Session

    from storage.model.articles import Extraction, Relevance
    from storage.model.history import AliasChange, History, HistoryEntry


def write(session: Session, source: str, capture: int, history: History, hidden_under: str = "") -> int:
    """Write a history and return the number of its article.

    `capture` is the number of the capture that changed it; its outcome is written here with all others.
    `hidden_under` is the id of the article that this one becomes an alias of.
    """
    held = history.held
    extractions = _extractions(session, capture, history)
    number = articles.number_by_id(session, held) if held else None
    if number is None:
        first = history.revisions[0].sighting.capture
        number = articles.add_article(session, history.id, history.url, source, extractions[history.face], first.captured_at)
        is_shown = False
    else:
        row = session.get_one(ArticleRow, number)
        if row.id != history.id:
            articles.move(session, number, history.id, history.url)
        is_shown = row.extraction_id == extractions[history.face]
    if hidden_under:
        session.get_one(ArticleRow, number).alias_of = articles.number_by_id(session, hidden_under)
    articles.set_revisions(session, number, _ranked(history, extractions))
    joined = _entries(session, capture, number, history.entries, extractions)
    if not is_shown:
        show(session, number, extractions[history.face], history.shown.extraction, history.topics, history.judged, history.sketch)
    visits.judge(session, visits.visits_of_closed(session, joined))
    states.rebuild(session, number)
    for url, article_id in history.others:
        articles.add_alias(session, source, url, article_id, number)
    return number


def _extractions(session: Session, capture: int, history: History) -> list[int]:
    """Return the numbers of the extractions of all revisions; missing ones are inserted."""
    return [
        articles.add_extraction(session, revision.sighting.number or capture, revision.extraction, revision.content_sha256)
        if revision.extraction_number is None
        else revision.extraction_number
        for revision in history.revisions
    ]


def _ranked(history: History, extractions: Sequence[int]) -> list[articles.RankedRevision]:
    return [
        articles.RankedRevision(rank, extraction, revision.sighting.capture.captured_at, " ".join(revision.changed), revision.silent)
        for rank, (revision, extraction) in enumerate(zip(history.revisions, extractions, strict=True), start=1)
    ]


def _entries(session: Session, capture: int, article: int, entries: Iterable[HistoryEntry], extractions: Sequence[int]) -> list[int]:
    """Write the outcome of each capture; returns newly assigned ones that may show that the article is gone."""
    by_capture = {entry.sighting.number or capture: entry for entry in entries}
    rows = {row.capture_id: row for row in session.scalars(select(OutcomeRow).where(OutcomeRow.capture_id.in_(by_capture)))}
    joined = []
    for number, entry in by_capture.items():
        row = rows.get(number)
        if row is None:
            row = OutcomeRow(capture_id=number)
            session.add(row)
        kind, reason, mark = entry.outcome.kind, entry.outcome.reason, entry.mark
        row.kind, row.reason = kind.value, reason
        if entry.belongs and row.article_number is None:
            joined.append(number)
        row.article_number = article if entry.belongs else None
        row.extraction_id = extractions[entry.shows] if entry.belongs and entry.shows is not None else None
        if mark is not None:
            row.line, row.content_sha256 = mark.line, mark.content_sha256
            row.is_paywalled, row.out_of_scope = mark.is_paywalled, mark.out_of_scope
        _keep_state(row, entry)
    session.flush()
    return joined


def _keep_state(row: OutcomeRow, entry: HistoryEntry) -> None:
    """Store that the article is live at once; whether an absence is trusted is decided with its visit."""
    paywalled = entry.mark is not None and entry.mark.is_paywalled
    shows = states.state_of(entry.outcome.kind, entry.outcome.reason, entry.sighting.capture.url, paywalled=paywalled)
    if not entry.belongs or shows is None:
        row.state = None
    elif shows in states.STANDING:
        row.state = shows.value


def show(
    session: Session,
    number: int,
    extraction_number: int,
    extraction: Extraction,
    topics: Sequence[Relevance],
    judged: Sequence[str],
    sketch: Iterable[int],
) -> None:
    """Make an extraction the current one of its article, for search and filters; aliases are left out."""
    articles.show(session, number, extraction_number, extraction)
    articles.set_topics(session, number, topics, judged)
    if session.get_one(ArticleRow, number).alias_of is None:
        _enter(session, number, extraction, sketch)


def _enter(session: Session, number: int, extraction: Extraction, sketch: Iterable[int]) -> None:
    articles.set_sketch(session, number, sketch)
    search.remove(session, number)
    search.index(session, number, extraction.title, extraction.lead, extraction.text, extraction.language)
    assign_cluster(session, number)


def change_alias(session: Session, change: AliasChange) -> None:
    """Hide an article under another, or show it again; its outcomes say which."""
    number = articles.number_by_id(session, change.id)
    above = articles.number_by_id(session, change.alias_of) if change.alias_of else None
    assert number is not None, "only articles that are held become aliases"
    row = session.get_one(ArticleRow, number)
    row.alias_of = above
    session.flush()
    if above is None:
        articles.remove_alias(session, row.source_id, row.url)
        (article,) = read_articles(session, [number])
        _enter(session, number, article.extraction, change.sketch)
        _name_as_own(session, number)
    else:
        articles.add_alias(session, row.source_id, row.url, row.id, above)
        session.execute(update(ArticleRow).where(ArticleRow.alias_of == number).values(alias_of=above))
        _leave(session, number)
        own = (OutcomeKind.NEW, OutcomeKind.REVISED, OutcomeKind.REVERTED)
        session.execute(update(OutcomeRow).where(OutcomeRow.article_number == number, OutcomeRow.kind.in_(own)).values(kind="alias"))


def _leave(session: Session, number: int) -> None:
    """Remove an article from the index and from its cluster."""
    search.remove(session, number)
    articles.set_sketch(session, number, ())
    cluster = clusters.clusters_of(session, [number]).get(number)
    clusters.join(session, number, None, ALONE, None)
    if cluster is not None:
        clusters.dissolve_if_single(session, cluster)


def _name_as_own(session: Session, number: int) -> None:
    """Turn outcomes of an alias's captures into those of a new article, a revision, or a reverted edit."""
    first = select(RevisionRow.number).where(RevisionRow.article_number == number, RevisionRow.extraction_id == OutcomeRow.extraction_id)
    rows = session.execute(
        select(OutcomeRow, CaptureRow.captured_at, first.correlate(OutcomeRow).scalar_subquery())
        .join(CaptureRow, CaptureRow.id == OutcomeRow.capture_id)
        .where(OutcomeRow.article_number == number, OutcomeRow.kind == OutcomeKind.ALIAS.value)
        .order_by(CaptureRow.captured_at, CaptureRow.id)
    ).all()
    met: set[int] = set()
    for row, _, rank in rows:
        kind = OutcomeKind.NEW if rank == 1 else OutcomeKind.REVISED
        row.kind = kind.value if rank not in met else OutcomeKind.REVERTED.value
        met.add(rank)
    session.flush()
