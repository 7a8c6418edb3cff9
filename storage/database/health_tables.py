"""Tables of page quality, selectors and expectations of sources."""

from __future__ import annotations

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column

from storage.database.base import Base


class PageQualityRow(Base):
    """What a page read as an article yielded, stored or not; `day` (ISO 8601) is its day of publication."""

    __tablename__ = "page_quality"
    __table_args__ = (Index(None, "source_id", "capture_id"), Index(None, "source_id", "day"))
    capture_id: Mapped[int] = mapped_column(ForeignKey("captures.id"), primary_key=True)
    source_id: Mapped[str] = mapped_column(ForeignKey("sources.id"))
    day: Mapped[str | None]
    byline: Mapped[bool]
    body_chars: Mapped[int]
    in_scope: Mapped[bool]


class SelectorRow(Base):
    """On how many pages of a source in a run a layout's selector was tried, and on how many it matched."""

    __tablename__ = "selectors"
    source_id: Mapped[str] = mapped_column(ForeignKey("sources.id"), primary_key=True)
    field: Mapped[str] = mapped_column(primary_key=True)
    selector: Mapped[str] = mapped_column(primary_key=True)
    run_id: Mapped[int] = mapped_column(ForeignKey("runs.id"), primary_key=True)
    pages: Mapped[int]
    matched: Mapped[int]


class ExpectationResultRow(Base):
    """State of an expectation of a source from one run to another.

    A new row begins when it is broken, and when it is met again. `measured`, `over` and `told` are those of
    the last run.
    """

    __tablename__ = "expectation_results"
    source_id: Mapped[str] = mapped_column(ForeignKey("sources.id"), primary_key=True)
    promise: Mapped[str] = mapped_column(primary_key=True)
    first_run: Mapped[int] = mapped_column(ForeignKey("runs.id"), primary_key=True)
    last_run: Mapped[int] = mapped_column(ForeignKey("runs.id"))
    promised: Mapped[str]
    measured: Mapped[str]
    over: Mapped[int]
    kept: Mapped[bool]
    told: Mapped[str]
