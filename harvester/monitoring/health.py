"""Health of a run: promises that its sources keep and break, the exit code, and its reason."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from harvester.monitoring.drift import PREFIX, dead_selectors, judge_pages, judge_selector
from harvester.monitoring.expectations import judge
from harvester.monitoring.failing import all_failed, some_failed
from storage.errors import EverySourceFailed, HarvesterError, SourcesFailed
from storage.model.captures import OutcomeKind
from storage.model.health import ExpectationResult

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from harvester.catalogue.declaration import Declaration
    from harvester.catalogue.loader import Catalogue
    from storage.archive import Archive
    from storage.model.health import PromiseState
    from storage.model.runs import CrawlRun, SourceTally
    from storage.reader import ArchiveReader

_READ = frozenset(OutcomeKind) - {OutcomeKind.ROBOTS, OutcomeKind.REFUSED, OutcomeKind.SERVER_ERROR, OutcomeKind.UNREADABLE}

ANSWERS = "answers"
"""Name of the promise that every source makes: each requested URL gets a response."""

_NAMED_FIRST = ("body", "title", "date")
"""Fields whose selectors are named first where several drifted."""


@dataclass(slots=True)
class Health:
    """Findings at the close of a run.

    `broken`: by source, the promises that are broken. `warnings`: sentences about what looks wrong.
    `standing`: (source, promise) of those that were broken before, were reported then, and are not due for a
    reminder. `mended`: by source, promises that are kept again, each as (state before, state now).
    """

    broken: dict[str, list[PromiseState]] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)
    standing: set[tuple[str, str]] = field(default_factory=set)
    mended: dict[str, list[tuple[PromiseState, PromiseState]]] = field(default_factory=dict)

    @property
    def lines(self) -> list[str]:
        """One line for each broken promise; all selectors of a source that drifted share one."""
        return [line for source, states in sorted(self.broken.items()) for line in _broken_lines(source, states)]

    @property
    def news(self) -> list[str]:
        """The lines of `lines` about promises that are not in `standing`, to be reported now."""
        new = {
            source: [state for state in states if (source, state.verdict.promise) not in self.standing]
            for source, states in self.broken.items()
        }
        return [line for source, states in sorted(new.items()) for line in _broken_lines(source, states)]

    @property
    def known_failing(self) -> set[str]:
        """Sources whose missing responses were reported before."""
        return {source for source, promise in self.standing if promise == ANSWERS}

    @property
    def mended_lines(self) -> list[str]:
        """One line for each promise that is kept again."""
        return [
            f"{source}: {state.verdict.told}; kept again, broken since {before.since:%Y-%m-%d}"
            for source, pairs in sorted(self.mended.items())
            for before, state in pairs
        ]

    def report(self) -> dict[str, Any]:
        """Return the findings as a JSON object."""
        return {
            "broken": {source: [promise_report(x) for x in states] for source, states in sorted(self.broken.items())},
            "warnings": self.warnings,
            "kept_again": {source: [promise_report(x) for _, x in pairs] for source, pairs in sorted(self.mended.items())},
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
    """Return the state of a promise as one line: source, verdict, and since when."""
    return f"{source}: {state.verdict.told}; since {state.since:%Y-%m-%d}"


def promise_report(state: PromiseState) -> dict[str, Any]:
    """Return the state of a promise as a JSON object."""
    since = state.since.isoformat(timespec="seconds")
    return {**asdict(state.verdict), "run": state.run, "since_run": state.since_run, "since": since, "before": state.before}


def close_health(archive: Archive, catalogue: Catalogue, run: int, remind: timedelta = timedelta(0)) -> Health:
    """Judge the sources of a run and store their verdicts; the archive must be held.

    A promise that stays broken is reported again once in each period of `remind`; by every run if that is
    zero.
    """
    health, moment, failing = Health(), datetime.now(UTC), archive.failing(run)
    before = {(source, x.verdict.promise): x for source, states in archive.promises().items() for x in states}
    judged = {}
    for source in archive.tally(run):
        declaration = catalogue.sources.get(source)
        if declaration is None:
            continue
        verdicts, warnings = _judged(archive, declaration, run, moment)
        archive.keep_verdicts(run, source, [*verdicts, _answers(failing.get(source, ()))])
        judged[source] = {verdict.promise for verdict in verdicts if verdict.kept is False}
        health.warnings += [f"{source}: {warning}" for warning in warnings]
    for source, states in archive.promises().items():
        if broken := [state for state in states if state.verdict.promise in judged.get(source, ())]:
            health.broken[source] = broken
        for state in states:
            last = before.get((source, state.verdict.promise))
            if state.run == run and last is not None and not last.verdict.kept:
                _compare(health, archive, source, last, state, remind)
    return health


def _compare(health: Health, archive: Archive, source: str, last: PromiseState, state: PromiseState, remind: timedelta) -> None:
    """Add a promise that was broken at the close of the run before to `mended`, or to `standing`.

    It is added to neither if it is due for a reminder, or if a source fails for a reason of another kind
    (`timeout` after `dns`): then it is reported again.
    """
    if state.verdict.kept:
        health.mended.setdefault(source, []).append((last, state))
        return
    # start of the newest run before the given number
    then, now = (archive.last_start(number + 1) for number in (last.run, state.run))
    same = state.verdict.promise != ANSWERS or _reason_kind(state) == _reason_kind(last)
    if same and not is_reminder(state.since, then, now, remind):
        health.standing.add((source, state.verdict.promise))


def _reason_kind(state: PromiseState) -> str:
    """Return the kind of the reason why a source failed, parsed from the text made by `_answers`."""
    return state.verdict.told.partition(" (")[2].partition(":")[0]


def is_reminder(since: datetime, last: datetime | None, now: datetime | None, every: timedelta) -> bool:
    """Return whether a run is due to report a lasting fault again.

    It is if it starts (`now`) in another period of length `every`, counted from `since`, than the run before
    (`last`); always if `every` is zero or a start is unknown.
    """
    if not every or last is None or now is None:
        return True
    return (now - since) // every > (last - since) // every


def _judged(archive: Archive, declaration: Declaration, run: int, moment: datetime) -> tuple[list[ExpectationResult], list[str]]:
    """Return the verdicts on a source, and warnings about selectors of its layout that never matched."""
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


def _answers(failing: Sequence[tuple[str, str]]) -> ExpectationResult:
    """Return the verdict on whether every requested URL of a source got a response.

    It is reported with the run's failures, not as a broken promise.
    """
    reasons = "; ".join(f"{reason}: {url}" for url, reason in failing[:1])
    told = f"{len(failing)} failing ({reasons})" if failing else "every address was answered"
    return ExpectationResult(ANSWERS, "no failures", f"{len(failing)} failing", len(failing), not failing, told)


def verdict(
    run: CrawlRun,
    failing: Mapping[str, Sequence[tuple[str, str]]],
    signal: int = 0,
    broken: Sequence[str] = (),
    trouble: Sequence[str] = (),
    *,
    chosen: int = 0,
    known: Collection[str] = (),
) -> tuple[int, str]:
    """Return exit code and reason of a crawl, one line a reason.

    130 or 143 after a signal; 1 if the engine failed or left a response without an outcome (`trouble`); 9 if
    no source could be read; 3 if some failed or broke a promise (`broken`, a line each); else 0: every
    request is accounted for. A source failed if a URL that the run requested still fails after the run's own
    retries. `chosen` is the number of sources that might have been requested; sources in `known` failed
    before and need no new reason.
    """
    if signal:
        return 128 + signal, "interrupted; the archive is consistent and the next run goes on from here."
    if trouble:
        return HarvesterError.exit_code, "\n".join((*trouble, *broken))
    if not failing:
        return (SourcesFailed.exit_code, "\n".join(broken)) if broken else (0, "")
    asked, is_news = len(run.tally.keys() | failing.keys()), not failing.keys() <= set(known)
    if not any(was_read(tally) for tally in run.tally.values()):
        return EverySourceFailed.exit_code, all_failed(failing, chosen, asked) if is_news else ""
    told = [some_failed(failing, asked, known)] if is_news else []
    return SourcesFailed.exit_code, "\n".join((*told, *broken))


def trouble_lines(archive: ArchiveReader, run: int) -> list[str]:
    """Return a line for each source whose responses are implausible as a whole or were not processed.

    These are mass takedowns, URLs without a page, sitemaps nested too deep and errors of this program.
    """
    return [
        *takedown_lines(archive.mass_takedowns(run)),
        *turned_away_lines(archive.turned_away(run)),
        *too_deep_lines(archive.too_deep(run)),
        *failure_lines(archive.failed_in(run)),
    ]


def takedown_lines(gone: Mapping[str, tuple[int, int]]) -> list[str]:
    """Return a line for each source with more missing articles than is plausible.

    `gone` has, by source, how many known articles were missing and how many were requested.
    """
    return [
        f"{source}: {lost} of {asked} known articles are not there any more; none of them is marked as gone: look at the site"
        for source, (lost, asked) in sorted(gone.items())
    ]


def failure_lines(failed: Mapping[str, int]) -> list[str]:
    """Return a line for each source with captures that failed with an error of this program.

    `failed` has, by source, the number of such captures in a run.
    """
    return [
        f"{source or 'an unknown source'}: {count} captures could not be processed; `harvester status` names them, "
        "`harvester crawl --retry unreadable` tries them again"
        for source, count in sorted(failed.items())
    ]


def turned_away_lines(away: Mapping[str, tuple[int, int]]) -> list[str]:
    """Return a line for each source most of whose new URLs lead to no page.

    `away` has, by source, how many lead to none and how many were requested.
    """
    return [
        f"{source}: {nowhere} of {asked} addresses that it announced lead nowhere (404, or redirects to other pages): look at the site"
        for source, (nowhere, asked) in sorted(away.items())
    ]


def too_deep_lines(sitemaps: Mapping[str, int]) -> list[str]:
    """Return a line for each source whose sitemaps are nested too deep.

    `sitemaps` has, by source, the number of sitemaps whose child sitemaps were not read.
    """
    return [
        f"{source}: {count} of its sitemaps name others that are nested too deep; these are not read"
        for source, count in sorted(sitemaps.items())
    ]


def without_articles_lines(sources: Sequence[str]) -> list[str]:
    """Return a line for each source none of whose listed URLs matches its article patterns."""
    told = "no address that its channels list matches its article patterns (`articles`)"
    return [f"{source}: {told}; `harvester sources probe {source}` shows one" for source in sources]


def was_read(tally: SourceTally) -> bool:
    """Return whether a run read any response of a source.

    A robots.txt, a refusal, a server error and an unreadable response do not count.
    """
    return any(tally.outcomes[kind] for kind in _READ)
