"""Process the records that an earlier run captured and did not process, or failed to.

Capture comes before reading, so a run that is killed, or that meets an error of ours, leaves responses in the WARC files without an
outcome. Each is tried in a limited child process first, because it may be what ended that run, and no more than `MAX_TRIES` times by
one version of the program.
"""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import TYPE_CHECKING, Protocol
from urllib.parse import urlsplit

from harvester.settling import ROBOTS_PATH, settle
from harvester.trial import why_not
from pipelines.draft import Draft
from pipelines.failures import log_failure
from pipelines.line import read
from storage.errors import ends_run
from storage.model.captures import Capture, Outcome, OutcomeKind
from storage.model.failures import MAX_TRIES, OPEN_ATTEMPT, UNDECLARED, Failure
from storage.model.settlement import Settlement
from storage.warc.errors import BadPointer
from storage.warc.reader import own_responses, read_response
from storage.warc.repair import repair_tail
from storage.warc.writer import own_files

if TYPE_CHECKING:
    from collections import Counter

    from harvester.fetching.answers import Answer
    from harvester.settling import Frame
    from harvester.wholeness import Wholeness
    from storage.archive import Archive
    from storage.model.captures import WarcPointer
    from storage.model.failures import FailedCapture
    from storage.model.frontier import FrontierEntry
    from storage.warc.response import WarcResponse

logger = logging.getLogger(__name__)


class RecoveringRun(Protocol):
    """What recovery needs of a run (see `harvester.harvest.Harvest`)."""

    archive: Archive
    run: int
    version: str
    notes: Counter[str]

    def knows(self, source: str) -> bool:
        """Return whether the catalogue has the source, or needs no declaration for it."""

    def frame(self, source: str) -> Frame:
        """Return what the responses of a source are judged by."""

    def source_of(self, url: str) -> str:
        """Return the id of the source of an address."""

    def judge(self, source: str, response: WarcResponse) -> Wholeness:
        """Return whether the body of a response is whole."""

    def answer(self, source: str, response: WarcResponse, pointer: WarcPointer, *, doubtful: bool = False) -> Answer:
        """Return a captured response with what is known of its address."""

    def receive_whole(self, answer: Answer, entry: FrontierEntry | None) -> None:
        """Process a captured response to its end."""

    def receive_robots(self, answer: Answer) -> None:
        """Process a robots.txt."""


def recover(harvest: RecoveringRun, *, retry: bool = False) -> None:
    """Cut torn tails back, process unsettled records, and try failed captures again that a newer version may read.

    With `retry` all failed captures are tried again.
    """
    settled, ends = harvest.archive.settled_until(), harvest.archive.warc_ends()
    for path in own_files(harvest.archive.warc_directory):
        start = settled.get(path.name, 0)
        if cut := repair_tail(path, start, ends.get(path.name, 0)):
            harvest.notes["torn bytes cut"] += cut
            logger.warning("%s ended in a torn record: %d bytes cut, its address will be asked again", path.name, cut)
        unparsed: list[BadPointer] = []
        for pointer, response in own_responses(path, start, unparsed):
            if harvest.archive.has_capture_at(pointer):
                continue
            failed = harvest.archive.failure_at(pointer)
            if failed is None or _may_be_tried(failed, harvest.version):
                _process(harvest, pointer, response)
            elif failed.failure.stage == OPEN_ATTEMPT:
                _leave_unread(harvest, pointer, response, failed.failure)
        for bad in unparsed:
            harvest.notes["records not parsed"] += 1
            logger.warning("%s", bad)
    for failed in harvest.archive.failed_captures():
        if failed.run != harvest.run and (retry or _is_worth_trying(failed, harvest)):
            _try_again(harvest, failed)


def _may_be_tried(failed: FailedCapture, version: str) -> bool:
    return failed.version != version or failed.attempts < MAX_TRIES


def _is_worth_trying(failed: FailedCapture, harvest: RecoveringRun) -> bool:
    """Return whether something has changed since a capture failed: the program, or the catalogue."""
    if failed.failure.stage == UNDECLARED:
        return harvest.knows(failed.source)
    return failed.version != harvest.version


def _try_again(harvest: RecoveringRun, failed: FailedCapture) -> None:
    """Process a failed capture once more, from its WARC record."""
    place = failed.place
    try:
        response = read_response(harvest.archive.warc_directory / place.file, place.offset, place.length)
    except BadPointer as error:
        logger.warning("a failed capture of %s cannot be tried again: %s", failed.url, error.message)
        return
    harvest.notes["failed captures tried again"] += 1
    _process(harvest, place, response)


def _process(harvest: RecoveringRun, pointer: WarcPointer, response: WarcResponse) -> None:
    """Process one record: in a child process for trial, then here. What fails is remembered.

    A record of a source that this run's catalogue lacks is left for a run that has its declaration: other rules read other dates.
    """
    entry = harvest.archive.entry_of(response.url)
    if entry is not None and not harvest.knows(entry.source):
        undeclared = Failure(UNDECLARED, f"it waits for a run whose catalogue has the source {entry.source}")
        capture = Capture(entry.source, response.url, response.date, response.status, "", "", pointer)
        harvest.archive.record_failure(harvest.run, capture, None, undeclared)
        return
    harvest.archive.begin_attempt(harvest.run, pointer, "", response.url)
    answer = _answer(harvest, pointer, response, entry)
    if answer is None:
        return
    if reason := _why_not(harvest, answer, entry):
        logger.warning("%s cannot be read within the limits (%s)", answer.capture.url, reason)
        _settle_unread(harvest, answer, entry, Failure("trial", reason))
        return
    if entry is None and urlsplit(response.url).path == ROBOTS_PATH:
        harvest.receive_robots(answer)
    else:
        harvest.receive_whole(answer, entry)
    harvest.archive.end_attempt(pointer)
    harvest.notes["answers recovered"] += 1


def _leave_unread(harvest: RecoveringRun, pointer: WarcPointer, response: WarcResponse, failure: Failure) -> None:
    """Give a record its outcome without reading it: this process died each time that it tried."""
    entry = harvest.archive.entry_of(response.url)
    answer = _answer(harvest, pointer, response, entry)
    if answer is not None:
        _settle_unread(harvest, answer, entry, replace(failure, stage="trial"))


def _settle_unread(harvest: RecoveringRun, answer: Answer, entry: FrontierEntry | None, failure: Failure) -> None:
    outcome = Outcome(OutcomeKind.UNREADABLE, failure.reason)
    settlement = Settlement(answer.capture, outcome, entry=entry.id if entry else None, failure=failure)
    harvest.archive.settle(harvest.run, settlement)


def _answer(harvest: RecoveringRun, pointer: WarcPointer, response: WarcResponse, entry: FrontierEntry | None) -> Answer | None:
    """Return the response as it is processed; None, and remembered as failed, where its address or headers make that impossible."""
    source = entry.source if entry else ""
    try:
        source = source or harvest.source_of(response.url)
        harvest.frame(source)  # the source gets its row here: a child process must not write into the database
        whole = harvest.judge(source, response)
        response = replace(harvest.archive.response(pointer), truncated=whole.truncated)
        return harvest.answer(source, response, pointer, doubtful=whole.doubtful)
    except Exception as error:  # noqa: BLE001  an address or header that nothing here can hold
        remember_failed(harvest.archive, harvest.run, source, response, pointer, error)
        if entry is not None:
            harvest.archive.unanswered(harvest.run, entry, Failure.of("capture", error).reason)
        return None


def remember_failed(archive: Archive, run: int, source: str, response: WarcResponse, pointer: WarcPointer, error: Exception) -> None:
    """Write down that a record cannot even become a capture.

    Raises:
        HarvesterError: `error` itself, where it says that the archive can take no more.
    """
    if ends_run(error):
        raise error
    capture = Capture(source, response.url, response.date, response.status, "", "", pointer)
    failure = Failure.of("capture", error)
    log_failure(response.url, failure, error)
    archive.record_failure(run, capture, None, failure)


def _why_not(harvest: RecoveringRun, answer: Answer, entry: FrontierEntry | None) -> str:
    """Return why a response must not be read in this process; empty when a child process has read it."""

    def trial() -> None:
        settled = settle(answer, entry, harvest.frame(answer.capture.source))
        if isinstance(settled, Draft):
            read(settled)

    return why_not(trial)
