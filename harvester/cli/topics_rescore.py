"""`harvester topics explain` and `rescore`: explain topic verdicts, and judge the whole archive again."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import asdict
from functools import partial
from typing import TYPE_CHECKING, Annotated

import typer

from harvester.cli.locking import taking_lock
from harvester.cli.options import (
    ArchiveOption,
    ConfigOption,
    Invocation,
    JsonOption,
    OnlySourcesOption,
    QuietOption,
    SourcesOption,
    TopicOption,
    TopicsOption,
    VerboseOption,
)
from storage.errors import DamageFound
from storage.model.text import counted

if TYPE_CHECKING:
    from harvester.rescoring import Rescored
    from storage.locking import Lock


def explain(
    article: Annotated[str, typer.Argument(help="An article's id, or the address of a page that was captured.", metavar="ARTICLE|URL")],
    *,
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
    """Show why an article belongs to a topic, or why not: every term with its weight, where it stands, and what held others back."""
    call = Invocation.begin(
        config,
        as_json=json,
        quiet=quiet,
        verbose=verbose,
        archive=archive,
        sources=sources,
        only_given_sources=only_given_sources,
        topic=topic,
        topics=topics,
    )
    call.say_unjudged(topics, topic)
    from harvester.cli.topics_explain import explanation_of, print_explanation
    from storage.archive import Archive

    with Archive.opened(call.config.archive) as opened:
        explained = explanation_of(call, opened, article.strip())
    call.report(asdict(explained))
    if not call.as_json:
        print_explanation(call.out, explained)
    return 0


def rescore(
    context: typer.Context,
    *,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Count what would change, and change nothing.")] = False,
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
    """Judge the whole archive again after a topic was edited; nothing is fetched."""
    lock = context.with_resource(nullcontext() if dry_run else taking_lock(context, archive, config, "rescore", make=False))
    from harvester.cli.rendering import telling
    from harvester.rescoring import Rescored

    call = Invocation.begin(
        config,
        as_json=json,
        quiet=quiet,
        verbose=verbose,
        writes_log=not dry_run,
        archive=archive,
        sources=sources,
        only_given_sources=only_given_sources,
        topic=topic,
        topics=topics,
    )
    call.say_unjudged(topics, topic)
    counts = Rescored()
    with telling(call.err, lambda: _progress(counts), silent=call.quiet or call.as_json):
        run = None if dry_run else _rescore(call, counts, lock)
        if dry_run:
            _count(call, counts)
    call.report(
        {"command": "topics rescore", "run": run, "dry_run": dry_run, **asdict(counts), "outcomes": dict(sorted(counts.outcomes.items()))}
    )
    if not call.as_json and not call.quiet:
        _tell(call, counts, dry_run=dry_run)
    if counts.damages:
        raise DamageFound(
            f"{counted(len(counts.damages), 'capture')} could not be read again: {counts.damages[0]}",
            "`harvester verify` tells every damage.",
        )
    return 0


def _rescore(call: Invocation, counts: Rescored, lock: Lock | None) -> int:
    from harvester.crawl_session import CrawlSession
    from harvester.rescoring import rescore as rescore_archive
    from storage.reader import require_archive

    require_archive(call.config.archive)
    with CrawlSession.begun(call.config, call.catalogue, call.topics, "rescore", lock=lock) as session:
        rescore_archive(session.archive, call.topics, session.source_context, counts, run=session.run)
    return session.run


def _count(call: Invocation, counts: Rescored) -> None:
    from harvester.rereading import frame_of
    from harvester.rescoring import rescore as rescore_archive
    from storage.archive import Archive

    source_context = partial(frame_of, catalogue=call.catalogue, topics=call.topics, keep_all=call.config.keep == "all")
    with Archive.opened(call.config.archive) as opened:
        rescore_archive(opened, call.topics, source_context, counts, run=None)


def _progress(counts: Rescored) -> str:
    judged = f"{counted(counts.articles, 'article')} and {counted(counts.captures, 'capture')} out of scope judged again"
    return f"{judged}, {counts.into_scope} came into scope"


def _tell(call: Invocation, counts: Rescored, *, dry_run: bool) -> None:
    from rich.table import Table

    table = Table(box=None, pad_edge=False)
    table.add_column("topic", overflow="fold")
    columns = ("belong", "gained", "lost", "changed")
    for column in columns:
        table.add_column(column, justify="right", no_wrap=True)
    for topic, change in counts.topics.items():
        table.add_row(topic, *(str(getattr(change, column)) for column in columns))
    call.err.print(table)
    became = ", ".join(f"{count} {kind.value}" for kind, count in sorted(counts.outcomes.items()))
    call.say(f"{_progress(counts)}{f' ({became})' if became else ''}.{' Nothing was changed.' if dry_run else ''}")
