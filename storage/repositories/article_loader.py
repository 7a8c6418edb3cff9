"""Load articles as values with a fixed number of statements, whatever the number of articles."""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from storage.database.tables import (
    ArticleRow,
    AuthorRow,
    CaptureRow,
    ExtractionRow,
    ImageRow,
    OutcomeRow,
    RevisionRow,
    SourceRow,
    TagRow,
    TopicRow,
)
from storage.model.articles import Article, ArticleState, Edit, Extraction, Image, Relevance, Revision, StateSpan
from storage.model.captures import WarcPointer
from storage.model.holdings import DigestedExtraction, ShownArticle
from storage.repositories import editions
from storage.repositories.captures import capture_of
from storage.repositories.ingested import files_by_number
from storage.repositories.revisions import edits_of, revision_captures
from storage.repositories.runs import source_of
from storage.repositories.stamps import stamp_from_json
from storage.repositories.states import states_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from sqlalchemy import Row, ScalarSelect
    from sqlalchemy.orm import Session


BATCH = 200


def read_articles(session: Session, numbers: Sequence[int]) -> list[Article]:
    """Return the articles of these numbers, in this order; unknown numbers are left out.

    Their clusters and excerpts are added by `storage.clustering.marks`.
    """
    rows = session.execute(
        select(ArticleRow, ExtractionRow, CaptureRow, SourceRow, _rank())
        .join(ExtractionRow, ExtractionRow.id == ArticleRow.extraction_id)
        .join(CaptureRow, CaptureRow.id == ExtractionRow.capture_id)
        .join(SourceRow, SourceRow.id == ArticleRow.source_id)
        .where(ArticleRow.number.in_(numbers)),
    ).all()
    parts = _Parts(session, [row.ExtractionRow.id for row in rows], numbers)
    versions = editions.read(session, [_face(row.ArticleRow) for row in rows])
    files = files_by_number(session, {row.CaptureRow.ingested_from for row in rows} - {None})
    found: dict[int, Article] = {}
    for row in rows:
        number = row.ArticleRow.number
        origin = files.get(row.CaptureRow.ingested_from)
        found[number] = replace(_article(row, parts), editions=versions[number], ingested_from=origin)
    return [found[number] for number in numbers if number in found]


def _face(row: ArticleRow) -> editions.ArticleRef:
    return editions.ArticleRef(row.number, row.source_id, row.id, row.url, row.language)


def _rank() -> ScalarSelect[int]:
    """Select the number of the current revision of an article."""
    shown = select(RevisionRow.number).where(
        RevisionRow.article_number == ArticleRow.number, RevisionRow.extraction_id == ArticleRow.extraction_id
    )
    return shown.limit(1).correlate(ArticleRow).scalar_subquery()


class _Parts:
    """Authors, tags, images and topics of many articles, fetched with one statement each."""

    def __init__(self, session: Session, extractions: Sequence[int], numbers: Sequence[int]) -> None:
        self.authors: dict[int, list[str]] = defaultdict(list)
        self.tags: dict[int, list[str]] = defaultdict(list)
        self.images: dict[int, list[Image]] = defaultdict(list)
        self.topics: dict[int, list[Relevance]] = defaultdict(list)
        for author in session.scalars(select(AuthorRow).where(AuthorRow.extraction_id.in_(extractions)).order_by(AuthorRow.position)):
            self.authors[author.extraction_id].append(author.name)
        for tag in session.scalars(select(TagRow).where(TagRow.extraction_id.in_(extractions)).order_by(TagRow.position)):
            self.tags[tag.extraction_id].append(tag.tag)
        for image in session.scalars(select(ImageRow).where(ImageRow.extraction_id.in_(extractions)).order_by(ImageRow.position)):
            self.images[image.extraction_id].append(Image(image.url, image.caption, image.credit))
        for topic in session.scalars(select(TopicRow).where(TopicRow.article_number.in_(numbers)).order_by(TopicRow.topic)):
            self.topics[topic.article_number].append(Relevance(topic.topic, topic.score, tuple(json.loads(topic.matched))))
        self.edits: dict[int, list[Edit]] = edits_of(session, numbers)
        self.states: dict[int, list[StateSpan]] = states_of(session, numbers)


def _article(row: Row[ArticleRow, ExtractionRow, CaptureRow, SourceRow, int], parts: _Parts) -> Article:
    article, read, capture, source, rank = row
    return Article(
        id=article.id,
        url=article.url,
        source=source_of(source),
        extraction=_extraction(read, parts),
        captured_at=capture.captured_at,
        first_seen_at=article.first_seen_at,
        payload_digest=capture.payload_digest,
        warc=_pointer(capture),
        topics=tuple(parts.topics[article.number]),
        state=ArticleState(article.state),
        revision=rank,
        revisions=article.revisions,
        edits=tuple(parts.edits[article.number]),
        states=tuple(parts.states[article.number]),
    )


def _extraction(read: ExtractionRow, parts: _Parts) -> Extraction:
    return Extraction(
        title=read.title,
        lead=read.lead,
        text=read.text,
        language=read.language,
        authors=tuple(parts.authors[read.id]),
        section=read.section,
        tags=tuple(parts.tags[read.id]),
        images=tuple(parts.images[read.id]),
        published=stamp_from_json(read.published),
        modified=stamp_from_json(read.modified),
        text_sha256=read.text_sha256,
        line=read.line,
        extractor=read.extractor,
        languages=tuple(json.loads(read.languages).items()) if read.languages else (),
    )


def read_extractions(session: Session, rows: Sequence[ExtractionRow]) -> list[Extraction]:
    """Return rows as values, in their order."""
    parts = _Parts(session, [row.id for row in rows], [])
    return [_extraction(row, parts) for row in rows]


def kept_readings(session: Session) -> Iterator[DigestedExtraction]:
    """Yield every stored extraction in insertion order, in batches."""
    rows = (
        select(ExtractionRow, CaptureRow, ArticleRow.id)
        .join(CaptureRow, CaptureRow.id == ExtractionRow.capture_id)
        .outerjoin(OutcomeRow, OutcomeRow.capture_id == CaptureRow.id)
        .outerjoin(ArticleRow, ArticleRow.number == OutcomeRow.article_number)
        .order_by(ExtractionRow.id)
        .limit(BATCH)
    )
    after = 0
    while batch := session.execute(rows.where(ExtractionRow.id > after)).all():
        parts = _Parts(session, [read.id for read, _, _ in batch], [])
        for read, capture, article in batch:
            yield DigestedExtraction(article or "", capture.url, _extraction(read, parts), read.content_sha256, capture_of(capture))
            after = read.id
        session.expunge_all()


def shown_articles(session: Session, indexed: Callable[[Session, Sequence[int]], dict[int, tuple[str, str]]]) -> Iterator[ShownArticle]:
    """Yield every article with what its row repeats of other tables, in insertion order, in batches.

    `indexed` returns what the search index holds of some articles, by number.
    """
    rows = (
        select(ArticleRow, ExtractionRow, CaptureRow)
        .join(ExtractionRow, ExtractionRow.id == ArticleRow.extraction_id)
        .join(CaptureRow, CaptureRow.id == ExtractionRow.capture_id)
        .order_by(ArticleRow.number)
        .limit(BATCH)
    )
    after = 0
    while batch := session.execute(rows.where(ArticleRow.number > after)).all():
        numbers = [row.ArticleRow.number for row in batch]
        counts = select(RevisionRow.article_number, func.count()).where(RevisionRow.article_number.in_(numbers))
        counted = dict(session.execute(counts.group_by(RevisionRow.article_number)).all())
        parts, words = _Parts(session, [row.ExtractionRow.id for row in batch], numbers), indexed(session, numbers)
        for article, read, capture in batch:
            number = after = article.number
            yield ShownArticle(
                reading=DigestedExtraction(article.id, article.url, _extraction(read, parts), read.content_sha256, capture_of(capture)),
                language=article.language,
                section=article.section,
                published_at=article.published_at,
                published_day=article.published_day,
                revisions=article.revisions,
                counted=counted.get(number, 0),
                indexed=words.get(number),
                is_hidden=article.alias_of is not None,
                topics=tuple(parts.topics[number]),
                topics_sha256=article.topics_sha256,
            )
        session.expunge_all()


def revision_readings(session: Session, number: int) -> list[Extraction]:
    """Return the extraction of each revision of an article, oldest first."""
    return read_extractions(session, [read for _, read, _ in revision_captures(session, number)])


def read_revisions(session: Session, number: int) -> list[Revision]:
    """Return the revisions of an article, oldest first, numbered from 1."""
    rows = revision_captures(session, number)
    last_seen = {edit.revision: edit.previous_last_seen for edit in edits_of(session, [number])[number]}
    return [
        Revision(
            place,
            revision.captured_at,
            read.text_sha256,
            read.title,
            _pointer(capture),
            tuple(revision.changed.split()),
            revision.silent,
            last_seen.get(revision.number),
            capture.payload_digest,
        )
        for place, (revision, read, capture) in enumerate(rows, start=1)
    ]


def _pointer(capture: CaptureRow) -> WarcPointer:
    return WarcPointer(capture.warc_file, capture.warc_offset, capture.warc_length, capture.record_id)
