"""`harvester status`: what was done last, source by source, and what the archive holds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.table import Table

from harvester.cli.options import ArchiveOption, ConfigOption, Invocation, JsonOption, QuietOption, VerboseOption
from harvester.cli.reports import in_short, run_report, tally_report
from storage.archive import Archive
from storage.locking import holder
from storage.model.holdings import Holding
from storage.model.runs import CrawlRun, SourceTally

if TYPE_CHECKING:
    from rich.console import Console

_NOTHING = Holding(0, None)


def command(
    *,
    runs: Annotated[int, typer.Option("--runs", min=0, max=1000, help="So many of the last runs.")] = 5,
    archive: ArchiveOption = None,
    config: ConfigOption = None,
    json: JsonOption = False,
    quiet: QuietOption = False,
    verbose: VerboseOption = 0,
) -> int:
    """Tell what the archive holds, what each source did last, and how the last runs ended."""
    call = Invocation.begin(config, as_json=json, quiet=quiet, verbose=verbose, archive=archive)
    with Archive.opened(call.config.archive) as opened:
        held_by = holder(call.config.archive)
        last, holdings, waiting, newest = opened.last_runs(runs), opened.holdings(), opened.waiting(), opened.newest_runs()
    ids = sorted({*holdings, *waiting, *newest})
    rows = [_row(source, holdings.get(source, _NOTHING), waiting.get(source, 0), newest.get(source)) for source in ids]
    call.report(
        {
            "command": "status",
            "archive": str(call.config.archive),
            "held_by": held_by,
            "articles": sum(holding.articles for holding in holdings.values()),
            "sources": rows,
            "runs": [run_report(run) for run in last],
        }
    )
    if not call.as_json:
        _print_sources(call.out, rows)
        _print_runs(call.out, last, held_by)
    return 0


def _row(source: str, holding: Holding, waiting: int, run: CrawlRun | None) -> dict[str, Any]:
    return {
        "id": source,
        "articles": holding.articles,
        "newest_article": holding.newest_day,
        "waiting": waiting,
        "last_run": _asked(source, run) if run else None,
    }


def _asked(source: str, run: CrawlRun) -> dict[str, Any]:
    tally = run.tally.get(source, SourceTally())
    return {"run": run.id, "started_at": run.started_at.isoformat(timespec="seconds"), "ended": run.ended, **tally_report(tally)}


def _print_sources(console: Console, rows: list[dict[str, Any]]) -> None:
    if not rows:
        console.print("No source was asked yet.")
        return
    table = Table(box=None, pad_edge=False)
    table.add_column("source", no_wrap=True)
    for column in ("articles", "newest", "waiting", "last asked", "fetched", "stored", "known", "failed"):
        table.add_column(column, justify="right", no_wrap=True)
    for row in rows:
        last = row["last_run"]
        asked = (
            [last["started_at"][:16].replace("T", " "), *(str(last[x]) for x in ("fetched", "stored", "known", "failed"))] if last else []
        )
        table.add_row(row["id"], str(row["articles"]), row["newest_article"] or "-", str(row["waiting"]), *asked)
    console.print(table)


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
