"""`harvester show`: one article with its evidence."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.text import Text

from harvester.cli.cluster import KINDS, cluster_row, excerpts_row, lag_in_words, print_cluster, print_excerpts
from harvester.cli.finding import find_article
from harvester.cli.options import ArchiveOption, ConfigOption, Invocation, JsonOption, QuietOption, VerboseOption
from harvester.cli.rendering import day_and_time, plain
from harvester.cli.revision_diff import DiffFormat, show_diff
from storage.errors import UsageError
from storage.export.corpus_row import corpus_row
from storage.model.reprints import ReprintKind

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from rich.console import Console

    from storage.model.articles import Article, ClusterMark, DateStamp, Revision
    from storage.model.captures import WarcPointer
    from storage.reader import ArchiveReader


def command(
    article: Annotated[str, typer.Argument(help="The id of an article or its beginning, or its address.", metavar="ARTICLE")],
    *,
    revisions: Annotated[bool, typer.Option("--revisions", help="List what its publisher changed, and when.")] = False,
    diff: Annotated[
        tuple[int, int] | None, typer.Option("--diff", help="What two revisions differ in, by their numbers.", metavar="A B")
    ] = None,
    format_: Annotated[DiffFormat, typer.Option("--format", help="How --diff is printed.")] = DiffFormat.WORDS,
    cluster: Annotated[bool, typer.Option("--cluster", help="List its reprints, or those of a cluster's id, by time.")] = False,
    html: Annotated[bool, typer.Option("--html", help="Write the archived page to stdout, byte by byte.")] = False,
    text: Annotated[bool, typer.Option("--text", help="Print headline, lead and text alone, for copying.")] = False,
    archive: ArchiveOption = None,
    config: ConfigOption = None,
    json: JsonOption = False,
    quiet: QuietOption = False,
    verbose: VerboseOption = 0,
) -> int:
    """Show an article: its text, where every date and topic comes from, and where the capture lies."""
    from storage.archive import Archive

    if html + revisions + cluster + text + (diff is not None) > 1 or ((html or text) and json):
        hint = "Leave out all but one; --html and --text have no --json."
        raise UsageError("--html, --text, --revisions, --diff and --cluster each go alone.", hint)
    call = Invocation.begin(config, as_json=json, quiet=quiet, verbose=verbose, archive=archive)
    with Archive.opened(call.config.archive) as opened:
        if cluster:
            return _show_cluster(call, opened, article)
        shown, changes = find_article(opened, article)
        if html:
            sys.stdout.buffer.write(opened.response(shown.warc).decoded_body)
            return 0
        if diff is not None:
            show_diff(call, shown.id, opened.revision_readings(shown.id), changes, diff, DiffFormat.JSON if json else format_)
            return 0
    if text:
        read = shown.extraction
        sys.stdout.writelines(f"{plain(part)}\n" for part in (read.title, read.lead, *read.text.split("\n")) if part)
        return 0
    if revisions:
        call.report({"id": shown.id, "url": shown.url, "revisions": [_revision(change) for change in changes]})
    else:
        call.report(corpus_row(shown))
    if not call.as_json:
        _print_revisions(call.out, changes) if revisions else _print_article(call.out, shown)
    return 0


def _show_cluster(call: Invocation, archive: ArchiveReader, asked: str) -> int:
    cluster, excerpts = archive.cluster(asked.strip()), None
    if cluster is None or archive.article(asked.strip()) is not None:
        shown, _ = find_article(archive, asked)
        cluster, excerpts = archive.cluster(shown.id), shown.excerpts
    row = cluster_row(cluster) if cluster else {"cluster": None, "size": 1, "original": None, "members": []}
    call.report({**row, "excerpts": excerpts_row(excerpts)})
    if cluster is None:
        call.say("No other article of this archive carries its text.")
    if not call.as_json:
        if cluster is not None:
            print_cluster(call.out, cluster)
        print_excerpts(call.out, excerpts)
    return 0


def _print_article(console: Console, article: Article) -> None:
    """Headline; date, outlet and id; byline, lead and text; then what is known beside them, with its evidence."""
    read = article.extraction
    console.print(Text(plain(read.title), "bold"))
    console.print(Text(plain(f"{day_and_time(read.published)}  {article.source.name}  {article.id}"), "dim"))
    for line in filter(None, (", ".join(read.authors), read.lead)):
        console.print(plain(line))
    console.print()
    for paragraph in read.text.split("\n"):
        console.print(f"{plain(paragraph)}\n")
    for name, value in _facts(article):
        console.print(Text(f"{name:<12}", "dim").append(plain(value)))
    if (origin := article.ingested_from) is not None:
        ingested = f"{origin.name}, sha256 {origin.sha256}, run {origin.run}, {origin.ingested_at:%Y-%m-%d} UTC"
        console.print(Text(f"{'ingested':<12}", "dim").append(plain(ingested)))


def _facts(article: Article) -> Iterator[tuple[str, str]]:
    """What is known beside the text, name by name, each with its evidence."""
    read = article.extraction
    yield "id", article.id
    yield "address", article.url
    yield "source", f"{article.source.name} ({article.source.id}, {article.source.kind.value})"
    shares = ", ".join(f"{language} {share:.0%}" for language, share in read.languages)
    yield "language", f"{read.language} ({shares})" if len(read.languages) > 1 else read.language
    for edition in article.editions:
        held = f"id {edition.article}" if edition.article else "not in this archive"
        yield "edition", f"{edition.language}: {edition.url}, {held}, found by {edition.found_in.value}"
    yield "published", _evidence(read.published)
    yield "modified", _evidence(read.modified)
    if read.section:
        yield "section", read.section
    if read.tags:
        yield "tags", ", ".join(read.tags)
    for image in read.images:
        yield "picture", "  ".join(filter(None, (image.url, image.caption, image.credit)))
    for topic in article.topics:
        yield "topic", f"{topic.topic}, score {topic.score:g}: {', '.join(topic.matched)}"
    yield from _reprints(article)
    yield "state", f"{article.state.value}, revision {article.revision} of {article.revisions}"
    for span in article.states:
        yield "", f"{span.state.value} from {span.since:%Y-%m-%d %H:%M} to {span.last_seen:%Y-%m-%d %H:%M} UTC, {_place(span.warc)}"
    yield "captured", f"{article.captured_at:%Y-%m-%d %H:%M:%S} UTC, first seen {article.first_seen_at:%Y-%m-%d %H:%M:%S} UTC"
    yield "WARC", _place(article.warc)
    yield "payload", article.payload_digest
    yield "text", f"sha256 {read.text_sha256}"
    yield "read by", f"line {read.line}, {read.extractor}"


def _reprints(article: Article) -> Iterator[tuple[str, str]]:
    """The cluster of an article, what it is there, and the excerpts in it and from it."""
    if article.cluster:
        yield "reprints", f"{article.cluster.size - 1}, cluster {article.cluster.id}, original {article.cluster.original or 'unknown'}"
        yield "copy", _as_copy(article.cluster)
    if article.excerpts:
        shared = article.excerpts
        for excerpt in shared.held:
            name = "digest of" if shared.is_digest else "excerpt of"
            yield name, f"{excerpt.share:.0%} of {excerpt.article}, {excerpt.source}: {excerpt.title}"
        for excerpt in shared.quoting:
            yield "excerpt in", f"{excerpt.share:.0%} of it in {excerpt.article}, {excerpt.source}: {excerpt.title}"


def _as_copy(mark: ClusterMark) -> str:
    """What an article is to the original of its cluster."""
    if mark.kind is ReprintKind.ORIGINAL:
        return KINDS[mark.kind]
    return f"{KINDS[mark.kind]}, {mark.similarity:.0%} in common with the original, lag {lag_in_words(mark)}"


def _evidence(stamp: DateStamp | None) -> str:
    """A date, the string it was read from, the place that stood in, and the zone it was read by."""
    if stamp is None:
        return "no date found"
    from pipelines.dates.stage import assumes_year

    year = "; no year is printed: the latest one before the capture" if assumes_year(stamp) else ""
    return f"{stamp.iso()} (to the {stamp.precision.value}): {stamp.raw!r} in {stamp.found_in}, read by {stamp.zone}{year}"


def _place(pointer: WarcPointer) -> str:
    return f"{pointer.file}, offset {pointer.offset}, length {pointer.length}, {pointer.record_id}"


def _print_revisions(console: Console, revisions: Sequence[Revision]) -> None:
    for revision in revisions:
        told = f"  [{' '.join(revision.changed)}{', silently' if revision.silent else ''}]" if revision.changed else ""
        console.print(f"{revision.number:>3}  {revision.captured_at:%Y-%m-%d %H:%M:%S} UTC  {plain(revision.title)}{told}")
        console.print(Text(f"     {revision.text_sha256}  {_place(revision.warc)}", "dim"))


def _revision(revision: Revision) -> dict[str, Any]:
    return {
        "number": revision.number,
        "captured_at": revision.captured_at.isoformat(timespec="seconds"),
        "title": revision.title,
        "text_sha256": revision.text_sha256,
        "changed": list(revision.changed),
        "silent": revision.silent,
        "warc": {
            "file": revision.warc.file,
            "offset": revision.warc.offset,
            "length": revision.warc.length,
            "record_id": revision.warc.record_id,
        },
    }
