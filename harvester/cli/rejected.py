"""`harvester topics rejected`: list pages on no topic, with score and terms, to judge recall."""

from __future__ import annotations

import json as json_text
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from harvester.cli.filters import LanguageFilter, SinceFilter, SourceFilter, UntilFilter, WordsArgument, day, words
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
    from collections.abc import Iterator

    from rich.console import Console

    from harvester.rejections import Rejection, RejectionCounts, RejectionQuery

PAGES = 20
SNIPPET = 200


class RejectedFormat(StrEnum):
    """Output format of the list of pages."""

    TABLE = "table"
    JSONL = "jsonl"


def command(
    query: WordsArgument = None,
    *,
    source: SourceFilter = None,
    since: SinceFilter = None,
    until: UntilFilter = None,
    language: LanguageFilter = None,
    sample: Annotated[
        int | None, typer.Option("--sample", min=1, help="Draw this many pages at random, not the last captured.", metavar="N")
    ] = None,
    seed: Annotated[int, typer.Option("--seed", help="The same seed draws the same pages of the same archive.")] = 0,
    limit: Annotated[int | None, typer.Option("--limit", min=0, help=f"This many pages at most [default: {PAGES}, or --sample].")] = None,
    format_: Annotated[RejectedFormat, typer.Option("--format", help="For people, or one JSON object a line.")] = RejectedFormat.TABLE,
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
    """List pages that belong to no topic, with score and matched terms, to judge what was missed; exit code 7 for a damaged record."""
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
    from harvester.cli.rendering import telling
    from harvester.rejections import RejectionCounts, RejectionQuery

    asked = RejectionQuery(
        words(query),
        tuple(source or ()),
        day(since, "--since"),
        day(until, "--until"),
        tuple(language or ()),
        sample,
        seed,
        PAGES if limit is None and sample is None else limit,
    )
    counts = RejectionCounts()
    rows: list[dict[str, Any]] = []
    with telling(call.err, lambda: f"{counts.read} of {counts.pages} pages read", silent=call.quiet or call.as_json):
        for rejection in _found(call, asked, counts):
            row = rejection_row(rejection)
            if call.as_json:
                rows.append(row)
            elif format_ is RejectedFormat.JSONL:
                typer.echo(json_text.dumps(row, ensure_ascii=False))
            else:
                _print(call.out, rejection)
    call.report({"command": "topics rejected", "pages": counts.pages, **_counted(counts), "rejected": rows})
    call.say(_summary(counts))
    if counts.damages:
        raise DamageFound(
            f"{counted(len(counts.damages), 'capture')} could not be read: {counts.damages[0]}", "`harvester verify` tells every damage."
        )
    return 0


def _found(call: Invocation, asked: RejectionQuery, counts: RejectionCounts) -> Iterator[Rejection]:
    from functools import partial

    from harvester.rejections import rejections
    from harvester.rereading import frame_of
    from storage.archive import Archive

    source_context = partial(frame_of, catalogue=call.catalogue, topics=call.topics, keep_all=False)
    with Archive.opened(call.config.archive) as opened:
        yield from rejections(opened, call.topics, source_context, asked, counts)


def rejection_row(rejection: Rejection) -> dict[str, Any]:
    """Return a rejected page as JSON values."""
    capture, published = rejection.capture, rejection.published
    return {
        "url": capture.url,
        "source": capture.source,
        "captured_at": capture.captured_at.isoformat(timespec="seconds"),
        "title": rejection.title,
        "published": published.iso() if published else None,
        "language": rejection.language,
        "topics": [
            {
                "topic": x.relevance.topic,
                "score": x.relevance.score,
                "threshold": x.threshold,
                "gate_is_open": x.gate_is_open,
                "belongs": x.belongs,
                "matched": list(x.relevance.matched),
            }
            for x in rejection.verdicts
        ],
        "reason": rejection.reason,
        "text": rejection.text,
        "warc": {"file": capture.warc.file, "offset": capture.warc.offset, "record_id": capture.warc.record_id},
        "article": rejection.article,
    }


def _counted(counts: RejectionCounts) -> dict[str, Any]:
    return {"read": counts.read, "shown": counts.shown, "unread": counts.unread, "failed": counts.failed, "damages": counts.damages}


def _print(console: Console, rejection: Rejection) -> None:
    from rich.text import Text

    from harvester.cli.rendering import day_and_time, plain

    published = day_and_time(rejection.published)
    console.print(Text(f"{published:<16}  {plain(rejection.capture.source)}  ").append(plain(rejection.title), "bold"))
    for verdict in rejection.verdicts:
        note = "; it belongs by today's rules: rescore" if verdict.belongs else ""
        console.print(plain(f"    {verdict.relevance.topic}: {verdict.reason()}{note}"))
    start = " ".join(rejection.text[:SNIPPET].split())
    console.print(plain(f"    {start}{' …' if len(rejection.text) > SNIPPET else ''}"))
    kept = f" (stored as {rejection.article})" if rejection.article else ""
    console.print(Text(f"    {plain(rejection.capture.url)}{kept}", "dim"))


def _summary(counts: RejectionCounts) -> str:
    pages = f"{counted(counts.pages, 'page')} out of scope, {counts.read} read, {counts.shown} shown"
    return f"{pages}, {counts.unread} no longer read as an article" if counts.unread else pages
