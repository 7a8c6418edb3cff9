"""Articles, their revisions and extractions."""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, NamedTuple

from sqlalchemy import bindparam, delete, insert, literal, select, union_all, update
from sqlalchemy.dialects.sqlite import insert as upsert

from storage.database.cluster_tables import SketchRow
from storage.database.tables import (
    AliasRow,
    ArticleRow,
    AuthorRow,
    ExtractionRow,
    ImageRow,
    OutcomeRow,
    RevisionRow,
    TagRow,
    TopicRow,
)
from storage.model.editions import spellings
from storage.repositories.stamps import stamp_to_json

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from sqlalchemy.orm import Session

    from storage.model.articles import Extraction, Relevance


def published_or_seen(session: Session, number: int) -> datetime:
    """Return when an article was published, where that is known and plausible, else when it was first seen."""
    row = session.get_one(ArticleRow, number)
    return min(row.published_at, row.first_seen_at) if row.published_at else row.first_seen_at


_SHOWING = (
    select(ArticleRow.number, ArticleRow.source_id, ExtractionRow.title)
    .select_from(ExtractionRow)
    .join(OutcomeRow, OutcomeRow.capture_id == ExtractionRow.capture_id)
    .join(ArticleRow, ArticleRow.number == OutcomeRow.article_number)
    .where(
        ExtractionRow.text_sha256 == bindparam("text_sha256"),
        ArticleRow.extraction_id == ExtractionRow.id,
        ArticleRow.alias_of.is_(None),
    )
    .order_by(ArticleRow.number)
)


def showing(session: Session, text_sha256: str) -> list[tuple[int, str, str]]:
    """Return number, source and headline of the articles with this current text, the first stored first.

    Goes from the text to its capture, and from there to the article: no index leads from an extraction to its
    article.
    """
    return list(session.execute(_SHOWING, {"text_sha256": text_sha256}).all())


def add_extraction(session: Session, capture: int, extraction: Extraction, content_sha256: str) -> int:
    """Insert the extraction of a capture and return its number."""
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
    """Insert an article and return its number; `show` then sets its current extraction."""
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


def add_revision(session: Session, number: int, extraction: int, captured_at: datetime, changed: Iterable[str], *, silent: bool) -> None:
    """Insert the newest revision of an article."""
    counted = update(ArticleRow).where(ArticleRow.number == number).values(revisions=ArticleRow.revisions + 1)
    rank = session.scalar(counted.returning(ArticleRow.revisions))
    assert rank is not None, "only an article that is held has revisions"
    session.add(_revision(number, RankedRevision(rank, extraction, captured_at, " ".join(changed), silent)))
    session.flush()


class RankedRevision(NamedTuple):
    """A row of `revisions`; `changed` fields are separated by spaces, `silent`: no updated-at mark."""

    number: int
    extraction: int
    captured_at: datetime
    changed: str
    silent: bool


def _revision(article: int, ranked: RankedRevision) -> RevisionRow:
    number, extraction, captured_at, changed, silent = ranked
    return RevisionRow(
        article_number=article, number=number, extraction_id=extraction, captured_at=captured_at, changed=changed, silent=silent
    )


def set_revisions(session: Session, number: int, revisions: Sequence[RankedRevision]) -> None:
    """Make these the revisions of an article; only rows that differ are written."""
    rows = session.scalars(select(RevisionRow).where(RevisionRow.article_number == number).order_by(RevisionRow.number)).all()
    if [RankedRevision(row.number, row.extraction_id, row.captured_at, row.changed, row.silent) for row in rows] == list(revisions):
        return
    session.execute(delete(RevisionRow).where(RevisionRow.article_number == number))
    session.add_all(_revision(number, ranked) for ranked in revisions)
    seen = min(ranked.captured_at for ranked in revisions)
    session.execute(update(ArticleRow).where(ArticleRow.number == number).values(revisions=len(revisions), first_seen_at=seen))
    session.flush()


def show(session: Session, number: int, extraction_id: int, extraction: Extraction) -> None:
    """Make an extraction the current one of its article: the one that is filtered, sorted and displayed."""
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
    """Replace the decisions on the topics in `judged`; `topics` are those that the article belongs to."""
    replaced = {*judged, *(topic.topic for topic in topics)}
    session.execute(delete(TopicRow).where(TopicRow.article_number == number, TopicRow.topic.in_(replaced)))
    for topic in topics:
        matched = json.dumps(topic.matched, ensure_ascii=False)
        session.add(TopicRow(article_number=number, topic=topic.topic, score=topic.score, matched=matched))
    session.flush()
    seal_topics(session, number)


def seal_topics(session: Session, number: int) -> None:
    """Store the digest of an article's topics, after they or its id changed."""
    kept = session.scalars(select(TopicRow).where(TopicRow.article_number == number).order_by(TopicRow.topic))
    digest = topics_digest(session.get_one(ArticleRow, number).id, [(row.topic, row.score, json.loads(row.matched)) for row in kept])
    session.execute(update(ArticleRow).where(ArticleRow.number == number).values(topics_sha256=digest))


def topics_digest(article: str, topics: Iterable[tuple[str, float, Sequence[str]]]) -> str:
    """Return the SHA-256 (hex) of an article's id and its topics (topic, score, terms), by topic id."""
    said = [article, [[topic, float(score), list(matched)] for topic, score, matched in topics]]
    return hashlib.sha256(json.dumps(said, ensure_ascii=False).encode("utf-8", "surrogatepass")).hexdigest()


def set_sketch(session: Session, number: int, sketch: Iterable[int]) -> None:
    """Replace the containment sketch of an article."""
    session.execute(delete(SketchRow).where(SketchRow.article_number == number))
    rows = [{"shingle": shingle, "article_number": number} for shingle in sorted(sketch)]
    if rows:
        session.execute(insert(SketchRow), rows)


def add_alias(session: Session, source: str, url: str, article_id: str | None, number: int) -> None:
    """Make a URL an alias of an article, replacing a former alias; `article_id` is the id of that URL."""
    row = {"source_id": source, "url": url, "article_number": number, "id": article_id}
    session.execute(upsert(AliasRow).values(**row).on_conflict_do_update(index_elements=["source_id", "url"], set_=row))


def remove_alias(session: Session, source: str, url: str) -> None:
    """Delete an alias."""
    session.execute(delete(AliasRow).where(AliasRow.source_id == source, AliasRow.url == url))


def move(session: Session, number: int, article_id: str, url: str) -> None:
    """Give an article another URL of its page, with its id; it is still found by its former ones."""
    row = session.get_one(ArticleRow, number)
    add_alias(session, row.source_id, row.url, row.id, number)
    remove_alias(session, row.source_id, url)
    row.id, row.url = article_id, url
    session.flush()
    seal_topics(session, number)


def number_by_id(session: Session, article_id: str) -> int | None:
    """Return the number of an article by its id."""
    return session.scalar(select(ArticleRow.number).where(ArticleRow.id == article_id))


def number_at(session: Session, source: str, url: str) -> int | None:
    """Return the number of a source's article at a URL: its own, one of another spelling, or an alias."""
    spelled = spellings(url)
    own = select(ArticleRow.url.label("url"), literal(0).label("rank"), ArticleRow.number.label("number"))
    known = select(AliasRow.url, literal(1), AliasRow.article_number)
    found = union_all(
        own.where(ArticleRow.source_id == source, ArticleRow.url.in_(spelled)),
        known.where(AliasRow.source_id == source, AliasRow.url.in_(spelled)),
    ).subquery()
    number: int | None = session.scalar(select(found.c.number).order_by(found.c.url != url, found.c.rank, found.c.number).limit(1))
    return number


def find_number(session: Session, id_or_url: str) -> int | None:
    """Return the number of an article by its id, its URL or an alias of it, of any source.

    Of an alias it is the number of the article that is shown.
    """
    asked = (
        select(ArticleRow.number).where(ArticleRow.id == id_or_url),
        select(ArticleRow.number).where(ArticleRow.url == id_or_url),
        select(AliasRow.article_number).where(AliasRow.url == id_or_url),
        select(AliasRow.article_number).where(AliasRow.id == id_or_url),
    )
    number = next((number for number in map(session.scalar, asked) if number is not None), None)
    return None if number is None else shown_number(session, number)


def shown_number(session: Session, number: int) -> int:
    """Return the number of the article that is shown for one: itself, unless it is an alias."""
    above = session.get_one(ArticleRow, number).alias_of
    return number if above is None else above


def article_id_of(session: Session, number: int) -> str:
    """Return the id of an article by its number."""
    return session.get_one(ArticleRow, number).id
