"""The line: the stages in their order, written once.

Scrapy's item pipelines, the ingestion of WARC files, and every test that reads whole pages take the order from here.
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
from pipelines.line_version import LINE
from pipelines.relevance import judge
from pipelines.walls import recognise
from pipelines.watchdog import watchdog
from storage.errors import ends_run
from storage.model.captures import Outcome, OutcomeKind
from storage.model.failures import Failure

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from pipelines.draft import Draft
    from pipelines.rules import LineRules
    from storage.archive import Archive
    from storage.model.settlement import Settlement


@dataclass(frozen=True, slots=True)
class Desk:
    """Where the line ends: the archive, and the run that is charged."""

    archive: Archive
    run: int


READING: Mapping[str, Callable[[Draft], Draft]] = {
    "extract": extraction_stage.extract,
    "recognise": recognise,
    "date": dates_stage.date,
    "judge": judge,
    "fingerprint": fingerprint,
    "editions": find_editions,
}
"""The pure stages: a page in, what it says out."""

STAGES = (*READING, "deduplicate", "persist")
"""All stages, in order."""


def run_stage(name: str, draft: Draft, desk: Desk) -> Draft:
    """Run one stage.

    A draft that has its outcome goes straight to `persist`, past the stage that recognises why a page has no text. A page that
    breaks a stage, `persist` included, gets the outcome `unreadable` and is remembered as failed.

    Raises:
        HarvesterError: the archive itself can take no more (see `ends_run`).
    """
    if name == "persist":
        return _persist(draft, desk)
    if draft.outcome is not None and name != "recognise":
        return draft
    try:
        with watchdog():
            return READING[name](draft) if name in READING else deduplication.deduplicate(draft, desk.archive, LINE, read)
    except Exception as error:
        if ends_run(error):
            raise
        failure = Failure.of(name, error)
        log_failure(draft.capture.url, failure, error)
        return replace(draft, outcome=Outcome(OutcomeKind.UNREADABLE, failure.reason), failure=failure)


def _persist(draft: Draft, desk: Desk) -> Draft:
    try:
        return persistence.persist(draft, desk.archive, desk.run)
    except Exception as error:  # noqa: BLE001  every capture gets an outcome
        outcome = give_up(draft.capture, draft.entry, "persist", error, desk.archive, desk.run)
        return replace(draft, outcome=outcome, change=None)


def read(draft: Draft) -> Draft:
    """The pure stages alone; stops at the first outcome, once it is recognised."""
    for name, stage in READING.items():
        if draft.outcome is None or name == "recognise":
            draft = stage(draft)
    return draft


def keep(settlement: Settlement, desk: Desk, rules: LineRules) -> None:
    """Write down what becomes of a capture that brought no page."""
    desk.archive.settle(desk.run, deduplication.place_repeat(settlement, desk.archive, rules, LINE, read))


def run_line(draft: Draft, desk: Desk) -> Draft:
    """All stages, to the end."""
    for name in STAGES:
        draft = run_stage(name, draft, desk)
    return draft
