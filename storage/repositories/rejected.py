"""Captures of pages that belong to no topic."""

from __future__ import annotations

from array import array
from typing import TYPE_CHECKING

from sqlalchemy import exists, func, select

from storage.database.tables import ArticleRow, CaptureRow, OutcomeRow
from storage.model.captures import OutcomeKind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.orm import Session


def rejected(session: Session, sources: Sequence[str]) -> array[int]:
    """The numbers of the newest captures of pages that belong to no topic, the newest first: eight bytes each.

    A page of which an article is stored is left out. Without sources those of all are meant.
    """
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
    newest = select(pages.c.id).where(pages.c.rank == 1).order_by(pages.c.captured_at.desc(), pages.c.id.desc())
    return array("Q", session.scalars(newest))
