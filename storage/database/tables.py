"""The tables of sources, captures and articles, as typed models.

Moments are kept in UTC. An article's row is narrow: what filters and sorting need; the long texts lie in `extractions`.
"""

from __future__ import annotations

from datetime import datetime  # noqa: TC003  SQLAlchemy reads the annotations

from sqlalchemy import ForeignKey, Index, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column

from storage.database.base import Base


class SourceRow(Base):
    """A source, as it was declared when it was last used; `languages` are parted by spaces.

    `interval_factor` multiplies the waits between checks of its articles (see `storage.model.revisits`). No request goes to it before
    `resume_at`: its server asked for that (Retry-After, Crawl-delay), over the end of a run.
    """

    __tablename__ = "sources"
    id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    kind: Mapped[str]
    home: Mapped[str]
    languages: Mapped[str]
    timezone: Mapped[str]
    interval_factor: Mapped[int] = mapped_column(server_default="1")
    resume_at: Mapped[datetime | None]


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
    """One response at one moment, and where its WARC record lies. `truncated` says why its body is not whole, if it is not.

    Record ids of others are not always unique: WARC files exist in which every record has the same. `ingested_from` is the file of
    somebody else that the record was copied from; null where it was fetched.
    """

    __tablename__ = "captures"
    __table_args__ = (
        Index(None, "url", "captured_at"),
        Index(None, "warc_file", "warc_offset", unique=True),
        Index(None, "run_id"),
        Index(None, "captured_at", "source_id"),
    )
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
    record_id: Mapped[str] = mapped_column(index=True)
    etag: Mapped[str | None]
    last_modified: Mapped[str | None]
    same_as: Mapped[datetime | None]
    truncated: Mapped[str] = mapped_column(server_default="")
    ingested_from: Mapped[int | None] = mapped_column(ForeignKey("ingested_files.id"))


class OutcomeRow(Base):
    """What became of a capture; the key makes it exactly one.

    `article_number` is the article of the capture's own page. `state` is the state that it shows that article in; null where it shows
    none, and where it is not believed (see `storage.repositories.visits`). `extraction_id` is the reading that the article had from
    then on. What was read of the page itself: `line` and `content_sha256` (version and digest of the reading), whether a paywall hid
    most of it, and why it belonged to no topic (empty: it did); null where the page was not read as an article, or by a version
    before these columns.
    """

    __tablename__ = "outcomes"
    capture_id: Mapped[int] = mapped_column(ForeignKey("captures.id"), primary_key=True)
    kind: Mapped[str]
    reason: Mapped[str]
    article_number: Mapped[int | None] = mapped_column(ForeignKey("articles.number"), index=True)
    state: Mapped[str | None]
    extraction_id: Mapped[int | None] = mapped_column(ForeignKey("extractions.id"))
    line: Mapped[str | None]
    content_sha256: Mapped[str | None]
    is_paywalled: Mapped[bool | None]
    out_of_scope: Mapped[str | None]


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
    `dated` is the channel's own date, by which the newest come first; `hops` counts redirects that led here. `revisit_at` is when
    a known article is asked again, `checks` how often that was done. `backfill_id` is the backfill that met the address last, on the
    page `found_on`. A page waiting for that backfill has in `empty_pages` how many pages in a row before it brought nothing new;
    it is null for all others. The run `asked_in` asked it last, and may ask it `tries_left` times more. `refusals` counts how often in a
    row its host refused it (robots.txt, the address guard, the name server). `depth` counts the sitemap indexes that led to a sitemap.
    """

    __tablename__ = "frontier"
    __table_args__ = (
        UniqueConstraint("source_id", "url"),
        Index(None, "source_id", "state", "next_due"),
        Index(None, "source_id", "revisit_at"),
    )
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
    revisit_at: Mapped[datetime | None]
    checks: Mapped[int] = mapped_column(server_default="0")
    backfill_id: Mapped[int | None] = mapped_column(ForeignKey("backfills.id"))
    found_on: Mapped[int | None] = mapped_column(ForeignKey("frontier.id"), index=True)
    empty_pages: Mapped[int | None]
    asked_in: Mapped[int | None]
    tries_left: Mapped[int] = mapped_column(server_default="0")
    refusals: Mapped[int] = mapped_column(server_default="0")
    depth: Mapped[int] = mapped_column(server_default="0")


class ArticleRow(Base):
    """A work: source and canonical address. `number` is the archive's own, `id` is the same in every archive.

    `alias_of` is the article of which this address has shown nothing but the text, as far as anyone saw: it is not searched,
    counted or exported then, and its history is kept in case the two part. `topics_sha256` is the digest of its rows in `topics`
    (`storage.repositories.articles.topics_digest`).
    """

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
    alias_of: Mapped[int | None] = mapped_column(ForeignKey("articles.number"), index=True)
    topics_sha256: Mapped[str | None]


class ExtractionRow(Base):
    """What one version of the line read from one capture. `content_sha256` covers all that a publisher can change.

    `languages` is a JSON object of shares by language, largest first; none where an older version read the capture.
    """

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
    languages: Mapped[str | None]


class RevisionRow(Base):
    """A change by the publisher: the capture that first showed it, and what was read there. `number` is its rank in time, from 1.

    `changed` are the fields, parted by spaces (empty for the first revision); `silent` that no updated-at mark told of it.
    """

    __tablename__ = "revisions"
    __table_args__ = (UniqueConstraint("article_number", "number"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    article_number: Mapped[int] = mapped_column(ForeignKey("articles.number"))
    number: Mapped[int]
    extraction_id: Mapped[int] = mapped_column(ForeignKey("extractions.id"))
    captured_at: Mapped[datetime]
    changed: Mapped[str] = mapped_column(server_default="")
    silent: Mapped[bool] = mapped_column(server_default=false())


class StateRow(Base):
    """A state of an article, from the first to the last capture that showed it. `capture_id` is the first one: the evidence."""

    __tablename__ = "article_states"
    __table_args__ = (Index(None, "article_number", "since"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    article_number: Mapped[int] = mapped_column(ForeignKey("articles.number"))
    state: Mapped[str]
    since: Mapped[datetime]
    last_seen: Mapped[datetime]
    capture_id: Mapped[int] = mapped_column(ForeignKey("captures.id"))


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
    """Another address of the same source that serves an article; `id` is the article id that belongs to it (null: not known)."""

    __tablename__ = "aliases"
    source_id: Mapped[str] = mapped_column(ForeignKey("sources.id"), primary_key=True)
    url: Mapped[str] = mapped_column(primary_key=True)
    article_number: Mapped[int] = mapped_column(ForeignKey("articles.number"), index=True)
    id: Mapped[str | None] = mapped_column(index=True)


class EditionRow(Base):
    """A clue of an article to its versions in other languages (see `storage.model.editions`)."""

    __tablename__ = "editions"
    __table_args__ = (Index(None, "source_id", "found_in", "key"),)
    article_number: Mapped[int] = mapped_column(ForeignKey("articles.number"), primary_key=True)
    found_in: Mapped[str] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(primary_key=True)
    source_id: Mapped[str] = mapped_column(ForeignKey("sources.id"))
    language: Mapped[str]
