"""`harvester ingest`: process WARC files of other programs with the pipeline of a crawl.

Heavy modules are not imported at module level: a second run must find the archive locked, and end, before it
loads them.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from harvester.cli.locking import taking_lock
from harvester.cli.messages import tell
from harvester.cli.options import (
    ArchiveOption,
    ConfigOption,
    Invocation,
    JsonOption,
    KeepOption,
    LogFileOption,
    LogFormatOption,
    OnlySourcesOption,
    QuietOption,
    SourcesOption,
    TopicOption,
    TopicsOption,
    VerboseOption,
)
from storage.errors import HarvesterError, SourcesFailed, UsageError
from storage.export.plain_text import plain
from storage.interrupts import Interrupted
from storage.model.captures import OutcomeKind
from storage.model.text import counted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from harvester.ingestion import Ingested
    from storage.model.runs import CrawlRun


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
    log_file: LogFileOption = None,
    log_format: LogFormatOption = None,
    json: JsonOption = False,
    quiet: QuietOption = False,
    verbose: VerboseOption = 0,
) -> int:
    """Take the pages of WARC files that others made into the archive."""
    require_files(file)
    lock = context.with_resource(taking_lock(context, archive, config, "ingest"))
    from harvester.cli.reports import live_ingestion
    from harvester.crawl_session import CrawlSession
    from harvester.ingestion import ingest
    from harvester.monitoring.progress import watching

    call = Invocation.begin(
        config,
        as_json=json,
        quiet=quiet,
        verbose=verbose,
        writes_log=True,
        archive=archive,
        sources=sources,
        only_given_sources=only_given_sources,
        keep=keep,
        topic=topic,
        topics=topics,
        log={"file": log_file, "format": log_format},
    )
    call.say_unjudged(topics, topic)
    done: list[Ingested] = []
    number: int | None = None
    fatal: HarvesterError | None = None
    signal: Interrupted | None = None
    try:
        with (
            CrawlSession.begun(call.config, call.catalogue, call.topics, "ingest", any_source=any_source, lock=lock) as session,
            watching(session, call.err, live_ingestion, silent=call.quiet or call.as_json),
        ):
            number = session.run
            ingest(session, file, done)
    except HarvesterError as error:
        if number is None:
            raise
        fatal = error
    except Interrupted as error:
        if number is None:
            raise
        signal = error
    return _report(call, number, done, fatal or signal, table=verbose > 0, any_source=any_source)


def require_files(paths: Sequence[Path]) -> None:
    """Check that all files exist and can be read, before an archive and a run are created for them.

    Raises:
        UsageError: files are missing, unreadable or folders; the message names all of them.
    """
    faults, hints = [], []
    for path in paths:
        if os.path.isdir(path):  # noqa: PTH112  Path.is_dir raises for a name that is too long
            faults.append(f"{path} is a folder.")
            hints.append(_files_hint(path))
        elif not os.access(path, os.R_OK):
            faults.append(f"{path} {'may not be read' if os.access(path, os.F_OK) else 'does not exist'}.")
            hints.append("Check the name and the permissions.")
    if faults:
        raise UsageError(" ".join([*faults, "Nothing was ingested."]), " ".join(dict.fromkeys(hints)))


def _files_hint(folder: Path) -> str:
    """Return a hint naming the WARC files of a folder, an archive (`warc`) or Browsertrix (`archive`)."""
    for place in (folder, folder / "warc", folder / "archive"):
        for pattern in ("*.warc.gz", "*.warc"):
            if next(place.glob(pattern), None) is not None:
                return f"Name its files: {place / pattern}"
    return f"{folder} holds no .warc.gz or .warc file."


def _report(
    call: Invocation,
    number: int,
    done: Sequence[Ingested],
    ended_by: HarvesterError | Interrupted | None,
    *,
    table: bool,
    any_source: bool,
) -> int:
    """Print the result of an ingestion and return its exit code.

    Raises:
        HarvesterError: `ended_by`, the error that ended the run, after the result is printed.
    """
    from harvester.cli.ingested import advice, file_line, summary
    from harvester.cli.reports import counted_columns, log_end, run_report, tally_table
    from harvester.monitoring.health import failure_lines, takedown_lines
    from harvester.monitoring.logs import is_json
    from storage.archive import Archive

    with Archive.opened(call.config.archive) as opened:
        run, gone, failed = opened.run(number), opened.mass_takedowns(number), opened.failed_in(number)
        no_article = opened.reasons_in(number, OutcomeKind.NOT_ARTICLE)
    code, why = verdict(run, done, [*takedown_lines(gone), *failure_lines(failed)])
    files: dict[str, dict[str, Any]] = {"files": {}, "notes": {}, "digest_mismatches": {}, "errors": {}}
    for each in done:
        name = str(each.path)
        files["files"][name] = dict(each.counts)
        files["notes"] |= {name: dict(each.notes)} if each.notes else {}
        files["digest_mismatches"] |= {name: each.mismatches} if each.mismatches else {}
        files["errors"] |= {name: str(each.error)} if each.error else {}
    if isinstance(ended_by, Interrupted):
        pages = sum(tally.captures for tally in run.tally.values())
        code, why = ended_by.exit_code, [f"Interrupted; {pages} pages are in the archive. Run the same command again to go on."]
    ends = {"exit_code": code, "why": "\n".join(why)}
    if isinstance(ended_by, HarvesterError):
        ends = {"exit_code": ended_by.exit_code, "why": str(ended_by)}
    else:
        log_end(run, code, "\n".join(why))
    call.report({**run_report(run), **files, **ends})
    if not call.quiet and not call.as_json:
        if table and not is_json():
            call.err.print(tally_table(run.tally, columns=counted_columns(run.tally)))
        for each in done:
            call.say(plain(file_line(each)))
        call.say(summary(run, no_article))
        unknown = 0 if any_source else sum(each.counts["unknown source"] for each in done)
        for line in advice(run, unknown, keeps_all=call.config.keep == "all"):
            call.say(line)
    for reason in why:
        tell(reason, in_file=False)
    if isinstance(ended_by, HarvesterError):
        raise ended_by
    return code


def verdict(run: CrawlRun, done: Sequence[Ingested], troubles: Sequence[str]) -> tuple[int, list[str]]:
    """Return the exit code of a completed ingestion, and the reasons why it is not 0.

    `troubles` are further reasons, about its sources.
    """
    torn = [str(each.error) for each in done if each.error]
    failed = []
    for source, tally in sorted(run.tally.items()):
        kinds = [f"{count} {kind}" for kind, count in sorted(tally.outcomes.items()) if kind.is_failure]
        if kinds:
            failed.append(f"{source}: {', '.join(kinds)} of {counted(tally.captures, 'capture')}.")
    failed += troubles
    code = UsageError.exit_code if torn else SourcesFailed.exit_code if failed else 0
    return code, [*torn, *failed]
