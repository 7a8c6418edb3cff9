"""The stages in their order, defined once.

Scrapy's item pipelines, the ingestion of WARC files and every test of whole pages use this order.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from pipelines import deduplication, persistence
from pipelines.dates import stage as dates_stage
from pipelines.editions import find_editions
from pipelines.extraction import extract as extraction_stage
from pipelines.failures import give_up, log_failure
from pipelines.fingerprints import fingerprint
from pipelines.page_classification import classify
from pipelines.pipeline_version import PIPELINE_VERSION
from pipelines.relevance import judge
from pipelines.watchdog import watchdog
from storage.errors import ends_run
from storage.model.captures import Outcome, OutcomeKind
from storage.model.failures import Failure

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from pipelines.draft import Draft
    from pipelines.rules import StageRules
    from storage.archive import Archive
    from storage.model.capture_result import CaptureResult


@dataclass(frozen=True, slots=True)
class RunContext:
    """Archive and run id that the two writing stages need."""

    archive: Archive
    run: int


EXTRACTION_STAGES: Mapping[str, Callable[[Draft], Draft]] = {
    "extract": extraction_stage.extract,
    "recognise": classify,
    "date": dates_stage.date,
    "judge": judge,
    "fingerprint": fingerprint,
    "editions": find_editions,
}
"""The pure stages: they need no archive."""

STAGES = (*EXTRACTION_STAGES, "deduplicate", "persist")
"""All stages, in order."""


def run_stage(name: str, draft: Draft, run_context: RunContext) -> Draft:
    """Run one stage on a draft.

    A draft with an outcome is passed on to `persist`; only the stage `recognise` may still refine the reason
    why a page has no text. A page that makes a stage fail, `persist` included, gets the outcome `unreadable`
    and a row of failed captures.

    Raises:
        HarvesterError: the archive cannot be written (see `ends_run`).
    """
    if name == "persist":
        return _persist(draft, run_context)
    if draft.outcome is not None and name != "recognise":
        return draft
    try:
        with watchdog():
            if name in EXTRACTION_STAGES:
                return EXTRACTION_STAGES[name](draft)
            return deduplication.deduplicate(draft, run_context.archive, PIPELINE_VERSION, read)
    except Exception as error:
        if ends_run(error):
            raise
        failure = Failure.of(name, error)
        log_failure(draft.capture.url, failure, error)
        return replace(draft, outcome=Outcome(OutcomeKind.UNREADABLE, failure.reason), failure=failure)


def _persist(draft: Draft, run_context: RunContext) -> Draft:
    """Write a draft; one that cannot be written gets the outcome `unreadable`."""
    try:
        return persistence.persist(draft, run_context.archive, run_context.run)
    except Exception as error:  # noqa: BLE001  every capture gets an outcome
        outcome = give_up(draft.capture, draft.entry, "persist", error, run_context.archive, run_context.run)
        return replace(draft, outcome=outcome, change=None)


def read(draft: Draft) -> Draft:
    """Run the pure stages up to the first outcome; `recognise` may still refine that."""
    for name, stage in EXTRACTION_STAGES.items():
        if draft.outcome is None or name == "recognise":
            draft = stage(draft)
    return draft


def record_without_page(capture_result: CaptureResult, run_context: RunContext, rules: StageRules) -> None:
    """Write the result of a capture that has no page of its own."""
    resolved = deduplication.resolve_repeat(
        capture_result, run_context.archive, rules, PIPELINE_VERSION, read
    )
    run_context.archive.record_capture(run_context.run, resolved)


def run_line(draft: Draft, run_context: RunContext) -> Draft:
    """Run all stages on a draft.

    Raises:
        HarvesterError: the archive cannot be written.
    """
    for name in STAGES:
        draft = run_stage(name, draft, run_context)
    return draft
