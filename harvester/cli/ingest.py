"""`harvester ingest`: WARC files of others, through the same line.

Nothing heavy is imported here at the top: a second run must find the archive held, and end, before it has cost anything.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from harvester.cli.locking import taking_lock
from harvester.cli.options import (
    ArchiveOption,
    ConfigOption,
    Invocation,
    JsonOption,
    KeepOption,
    OnlySourcesOption,
    QuietOption,
    SourcesOption,
    TopicOption,
    TopicsOption,
    VerboseOption,
)
from storage.errors import SourcesFailed


def command(
    context: typer.Context,
    file: Annotated[list[Path], typer.Argument(help="WARC files: .warc or .warc.gz.")],
    *,
    any_source: Annotated[bool, typer.Option("--any-source", help="Take pages of unknown hosts too, under the host's name.")] = False,
    keep: KeepOption = None,
    topic: TopicOption = None,
    topics: TopicsOption = None,
    archive: ArchiveOption = None,
    config: ConfigOption = None,
    sources: SourcesOption = None,
    only_given_sources: OnlySourcesOption = False,
    json: JsonOption = False,
    quiet: QuietOption = False,
    verbose: VerboseOption = 0,
) -> int:
    """Take the pages of WARC files that others made into the archive."""
    lock = context.with_resource(taking_lock(context, archive, config, "ingest"))
    from harvester.cli.reports import live_table, print_tally, run_report
    from harvester.harvest import Harvest
    from harvester.ingestion import ingest
    from harvester.monitoring.health import failure_lines
    from harvester.monitoring.progress import watching
    from storage.archive import Archive

    call = Invocation.begin(
        config,
        as_json=json,
        quiet=quiet,
        verbose=verbose,
        archive=archive,
        sources=sources,
        only_given_sources=only_given_sources,
        keep=keep,
        topic=topic,
        topics=topics,
    )
    files: dict[str, dict[str, int]] = {}
    with (
        Harvest.begun(call.config, call.catalogue, call.topics, "ingest", any_source=any_source, lock=lock) as harvest,
        watching(harvest, call.err, live_table, silent=call.quiet or call.as_json),
    ):
        for path in file:
            files[str(path)] = dict(ingest(harvest, path))
    with Archive.opened(call.config.archive) as opened:
        run, failed = opened.run(harvest.run), opened.failed_in(harvest.run)
    report: dict[str, Any] = {**run_report(run), "files": files}
    call.report(report)
    if not call.quiet and not call.as_json:
        print_tally(call.err, run)
        for name, counts in files.items():
            call.err.print(f"{name}: " + ", ".join(f"{count} {what}" for what, count in sorted(counts.items())))
    for line in failure_lines(failed):
        call.err.print(f"harvester: {line}")
    return SourcesFailed.exit_code if failed else 0
