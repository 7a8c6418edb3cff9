"""Redirect loops: redirects that lead back to where they came from, in any number of steps.

A URL is requested once in a run, so a loop is not entered a second time: it is found by following the
redirects stored by the run. A wall that wants a cookie is such a loop, because no cookies are sent.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from sqlalchemy import select

from storage.database.tables import CaptureRow, FrontierRow, OutcomeRow
from storage.model.captures import Outcome, OutcomeKind
from storage.model.frontier import MAX_HOPS
from storage.repositories import frontier
from storage.repositories.frontier import EntryState

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.orm import Session

    from storage.model.capture_result import CaptureResult

LOOP = "redirect_loop"
"""Beginning of the reason of a loop's outcome."""

_LED_TO = "to "  # how the reason of a redirect begins that is followed


def judged(session: Session, run: int, capture_result: CaptureResult, now: datetime) -> CaptureResult:
    """Return the capture's result, as a failure where its redirect closes a loop.

    The URLs on the loop fail with it and are tried by later runs.
    """
    if capture_result.outcome.kind is not OutcomeKind.REDIRECT or capture_result.entry is None or not capture_result.found:
        return capture_result
    source, target = capture_result.capture.source, capture_result.found[0].url
    own = {capture_result.capture.url, session.get_one(FrontierRow, capture_result.entry).url}
    chain, closed = _chain(session, run, source, target)
    if not closed and not own.intersection(chain):
        return capture_result
    for url in chain:
        _fail(session, source, url, now)
    return replace(capture_result, outcome=Outcome(OutcomeKind.SERVER_ERROR, f"{LOOP}: {_LED_TO}{target}"), found=(), hops=0)


def wake_target(session: Session, run: int, capture_result: CaptureResult, now: datetime) -> None:
    """Make the target of a redirect due, where an earlier run requested it without success."""
    if capture_result.outcome.kind is not OutcomeKind.REDIRECT or not capture_result.found:
        return
    rows = select(FrontierRow).where(FrontierRow.source_id == capture_result.capture.source, FrontierRow.url == capture_result.found[0].url)
    row = session.scalars(rows.where(frontier.not_asked_in(run), FrontierRow.state != EntryState.LEASED)).first()
    if row is not None and row.revisit_at is None and (row.attempts > 0 or row.last_outcome == OutcomeKind.REDIRECT):
        row.state, row.next_due = EntryState.WAITING, now
        session.flush()


def _chain(session: Session, run: int, source: str, url: str) -> tuple[list[str], bool]:
    """Return the URLs that redirects of a run lead to from one on, and whether they form a circle."""
    chain = [url]
    while len(chain) <= MAX_HOPS:
        newest = (
            select(OutcomeRow.reason)
            .join(CaptureRow, CaptureRow.id == OutcomeRow.capture_id)
            .where(CaptureRow.url == chain[-1], CaptureRow.source_id == source, CaptureRow.run_id == run)
            .order_by(CaptureRow.id.desc())
            .limit(1)
        )
        reason = (session.scalar(newest) or "").removeprefix(f"{LOOP}: ")
        target = reason.removeprefix(_LED_TO)
        if target == reason:
            return chain, False
        if target in chain:
            return chain, True
        chain.append(target)
    return chain, True


def _fail(session: Session, source: str, url: str, now: datetime) -> None:
    """Count a URL whose redirect was recorded among the failing ones."""
    rows = select(FrontierRow.id).where(FrontierRow.source_id == source, FrontierRow.url == url, FrontierRow.state == EntryState.DONE)
    entry = session.scalar(rows.where(FrontierRow.last_outcome == OutcomeKind.REDIRECT))
    if entry is not None:
        frontier.postpone(session, entry, LOOP, now)
