"""The line: the stages in their order, written once.

Scrapy's item pipelines, the ingestion of WARC files, and every test that reads whole pages take the order from here.
"""

from __future__ import annotations

import logging
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from pipelines import deduplication, persistence
from pipelines.dates import stage as dates_stage
from pipelines.editions import find_editions
from pipelines.extraction import extract as extraction_stage
from pipelines.fingerprints import fingerprint
from pipelines.relevance import judge
from pipelines.walls import recognise
from storage.errors import HarvesterError
from storage.model.captures import Outcome, OutcomeKind

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from pipelines.draft import Draft
    from storage.archive import Archive

logger = logging.getLogger(__name__)

LINE = "3"
"""The version of the line. It changes when the same page may read differently, so that no reading of ours is ever taken for an
edit of the publisher's."""


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
    breaks a stage leaves with an outcome that says so; only errors of the archive itself (HarvesterError) are raised.
    """
    if name == "persist":
        return persistence.persist(draft, desk.archive, desk.run)
    if draft.outcome is not None and name != "recognise":
        return draft
    try:
        return READING[name](draft) if name in READING else deduplication.deduplicate(draft, desk.archive, LINE, read)
    except HarvesterError:
        raise
    except Exception as error:
        logger.exception("%s broke the stage %s", draft.capture.url, name)
        return replace(draft, outcome=Outcome(OutcomeKind.UNREADABLE, f"{name}: {type(error).__name__}: {error}"[:500]))


def read(draft: Draft) -> Draft:
    """The pure stages alone; stops at the first outcome, once it is recognised."""
    for name, stage in READING.items():
        if draft.outcome is None or name == "recognise":
            draft = stage(draft)
    return draft


def run_line(draft: Draft, desk: Desk) -> Draft:
    """All stages, to the end."""
    for name in STAGES:
        draft = run_stage(name, draft, desk)
    return draft
