"""`harvester show`: print one article with its evidence."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import typer
from rich.text import Text

from harvester.article_lookup import article_of, cluster_of, find_article
from harvester.cli.cluster import KINDS, cluster_row, excerpts_row, lag_in_words, print_cluster, print_excerpts
from harvester.cli.options import ArchiveOption, ConfigOption, Invocation, JsonOption, QuietOption, VerboseOption
from harvester.cli.rendering import day_and_time, plain
from harvester.cli.revision_diff import DiffFormat, show_diff
from harvester.cli.revisions import at_revision, place, print_revisions, revision_row
from storage.errors import UsageError
from storage.export.corpus_row import provenance_row
from storage.model.reprints import ReprintKind

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.console import Console

    from storage.model.articles import Article, ClusterMark, DateStamp
    from storage.reader import ArchiveReader


def command(
    article: Annotated[str, typer.Argument(help="The id of an article or its beginning, or its address.", metavar="ARTICLE")],
    *,
    revisions: Annotated[bool, typer.Option("--revisions", help="List what its publisher changed, and when.")] = False,
    diff: Annotated[
        tuple[int, int] | None, typer.Option("--diff", help="What two revisions differ in, by their numbers in --revisions.", metavar="A B")
    ] = None,
    format_: Annotated[
        DiffFormat | None, typer.Option("--format", help="How --diff is printed [default: words].", show_default=False)
    ] = None,
    revision: Annotated[
        int | None, typer.Option("--revision", min=1, help="An older revision, by its number in --revisions.", metavar="N")
    ] = None,
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

    _refuse_together(
        {"--html": html, "--text": text, "--revisions": revisions, "--diff": diff is not None, "--cluster": cluster},
        format_is_given=format_ is not None,
        revision_is_given=revision is not None,
        as_json=json,
    )
    call = Invocation.begin(config, as_json=json, quiet=quiet, verbose=verbose, archive=archive)
    with Archive.opened(call.config.archive) as opened:
        if cluster:
            return _show_cluster(call, opened, article)
        shown, changes = find_article(opened, article)
        if revision is not None:
            shown = at_revision(opened, shown, changes, revision)
        if html:
            sys.stdout.buffer.write(opened.response(shown.warc).decoded_body)
            return 0
        if diff is not None:
            form = DiffFormat.JSON if json else format_ or DiffFormat.WORDS
            show_diff(call, shown.id, opened.revision_readings(shown.id), changes, diff, form)
            return 0
    if text:
        read = shown.extraction
        sys.stdout.writelines(f"{plain(part)}\n" for part in (read.title, read.lead, *read.text.split("\n")) if part)
        return 0
    if revisions:
        call.report({"id": shown.id, "url": shown.url, "revisions": [revision_row(change) for change in changes]})
    else:
        call.report(provenance_row(shown))
    if not call.as_json:
        print_revisions(call.out, changes) if revisions else _print_article(call.out, shown)
    return 0


def _refuse_together(views: dict[str, bool], *, format_is_given: bool, revision_is_given: bool, as_json: bool) -> None:
    """Check that options do not exclude each other, and that none lacks another one that it needs.

    `views` maps each option that selects a view other than the article itself to whether it is given.

    Raises:
        UsageError: options are given that do not go together.
    """
    asked = [name for name, is_asked in views.items() if is_asked]
    if len(asked) > 1 or (as_json and asked and asked[0] in {"--html", "--text"}):
        hint = "Leave out all but one; --html and --text have no --json."
        raise UsageError("--html, --text, --revisions, --diff and --cluster each go alone.", hint)
    if format_is_given and "--diff" not in asked:
        hint = "For an article as JSON write --json, for its text alone --text."
        raise UsageError("--format says how --diff A B is printed.", hint)
    if revision_is_given and (as_json or not set(asked) <= {"--html", "--text"}):
        hint = "--revisions --json lists all revisions with their records, --diff A B --json has the texts of two."
        raise UsageError("--revision goes with --html, with --text, or alone.", hint)


def _show_cluster(call: Invocation, archive: ArchiveReader, asked: str) -> int:
    cluster, excerpts = cluster_of(archive, asked), None
    if cluster is None or article_of(archive, asked) is not None:
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
    """Print an article with its evidence.

    Headline; date, outlet and id; byline, lead and text; then the other facts, and the file that it was
    ingested from.
    """
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
    """Yield name and value of each fact beside the text, with its evidence."""
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
        yield "", f"{span.state.value} from {span.since:%Y-%m-%d %H:%M} to {span.last_seen:%Y-%m-%d %H:%M} UTC, {place(span.warc)}"
    yield "captured", f"{article.captured_at:%Y-%m-%d %H:%M:%S} UTC, first seen {article.first_seen_at:%Y-%m-%d %H:%M:%S} UTC"
    yield "WARC", place(article.warc)
    yield "payload", article.payload_digest
    yield "text", f"sha256 {read.text_sha256}"
    yield "read by", f"line {read.line}, {read.extractor}"


def _reprints(article: Article) -> Iterator[tuple[str, str]]:
    """Yield the cluster of an article, its kind of copy, and the excerpts in it and from it."""
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
    """Return how an article relates to the original of its cluster."""
    if mark.kind is ReprintKind.ORIGINAL:
        return KINDS[mark.kind]
    return f"{KINDS[mark.kind]}, {mark.similarity:.0%} in common with the original, lag {lag_in_words(mark)}"


def _evidence(stamp: DateStamp | None) -> str:
    """Return a date, the text that it was parsed from, where that was found, and its zone, as text."""
    if stamp is None:
        return "no date found"
    from pipelines.dates.stage import assumes_year

    year = "; no year is printed: the latest one before the capture" if assumes_year(stamp) else ""
    return f"{stamp.iso()} (to the {stamp.precision.value}): {stamp.raw!r} in {stamp.found_in}, read by {stamp.zone}{year}"
