"""`harvester export`: write the corpus, or a selection of it, to a file or stdout."""

from __future__ import annotations

import sys
from dataclasses import asdict
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
from harvester.cli.nothing_found import why_nothing
from harvester.cli.options import ArchiveOption, ConfigOption, Invocation, JsonOption, QuietOption, VerboseOption
from harvester.cli.rendering import telling
from pipelines.pipeline_version import PIPELINE_VERSION
from storage.article_query import ArticleQuery
from storage.errors import UsageError
from storage.export.formats import WRITERS, ExportFormat, format_of
from storage.export.jsonl import write_corpus
from storage.model.text import counted

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from storage.export.formats import CorpusFormat
    from storage.export.jsonl import ExportReport
    from storage.model.articles import Article

STDOUT = frozenset({"-", "/dev/stdout"})


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
    limit: Annotated[
        int | None, typer.Option("--limit", min=0, help="How many articles at most, the first in the order of --sort.")
    ] = None,
    format_: Annotated[
        ExportFormat | None,
        typer.Option("--format", help="The format on stdout [default: jsonl]; of a file its name says it.", show_default=False),
    ] = None,
    output: Annotated[
        str,
        typer.Option(
            "--output",
            "-o",
            help="The file: .jsonl is JSON lines, .csv a table for Excel; .gz or .zst behind that compresses; - is stdout.",
            metavar="FILE",
        ),
    ] = "-",
    force: Annotated[bool, typer.Option("--force", help="Replace a file that exists, and its manifest.")] = False,
    provenance: Annotated[
        bool, typer.Option("--provenance", help="Add the name and digest of the file that a page was ingested from.")
    ] = False,
    archive: ArchiveOption = None,
    config: ConfigOption = None,
    json: JsonOption = False,
    quiet: QuietOption = False,
    verbose: VerboseOption = 0,
) -> int:
    """Export articles with all that is known of them, in the order of --sort; beside a file stands its manifest."""
    file = None if output in STDOUT else output
    writer = WRITERS[format_of(file, format_)](provenance=provenance)
    if json and file is None:
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
    report, warnings = _write(call, asked, writer, None if file is None else Path(file), force=force)
    told = {"command": "export", "schema": writer.schema, "query": asked.as_dict()}
    call.report({**told, **asdict(report), "warnings": warnings})
    _tell(call, report)
    for warning in warnings:
        call.say(f"warning: {warning}")
    return 0


def _write(
    call: Invocation, asked: ArticleQuery, writer: CorpusFormat, output: Path | None, *, force: bool
) -> tuple[ExportReport, list[str]]:
    """Write the articles; return the report on what was written, and warnings for the user."""
    from storage.archive import Archive

    silent = call.quiet or call.as_json or (output is None and sys.stdout.isatty())
    with Archive.opened(call.config.archive) as opened:
        passing = _Counted(opened.articles(asked))
        with telling(call.err, lambda: f"{passing.count} articles written", silent=silent):
            report = write_corpus(
                passing,
                output,
                query=asked.as_dict(),
                versions={"news-harvester": __version__, "line": PIPELINE_VERSION},
                archive=opened.measure(),
                writer=writer,
                keep_existing=not force,
            )
        warnings = [writer.warning()] if writer.warning() else []
        if not report.articles and report.complete and asked.limit != 0 and not call.quiet:
            warnings.append(f"0 articles. {why_nothing(call, opened, asked)}")
        say_left_out(call, opened, asked)
        return report, warnings


def _tell(call: Invocation, report: ExportReport) -> None:
    amount = f"{counted(report.articles, 'article')}, {counted(report.bytes, 'byte')}, sha256 {report.sha256}"
    if report.file is None:
        call.say(amount if report.complete else f"{amount}; the reader left before the end")
        if sys.stdout.isatty():
            call.say("--output corpus.jsonl writes a file with a manifest beside it; `harvester search` lists articles in short.")
    else:
        call.say(f"{report.file}: {amount}")
        call.say(f"{report.manifest}: its manifest")


class _Counted:
    """Iterable of articles that counts those it has yielded."""

    def __init__(self, articles: Iterable[Article]) -> None:
        self._articles = articles
        self.count = 0

    def __iter__(self) -> Iterator[Article]:
        for article in self._articles:
            self.count += 1
            yield article
