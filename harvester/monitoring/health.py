"""How a run went: the exit code, and one line saying why."""

from __future__ import annotations

from typing import TYPE_CHECKING

from storage.model.captures import OutcomeKind

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from storage.model.runs import CrawlRun, SourceTally

_READ = frozenset(OutcomeKind) - {OutcomeKind.ROBOTS, OutcomeKind.REFUSED, OutcomeKind.SERVER_ERROR, OutcomeKind.UNREADABLE}


def verdict(run: CrawlRun, failing: Mapping[str, Sequence[tuple[str, str]]], signal: int = 0) -> tuple[int, str]:
    """Exit code and reason of a crawl: 130 or 143 after a signal, 9 when no source could be read, 3 when some failed, else 0.

    A source failed when an address that the run asked is failing still, after the run's own retries.
    """
    if signal:
        return 128 + signal, "interrupted; the archive is consistent and the next run goes on from here."
    if not failing:
        return 0, ""
    ids = ", ".join(f"{source} ({addresses[0][1]}: {addresses[0][0]})" for source, addresses in sorted(failing.items()))
    if not any(_was_read(tally) for tally in run.tally.values()):
        return 9, f"every source failed: {ids}"
    return 3, f"{len(failing)} of {len(run.tally.keys() | failing.keys())} sources failed: {ids}"


def _was_read(tally: SourceTally) -> bool:
    return any(tally.outcomes[kind] for kind in _READ)
