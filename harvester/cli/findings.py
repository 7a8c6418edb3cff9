"""Findings of `harvester doctor`; a check that fails with an error becomes a finding as well."""

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
    """Severity of a finding.

    `skipped`: the check was not made, because something that it depends on is wrong.
    """

    OK = "ok"
    WARNING = "warning"
    PROBLEM = "problem"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class Finding:
    """Result of one check: subject, severity, state found, and advice.

    `details` are printed under -v, and are in the JSON report.
    """

    subject: str
    level: Level
    finding: str
    hint: str = ""
    details: str = ""


def looked_at(subject: str, check: Callable[[], Iterable[Finding]]) -> Iterator[Finding]:
    """Yield the findings of a check; an error in it becomes a finding, so that the other checks still run."""
    try:
        yield from check()
    except HarvesterError as error:
        yield Finding(subject, Level.PROBLEM, error.message, error.hint)
    except OSError as error:
        yield Finding(
            subject, Level.PROBLEM, f"{error.filename or subject} cannot be looked at: {error.strerror}.", "Check its permissions."
        )
    except Exception as error:  # an error of the check itself: the other checks still run
        logger.info("the check of %s failed", subject, exc_info=error)
        told = printable(f"{type(error).__name__}: {error}")
        yield Finding(subject, Level.PROBLEM, f"cannot be looked at: {told}.", "`harvester doctor -v` shows where.")
