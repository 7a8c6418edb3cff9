"""`harvester crawl`: the main job."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

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
from harvester.cli.reports import crawl_report, live_table, print_tally
from harvester.monitoring.health import Health, close_health, takedown_lines, verdict
from harvester.monitoring.progress import watching
from harvester.spiders.lane import Revisit
from storage.archive import Archive
from storage.errors import UsageError

if TYPE_CHECKING:
    from harvester.catalogue.declaration import Declaration


def command(
    source: Annotated[list[str] | None, typer.Argument(help="Ids of sources; all that are enabled when none is named.")] = None,
    *,
    all_: Annotated[bool, typer.Option("--all", help="Ask every channel, due or not.")] = False,
    limit: Annotated[int | None, typer.Option("--limit", min=0, help="Articles asked for, per source.")] = None,
    revisit: Annotated[Revisit, typer.Option("--revisit", help="Known articles to ask again: those due by the ladder, all, or none.")] = (
        Revisit.DUE
    ),
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be asked, and ask nothing.")] = False,
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
    """Crawl the sources that are due into the archive."""
    from harvester.harvest import Harvest  # Scrapy and the line load only where they are needed
    from harvester.spiders.crawling import Plan, crawl

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
    declarations = _chosen(call, source or [])
    if dry_run:
        return _say_what_would_be_asked(call, declarations)
    if not call.config.contact:
        call.say("No contact is configured: sites cannot reach you. Set `contact` in harvester.toml or HARVESTER_CONTACT.")
    with (
        Harvest.begun(call.config, call.catalogue, call.topics, "crawl") as harvest,
        watching(harvest, call.err, live_table, silent=call.quiet or call.as_json),
    ):
        crawl(harvest, Plan(declarations, early=all_, limit=limit, revisit=revisit))
        health = Health() if harvest.signal else close_health(harvest.archive, harvest.catalogue, harvest.run)
    with Archive.opened(call.config.archive) as opened:
        run, failing, gone = opened.run(harvest.run), dict(opened.failing(harvest.run)), opened.mass_takedowns(harvest.run)
    failing |= {source: [(call.catalogue.get(source).source.home, why)] for source, why in harvest.left_out.items()}
    code, why = verdict(run, failing, harvest.signal, [*takedown_lines(gone), *health.lines])
    call.report(crawl_report(run, failing, code, why) | health.report())
    if not call.quiet and not call.as_json:
        print_tally(call.err, run)
    if not run.tally:
        call.say("Nothing was due; --all asks channels that are not due yet, too.")
    for warning in health.warnings:
        call.say(warning)
    for reason in why.splitlines():
        call.err.print(f"harvester: {reason}")
    return code


def _chosen(call: Invocation, ids: list[str]) -> list[Declaration]:
    """The sources that are named, or all that are enabled."""
    declarations = [call.catalogue.get(x) for x in ids] or [x for x in call.catalogue if x.enabled]
    if not declarations:
        raise UsageError("The catalogue has no enabled source.", "Name a folder of declarations with --sources.")
    return declarations


def _say_what_would_be_asked(call: Invocation, declarations: list[Declaration]) -> int:
    waiting: dict[str, int] = {}
    if (call.config.archive / "archive.sqlite3").is_file():
        with Archive.opened(call.config.archive) as opened:
            waiting = opened.waiting()
    rows = [{"source": x.id, "channels": [channel.url for channel in x.channels], "waiting": waiting.get(x.id, 0)} for x in declarations]
    call.report({"command": "crawl", "dry_run": True, "sources": rows})
    if not call.as_json:
        for x in declarations:
            call.out.print(f"{x.id}: {waiting.get(x.id, 0)} addresses wait")
            for channel in x.channels:
                call.out.print(f"  {channel.kind} {channel.url}")
    return 0
