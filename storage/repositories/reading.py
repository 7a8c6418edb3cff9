"""Articles read back as values: a fixed number of statements, whatever the number of articles."""

from __future__ import annotations

import json
from collections import defaultdict
from typing import TYPE_CHECKING

from sqlalchemy import select

from storage.database.tables import ArticleRow, AuthorRow, CaptureRow, ExtractionRow, ImageRow, OutcomeRow, SourceRow, TagRow, TopicRow
from storage.model.articles import Article, ArticleState, Extraction, Image, Relevance, Revision
from storage.model.captures import WarcPointer
from storage.model.holdings import KeptReading
from storage.repositories import editions
from storage.repositories.articles import revision_captures
from storage.repositories.runs import source_of
from storage.repositories.stamps import stamp_from_json

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlalchemy import Row
    from sqlalchemy.orm import Session

    from storage.model.editions import Edition

BATCH = 200


def read_articles(session: Session, numbers: Sequence[int]) -> list[Article]:
    """The articles of these numbers, in this order; numbers that do not exist are left out."""
    rows = session.execute(
        select(ArticleRow, ExtractionRow, CaptureRow, SourceRow)
        .join(ExtractionRow, ExtractionRow.id == ArticleRow.extraction_id)
        .join(CaptureRow, CaptureRow.id == ExtractionRow.capture_id)
        .join(SourceRow, SourceRow.id == ArticleRow.source_id)
        .where(ArticleRow.number.in_(numbers)),
    ).all()
    parts = _Parts(session, [row.ExtractionRow.id for row in rows], numbers)
    versions = editions.read(session, [_face(row.ArticleRow) for row in rows])
    found = {row.ArticleRow.number: _article(row, parts, versions[row.ArticleRow.number]) for row in rows}
    return [found[number] for number in numbers if number in found]


def _face(row: ArticleRow) -> editions.Face:
    return editions.Face(row.number, row.source_id, row.id, row.url, row.language)


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


def _article(row: Row[ArticleRow, ExtractionRow, CaptureRow, SourceRow], parts: _Parts, versions: tuple[Edition, ...]) -> Article:
    article, read, capture, source = row
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
        revision=article.revisions,
        revisions=article.revisions,
        editions=versions,
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


def kept_readings(session: Session) -> Iterator[KeptReading]:
    """Every extraction as it is stored, in the order in which they came, in batches."""
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
            yield KeptReading(article or "", capture.url, _extraction(read, parts), read.content_sha256, _pointer(capture))
            after = read.id
        session.expunge_all()


def read_revisions(session: Session, number: int) -> list[Revision]:
    """The revisions of an article, oldest first, numbered from 1."""
    rows = revision_captures(session, number)
    return [
        Revision(place, revision.captured_at, read.text_sha256, read.title, _pointer(capture))
        for place, (revision, read, capture) in enumerate(rows, start=1)
    ]


def _pointer(capture: CaptureRow) -> WarcPointer:
    return WarcPointer(capture.warc_file, capture.warc_offset, capture.warc_length, capture.record_id)
