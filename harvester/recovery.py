"""Process the records that an earlier run captured and did not process, or failed to.

Captures are written before they are read, so a run that is killed, or that meets an error of this program,
leaves responses in the WARC files without an outcome. Each is tried in a limited child process first, because
it may be what ended that run, and no more than `MAX_TRIES` times by one version of the program.
"""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import TYPE_CHECKING, Protocol
from urllib.parse import urlsplit

from harvester.response_handler import ROBOTS_PATH, handle_response
from harvester.trial import why_not
from pipelines.draft import Draft
from pipelines.failures import log_failure
from pipelines.pipeline import read
from storage.errors import ends_run
from storage.model.capture_result import CaptureResult
from storage.model.captures import Capture, Outcome, OutcomeKind
from storage.model.failures import MAX_TRIES, OPEN_ATTEMPT, UNDECLARED, Failure
from storage.warc.errors import BadPointer
from storage.warc.reader import own_responses, read_response
from storage.warc.repair import repair_tail
from storage.warc.writer import own_files

if TYPE_CHECKING:
    from collections import Counter

    from harvester.fetching.captured_response import CapturedResponse
    from harvester.response_handler import SourceContext
    from harvester.wholeness import Wholeness
    from storage.archive import Archive
    from storage.model.captures import WarcPointer
    from storage.model.failures import FailedCapture
    from storage.model.frontier import FrontierEntry
    from storage.warc.response import WarcResponse

logger = logging.getLogger(__name__)


class RecoveringRun(Protocol):
    """The part of a run that recovery needs (see `harvester.crawl_session.CrawlSession`)."""

    archive: Archive
    run: int
    version: str
    notes: Counter[str]

    def knows(self, source: str) -> bool:
        """Return whether the catalogue has the source, or needs no declaration for it."""

    def source_context(self, source: str) -> SourceContext:
        """Return the declaration and the rules for the responses of a source."""

    def source_of(self, url: str) -> str:
        """Return the id of the source of a URL."""

    def judge(self, source: str, response: WarcResponse) -> Wholeness:
        """Return whether the body of a response is whole."""

    def answer(self, source: str, response: WarcResponse, pointer: WarcPointer, *, doubtful: bool = False) -> CapturedResponse:
        """Return a captured response with the last complete capture of its URL."""

    def receive_whole(self, answer: CapturedResponse, entry: FrontierEntry | None) -> None:
        """Process a captured response up to its outcome."""

    def receive_robots(self, answer: CapturedResponse) -> None:
        """Store the outcome of a robots.txt."""


def recover(session: RecoveringRun, *, retry: bool = False) -> None:
    """Cut torn tails off, process records without an outcome, and retry captures that failed.

    Captures that failed in an earlier run are tried again if the program or the catalogue has changed since;
    with `retry`, all.
    """
    settled, ends = session.archive.settled_until(), session.archive.warc_ends()
    for path in own_files(session.archive.warc_directory):
        start = settled.get(path.name, 0)
        if cut := repair_tail(path, start, ends.get(path.name, 0)):
            session.notes["torn bytes cut"] += cut
            logger.warning("%s ended in a torn record: %d bytes cut, its address will be asked again", path.name, cut)
        unparsed: list[BadPointer] = []
        for pointer, response in own_responses(path, start, unparsed):
            if session.archive.has_capture_at(pointer):
                continue
            failed = session.archive.failure_at(pointer)
            if failed is None or _may_be_tried(failed, session.version):
                _process(session, pointer, response)
            elif failed.failure.stage == OPEN_ATTEMPT:
                _leave_unread(session, pointer, response, failed.failure)
        for bad in unparsed:
            session.notes["records not parsed"] += 1
            logger.warning("%s", bad)
    for failed in session.archive.failed_captures():
        if failed.run != session.run and (retry or _is_worth_trying(failed, session)):
            _try_again(session, failed)


def _may_be_tried(failed: FailedCapture, version: str) -> bool:
    return failed.version != version or failed.attempts < MAX_TRIES


def _is_worth_trying(failed: FailedCapture, session: RecoveringRun) -> bool:
    """Return whether the program, or the catalogue, has changed since a capture failed."""
    if failed.failure.stage == UNDECLARED:
        return session.knows(failed.source)
    return failed.version != session.version


def _try_again(session: RecoveringRun, failed: FailedCapture) -> None:
    """Process a failed capture once more, from its WARC record."""
    place = failed.place
    try:
        response = read_response(session.archive.warc_directory / place.file, place.offset, place.length)
    except BadPointer as error:
        logger.warning("a failed capture of %s cannot be tried again: %s", failed.url, error.message)
        return
    session.notes["failed captures tried again"] += 1
    _process(session, place, response)


def _process(session: RecoveringRun, pointer: WarcPointer, response: WarcResponse) -> None:
    """Process one record: in a child process for trial, then here. A failure is stored.

    A record of a source that this run's catalogue lacks is left for a run that has its declaration: other
    rules extract other dates.
    """
    entry = session.archive.entry_of(response.url)
    if entry is not None and not session.knows(entry.source):
        undeclared = Failure(UNDECLARED, f"it waits for a run whose catalogue has the source {entry.source}")
        capture = Capture(entry.source, response.url, response.date, response.status, "", "", pointer)
        session.archive.record_failure(session.run, capture, None, undeclared)
        return
    session.archive.begin_attempt(session.run, pointer, "", response.url)
    answer = _answer(session, pointer, response, entry)
    if answer is None:
        return
    if reason := _why_not(session, answer, entry):
        logger.warning("%s cannot be read within the limits (%s)", answer.capture.url, reason)
        _settle_unread(session, answer, entry, Failure("trial", reason))
        return
    if entry is None and urlsplit(response.url).path == ROBOTS_PATH:
        session.receive_robots(answer)
    else:
        session.receive_whole(answer, entry)
    session.archive.end_attempt(pointer)
    session.notes["answers recovered"] += 1


def _leave_unread(session: RecoveringRun, pointer: WarcPointer, response: WarcResponse, failure: Failure) -> None:
    """Store the outcome of a record without reading it: each process that tried to has died."""
    entry = session.archive.entry_of(response.url)
    answer = _answer(session, pointer, response, entry)
    if answer is not None:
        _settle_unread(session, answer, entry, replace(failure, stage="trial"))


def _settle_unread(session: RecoveringRun, answer: CapturedResponse, entry: FrontierEntry | None, failure: Failure) -> None:
    outcome = Outcome(OutcomeKind.UNREADABLE, failure.reason)
    capture_result = CaptureResult(answer.capture, outcome, entry=entry.id if entry else None, failure=failure)
    session.archive.record_capture(session.run, capture_result)


def _answer(session: RecoveringRun, pointer: WarcPointer, response: WarcResponse, entry: FrontierEntry | None) -> CapturedResponse | None:
    """Return the captured response for processing.

    None if its URL or headers make that impossible, which is stored as a failure.
    """
    source = entry.source if entry else ""
    try:
        source = source or session.source_of(response.url)
        # insert the source here: a child process must not write to the database
        session.source_context(source)
        whole = session.judge(source, response)
        response = replace(session.archive.response(pointer), truncated=whole.truncated)
        return session.answer(source, response, pointer, doubtful=whole.doubtful)
    except Exception as error:  # noqa: BLE001  a URL or header that cannot be stored
        remember_failed(session.archive, session.run, source, response, pointer, error)
        if entry is not None:
            session.archive.unanswered(session.run, entry, Failure.of("capture", error).reason)
        return None


def remember_failed(archive: Archive, run: int, source: str, response: WarcResponse, pointer: WarcPointer, error: Exception) -> None:
    """Store that a record could not become a capture, with the error.

    Raises:
        HarvesterError: `error` itself, if it concerns the archive as a whole (locked, full, damaged).
    """
    if ends_run(error):
        raise error
    capture = Capture(source, response.url, response.date, response.status, "", "", pointer)
    failure = Failure.of("capture", error)
    log_failure(response.url, failure, error)
    archive.record_failure(run, capture, None, failure)


def _why_not(session: RecoveringRun, answer: CapturedResponse, entry: FrontierEntry | None) -> str:
    """Return why a response must not be read in this process; empty when a child process has read it."""

    def trial() -> None:
        settled = handle_response(answer, entry, session.source_context(answer.capture.source))
        if isinstance(settled, Draft):
            read(settled)

    return why_not(trial)
