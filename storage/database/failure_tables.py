"""Table of captures whose processing failed."""

from __future__ import annotations

from datetime import datetime  # noqa: TC003  SQLAlchemy reads the annotations

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from storage.database.base import Base


class FailedCaptureRow(Base):
    """A WARC record whose processing failed (see `storage.model.failures`).

    It may lack a row in `captures`, and its source a row in `sources`, because writing those can be what failed.
    """

    __tablename__ = "failed_captures"
    __table_args__ = (UniqueConstraint("warc_file", "warc_offset"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    warc_file: Mapped[str]
    warc_offset: Mapped[int]
    warc_length: Mapped[int]
    record_id: Mapped[str]
    source_id: Mapped[str]
    url: Mapped[str]
    stage: Mapped[str]
    error: Mapped[str]
    version: Mapped[str]
    attempts: Mapped[int]
    run_id: Mapped[int] = mapped_column(ForeignKey("runs.id"), index=True)
    first_at: Mapped[datetime]
    at: Mapped[datetime]
