"""`harvester search`: list articles that match words and filters."""

from __future__ import annotations

import csv
import sys
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from harvester.cli.filters import (
    AuthorFilter,
    ChangedFilter,
    EditedFilter,
    GoneFilter,
    KindFilter,
    LanguageFilter,
    SectionFilter,
    SeenFilter,
    SilentFilter,
    SinceFilter,
    Sort,
    SortOption,
    SourceFilter,
    StateFilter,
    TagFilter,
    TopicFilter,
    UndatedFilter,
    UntilFilter,
    WordsArgument,
    day,
    say_left_out,
    words,
)
from harvester.cli.histories import histories
from harvester.cli.nothing_found import why_nothing
from harvester.cli.options import ArchiveOption, ConfigOption, Invocation, JsonOption, QuietOption, VerboseOption
from harvester.cli.rendering import print_hits
from storage.article_query import ArticleQuery
from storage.errors import UsageError
from storage.export.corpus_row import corpus_row
from storage.export.flat_row import cell, flat_row
from storage.export.json_text import json_line
from storage.model.text import counted

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from storage.query import Hit

MOST = 10_000
"""Upper limit of listed articles; `harvester export` has none."""

CSV_COLUMNS = (
    "id", "url", "source", "kind", "language", "published", "title", "lead", "authors", "section", "tags", "topics", "words", "captured_at",
)  # fmt: skip


class SearchFormat(StrEnum):
    """Output format of articles."""

    TABLE = "table"
    JSONL = "jsonl"
    JSON = "json"
    CSV = "csv"


def command(
    query: WordsArgument = None,
    *,
    source: SourceFilter = None,
    since: SinceFilter = None,
    until: UntilFilter = None,
    language: LanguageFilter = None,
    section: SectionFilter = None,
    tag: TagFilter = None,
    author: AuthorFilter = None,
    kind: KindFilter = None,
    topic: TopicFilter = None,
    state: StateFilter = None,
    changed: ChangedFilter = False,
    silent: SilentFilter = False,
    edited_since: EditedFilter = None,
    gone_since: GoneFilter = None,
    seen_since: SeenFilter = None,
    undated: UndatedFilter = False,
    sort: SortOption = Sort.NEWEST,
    collapse: Annotated[bool, typer.Option("--collapse", help="One hit for all reprints of a text: the earliest.")] = False,
    limit: Annotated[int, typer.Option("--limit", min=0, max=MOST, help="How many articles at most; for more, export.")] = 20,
    format_: Annotated[
        SearchFormat | None, typer.Option("--format", help="How to print them [default: table].", show_default=False)
    ] = None,
    archive: ArchiveOption = None,
    config: ConfigOption = None,
    json: JsonOption = False,
    quiet: QuietOption = False,
    verbose: VerboseOption = 0,
) -> int:
    """Search the archive by words and filters; without words, by filters alone."""
    from storage.archive import Archive
    from storage.query import RANKED

    if json and format_ not in {None, SearchFormat.JSON}:
        raise UsageError("--json and --format ask for two things.", "Give one of them.")
    asked = ArticleQuery(
        words=words(query),
        sources=source,
        since=day(since, "--since"),
        until=day(until, "--until"),
        languages=language,
        sections=section,
        tags=tag,
        authors=author,
        kinds=kind,
        topics=topic,
        states=state,
        changed=changed,
        silent=silent,
        edited_since=day(edited_since, "--edited-since"),
        gone_since=day(gone_since, "--gone-since"),
        seen_since=day(seen_since, "--seen-since"),
        undated=undated,
        sort=sort.value,
        limit=limit,
        collapse=collapse,
    )
    call = Invocation.begin(config, as_json=json or format_ is SearchFormat.JSON, quiet=quiet, verbose=verbose, archive=archive)
    with Archive.opened(call.config.archive) as opened:
        count = opened.count(asked)
        hits = opened.hits(asked)
        why_none = "" if count else why_nothing(call, opened, asked)
        _print(call, format_ or SearchFormat.TABLE, count, hits, histories(opened, asked, [hit.article for hit in hits]))
        call.say(why_none or f"{counted(count, 'article')}, {len(hits)} shown{_rest(count, len(hits), limit)}")
        if asked.words and sort is Sort.RANK and count > RANKED:
            call.say(f"the newest {RANKED} are ranked, older ones follow by date; narrow the days to rank them")
        say_left_out(call, opened, asked)
    return 0


def _rest(count: int, shown: int, limit: int) -> str:
    """Return a clause on how to get the articles that the limit left out.

    Empty when none are left out, or with a limit of 0, which asks for the number alone.
    """
    if not 0 < limit == shown < count:
        return ""
    return f"; {'--limit shows more, ' if limit < MOST else ''}`harvester export` writes all"


def _print(call: Invocation, format_: SearchFormat, count: int, hits: Sequence[Hit], notes: Mapping[str, str]) -> None:
    if call.as_json:
        call.report({"count": count, "articles": [corpus_row(hit.article) for hit in hits]})
    elif format_ is SearchFormat.TABLE:
        print_hits(call.out, hits, notes)
    elif format_ is SearchFormat.CSV:
        _print_csv(hits)
    else:
        for hit in hits:
            sys.stdout.write(json_line(corpus_row(hit.article)).decode())


def _print_csv(hits: Sequence[Hit]) -> None:
    """Print one line for each article, with cells as in an export (`storage.export.flat_row`)."""
    table = csv.writer(sys.stdout, lineterminator="\n")
    table.writerow(CSV_COLUMNS)
    for hit in hits:
        row = flat_row(hit.article)
        table.writerow([cell(row[column]) for column in CSV_COLUMNS])
