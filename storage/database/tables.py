"""Tables of sources, captures and articles.

Moments are stored in UTC. An article's row is narrow, with what filters and sorting need; long texts are in
`extractions`.
"""

from __future__ import annotations

from datetime import datetime  # noqa: TC003  SQLAlchemy reads the annotations

from sqlalchemy import ForeignKey, Index, UniqueConstraint, false
from sqlalchemy.orm import Mapped, mapped_column

from storage.database.base import Base


class SourceRow(Base):
    """A source, as it was declared when it was last used; `languages` are separated by spaces.

    `interval_factor` multiplies the waits between checks of its articles (see `storage.model.revisits`). No
    request is sent to it before `resume_at`: its server asked for a pause (Retry-After, Crawl-delay) beyond
    the end of a run.
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
    """A crawl, an ingestion or a rescoring; its tally is counted from captures and outcomes."""

    __tablename__ = "runs"
    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    started_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
    ended: Mapped[str]
    version: Mapped[str]


class CaptureRow(Base):
    """One response at one moment, and the place of its WARC record; `truncated` is why its body is cut.

    Record ids of others are not always unique: WARC files exist in which every record has the same.
    `ingested_from` is the file of somebody else that the record was copied from; null where it was fetched.
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
    """The outcome of a capture; the primary key makes it exactly one.

    `article_number` is the article of the capture's own page. `state` is the state in which it shows that
    article; null where it shows none, and where it is not trusted (see `storage.repositories.visits`).
    `extraction_id` is the article's extraction from then on. Of the page itself: `line` and `content_sha256`
    (pipeline version and digest of the extraction), whether a paywall hid most of it, and why it belonged to
    no topic (empty: it did); null where the page was not read as an article, or by a version before these
    columns.
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
    """A URL to request: where it was found, how often it was tried, when it is due.

    `state` is waiting, leased or done; an entry is leased by the run that requests it and acknowledged by its
    outcome. `dated` is the channel's own date, by which the newest come first; `hops` counts redirects that
    led here. `revisit_at` is when a known article is checked again, `checks` how often it was. `backfill_id`
    is the backfill that found the URL last, on the page `found_on`. `empty_pages` counts, for a page waiting
    for its backfill, the pages in a row before it without anything new; null for all others. The run
    `asked_in` requested it last, and may do so `tries_left` times more. `refusals` counts how often in a row
    its host refused it (robots.txt, address guard, name server). `depth` counts the sitemap indexes above a
    sitemap.
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
    """A work: source and canonical URL. `number` is the archive's own, `id` is the same in every archive.

    `alias_of` is the article whose text this URL has always shown: it is not searched, counted or exported
    then, and its history is kept in case the two diverge. `topics_sha256` is the digest of its rows in
    `topics` (`storage.repositories.articles.topics_digest`).
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
    """One extraction; `content_sha256` covers what publishers can change, `languages` is JSON of shares."""

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
    """A change by the publisher: the capture that first showed it, and its extraction; `number` is from 1.

    `changed` are the fields, separated by spaces (empty for the first revision); `silent` that no updated-at
    mark was printed.
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
    """A state of an article, from the first to the last capture that showed it; `capture_id` is the first."""

    __tablename__ = "article_states"
    __table_args__ = (Index(None, "article_number", "since"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    article_number: Mapped[int] = mapped_column(ForeignKey("articles.number"))
    state: Mapped[str]
    since: Mapped[datetime]
    last_seen: Mapped[datetime]
    capture_id: Mapped[int] = mapped_column(ForeignKey("captures.id"))


class AuthorRow(Base):
    """A name of the byline."""

    __tablename__ = "authors"
    extraction_id: Mapped[int] = mapped_column(ForeignKey("extractions.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(index=True)


class TagRow(Base):
    """A tag."""

    __tablename__ = "tags"
    extraction_id: Mapped[int] = mapped_column(ForeignKey("extractions.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    tag: Mapped[str] = mapped_column(index=True)


class ImageRow(Base):
    """A picture."""

    __tablename__ = "images"
    extraction_id: Mapped[int] = mapped_column(ForeignKey("extractions.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    url: Mapped[str]
    caption: Mapped[str]
    credit: Mapped[str]


class TopicRow(Base):
    """Relevance of an article to a topic; `matched` is a JSON list of terms."""

    __tablename__ = "topics"
    article_number: Mapped[int] = mapped_column(ForeignKey("articles.number"), primary_key=True)
    topic: Mapped[str] = mapped_column(primary_key=True, index=True)
    score: Mapped[float]
    matched: Mapped[str]


class AliasRow(Base):
    """Another URL of the same source for an article; `id` is the article id of that URL (null: unknown)."""

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
