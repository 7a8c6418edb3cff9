"""Status of each source, and totals over all sources."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from harvester.cli.reports import tally_report
from harvester.config import resembling
from harvester.monitoring.health import ANSWERS, promise_report, was_read
from storage.errors import EverySourceFailed, SourcesFailed, UsageError
from storage.model.holdings import SourceCounts
from storage.model.runs import INGEST, CrawlRun, SourceTally
from storage.model.text import counted

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

    from harvester.catalogue.loader import Catalogue
    from storage.model.health import PromiseState
    from storage.reader import ArchiveReader

_NOTHING = SourceCounts(0, None)


class SourceState(StrEnum):
    """State of a source.

    `failing`: it breaks a promise. `ingested`: the archive has its pages from files alone. `never asked`: it
    is declared, and no run has requested it yet.
    """

    WELL = "well"
    FAILING = "failing"
    INGESTED = "ingested"
    NEVER_ASKED = "never asked"
    SWITCHED_OFF = "switched off"


@dataclass(frozen=True, slots=True)
class SourceStatus:
    """Facts about one source in the archive; `enabled` is None where the catalogue lacks it."""

    id: str
    holding: SourceCounts = _NOTHING
    waiting: int = 0
    run: CrawlRun | None = None
    promises: tuple[PromiseState, ...] = ()
    newest: date | None = None
    due: datetime | None = None
    last_success: datetime | None = None
    enabled: bool | None = None

    @property
    def broken(self) -> list[PromiseState]:
        """The promises that are broken."""
        return [state for state in self.promises if not state.verdict.kept]

    @property
    def state(self) -> SourceState:
        """The state of the source."""
        if self.broken:
            return SourceState.FAILING
        if self.run is not None:
            return SourceState.INGESTED if self.is_only_ingested else SourceState.WELL
        return SourceState.SWITCHED_OFF if self.enabled is False else SourceState.NEVER_ASKED

    @property
    def is_only_ingested(self) -> bool:
        """Whether its newest run read files, and no crawl has judged its promises."""
        return self.run is not None and self.run.kind == INGEST and not self.promises

    @property
    def is_down(self) -> bool:
        """Whether its last run could read no response of it."""
        tally = self.run.tally.get(self.id) if self.run else None
        fails = any(state.verdict.promise == ANSWERS for state in self.broken)
        return fails and not (tally and was_read(tally))

    def report(self) -> dict[str, Any]:
        """Return the status as JSON values."""
        return {
            "id": self.id,
            "articles": self.holding.articles,
            "newest_article": self.holding.newest_day,
            "newest_published": self.newest.isoformat() if self.newest else None,
            "silent_days": max((datetime.now(UTC).date() - self.newest).days, 0) if self.newest else None,
            "waiting": self.waiting,
            "next_due": self.due.isoformat(timespec="seconds") if self.due else None,
            "failing_since": f"{min(state.since for state in self.broken):%Y-%m-%d}" if self.broken else None,
            "promises": [promise_report(state) for state in self.promises],
            "last_run": _asked(self.id, self.run) if self.run else None,
            "state": self.state.value,
            "last_success": self.last_success.isoformat(timespec="seconds") if self.last_success else None,
        }


def _asked(source: str, run: CrawlRun) -> dict[str, Any]:
    tally = run.tally.get(source, SourceTally())
    return {"run": run.id, "started_at": run.started_at.isoformat(timespec="seconds"), "ended": run.ended, **tally_report(tally)}


def standings(archive: ArchiveReader, catalogue: Catalogue | None) -> dict[str, SourceStatus]:
    """Return the status of every source in the archive or the catalogue, by id."""
    holdings, waiting, newest = archive.holdings(), archive.waiting(), archive.newest_runs()
    promises, due, successes = archive.promises(), archive.channels_due(), archive.last_successes()
    days = archive.newest_days((datetime.now(UTC) + timedelta(hours=14)).date())  # today in UTC+14, where a day begins first
    declared = {x.id: x.enabled for x in catalogue or ()}
    return {
        x: SourceStatus(
            x,
            holdings.get(x, _NOTHING),
            waiting.get(x, 0),
            newest.get(x),
            tuple(promises.get(x, ())),
            days.get(x),
            due.get(x),
            successes.get(x),
            declared.get(x),
        )
        for x in sorted({*holdings, *waiting, *newest, *promises, *declared})
    }


def chosen(ids: list[str], of: Mapping[str, SourceStatus]) -> list[SourceStatus]:
    """Return the status of the named sources, or of all.

    Raises:
        UsageError: neither the archive nor the catalogue has a named source.
    """
    for unknown in [x for x in ids if x not in of]:
        near = resembling(unknown, of)
        hint = f"The nearest is {near}." if near else "`harvester status` lists all; name a folder of declarations with --sources."
        raise UsageError(f"The archive has nothing of a source {unknown}.", hint)
    return [of[x] for x in ids] or list(of.values())


def totals(of: Iterable[SourceStatus]) -> dict[str, int]:
    """Return the number of sources, and of those in each state.

    `ingested` and `switched off` are left out where they are 0.
    """
    states = Counter(standing.state for standing in of)
    rare = {SourceState.INGESTED, SourceState.SWITCHED_OFF}
    shown = [state for state in SourceState if states[state] or state not in rare]
    return {"sources": states.total(), **{state.value: states[state] for state in shown}}


def totals_line(counts: Mapping[str, int]) -> str:
    """Return the totals for users, on one line."""
    states = ", ".join(f"{count} {state}" for state, count in counts.items() if state != "sources")
    return f"{counted(counts['sources'], 'source')}: {states}"


def exit_code(of: Iterable[SourceStatus], *, failed_captures: bool) -> int:
    """Return the exit code for `--exit-code`.

    9 where no source that was requested could be read, 3 where a promise is broken or a capture could not be
    processed, else 0.
    """
    asked = [standing for standing in of if standing.state in {SourceState.WELL, SourceState.FAILING}]
    if asked and all(standing.is_down for standing in asked):
        return EverySourceFailed.exit_code
    broken = failed_captures or any(standing.state is SourceState.FAILING for standing in asked)
    return SourcesFailed.exit_code if broken else 0
