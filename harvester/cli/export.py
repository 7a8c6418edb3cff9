"""`harvester export`: the corpus, or a part of it, as a file."""

from __future__ import annotations

import sys
from dataclasses import asdict
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from harvester import __version__
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
from harvester.cli.options import ArchiveOption, ConfigOption, Invocation, JsonOption, QuietOption, VerboseOption
from harvester.cli.rendering import telling
from pipelines.line_version import LINE
from storage.article_query import ArticleQuery
from storage.errors import UsageError
from storage.export.corpus_row import SCHEMA_NAME
from storage.export.jsonl import write_corpus

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from storage.export.jsonl import ExportReport
    from storage.model.articles import Article

STDOUT = "-"


class Format(StrEnum):
    """How the corpus is written."""

    JSONL = "jsonl"


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
    limit: Annotated[int | None, typer.Option("--limit", min=0, help="So many articles at most, the first in the order of --sort.")] = None,
    format_: Annotated[Format, typer.Option("--format", help="One JSON object a line.")] = Format.JSONL,
    output: Annotated[str, typer.Option("--output", "-o", help="The file; .gz and .zst compress; - is stdout.", metavar="FILE")] = STDOUT,
    archive: ArchiveOption = None,
    config: ConfigOption = None,
    json: JsonOption = False,
    quiet: QuietOption = False,
    verbose: VerboseOption = 0,
) -> int:
    """Export articles with all that is known of them; beside a file stands its manifest."""
    del format_  # there is one
    if json and output == STDOUT:
        raise UsageError("--json and the articles would both go to stdout.", "Name a file with --output.")
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
    )
    call = Invocation.begin(config, as_json=json, quiet=quiet, verbose=verbose, archive=archive)
    report = _write(call, asked, None if output == STDOUT else Path(output))
    call.report({"command": "export", "schema": SCHEMA_NAME, "query": asked.as_dict(), **asdict(report)})
    _tell(call, report)
    return 0


def _write(call: Invocation, asked: ArticleQuery, output: Path | None) -> ExportReport:
    from storage.archive import Archive

    silent = call.quiet or call.as_json or (output is None and sys.stdout.isatty())
    with Archive.opened(call.config.archive) as opened:
        counted = _Counted(opened.articles(asked))
        with telling(call.err, lambda: f"{counted.count} articles written", silent=silent):
            report = write_corpus(
                counted,
                output,
                query=asked.as_dict(),
                versions={"news-harvester": __version__, "line": LINE},
                archive=opened.measure(),
            )
        say_left_out(call, opened, asked)
        return report


def _tell(call: Invocation, report: ExportReport) -> None:
    amount = f"{report.articles} {'article' if report.articles == 1 else 'articles'}, {report.bytes} bytes, sha256 {report.sha256}"
    if report.file is None:
        call.say(amount if report.complete else f"{amount}; the reader left before the end")
    else:
        call.say(f"{report.file}: {amount}")
        call.say(f"{report.manifest}: its manifest")


class _Counted:
    """Articles, counted as they go by."""

    def __init__(self, articles: Iterable[Article]) -> None:
        self._articles = articles
        self.count = 0

    def __iter__(self) -> Iterator[Article]:
        for article in self._articles:
            self.count += 1
            yield article
