"""`harvester ingest`: WARC files of others, through the same line."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

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
from harvester.cli.reports import live_table, notes_report, print_notes, print_tally, run_report
from harvester.monitoring.progress import watching
from storage.archive import Archive


def command(
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
    from harvester.harvest import Harvest  # the line loads only where it is needed
    from harvester.ingestion import ingest

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
        Harvest.begun(call.config, call.catalogue, call.topics, "ingest", any_source=any_source) as harvest,
        watching(harvest, call.err, live_table, silent=call.quiet or call.as_json),
    ):
        for path in file:
            files[str(path)] = dict(ingest(harvest, path))
    with Archive.opened(call.config.archive) as opened:
        run = opened.run(harvest.run)
    report: dict[str, Any] = {**run_report(run), "files": files, "notes": notes_report(harvest)}
    call.report(report)
    if not call.quiet and not call.as_json:
        print_tally(call.err, run)
        print_notes(call.err, harvest)
        for name, counts in files.items():
            call.err.print(f"{name}: " + ", ".join(f"{count} {what}" for what, count in sorted(counts.items())))
    return 0
