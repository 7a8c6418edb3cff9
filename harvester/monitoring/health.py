"""How a run went: the promises that its sources keep and break, the exit code, and one line saying why."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from harvester.monitoring.drift import PREFIX, dead_selectors, judge_pages, judge_selector
from harvester.monitoring.expectations import judge
from storage.errors import HarvesterError
from storage.model.captures import OutcomeKind
from storage.model.health import Verdict

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from harvester.catalogue.declaration import Declaration
    from harvester.catalogue.loader import Catalogue
    from storage.archive import Archive
    from storage.model.health import PromiseState
    from storage.model.runs import CrawlRun, SourceTally
    from storage.reader import ArchiveReader

_READ = frozenset(OutcomeKind) - {OutcomeKind.ROBOTS, OutcomeKind.REFUSED, OutcomeKind.SERVER_ERROR, OutcomeKind.UNREADABLE}

ANSWERS = "answers"
"""The promise that every source makes: it answers at every address that it is asked for."""

_NAMED_FIRST = ("body", "title", "date")
"""The selectors that are worth most, where several drifted."""


@dataclass(slots=True)
class Health:
    """What the close of a run found: by source, the promises that are broken, and sentences of what looks wrong."""

    broken: dict[str, list[PromiseState]] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)

    @property
    def lines(self) -> list[str]:
        """One line for each broken promise; a layout that changed is one, however many selectors it took with it."""
        return [line for source, states in sorted(self.broken.items()) for line in _broken_lines(source, states)]

    def report(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "broken": {source: [promise_report(x) for x in states] for source, states in sorted(self.broken.items())},
            "warnings": self.warnings,
        }


def _broken_lines(source: str, states: Sequence[PromiseState]) -> list[str]:
    drifted = {x.verdict.promise.removeprefix(PREFIX): x for x in states if x.verdict.promise.startswith(PREFIX)}
    lines = [promise_line(source, x) for x in states if not x.verdict.promise.startswith(PREFIX)]
    if drifted:
        first = next((field for field in _NAMED_FIRST if field in drifted), min(drifted))
        others = [f"{field} (`{x.verdict.promised}`)" for field, x in drifted.items() if field != first]
        lines.append(promise_line(source, drifted[first]) + (f"; the same for {', '.join(others)}" if others else ""))
    return lines


def promise_line(source: str, state: PromiseState) -> str:
    """How a promise stands, on one line: whose, what, and since when."""
    return f"{source}: {state.verdict.told}; since {state.since:%Y-%m-%d}"


def promise_report(state: PromiseState) -> dict[str, Any]:
    """How a promise stands, as JSON."""
    since = state.since.isoformat(timespec="seconds")
    return {**asdict(state.verdict), "run": state.run, "since_run": state.since_run, "since": since, "before": state.before}


def close_health(archive: Archive, catalogue: Catalogue, run: int) -> Health:
    """Judge the sources that a run asked, and write down how their promises stand. The archive must be held."""
    health, moment, failing = Health(), datetime.now(UTC), archive.failing(run)
    judged = {}
    for source in archive.tally(run):
        declaration = catalogue.sources.get(source)
        if declaration is None:
            continue
        verdicts, warnings = _judged(archive, declaration, run, moment)
        archive.keep_verdicts(run, source, [*verdicts, _answers(failing.get(source, ()))])
        judged[source] = {verdict.promise for verdict in verdicts if verdict.kept is False}
        health.warnings += [f"{source}: {warning}" for warning in warnings]
    states = archive.promises()
    for source, promises in judged.items():
        if broken := [state for state in states.get(source, ()) if state.verdict.promise in promises]:
            health.broken[source] = broken
    return health


def _judged(archive: Archive, declaration: Declaration, run: int, moment: datetime) -> tuple[list[Verdict], list[str]]:
    """The verdicts on a source, and what looks wrong in its layout."""
    zone = ZoneInfo(declaration.source.timezone)
    today = moment.astimezone(zone).date()
    vitals = archive.vitals(run, declaration.id, zone, today)
    selectors = declaration.selectors_at(moment.date())
    history = archive.selector_history(declaration.id, selectors)
    verdicts = [
        *judge(declaration.expect, vitals, today),
        judge_pages(archive.page_history(run, declaration.id), run),
        *(judge_selector(field, selector, history[field], run) for field, selector in selectors.items()),
    ]
    return verdicts, dead_selectors(selectors, history) if vitals.of_run else []


def _answers(failing: Sequence[tuple[str, str]]) -> Verdict:
    """Whether a source answered at every address that it was asked for; told with the run's failures, not as a promise broken."""
    reasons = "; ".join(f"{reason}: {url}" for url, reason in failing[:1])
    told = f"{len(failing)} failing ({reasons})" if failing else "every address was answered"
    return Verdict(ANSWERS, "no failures", f"{len(failing)} failing", len(failing), not failing, told)


def verdict(
    run: CrawlRun,
    failing: Mapping[str, Sequence[tuple[str, str]]],
    signal: int = 0,
    broken: Sequence[str] = (),
    trouble: Sequence[str] = (),
) -> tuple[int, str]:
    """Exit code and reason of a crawl, one line a reason.

    130 or 143 after a signal, 1 when the engine failed or lost sight of an answer (`trouble`), 9 when no source could be read, 3 when
    some failed or broke a promise (`broken`, a line each), else 0: everything that was asked is accounted for. A source failed when an
    address that the run asked is failing still, after the run's own retries.
    """
    if signal:
        return 128 + signal, "interrupted; the archive is consistent and the next run goes on from here."
    if trouble:
        return HarvesterError.exit_code, "\n".join((*trouble, *broken))
    if not failing:
        return (3, "\n".join(broken)) if broken else (0, "")
    ids = ", ".join(f"{source} ({addresses[0][1]}: {addresses[0][0]})" for source, addresses in sorted(failing.items()))
    if not any(was_read(tally) for tally in run.tally.values()):
        return 9, f"every source failed: {ids}"
    return 3, "\n".join((f"{len(failing)} of {len(run.tally.keys() | failing.keys())} sources failed: {ids}", *broken))


def trouble_lines(archive: ArchiveReader, run: int) -> list[str]:
    """Return a line for each source whose answers in a run cannot be believed as a whole, or could not be processed."""
    return [
        *takedown_lines(archive.mass_takedowns(run)),
        *turned_away_lines(archive.turned_away(run)),
        *too_deep_lines(archive.too_deep(run)),
        *failure_lines(archive.failed_in(run)),
    ]


def takedown_lines(gone: Mapping[str, tuple[int, int]]) -> list[str]:
    """A line for each source (lost, asked) of which more known articles are not there any more than can be believed."""
    return [
        f"{source}: {lost} of {asked} known articles are not there any more; none of them is marked as gone: look at the site"
        for source, (lost, asked) in sorted(gone.items())
    ]


def failure_lines(failed: Mapping[str, int]) -> list[str]:
    """Return a line for each source of which a run could not process captures (their number) because of an error of this program."""
    return [
        f"{source or 'an unknown source'}: {count} captures could not be processed; `harvester status` names them, "
        "`harvester crawl --retry unreadable` tries them again"
        for source, count in sorted(failed.items())
    ]


def turned_away_lines(away: Mapping[str, tuple[int, int]]) -> list[str]:
    """A line for each source (nowhere, asked) most of whose new addresses lead to no page."""
    return [
        f"{source}: {nowhere} of {asked} addresses that it announced lead nowhere (404, or redirects to other pages): look at the site"
        for source, (nowhere, asked) in sorted(away.items())
    ]


def too_deep_lines(sitemaps: Mapping[str, int]) -> list[str]:
    """A line for each source whose sitemaps are nested too deep."""
    return [
        f"{source}: {count} of its sitemaps name others that are nested too deep; these are not read"
        for source, count in sorted(sitemaps.items())
    ]


def was_read(tally: SourceTally) -> bool:
    """Whether a run read any answer of a source: more than a robots.txt, and no failure."""
    return any(tally.outcomes[kind] for kind in _READ)
