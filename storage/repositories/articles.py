"""Articles, their revisions and what was read of them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import delete, insert, select, update

from storage.database.tables import (
    AliasRow,
    ArticleRow,
    AuthorRow,
    CaptureRow,
    ExtractionRow,
    ImageRow,
    RevisionRow,
    SketchRow,
    TagRow,
    TopicRow,
)
from storage.repositories.captures import capture_of
from storage.repositories.stamps import stamp_to_json

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from sqlalchemy.orm import Session

    from storage.model.articles import Extraction, Relevance
    from storage.model.captures import Capture


@dataclass(frozen=True, slots=True)
class Neighbours:
    """The content digests of an article's revisions right before and after a moment; empty where there is none.

    A revision that another version of the line read has no digest here, but its capture is among `older`.
    """

    before: str
    after: str
    older: tuple[Capture, ...] = ()


def number_of(session: Session, source: str, article_id: str, url: str) -> int | None:
    """The number of an article by its id, or by an alias of its address."""
    number = number_by_id(session, article_id)
    if number is None:
        number = session.scalar(select(AliasRow.article_number).where(AliasRow.source_id == source, AliasRow.url == url))
    return number


def twin_of(session: Session, source: str, title: str, text_sha256: str) -> int | None:
    """The number of an article of the same source with the same headline and text."""
    twin = (
        select(ArticleRow.number)
        .join(ExtractionRow, ExtractionRow.id == ArticleRow.extraction_id)
        .where(ExtractionRow.text_sha256 == text_sha256, ExtractionRow.title == title, ArticleRow.source_id == source)
        .order_by(ArticleRow.number)
        .limit(1)
    )
    return session.scalar(twin)


def neighbours(session: Session, number: int, moment: datetime, line: str) -> Neighbours:
    """What the article's revisions before and after a moment say, as far as this version of the line read them."""
    revisions = (
        select(ExtractionRow, CaptureRow)
        .join(RevisionRow, RevisionRow.extraction_id == ExtractionRow.id)
        .join(CaptureRow, CaptureRow.id == ExtractionRow.capture_id)
        .where(RevisionRow.article_number == number)
        .limit(1)
    )
    before = session.execute(revisions.where(RevisionRow.captured_at <= moment).order_by(RevisionRow.captured_at.desc())).first()
    after = session.execute(revisions.where(RevisionRow.captured_at > moment).order_by(RevisionRow.captured_at)).first()
    found = [row for row in (before, after) if row is not None]
    return Neighbours(
        before.ExtractionRow.content_sha256 if before and before.ExtractionRow.line == line else "",
        after.ExtractionRow.content_sha256 if after and after.ExtractionRow.line == line else "",
        tuple(capture_of(row.CaptureRow) for row in found if row.ExtractionRow.line != line),
    )


def add_extraction(session: Session, capture: int, extraction: Extraction, content_sha256: str) -> int:
    """Write down what was read from a capture and return the number of the extraction."""
    row = ExtractionRow(
        capture_id=capture,
        line=extraction.line,
        extractor=extraction.extractor,
        title=extraction.title,
        lead=extraction.lead,
        text=extraction.text,
        language=extraction.language,
        section=extraction.section,
        published=stamp_to_json(extraction.published),
        modified=stamp_to_json(extraction.modified),
        text_sha256=extraction.text_sha256,
        content_sha256=content_sha256,
        languages=json.dumps(dict(extraction.languages)) if extraction.languages else None,
    )
    session.add(row)
    session.flush()
    _add_all(session, AuthorRow, [{"name": name} for name in extraction.authors], row.id)
    _add_all(session, TagRow, [{"tag": tag} for tag in extraction.tags], row.id)
    images = [{"url": image.url, "caption": image.caption, "credit": image.credit} for image in extraction.images]
    _add_all(session, ImageRow, images, row.id)
    return row.id


def _add_all(
    session: Session,
    table: type[AuthorRow | TagRow | ImageRow],
    values: list[dict[str, str]],
    extraction: int,
) -> None:
    if values:
        rows = [{"extraction_id": extraction, "position": position, **value} for position, value in enumerate(values)]
        session.execute(insert(table), rows)


def add_article(session: Session, article_id: str, url: str, source: str, extraction: int, seen_at: datetime) -> int:
    """Write down a new article; `show` then makes an extraction its face. Returns its number."""
    row = ArticleRow(
        id=article_id,
        source_id=source,
        url=url,
        state="live",
        first_seen_at=seen_at,
        language="",
        section="",
        published_at=None,
        published_day=None,
        extraction_id=extraction,
        revisions=0,
    )
    session.add(row)
    session.flush()
    return row.number


def add_revision(session: Session, number: int, extraction: int, captured_at: datetime) -> bool:
    """Write down a revision; returns whether it is the newest of its article, in the order of the captures."""
    session.add(RevisionRow(article_number=number, extraction_id=extraction, captured_at=captured_at))
    session.execute(update(ArticleRow).where(ArticleRow.number == number).values(revisions=ArticleRow.revisions + 1))
    later = select(RevisionRow.id).where(RevisionRow.article_number == number, RevisionRow.captured_at > captured_at).limit(1)
    return session.scalar(later) is None


def show(session: Session, number: int, extraction_id: int, extraction: Extraction) -> None:
    """Make an extraction the face of its article: what filters, sorts and prints."""
    published = extraction.published
    session.execute(
        update(ArticleRow)
        .where(ArticleRow.number == number)
        .values(
            extraction_id=extraction_id,
            language=extraction.language,
            section=extraction.section,
            published_at=published.moment if published else None,
            published_day=published.moment.date().isoformat() if published else None,
        ),
    )


def set_topics(session: Session, number: int, topics: Iterable[Relevance]) -> None:
    """Replace the topics of an article."""
    session.execute(delete(TopicRow).where(TopicRow.article_number == number))
    for topic in topics:
        matched = json.dumps(topic.matched, ensure_ascii=False)
        session.add(TopicRow(article_number=number, topic=topic.topic, score=topic.score, matched=matched))
    session.flush()


def set_sketch(session: Session, number: int, sketch: Iterable[int]) -> None:
    """Replace the containment sketch of an article."""
    session.execute(delete(SketchRow).where(SketchRow.article_number == number))
    rows = [{"shingle": shingle, "article_number": number} for shingle in sorted(sketch)]
    if rows:
        session.execute(insert(SketchRow), rows)


def add_alias(session: Session, source: str, url: str, number: int) -> None:
    """Another address of an article."""
    session.add(AliasRow(source_id=source, url=url, article_number=number))
    session.flush()


def seen_since(session: Session, number: int, moment: datetime) -> None:
    """An older capture of a known article was found: it has been there at least since then."""
    session.execute(
        update(ArticleRow).where(ArticleRow.number == number, ArticleRow.first_seen_at > moment).values(first_seen_at=moment),
    )


def number_by_id(session: Session, article_id: str) -> int | None:
    """The number of an article by its id."""
    return session.scalar(select(ArticleRow.number).where(ArticleRow.id == article_id))


def find_number(session: Session, id_or_url: str) -> int | None:
    """The number of an article by its id, its address or an alias of it, whatever the source."""
    asked = (
        select(ArticleRow.number).where(ArticleRow.id == id_or_url),
        select(ArticleRow.number).where(ArticleRow.url == id_or_url),
        select(AliasRow.article_number).where(AliasRow.url == id_or_url),
    )
    return next((number for number in map(session.scalar, asked) if number is not None), None)


def article_id_of(session: Session, number: int) -> str:
    """The id of an article by its number."""
    return session.get_one(ArticleRow, number).id


def revision_captures(session: Session, number: int) -> list[tuple[RevisionRow, ExtractionRow, CaptureRow]]:
    """The revisions of an article, oldest first, with what was read and the capture it was read from."""
    rows = (
        select(RevisionRow, ExtractionRow, CaptureRow)
        .join(ExtractionRow, ExtractionRow.id == RevisionRow.extraction_id)
        .join(CaptureRow, CaptureRow.id == ExtractionRow.capture_id)
        .where(RevisionRow.article_number == number)
        .order_by(RevisionRow.captured_at)
    )
    return [(revision, read, capture) for revision, read, capture in session.execute(rows)]
