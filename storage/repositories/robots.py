"""Captured robots.txt files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from storage.database.tables import CaptureRow, OutcomeRow
from storage.model.captures import OutcomeKind
from storage.repositories.captures import capture_of

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from storage.model.captures import Capture, WarcPointer


def newest(session: Session, url: str) -> tuple[Capture, WarcPointer] | None:
    """Return the newest capture of a robots.txt (or of its redirect target), and where its body's record is."""
    asked = select(CaptureRow).join(OutcomeRow, OutcomeRow.capture_id == CaptureRow.id)
    asked = asked.where(CaptureRow.url == url, OutcomeRow.kind == OutcomeKind.ROBOTS.value)
    row = session.scalars(asked.order_by(CaptureRow.captured_at.desc(), CaptureRow.id.desc()).limit(1)).first()
    if row is None:
        return None
    capture = capture_of(row)
    if capture.same_as is None:
        return capture, capture.warc
    same = asked.where(CaptureRow.captured_at == capture.same_as, CaptureRow.same_as.is_(None))
    whole = session.scalars(same.where(CaptureRow.payload_digest == capture.payload_digest).limit(1)).first()
    return (capture, capture_of(whole).warc) if whole is not None else None
