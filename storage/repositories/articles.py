"""Articles, their revisions and what was read of them."""

from __future__ import annotations

import hashlib
import json
from collections import Counter, defaultdict
from typing import TYPE_CHECKING

from sqlalchemy import bindparam, delete, func, insert, select, union_all, update

from storage.database.cluster_tables import SketchRow
from storage.database.tables import (
    AliasRow,
    ArticleRow,
    AuthorRow,
    CaptureRow,
    ExtractionRow,
    ImageRow,
    OutcomeRow,
    RevisionRow,
    TagRow,
    TopicRow,
)
from storage.model.articles import Edit
from storage.repositories.stamps import stamp_to_json

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

    from storage.model.articles import Extraction, Relevance


def number_of(session: Session, source: str, article_id: str, url: str) -> int | None:
    """The number of an article by its id, or by an alias of its address."""
    number = number_by_id(session, article_id)
    if number is None:
        number = session.scalar(select(AliasRow.article_number).where(AliasRow.source_id == source, AliasRow.url == url))
    return number


def is_at(session: Session, number: int, url: str) -> bool:
    """Whether an address is the article's own, not an alias."""
    return session.get_one(ArticleRow, number).url == url


def born(session: Session, number: int) -> datetime:
    """When an article was published, where that is known and believable, else when it was first seen."""
    row = session.get_one(ArticleRow, number)
    return min(row.published_at, row.first_seen_at) if row.published_at else row.first_seen_at


def twin_of(session: Session, source: str, title: str, text_sha256: str) -> int | None:
    """The number of an article of a source with this headline and text."""
    return next((number for number, at, headline in showing(session, text_sha256) if (at, headline) == (source, title)), None)


_SHOWING = (
    select(ArticleRow.number, ArticleRow.source_id, ExtractionRow.title)
    .select_from(ExtractionRow)
    .join(OutcomeRow, OutcomeRow.capture_id == ExtractionRow.capture_id)
    .join(ArticleRow, ArticleRow.number == OutcomeRow.article_number)
    .where(ExtractionRow.text_sha256 == bindparam("text_sha256"), ArticleRow.extraction_id == ExtractionRow.id)
    .order_by(ArticleRow.number)
)


def showing(session: Session, text_sha256: str) -> list[tuple[int, str, str]]:
    """Number, source and headline of the articles that show this very text today, the first that came first.

    From the text to its capture, and from there to the article: no index leads from an extraction to what shows it.
    """
    return list(session.execute(_SHOWING, {"text_sha256": text_sha256}).all())


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


def add_revision(session: Session, number: int, extraction: int, captured_at: datetime, changed: Iterable[str], *, silent: bool) -> bool:
    """Write down a revision; returns whether it is the newest of its article, in the order of the captures."""
    row = RevisionRow(article_number=number, extraction_id=extraction, captured_at=captured_at, changed=" ".join(changed), silent=silent)
    session.add(row)
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


def set_topics(session: Session, number: int, topics: Sequence[Relevance], judged: Iterable[str]) -> None:
    """Replace the verdicts of the topics that an article was `judged` by; `topics` are those of them that it belongs to."""
    replaced = {*judged, *(topic.topic for topic in topics)}
    session.execute(delete(TopicRow).where(TopicRow.article_number == number, TopicRow.topic.in_(replaced)))
    for topic in topics:
        matched = json.dumps(topic.matched, ensure_ascii=False)
        session.add(TopicRow(article_number=number, topic=topic.topic, score=topic.score, matched=matched))
    session.flush()
    kept = session.scalars(select(TopicRow).where(TopicRow.article_number == number).order_by(TopicRow.topic))
    digest = topics_digest(session.get_one(ArticleRow, number).id, [(row.topic, row.score, json.loads(row.matched)) for row in kept])
    session.execute(update(ArticleRow).where(ArticleRow.number == number).values(topics_sha256=digest))


def topics_digest(article: str, topics: Iterable[tuple[str, float, Sequence[str]]]) -> str:
    """SHA-256 (hex) over an article's id and its verdicts (topic, score, terms), which come in the order of the topics' ids."""
    said = [article, [[topic, float(score), list(matched)] for topic, score, matched in topics]]
    return hashlib.sha256(json.dumps(said, ensure_ascii=False).encode("utf-8", "surrogatepass")).hexdigest()


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


def number_at(session: Session, source: str, addresses: Sequence[str]) -> int | None:
    """The number of the article of a source that has one of some addresses or aliases; the first that came, where there are several."""
    own = select(ArticleRow.number.label("number")).where(ArticleRow.source_id == source, ArticleRow.url.in_(addresses))
    known = select(AliasRow.article_number).where(AliasRow.source_id == source, AliasRow.url.in_(addresses))
    number: int | None = session.scalar(select(func.min(union_all(own, known).subquery().c.number)))
    return number


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


def edits_of(session: Session, numbers: Sequence[int]) -> dict[int, list[Edit]]:
    """The revisions after the first of many articles, oldest first, by article."""
    rows = session.scalars(select(RevisionRow).where(RevisionRow.article_number.in_(numbers)).order_by(RevisionRow.captured_at))
    found: dict[int, list[Edit]] = defaultdict(list)
    seen: Counter[int] = Counter()
    for row in rows:
        seen[row.article_number] += 1
        if seen[row.article_number] > 1:
            edit = Edit(seen[row.article_number], row.captured_at, tuple(row.changed.split()), row.silent)
            found[row.article_number].append(edit)
    return found


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
