"""What `harvester doctor` finds, and how a check that fails becomes a finding itself."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from storage.errors import HarvesterError
from storage.model.failures import printable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

logger = logging.getLogger(__name__)


class Level(StrEnum):
    """How a finding is to be taken; `skipped` is what could not be looked at, because something before it is wrong."""

    OK = "ok"
    WARNING = "warning"
    PROBLEM = "problem"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at, how it stands, and what to do about it. `details` are shown under -v, and in the report."""

    subject: str
    level: Level
    finding: str
    hint: str = ""
    details: str = ""


def looked_at(subject: str, check: Callable[[], Iterable[Finding]]) -> Iterator[Finding]:
    """The findings of a check. An error that it meets is a finding, too: whatever is broken, everything else is looked at."""
    try:
        yield from check()
    except HarvesterError as error:
        yield Finding(subject, Level.PROBLEM, error.message, error.hint)
    except OSError as error:
        yield Finding(
            subject, Level.PROBLEM, f"{error.filename or subject} cannot be looked at: {error.strerror}.", "Check its permissions."
        )
    except Exception as error:  # the check is what fails, and the others must go on
        logger.info("the check of %s failed", subject, exc_info=error)
        told = printable(f"{type(error).__name__}: {error}")
        yield Finding(subject, Level.PROBLEM, f"cannot be looked at: {told}.", "`harvester doctor -v` shows where.")
