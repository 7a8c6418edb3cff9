"""`harvester status`: totals of all sources, the last run of each, and the contents of the archive."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from harvester.cli.options import (
    ArchiveOption,
    ConfigOption,
    Invocation,
    JsonOption,
    OnlySourcesOption,
    QuietOption,
    SourcesOption,
    VerboseOption,
)
from harvester.cli.rendering import plain
from harvester.cli.reports import failure_report, in_short, ingested_report, run_report
from harvester.cli.source_status import SourceState, SourceStatus, chosen, exit_code, standings, totals, totals_line
from harvester.cli.tables import Column, print_table
from harvester.monitoring.disk import disk_use
from harvester.monitoring.health import promise_line
from storage.errors import UsageError
from storage.locking import holder

if TYPE_CHECKING:
    from rich.console import Console

    from harvester.catalogue.loader import Catalogue
    from storage.model.failures import FailedCapture
    from storage.model.runs import CrawlRun

_FAILED_SHOWN = 20
_TOLD = frozenset({SourceState.WELL, SourceState.FAILING, SourceState.INGESTED})
"""States of the sources of which the archive holds something."""


def command(
    source: Annotated[list[str] | None, typer.Argument(help="Ids of sources, to be told everything of; all, in short, by default.")] = None,
    *,
    broken: Annotated[bool, typer.Option("--broken", help="Show only the sources that break a promise.")] = False,
    exit_code_: Annotated[
        bool, typer.Option("--exit-code", help="End with 3 where something is broken, with 9 where every source failed.")
    ] = False,
    runs: Annotated[int, typer.Option("--runs", min=0, max=1000, help="So many of the last runs.")] = 5,
    archive: ArchiveOption = None,
    config: ConfigOption = None,
    sources: SourcesOption = None,
    only_given_sources: OnlySourcesOption = False,
    json: JsonOption = False,
    quiet: QuietOption = False,
    verbose: VerboseOption = 0,
) -> int:
    """Tell how all sources stand together, what each did last, what it promised and did, and what the archive holds."""
    from storage.archive import Archive

    call = Invocation.begin(
        config,
        as_json=json,
        quiet=quiet,
        verbose=verbose,
        archive=archive,
        sources=sources,
        only_given_sources=only_given_sources,
    )
    catalogue = _catalogue_or_none(call)
    with Archive.opened(call.config.archive) as opened:
        held_by = holder(call.config.archive)
        last, known, failed = opened.last_runs(runs), standings(opened, catalogue), opened.failed_captures()
        ingested = opened.ingested_files()
        disk = disk_use(opened, datetime.now(UTC))
    named = chosen(source or [], known)
    counts = totals(named)
    shown = [x for x in named if (x.state is SourceState.FAILING if broken else source or x.state in _TOLD or x.waiting)]
    rows = [x.report() for x in shown]
    call.report(
        {
            "command": "status",
            "archive": str(call.config.archive),
            "held_by": held_by,
            "articles": sum(x.holding.articles for x in named),
            "sources": rows,
            "runs": [run_report(run) for run in last],
            "failed": [failure_report(x) for x in failed],
            "ingested_files": [ingested_report(x) for x in ingested],
            "totals": {name.replace(" ", "_"): count for name, count in counts.items()},
            "never_asked": [x.id for x in named if x.state is SourceState.NEVER_ASKED],
            "disk": disk.report(),
        }
    )
    if not call.as_json:
        call.out.print(totals_line(counts))
    if not (call.as_json or call.quiet):
        call.out.print(disk.line())
        if not rows and not broken:
            call.out.print("No source was asked yet.")
        _print_sources(call, rows)
        for standing, row in zip(shown, rows, strict=True):
            _print_promises(call.out, standing, row, whole=bool(source))
        _print_failed(call.out, failed)
        _print_runs(call.out, [] if broken else last, held_by)
    return exit_code(named, failed_captures=bool(failed)) if exit_code_ else 0


def _catalogue_or_none(call: Invocation) -> Catalogue | None:
    """Return the catalogue; None, with a message, where a declaration is invalid.

    The contents of the archive can be reported without it.
    """
    try:
        return call.catalogue
    except UsageError as error:
        call.say(f"The catalogue cannot be read, so sources that were never asked are not counted: {error.message}")
        return None


# ── for people ────────────────────────────────────────────────────────────────────────────────────────────────────────


_COLUMNS = (
    Column("source", left=True, folds=True),
    Column("articles"),
    Column("newest"),
    Column("silent", optional=1),
    Column("waiting", optional=5),
    Column("asked", optional=7),
    Column("fetched", optional=2),
    Column("stored", optional=6),
    Column("failed"),
    Column("kept", optional=8),
    Column("due", optional=4),
    Column("read", optional=3),
)


def _print_sources(call: Invocation, rows: list[dict[str, Any]]) -> None:
    """Print one line for each source."""
    if rows and (note := print_table(call.out, _COLUMNS, [_cells(row) for row in rows], gap=1)):
        call.say(note)


def _cells(row: dict[str, Any]) -> list[str]:
    """Return the table cells of a source. `asked` is when the run began, unless that run only read files."""
    last, promises = row["last_run"], row["promises"]
    known = [row["id"], str(row["articles"]), row["newest_published"] or "-", _days(row["silent_days"]), str(row["waiting"])]
    did = [str(last[x]) for x in ("fetched", "stored", "failed")] if last else ["-"] * 3
    asked = "-"
    if last:
        asked = "ingested" if row["state"] == SourceState.INGESTED else _short(last["started_at"])
    kept = f"{sum(x['kept'] for x in promises)}/{len(promises)}" if promises else "-"
    return [*known, asked, *did, kept, _short(row["next_due"]), _short(row["last_success"])[:5]]


def _days(count: int | None) -> str:
    return "-" if count is None else f"{count} d"


def _short(moment: str | None) -> str:
    """Return month, day, hour and minute of a moment in ISO 8601; `-` for None."""
    return moment[5:16].replace("T", " ") if moment else "-"


def _print_promises(console: Console, of: SourceStatus, row: dict[str, Any], *, whole: bool) -> None:
    """Print the broken promises of a source; with `whole`, all of them and the outcomes of its last run."""
    if whole and row["last_run"]:
        outcomes = {**row["last_run"]["outcomes"], **row["last_run"]["unanswered"]}
        console.print(f"{of.id}: run {row['last_run']['run']}: " + ", ".join(f"{count} {kind}" for kind, count in outcomes.items()))
    for state in of.promises:
        before = f" (before: {state.before})" if state.before and "before:" not in state.verdict.told else ""
        if not state.verdict.kept:
            console.print(plain(f"broken  {promise_line(of.id, state)}{before}"))
        elif whole:
            console.print(plain(f"kept    {promise_line(of.id, state)}{before}"))


def _print_failed(console: Console, failed: list[FailedCapture]) -> None:
    """Print captures that could not be processed, a line each, at most `_FAILED_SHOWN`."""
    for x in failed[:_FAILED_SHOWN]:
        tried = f"tried {x.attempts} times" if x.attempts > 1 else "tried once"
        console.print(plain(f"failed  {x.source}: {x.url}: {x.failure.reason}; {tried}, last on {x.at:%Y-%m-%d}"))
    if len(failed) > _FAILED_SHOWN:
        console.print(f"failed  and {len(failed) - _FAILED_SHOWN} more (--json lists them)")
    if failed:
        console.print("`harvester crawl --retry unreadable` tries them again.")


def _print_runs(console: Console, runs: list[CrawlRun], held_by: str | None) -> None:
    for run in runs:
        totals = [in_short(tally) for tally in run.tally.values()]
        fetched, stored, failed = (sum(total[x] for total in totals) for x in ("fetched", "stored", "failed"))
        ended = run.ended or ("still runs" if held_by else "killed")
        console.print(
            f"run {run.id}: {run.kind}, {run.started_at:%Y-%m-%d %H:%M} UTC, {ended}; {fetched} fetched, {stored} stored, {failed} failed"
        )
    if held_by:
        console.print(f"held by {held_by}")
