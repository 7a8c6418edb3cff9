"""Table of files that captures were ingested from."""

from __future__ import annotations

from datetime import datetime  # noqa: TC003  SQLAlchemy reads the annotations

from sqlalchemy import BigInteger, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from storage.database.base import Base


class IngestedFileRow(Base):
    """A file that captures were copied from (see `storage.model.ingested`): one row for each name and content."""

    __tablename__ = "ingested_files"
    __table_args__ = (UniqueConstraint("sha256", "name"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    sha256: Mapped[str]
    size: Mapped[int] = mapped_column(BigInteger)
    run_id: Mapped[int] = mapped_column(ForeignKey("runs.id"))
    ingested_at: Mapped[datetime]
