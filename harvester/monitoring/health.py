"""How a run went: the promises that its sources keep and break, the exit code, and one line saying why."""

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
"""The promise that every source makes: it answers at every address that it is asked for."""

_NAMED_FIRST = ("body", "title", "date")
"""The selectors that are worth most, where several drifted."""


@dataclass(slots=True)
class Health:
    """What the close of a run found.

    `broken`: by source, the promises that are broken. `warnings`: sentences of what looks wrong. `standing`: (source, promise) of
    those that were broken before, were reported then, and need not be reported again yet. `mended`: by source, promises that are kept
    again, each as it stood before and as it stands.
    """

    broken: dict[str, list[PromiseState]] = field(default_factory=dict)
    warnings: list[str] = field(default_factory=list)
    standing: set[tuple[str, str]] = field(default_factory=set)
    mended: dict[str, list[tuple[PromiseState, PromiseState]]] = field(default_factory=dict)

    @property
    def lines(self) -> list[str]:
        """One line for each broken promise; a layout that changed is one, however many selectors it took with it."""
        return [line for source, states in sorted(self.broken.items()) for line in _broken_lines(source, states)]

    @property
    def news(self) -> list[str]:
        """The lines of `lines` that are to be reported now."""
        new = {
            source: [state for state in states if (source, state.verdict.promise) not in self.standing]
            for source, states in self.broken.items()
        }
        return [line for source, states in sorted(new.items()) for line in _broken_lines(source, states)]

    @property
    def known_failing(self) -> set[str]:
        """The sources that do not answer, as was reported before."""
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
        """As JSON."""
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
    """How a promise stands, on one line: whose, what, and since when."""
    return f"{source}: {state.verdict.told}; since {state.since:%Y-%m-%d}"


def promise_report(state: PromiseState) -> dict[str, Any]:
    """How a promise stands, as JSON."""
    since = state.since.isoformat(timespec="seconds")
    return {**asdict(state.verdict), "run": state.run, "since_run": state.since_run, "since": since, "before": state.before}


def close_health(archive: Archive, catalogue: Catalogue, run: int, remind: timedelta = timedelta(0)) -> Health:
    """Judge the sources that a run asked, and write down how their promises stand. The archive must be held.

    A promise that stays broken is reported again once in `remind`; by every run where that is zero.
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
    """Note whether a promise that was broken at the close of the run before is kept again, or stands broken as was reported.

    A source that fails for a reason of another kind (`timeout` after `dns`) is reported again.
    """
    if state.verdict.kept:
        health.mended.setdefault(source, []).append((last, state))
        return
    then, now = (archive.last_start(number + 1) for number in (last.run, state.run))  # the newest run before the next number
    same = state.verdict.promise != ANSWERS or _reason_kind(state) == _reason_kind(last)
    if same and not is_reminder(state.since, then, now, remind):
        health.standing.add((source, state.verdict.promise))


def _reason_kind(state: PromiseState) -> str:
    """The kind of the reason for which a source did not answer, from what `_answers` says of it."""
    return state.verdict.told.partition(" (")[2].partition(":")[0]


def is_reminder(since: datetime, last: datetime | None, now: datetime | None, every: timedelta) -> bool:
    """Whether a run that starts `now` is the first in its period, counted from `since` on, when the run before started at `last`."""
    if not every or last is None or now is None:
        return True
    return (now - since) // every > (last - since) // every


def _judged(archive: Archive, declaration: Declaration, run: int, moment: datetime) -> tuple[list[ExpectationResult], list[str]]:
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


def _answers(failing: Sequence[tuple[str, str]]) -> ExpectationResult:
    """Whether a source answered at every address that it was asked for; told with the run's failures, not as a promise broken."""
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
    """Exit code and reason of a crawl, one line a reason.

    130 or 143 after a signal, 1 when the engine failed or lost sight of an answer (`trouble`), 9 when no source could be read, 3 when
    some failed or broke a promise (`broken`, a line each), else 0: everything that was asked is accounted for. A source failed when an
    address that the run asked is failing still, after the run's own retries. `chosen` is how many sources might have been asked;
    sources that are `known` to fail are no reason that has to be given.
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


def without_articles_lines(sources: Sequence[str]) -> list[str]:
    """A line for each source whose patterns take none of the addresses that its channels list for an article."""
    told = "no address that its channels list matches its article patterns (`articles`)"
    return [f"{source}: {told}; `harvester sources probe {source}` shows one" for source in sources]


def was_read(tally: SourceTally) -> bool:
    """Whether a run read any answer of a source: more than a robots.txt, and no failure."""
    return any(tally.outcomes[kind] for kind in _READ)
