"""Ingestion of WARC files of other programs by the same pipeline; repeated, it changes nothing."""

from __future__ import annotations

import hashlib
import logging
from collections import Counter
from dataclasses import dataclass, field, replace
from http import HTTPStatus
from typing import TYPE_CHECKING

from harvester.fetching.captured_response import CapturedResponse
from pipelines.failures import log_failure
from pipelines.urls import MAX_LENGTH, is_web_address
from storage.errors import UsageError, ends_run
from storage.interrupts import uninterrupted
from storage.model.capture_result import CaptureResult
from storage.model.captures import Outcome, OutcomeKind
from storage.model.failures import Failure
from storage.model.text import one_line
from storage.warc.copying import described
from storage.warc.digests import payload_digest
from storage.warc.errors import BadPointer
from storage.warc.exchange import escaped_url
from storage.warc.foreign import iterate
from storage.warc.records import derived_record_id
from storage.warc.response import Original
from storage.warc.wholeness import is_short_of_its_length

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from harvester.crawl_session import CrawlSession
    from storage.model.captures import Capture
    from storage.warc.copying import SourceFile
    from storage.warc.response import WarcResponse

logger = logging.getLogger(__name__)

NO_ORIGINAL = "revisit: the capture that it refers to is not in this archive"
MOST_NAMED = 100
"""Number of records of a file with mismatching digests that are named; all of them are counted."""
DIGEST_MISMATCH = "digest_mismatch"
"""Key under which records are counted whose bytes do not have a digest that they declare."""
_WAITING = "waiting"
LONGEST_NAME = 255
"""Characters of a file's name that are stored; Linux allows as many bytes."""


@dataclass(slots=True)
class Ingested:
    """Result of the ingestion of one file.

    `counts` accounts for every record: how many were `taken`, `known` already, of an `unknown source`, of a
    `bad_address` or `long_address`, `failed`, skipped because of their type, or unusable, by reason. `notes`
    counts assumptions on those taken: dated by the server's own header, a body that is not whole, bytes that
    do not have their declared digest. `copied_from` is the file as stored in the archive, and its number
    there; `mismatches` are the ids of the first 100 records with mismatching digests. `error` is why the file
    was not read to its end, or not without loss.
    """

    path: Path
    counts: Counter[str] = field(default_factory=Counter)
    notes: Counter[str] = field(default_factory=Counter)
    mismatches: list[str] = field(default_factory=list)
    error: UsageError | None = None
    copied_from: tuple[SourceFile, int] | None = None


def ingest(session: CrawlSession, paths: Sequence[Path], done: list[Ingested]) -> None:
    """Ingest the pages of files; a report for each file is appended to `done`.

    Each response of a known source (of any host, if the run allows it) is copied into the archive's own WARC
    files and then processed, unless its record is unusable. A revisit record whose original comes later in
    the file, or in a later file, has to wait: such files are read a second time. A file that cannot be read,
    or not without loss, does not stop the others.
    """
    for path in paths:
        report = Ingested(path)
        done.append(report)
        try:
            session.copied_from = None
            for response in iterate(path, report.counts):
                if session.copied_from is None:
                    session.copied_from = report.copied_from = _written_down(session, path)
                report.counts[_taken(session, response, report, last_try=False)] += 1
        except UsageError as error:
            report.error = error
    for report in done:
        if report.counts.pop(_WAITING, 0):
            _take_waiting(session, report)
    session.copied_from = None
    _settle_early_revisits(session)


def _written_down(session: CrawlSession, path: Path) -> tuple[SourceFile, int]:
    """Store name and digest of a file, and return them with its number.

    Of a file that holds copies made by this program, they are those of the file from which it was copied.

    Raises:
        UsageError: the file cannot be read.
    """
    try:
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
            size = file.tell()
        source = described(path, one_line(path.name, LONGEST_NAME), digest, size)
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror or error}.") from error
    return source, session.archive.keep_ingested_file(session.run, source.name, source.sha256, source.size)


def _take_waiting(session: CrawlSession, report: Ingested) -> None:
    """Read a file again for the revisit records whose originals were missing at first."""
    session.copied_from = report.copied_from
    try:
        for response in iterate(report.path):
            if response.original is not None:
                became = _taken(session, response, report, last_try=True)
                if became in {"taken", "failed"}:
                    report.counts[became] += 1
    except UsageError as error:
        report.error = report.error or error


@uninterrupted()
def _taken(session: CrawlSession, response: WarcResponse, report: Ingested, *, last_try: bool) -> str:
    """Ingest one response and return the key under which it is counted.

    One that causes an error is logged, and does not stop the file.
    """
    try:
        return _take(session, response, report, last_try=last_try)
    except Exception as error:
        if ends_run(error):
            raise
        log_failure(response.url, Failure.of("ingest", error), error)
        return "failed"


def _take(session: CrawlSession, response: WarcResponse, report: Ingested, *, last_try: bool) -> str:
    """Ingest one response and return the key to count it under; all checks precede all writing."""
    if len(response.url) > MAX_LENGTH:
        return "long_address"
    if not is_web_address(response.url):
        return "bad_address"
    if session.catalogue.of_url(response.url) is None and not session.any_source:
        return "unknown source"
    held = session.archive.captured_as(response.record_id)
    record_id = _free_record_id(session, response, held)
    if record_id is None:
        if held is not None and held.ingested_from is None and session.copied_from is not None:
            session.archive.keep_origin(held.warc, session.copied_from[1])
        return "known"
    source = session.source_of(response.url)
    session.source_context(source)
    if response.original is not None:
        return _take_revisit(session, source, response, record_id, report, last_try=last_try)
    if not response.truncated and response.status == HTTPStatus.OK and is_short_of_its_length(response):
        response = replace(response, truncated="disconnect")
    whole = session.judge(source, response)
    response = replace(response, truncated=whole.truncated)
    pointer = session.copy(response, record_id)
    session.receive_whole(session.answer(source, response, pointer, doubtful=whole.doubtful), None)
    _note(report, response)
    return "taken"


def _note(report: Ingested, response: WarcResponse) -> None:
    """Count assumptions on a record that was taken, and its mismatching digests."""
    assumed = {
        "not whole": bool(response.truncated),
        "dated by the server": response.by_http_date,
        DIGEST_MISMATCH: bool(response.failed_digests),
    }
    report.notes.update(name for name, holds in assumed.items() if holds)
    if response.failed_digests and len(report.mismatches) < MOST_NAMED:
        report.mismatches.append(response.record_id)
        told = " and ".join(f"WARC-{name}-Digest {digest}" for name, digest in response.failed_digests)
        logger.warning("%s: record %s (%s) does not have the %s that it declares", report.path, response.record_id, response.url, told)


def _free_record_id(session: CrawlSession, response: WarcResponse, held: Capture | None) -> str | None:
    """Return the id for the copy of a record; None for a record that is known.

    It is the record's own id, or a derived one where another capture (`held`) has that: some programs give
    several records one id. A record is known if a capture has the same id, date, URL and digest (for a
    revisit record without the digest), or if the derived id is in the archive.
    """
    if held is None:
        return response.record_id
    is_same = held.captured_at == response.date and escaped_url(held.url) == escaped_url(response.url)
    if is_same and (response.original is not None or held.payload_digest == payload_digest(response.body)):
        return None
    derived = derived_record_id(response)
    return None if session.archive.has_warc_record(derived) else derived


def _take_revisit(session: CrawlSession, source: str, response: WarcResponse, record_id: str, report: Ingested, *, last_try: bool) -> str:
    """Ingest a revisit record: a capture equal to an earlier one, whose body it does not repeat."""
    reading = response
    if response.repeats_body and response.status == HTTPStatus.OK:
        original = _original_of(session, source, response)
        if original is not None:
            response, reading = original
        is_settled = original is not None
    else:
        is_settled = response.status != HTTPStatus.NOT_MODIFIED or session.archive.last_capture(source, response.url) is not None
    if not is_settled and not last_try:
        return _WAITING
    pointer = session.copy(response, record_id)
    _note(report, response)
    answer = session.answer(source, reading, pointer)
    if is_settled:
        session.receive_whole(answer, None)
    else:
        session.archive.record_capture(session.run, CaptureResult(answer.capture, Outcome(OutcomeKind.UNREADABLE, NO_ORIGINAL)))
    return "taken"


def _settle_early_revisits(session: CrawlSession) -> None:
    """Process the revisit records of earlier ingestions whose originals arrived only now."""
    for _, capture, _ in session.archive.unreadable_because(NO_ORIGINAL):
        try:
            response = session.archive.response(capture.warc)
            last = session.archive.last_capture(capture.source, capture.url)
            held = session.archive.original_of(capture.source, response) or (last.capture if last and not response.repeats_body else None)
            if held is None:
                continue
            reading = replace(response.with_body_of(session.archive.response(held.warc)), status=HTTPStatus.OK.value)
        except BadPointer as error:
            logger.warning("%s: a revisit, or the capture that it refers to, is damaged: %s", capture.url, error)
            continue
        session.receive_whole(CapturedResponse(replace(capture, status=HTTPStatus.OK.value), reading), None)


def _original_of(session: CrawlSession, source: str, response: WarcResponse) -> tuple[WarcResponse, WarcResponse] | None:
    """Return a revisit record as it is written, and as it is read: with the body of its original.

    None where the original is not in the archive or damaged.
    """
    try:
        held = session.archive.original_of(source, response)
        if held is None:
            return None
        body = session.archive.response(held.warc)
    except BadPointer as error:
        logger.warning("%s: the capture that a revisit refers to is damaged: %s", response.url, error)
        return None
    original = Original(held.url, held.captured_at, held.warc.record_id)
    written = replace(response, original=original, same_as=held.captured_at, declared_digest=held.payload_digest)
    return written, written.with_body_of(body)
