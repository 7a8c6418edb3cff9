"""Query for pages that belong to none of some topics.

These are captures out of scope, and stored articles without a relevance decision for these topics.
"""

from __future__ import annotations

from array import array
from typing import TYPE_CHECKING

from sqlalchemy import exists, func, select, union_all

from storage.database.tables import ArticleRow, CaptureRow, ExtractionRow, OutcomeRow, TopicRow
from storage.model.captures import Outcome, OutcomeKind
from storage.repositories.captures import capture_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import Select
    from sqlalchemy.orm import Session

    from storage.model.captures import Capture


def rejected(session: Session, sources: Sequence[str], topics: Sequence[str]) -> array[int]:
    """Return the numbers of captures of pages that belong to none of the topics, the last captured first.

    There is one for each page, and each takes eight bytes. A page that is out of scope counts by its newest
    capture, a stored article (also of `keep = "all"`, or of another topic) by the capture of its current
    text. An article that is an alias of another is left out. Without `sources`, all sources are searched.
    """
    both = union_all(_out_of_scope(sources), _stored(sources, topics)).subquery()
    return array("Q", session.scalars(select(both.c.id).order_by(both.c.captured_at.desc(), both.c.id.desc())))


def _out_of_scope(sources: Sequence[str]) -> Select[int, datetime]:
    rank = func.row_number().over(
        partition_by=(CaptureRow.source_id, CaptureRow.url), order_by=(CaptureRow.captured_at.desc(), CaptureRow.id.desc())
    )
    stored = exists().where(ArticleRow.source_id == CaptureRow.source_id, ArticleRow.url == CaptureRow.url)
    outside = (
        select(CaptureRow.id, CaptureRow.captured_at, rank.label("rank"))
        .join(OutcomeRow, OutcomeRow.capture_id == CaptureRow.id)
        .where(OutcomeRow.kind == OutcomeKind.OUT_OF_SCOPE.value, ~stored)
    )
    if sources:
        outside = outside.where(CaptureRow.source_id.in_(sources))
    pages = outside.subquery()
    return select(pages.c.id, pages.c.captured_at).where(pages.c.rank == 1)


def _stored(sources: Sequence[str], topics: Sequence[str]) -> Select[int, datetime]:
    belongs = exists().where(TopicRow.article_number == ArticleRow.number, TopicRow.topic.in_(topics))
    articles = (
        select(CaptureRow.id, CaptureRow.captured_at)
        .join(ExtractionRow, ExtractionRow.capture_id == CaptureRow.id)
        .join(ArticleRow, ArticleRow.extraction_id == ExtractionRow.id)
        .where(ArticleRow.alias_of.is_(None), ~belongs)
    )
    return articles.where(ArticleRow.source_id.in_(sources)) if sources else articles


def with_reason(session: Session, number: int) -> tuple[Capture, Outcome]:
    """Return a capture that `rejected` named, and its outcome.

    The outcome has the id of its article where one is stored, else why the page is out of scope. Older
    versions stored that reason in the outcome alone.
    """
    row, outcome = session.get_one(CaptureRow, number), session.get_one(OutcomeRow, number)
    kind = OutcomeKind(outcome.kind)
    reason = (outcome.out_of_scope or outcome.reason) if kind is OutcomeKind.OUT_OF_SCOPE else outcome.out_of_scope or ""
    article = session.scalar(
        select(ArticleRow.id).join(ExtractionRow, ArticleRow.extraction_id == ExtractionRow.id).where(ExtractionRow.capture_id == number)
    )
    return capture_of(row), Outcome(kind, reason, article)
