"""Record captures whose processing raises an error, so that the run goes on."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from storage.errors import ends_run
from storage.model.capture_result import CaptureResult
from storage.model.captures import Outcome, OutcomeKind
from storage.model.failures import Failure

if TYPE_CHECKING:
    from storage.archive import Archive
    from storage.model.captures import Capture

logger = logging.getLogger(__name__)


def give_up(
    capture: Capture, entry: int | None, stage: str, error: Exception, archive: Archive, run: int
) -> Outcome:
    """Record a capture whose processing raised an error: outcome `unreadable`, and a row of failed captures.

    If even that cannot be written (the tables refuse a value of the capture), the failure alone is. `entry`
    is the frontier entry of the request; it is fetched again later, as after other failures.

    Raises:
        HarvesterError: the archive cannot be written; `error` itself if it says so.
    """
    if ends_run(error):
        raise error
    failure = Failure.of(stage, error)
    log_failure(capture.url, failure, error)
    outcome = Outcome(OutcomeKind.UNREADABLE, failure.reason)
    try:
        archive.record_capture(run, CaptureResult(capture, outcome, entry=entry, failure=failure))
    except Exception as second:
        if ends_run(second):
            raise
        archive.record_failure(run, capture, entry, failure)
    return outcome


def log_failure(url: str, failure: Failure, error: BaseException) -> None:
    """Log a failed capture on one line, and the traceback at level INFO (`-v`)."""
    logger.error("%s cannot be processed: %s", url, failure.reason)
    logger.info("the traceback of that error", exc_info=error)
