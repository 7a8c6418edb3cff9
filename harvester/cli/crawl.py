"""`harvester crawl`: crawl the sources that are due into the archive.

Heavy modules are not imported at module level: a second run must find the archive locked, and end, before it
loads them.
"""

from __future__ import annotations

import logging
from contextlib import nullcontext
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import partial
from typing import TYPE_CHECKING, Annotated
from zoneinfo import ZoneInfo

import typer

from harvester.cli.locking import EXISTING, IF_FREE, is_begun, taking_lock
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
from harvester.spiders.source_scheduler import Revisit
from storage.errors import UsageError
from storage.model.text import counted

if TYPE_CHECKING:
    from harvester.catalogue.declaration import Declaration
    from harvester.spiders.runner import CrawlEnding
    from storage.model.runs import CrawlRun


class Retry(StrEnum):
    """Kinds of failures that `--retry` tries again."""

    UNREADABLE = "unreadable"


def command(
    context: typer.Context,
    source: Annotated[list[str] | None, typer.Argument(help="Ids of sources; all that are enabled when none is named.")] = None,
    *,
    all_: Annotated[bool, typer.Option("--all", help="Ask every channel, due or not.")] = False,
    limit: Annotated[int | None, typer.Option("--limit", min=0, help="Articles asked for, per source.")] = None,
    revisit: Annotated[Revisit, typer.Option("--revisit", help="Known articles to ask again: those due by the ladder, all, or none.")] = (
        Revisit.DUE
    ),
    since: Annotated[
        str | None, typer.Option("--since", help="Backfill: walk all channels back to this day (YYYY-MM-DD).", metavar="DATE")
    ] = None,
    retry: Annotated[
        Retry | None, typer.Option("--retry", help="Try again what could not be processed: archived captures, and given-up addresses.")
    ] = None,
    if_free: Annotated[bool, typer.Option(IF_FREE, help="End silently with 0 where another run holds the archive.")] = False,
    existing: Annotated[bool, typer.Option(EXISTING, help="End with 2 where there is no archive yet, instead of beginning one.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be asked, and ask nothing.")] = False,
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
    """Crawl the sources that are due into the archive."""
    del if_free  # evaluated by `harvester.cli.main`, where it handles ArchiveBusy
    lock = context.with_resource(nullcontext() if dry_run else taking_lock(context, archive, config, "crawl", begin=not existing))
    from harvester.cli.reports import crawl_report, live_table, log_end, notes_report, print_notes, print_tally
    from harvester.crawl_session import CrawlSession
    from harvester.discovery.seeds import unasked_lines
    from harvester.monitoring.backfills import end_backfills, limit_verdict
    from harvester.monitoring.health import Health, close_health, trouble_lines, verdict, without_articles_lines
    from harvester.monitoring.logs import is_json
    from harvester.monitoring.progress import watching
    from harvester.spiders.runner import CrawlPlan, crawl
    from storage.archive import Archive

    call = Invocation.begin(
        config,
        as_json=json,
        quiet=quiet,
        verbose=verbose,
        writes_log=not dry_run,
        archive=archive,
        sources=sources,
        only_given_sources=only_given_sources,
        keep=keep,
        topic=topic,
        topics=topics,
        log={"file": log_file, "format": log_format},
    )
    call.say_unjudged(topics, topic)
    declarations, day = _chosen(call, source or []), _day(since)
    if dry_run:
        return _say_what_would_be_asked(call, declarations, day)
    if not call.config.contact:
        call.say("No contact is configured: sites cannot reach you. Set `contact` in harvester.toml or HARVESTER_CONTACT.")
    if not is_begun(call.config.archive):
        tell(f"There is no archive in {call.config.archive} yet: a new one is begun.", logging.WARNING)
    with (
        CrawlSession.begun(call.config, call.catalogue, call.topics, "crawl", lock=lock, retry=retry is not None) as session,
        watching(session, call.err, live_table, silent=call.quiet or call.as_json),
    ):
        if retry is not None:
            for declaration in declarations:
                session.archive.retry(declaration.id, retry.value)
        ending = crawl(session, CrawlPlan(declarations, early=all_, limit=limit, revisit=revisit, since=day))
        backfills = end_backfills(session)
        remind = timedelta(hours=call.config.crawl.remind_hours)
        health = Health() if session.signal else close_health(session.archive, session.catalogue, session.run, remind)
    health.warnings += unasked_lines(declarations, call.topics)
    with Archive.opened(call.config.archive) as opened:
        health.warnings += without_articles_lines(opened.without_articles(session.run))
        run, failing, broken = opened.run(session.run), dict(opened.failing(session.run)), trouble_lines(opened, session.run)
    failing |= {source: [(call.catalogue.get(source).source.home, why)] for source, why in session.left_out.items()}
    broken += ending.lines()
    judged = partial(verdict, run, failing, session.signal, trouble=ending.trouble, chosen=len(declarations))
    code, why = limit_verdict(*judged(broken=[*broken, *health.lines]), backfills)
    _, news = limit_verdict(*judged(broken=[*broken, *health.news], known=health.known_failing), backfills)
    told = {"backfills": {x.source: x.report() for x in backfills}, "notes": notes_report(session)} | ending.report()
    log_end(run, code, why)
    call.report(crawl_report(run, failing, code, why) | health.report() | told)
    if not (call.quiet or call.as_json or ending.offline or is_json()):
        print_tally(call.err, run)
        print_notes(call.err, session)
    _say_what_was_not_asked(call, run, ending, early=all_)
    for warning in health.warnings:
        call.say(warning)
    for line in (news if call.quiet else why).splitlines():
        tell(line, in_file=False)
    for line in health.mended_lines:
        tell(line, logging.INFO)
    return code


def _say_what_was_not_asked(call: Invocation, run: CrawlRun, ending: CrawlEnding, *, early: bool) -> None:
    if not run.tally and not ending.postponed:
        call.say("Nothing was asked." if early else "Nothing was due; --all asks channels that are not due yet, too.")
    for id_, until in sorted(ending.postponed.items()):
        call.say(f"{id_}: its server wants no request before {until:%Y-%m-%d %H:%M} UTC (Retry-After or Crawl-delay)")


def _chosen(call: Invocation, ids: list[str]) -> list[Declaration]:
    """Return the declarations of the named sources, or of all enabled ones.

    Raises:
        UsageError: no source is named, and none is enabled.
    """
    declarations = [call.catalogue.get(x) for x in ids] or [x for x in call.catalogue if x.enabled]
    if not declarations:
        raise UsageError("The catalogue has no enabled source.", "Name a folder of declarations with --sources.")
    return declarations


def _day(since: str | None) -> date | None:
    """Return the day that a backfill goes back to; None without `--since`.

    Raises:
        UsageError: it is no date, or not between `FIRST_YEAR` and today.
    """
    from pipelines.dates.resolution import FIRST_YEAR
    from storage.article_query import first_day

    if since is None:
        return None
    try:
        day = first_day("--since", since)
    except UsageError:
        raise UsageError(f"--since {since} is not a date.", "Write it as 2025-09-01, a month as 2025-09, a year as 2025.") from None
    if day is None or not date(FIRST_YEAR, 1, 1) <= day <= datetime.now().astimezone().date():
        raise UsageError(f"--since {since} is no day that news could be fetched of.", f"Name a day from {FIRST_YEAR} to today.")
    return day


def _say_what_would_be_asked(call: Invocation, declarations: list[Declaration], since: date | None) -> int:
    from harvester.discovery.seeds import starts, unasked_lines
    from storage.archive import Archive

    waiting: dict[str, int] = {}
    if (call.config.archive / "archive.sqlite3").is_file():
        with Archive.opened(call.config.archive) as opened:
            waiting = opened.waiting()
    asked = {x.id: starts(x, call.topics, datetime.now(ZoneInfo(x.source.timezone)).date(), since) for x in declarations}
    rows = [{"source": id_, "channels": [x.url for x in first], "waiting": waiting.get(id_, 0)} for id_, first in asked.items()]
    call.report({"command": "crawl", "dry_run": True, "sources": rows})
    if not call.as_json:
        for id_, first in asked.items():
            call.out.print(f"{id_}: {counted(waiting.get(id_, 0), 'address', 'addresses')} waiting")
            for address in first:
                call.out.print(f"  {address.kind} {address.url}")
    for line in unasked_lines(declarations, call.topics):
        call.say(line)
    return 0
