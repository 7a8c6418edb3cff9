"""Table of backfills."""

from __future__ import annotations

from datetime import datetime  # noqa: TC003  SQLAlchemy reads the annotations

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from storage.database.base import Base


class BackfillRow(Base):
    """A walk through a source's channels back to a moment; resumable while `finished_at` is null."""

    __tablename__ = "backfills"
    __table_args__ = (Index(None, "source_id", "since"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    source_id: Mapped[str] = mapped_column(ForeignKey("sources.id"))
    since: Mapped[datetime]
    started_at: Mapped[datetime]
    finished_at: Mapped[datetime | None]
