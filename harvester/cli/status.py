"""`harvester status`: what was done last, source by source, what was promised and kept, and what the archive holds."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.table import Table

from harvester.cli.options import ArchiveOption, ConfigOption, Invocation, JsonOption, QuietOption, VerboseOption
from harvester.cli.rendering import plain
from harvester.cli.reports import failure_report, in_short, ingested_report, run_report, tally_report
from harvester.config import nearest
from harvester.monitoring.health import promise_line, promise_report
from storage.archive import Archive
from storage.errors import UsageError
from storage.locking import holder
from storage.model.holdings import Holding
from storage.model.runs import CrawlRun, SourceTally

if TYPE_CHECKING:
    from datetime import date

    from rich.console import Console

    from storage.model.failures import FailedCapture
    from storage.model.health import PromiseState
    from storage.reader import ArchiveReader

_NOTHING = Holding(0, None)
_FAILED_SHOWN = 20


def command(
    source: Annotated[list[str] | None, typer.Argument(help="Ids of sources, to be told everything of; all, in short, by default.")] = None,
    *,
    runs: Annotated[int, typer.Option("--runs", min=0, max=1000, help="So many of the last runs.")] = 5,
    archive: ArchiveOption = None,
    config: ConfigOption = None,
    json: JsonOption = False,
    quiet: QuietOption = False,
    verbose: VerboseOption = 0,
) -> int:
    """Tell what each source did last, what it promised and did, and what the archive holds."""
    call = Invocation.begin(config, as_json=json, quiet=quiet, verbose=verbose, archive=archive)
    with Archive.opened(call.config.archive) as opened:
        held_by = holder(call.config.archive)
        last, standings, failed = opened.last_runs(runs), _standings(opened), opened.failed_captures()
        ingested = opened.ingested_files()
    rows = [_row(standings[x]) for x in _chosen(source or [], standings)]
    call.report(
        {
            "command": "status",
            "archive": str(call.config.archive),
            "held_by": held_by,
            "articles": sum(row["articles"] for row in rows),
            "sources": rows,
            "runs": [run_report(run) for run in last],
            "failed": [failure_report(x) for x in failed],
            "ingested_files": [ingested_report(x) for x in ingested],
        }
    )
    if not call.as_json:
        _print_sources(call.out, rows)
        for row in rows:
            _print_promises(call.out, standings[row["id"]], row, whole=bool(source))
        _print_failed(call.out, failed)
        _print_runs(call.out, last, held_by)
    return 0


@dataclass(frozen=True, slots=True)
class _Standing:
    """Everything that the archive says of one source."""

    id: str
    holding: Holding
    waiting: int
    run: CrawlRun | None
    promises: list[PromiseState]
    newest: date | None
    due: datetime | None


def _standings(archive: ArchiveReader) -> dict[str, _Standing]:
    holdings, waiting, newest = archive.holdings(), archive.waiting(), archive.newest_runs()
    promises, due = archive.promises(), archive.channels_due()
    days = archive.newest_days((datetime.now(UTC) + timedelta(hours=14)).date())  # today, wherever the day begins first
    return {
        x: _Standing(x, holdings.get(x, _NOTHING), waiting.get(x, 0), newest.get(x), promises.get(x, []), days.get(x), due.get(x))
        for x in sorted({*holdings, *waiting, *newest, *promises})
    }


def _chosen(ids: list[str], standings: dict[str, _Standing]) -> list[str]:
    """The sources that are named, or all."""
    for unknown in [x for x in ids if x not in standings]:
        hint = f"The nearest is {nearest(unknown, standings)}." if standings else "No source was asked yet."
        raise UsageError(f"The archive has nothing of a source {unknown}.", hint)
    return ids or list(standings)


def _row(of: _Standing) -> dict[str, Any]:
    broken = [state for state in of.promises if not state.verdict.kept]
    return {
        "id": of.id,
        "articles": of.holding.articles,
        "newest_article": of.holding.newest_day,
        "newest_published": of.newest.isoformat() if of.newest else None,
        "silent_days": max((datetime.now(UTC).date() - of.newest).days, 0) if of.newest else None,
        "waiting": of.waiting,
        "next_due": of.due.isoformat(timespec="seconds") if of.due else None,
        "failing_since": f"{min(state.since for state in broken):%Y-%m-%d}" if broken else None,
        "promises": [promise_report(state) for state in of.promises],
        "last_run": _asked(of.id, of.run) if of.run else None,
    }


def _asked(source: str, run: CrawlRun) -> dict[str, Any]:
    tally = run.tally.get(source, SourceTally())
    return {"run": run.id, "started_at": run.started_at.isoformat(timespec="seconds"), "ended": run.ended, **tally_report(tally)}


# ── for people ────────────────────────────────────────────────────────────────────────────────────────────────────────


def _print_sources(console: Console, rows: list[dict[str, Any]]) -> None:
    """One line a source, in a hundred columns."""
    if not rows:
        console.print("No source was asked yet.")
        return
    table = Table(box=None, pad_edge=False, collapse_padding=True)
    table.add_column("source", no_wrap=True)
    for column in ("articles", "newest", "silent", "waiting", "asked", "fetched", "stored", "failed", "kept", "due"):
        table.add_column(column, justify="right", no_wrap=True)
    for row in rows:
        last, promises = row["last_run"], row["promises"]
        asked = [_short(last["started_at"]), *(str(last[x]) for x in ("fetched", "stored", "failed"))] if last else ["-"] * 4
        kept = f"{sum(x['kept'] for x in promises)}/{len(promises)}" if promises else "-"
        silent = "-" if row["silent_days"] is None else f"{row['silent_days']} d"
        known = (row["id"], str(row["articles"]), row["newest_published"] or "-", silent, str(row["waiting"]))
        table.add_row(*known, *asked, kept, _short(row["next_due"]))
    console.print(table)


def _short(moment: str | None) -> str:
    """Month, day, hour and minute of a moment in ISO 8601."""
    return moment[5:16].replace("T", " ") if moment else "-"


def _print_promises(console: Console, of: _Standing, row: dict[str, Any], *, whole: bool) -> None:
    """The broken promises of a source, or (whole) all of them and its outcomes."""
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
    """Print captures that could not be processed, a line each."""
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
