"""How a run went: the exit code, and one line saying why."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from storage.model.captures import OutcomeKind

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from storage.model.runs import CrawlRun, SourceTally

_READ = frozenset(OutcomeKind) - {OutcomeKind.ROBOTS, OutcomeKind.REFUSED, OutcomeKind.SERVER_ERROR, OutcomeKind.UNREADABLE}


def verdict(
    run: CrawlRun,
    failing: Mapping[str, Sequence[tuple[str, str]]],
    signal: int = 0,
    gone: Mapping[str, tuple[int, int]] = MappingProxyType({}),
) -> tuple[int, str]:
    """Exit code and reason of a crawl: 130 or 143 after a signal, 9 when no source could be read, 3 when some failed, else 0.

    A source failed when an address that the run asked is failing still, after the run's own retries. `gone`: by source, how many of
    the known articles asked were not there any more, where that is too many to be believed.
    """
    if signal:
        return 128 + signal, "interrupted; the archive is consistent and the next run goes on from here."
    if failing and not any(_was_read(tally) for tally in run.tally.values()):
        return 9, f"every source failed: {_failing(failing)}"
    told = [f"{len(failing)} of {len(run.tally.keys() | failing.keys())} sources failed: {_failing(failing)}"] if failing else []
    told += [
        f"{source}: {lost} of {asked} known articles are not there any more; none of them is marked as gone: look at the site"
        for source, (lost, asked) in sorted(gone.items())
    ]
    return (3, "; ".join(told)) if told else (0, "")


def _failing(failing: Mapping[str, Sequence[tuple[str, str]]]) -> str:
    return ", ".join(f"{source} ({addresses[0][1]}: {addresses[0][0]})" for source, addresses in sorted(failing.items()))


def _was_read(tally: SourceTally) -> bool:
    return any(tally.outcomes[kind] for kind in _READ)
