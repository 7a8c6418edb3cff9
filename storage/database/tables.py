"""The tables, as typed models.

Moments are kept in UTC. An article's row is narrow: what filters and sorting need; the long texts lie in `extractions`.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import DateTime, ForeignKey, Index, MetaData, TypeDecorator, UniqueConstraint
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Moment(TypeDecorator[datetime]):
    """An aware moment, kept in UTC."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Any) -> datetime | None:
        """Aware in, naive UTC down."""
        del dialect
        return None if value is None else value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: Any, dialect: Any) -> datetime | None:
        """Naive UTC up, aware out."""
        del dialect
        return None if value is None else value.replace(tzinfo=UTC)


class Base(DeclarativeBase):
    """What all tables share."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        },
    )
    type_annotation_map = {datetime: Moment}  # noqa: RUF012  SQLAlchemy reads this attribute of the class


class SourceRow(Base):
    """A source, as it was declared when it was last used; `languages` are parted by spaces."""

    __tablename__ = "sources"
    id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    kind: Mapped[str]
    home: Mapped[str]
    languages: Mapped[str]
    timezone: Mapped[str]


class RunRow(Base):
    """One crawl or ingestion; its tally is counted from captures, outcomes and unanswered requests."""

    __tablename__ = "runs"
    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    started_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    ended: Mapped[str]
    version: Mapped[str]


class CaptureRow(Base):
    """One response at one moment, and where its WARC record lies."""

    __tablename__ = "captures"
    __table_args__ = (Index(None, "url", "captured_at"), Index(None, "warc_file", "warc_offset"), Index(None, "run_id"))
    id: Mapped[int] = mapped_column(primary_key=True)
    run_id: Mapped[int] = mapped_column(ForeignKey("runs.id"))
    source_id: Mapped[str] = mapped_column(ForeignKey("sources.id"))
    url: Mapped[str]
    captured_at: Mapped[datetime]
    status: Mapped[int]
    content_type: Mapped[str]
    payload_digest: Mapped[str]
    warc_file: Mapped[str]
    warc_offset: Mapped[int]
    warc_length: Mapped[int]
    record_id: Mapped[str] = mapped_column(unique=True)
    etag: Mapped[str | None]
    last_modified: Mapped[str | None]


class OutcomeRow(Base):
    """What became of a capture; the key makes it exactly one."""

    __tablename__ = "outcomes"
    capture_id: Mapped[int] = mapped_column(ForeignKey("captures.id"), primary_key=True)
    kind: Mapped[str]
    reason: Mapped[str]
    article_number: Mapped[int | None] = mapped_column(ForeignKey("articles.number"), index=True)


class UnansweredRow(Base):
    """A request that brought no response, and why."""

    __tablename__ = "unanswered"
    id: Mapped[int] = mapped_column(primary_key=True)
    run_id: Mapped[int] = mapped_column(ForeignKey("runs.id"), index=True)
    source_id: Mapped[str] = mapped_column(ForeignKey("sources.id"))
    url: Mapped[str]
    at: Mapped[datetime]
    reason: Mapped[str]


class FrontierRow(Base):
    """An address to ask: where it was found, how often it was tried, when it is due.

    `state` is waiting, leased or done; an entry is leased by the run that asks it and acknowledged by its outcome.
    `dated` is the channel's own date, by which the newest come first; `hops` counts redirects that led here.
    `backfill_id` is the backfill that met the address last, on the page `found_on`. A channel's page that waits for that backfill
    has in `dry` how many pages in a row before it brought nothing new; it is null for all others.
    """

    __tablename__ = "frontier"
    __table_args__ = (UniqueConstraint("source_id", "url"), Index(None, "source_id", "state", "next_due"))
    id: Mapped[int] = mapped_column(primary_key=True)
    source_id: Mapped[str] = mapped_column(ForeignKey("sources.id"))
    url: Mapped[str]
    kind: Mapped[str]
    channel: Mapped[str]
    section: Mapped[str | None]
    dated: Mapped[datetime | None]
    first_seen: Mapped[datetime]
    found_by: Mapped[int] = mapped_column(ForeignKey("runs.id"), index=True)
    state: Mapped[str]
    attempts: Mapped[int]
    hops: Mapped[int]
    next_due: Mapped[datetime]
    leased_by: Mapped[int | None] = mapped_column(ForeignKey("runs.id"))
    last_outcome: Mapped[str]
    backfill_id: Mapped[int | None] = mapped_column(ForeignKey("backfills.id"))
    found_on: Mapped[int | None] = mapped_column(ForeignKey("frontier.id"), index=True)
    dry: Mapped[int | None]


class BackfillRow(Base):
    """A walk through a source's channels back to a moment; without `finished_at` it goes on when it is asked for again."""

    __tablename__ = "backfills"
    __table_args__ = (Index(None, "source_id", "since"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    source_id: Mapped[str] = mapped_column(ForeignKey("sources.id"))
    since: Mapped[datetime]
    started_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]


class ArticleRow(Base):
    """A work: source and canonical address. `number` is the archive's own, `id` is the same in every archive."""

    __tablename__ = "articles"
    __table_args__ = (UniqueConstraint("source_id", "url"), Index(None, "source_id", "published_at"))
    number: Mapped[int] = mapped_column(primary_key=True)
    id: Mapped[str] = mapped_column(unique=True)
    source_id: Mapped[str] = mapped_column(ForeignKey("sources.id"))
    url: Mapped[str]
    state: Mapped[str]
    first_seen_at: Mapped[datetime]
    language: Mapped[str]
    section: Mapped[str]
    published_at: Mapped[datetime | None] = mapped_column(index=True)
    published_day: Mapped[str | None] = mapped_column(index=True)
    extraction_id: Mapped[int] = mapped_column(ForeignKey("extractions.id"))
    revisions: Mapped[int]


class ExtractionRow(Base):
    """What one version of the line read from one capture. `content_sha256` covers all that a publisher can change."""

    __tablename__ = "extractions"
    __table_args__ = (UniqueConstraint("capture_id", "line"), Index(None, "text_sha256"))
    id: Mapped[int] = mapped_column(primary_key=True)
    capture_id: Mapped[int] = mapped_column(ForeignKey("captures.id"))
    line: Mapped[str]
    extractor: Mapped[str]
    title: Mapped[str]
    lead: Mapped[str]
    text: Mapped[str]
    language: Mapped[str]
    section: Mapped[str]
    published: Mapped[str | None]
    modified: Mapped[str | None]
    text_sha256: Mapped[str]
    content_sha256: Mapped[str]


class RevisionRow(Base):
    """A change by the publisher: the capture that first showed it, and what was read there. Its number is its rank in time."""

    __tablename__ = "revisions"
    __table_args__ = (UniqueConstraint("article_number", "captured_at"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    article_number: Mapped[int] = mapped_column(ForeignKey("articles.number"))
    extraction_id: Mapped[int] = mapped_column(ForeignKey("extractions.id"))
    captured_at: Mapped[datetime]


class AuthorRow(Base):
    """A name of the byline, in its place."""

    __tablename__ = "authors"
    extraction_id: Mapped[int] = mapped_column(ForeignKey("extractions.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(index=True)


class TagRow(Base):
    """A tag, in its place."""

    __tablename__ = "tags"
    extraction_id: Mapped[int] = mapped_column(ForeignKey("extractions.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    tag: Mapped[str] = mapped_column(index=True)


class ImageRow(Base):
    """A picture, in its place."""

    __tablename__ = "images"
    extraction_id: Mapped[int] = mapped_column(ForeignKey("extractions.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    url: Mapped[str]
    caption: Mapped[str]
    credit: Mapped[str]


class TopicRow(Base):
    """Why an article belongs to a topic; `matched` is a JSON list of terms."""

    __tablename__ = "topics"
    article_number: Mapped[int] = mapped_column(ForeignKey("articles.number"), primary_key=True)
    topic: Mapped[str] = mapped_column(primary_key=True, index=True)
    score: Mapped[float]
    matched: Mapped[str]


class AliasRow(Base):
    """Another address of the same source that serves an article."""

    __tablename__ = "aliases"
    source_id: Mapped[str] = mapped_column(ForeignKey("sources.id"), primary_key=True)
    url: Mapped[str] = mapped_column(primary_key=True)
    article_number: Mapped[int] = mapped_column(ForeignKey("articles.number"), index=True)


class SketchRow(Base):
    """A shingle of an article's containment sketch."""

    __tablename__ = "sketches"
    __table_args__ = ({"sqlite_with_rowid": False},)
    shingle: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    article_number: Mapped[int] = mapped_column(ForeignKey("articles.number"), primary_key=True, index=True)
