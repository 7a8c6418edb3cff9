"""`harvester stories`: list events that several articles report."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.text import Text

from harvester.cli.cluster import KINDS, lag_in_words
from harvester.cli.filters import SinceFilter, SourceFilter, UndatedFilter, UntilFilter, WordsArgument, day, say_left_out, words
from harvester.cli.nothing_found import why_nothing
from harvester.cli.options import ArchiveOption, ConfigOption, Invocation, JsonOption, QuietOption, VerboseOption
from harvester.cli.rendering import plain, reprints, utc_time
from storage.article_query import ArticleQuery
from storage.export.corpus_row import excerpt_rows, member_row
from storage.model.reprints import ReprintKind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import Console

    from storage.model.articles import Article
    from storage.model.clusters import Story, StoryArticle
    from storage.reader import ArchiveReader


def command(
    query: WordsArgument = None,
    *,
    source: SourceFilter = None,
    since: SinceFilter = None,
    until: UntilFilter = None,
    undated: UndatedFilter = False,
    limit: Annotated[int, typer.Option("--limit", min=0, max=1000, help="So many stories at most.")] = 20,
    archive: ArchiveOption = None,
    config: ConfigOption = None,
    json: JsonOption = False,
    quiet: QuietOption = False,
    verbose: VerboseOption = 0,
) -> int:
    """List events that several articles tell, the newest first; reprints of one text count once."""
    from storage.archive import Archive
    from storage.stories import MOST_ARTICLES

    asked = ArticleQuery(words(query), source, day(since, "--since"), day(until, "--until"), undated=undated)
    call = Invocation.begin(config, as_json=json, quiet=quiet, verbose=verbose, archive=archive)
    with Archive.opened(call.config.archive) as opened:
        found = opened.count(asked)
        told = opened.stories(asked, limit)
        why_none = "" if told or not limit else _why_none(call, opened, asked, found)
        say_left_out(call, opened, asked)
    call.report({"articles": found, "compared_at_most": MOST_ARTICLES, "stories": [_row(story) for story in told]})
    if not call.as_json:
        _print(call.out, told)
    call.say(why_none or _summary(found, len(told)))
    return 0


def _why_none(call: Invocation, archive: ArchiveReader, asked: ArticleQuery, found: int) -> str:
    """Return why there is no story among the articles found, and what of the query to change."""
    from storage.stories import DAYS, MOST_ARTICLES

    if not found:
        return why_nothing(call, archive, asked)
    narrowed = {"fewer words": asked.words, "more days": asked.since or asked.until, "more sources": asked.sources}
    if hints := [hint for hint, is_given in narrowed.items() if is_given]:
        advice = f"Ask for {' or '.join(hints)}."
    else:
        advice = f"A story is told in much the same words, in one language, within {DAYS} days."
    if found == 1:
        return f"Only one article was found, and a story takes two. {advice}"
    among = f"newest {MOST_ARTICLES} of {found}" if found > MOST_ARTICLES else str(found)
    return f"No two of the {among} articles found tell the same story; reprints count as one. {advice}"


def _summary(found: int, told: int) -> str:
    from storage.stories import MOST_ARTICLES

    stories = f"{told} {'story' if told == 1 else 'stories'}"
    if found > MOST_ARTICLES:
        return f"{stories}, among the newest {MOST_ARTICLES} of {found} articles. Narrow the days with --since and --until."
    return f"{stories}, among {found} articles"


def _print(console: Console, told: Sequence[Story]) -> None:
    """Print each story under the headline of its first article.

    Times are in UTC, so that those of several zones can be compared.
    """
    for story in told:
        console.print(Text(f"{plain(story.tellings[0].article.extraction.title)}", "bold").append(f"  {story.score:.2f}", "dim"))
        for telling in story.tellings:
            console.print(_line(telling))


def _line(telling: StoryArticle) -> Text:
    article = telling.article
    line = Text(f"    {utc_time(article.extraction.published):<20}  {telling.score:.2f}  {plain(article.source.id)}  ")
    return line.append(plain(article.extraction.title)).append(f"  {article.id}{reprints(article)}{_kind(article)}", "dim")


def _kind(article: Article) -> str:
    """Return an article's kind of copy, similarity and lag, or that it is a digest; empty for an original."""
    if article.excerpts and article.excerpts.is_digest:
        return f"  {KINDS[ReprintKind.DIGEST]}"
    mark = article.cluster
    if mark is None or mark.kind is ReprintKind.ORIGINAL:
        return ""
    return f"  {KINDS[mark.kind]}, {mark.similarity:.0%}, {lag_in_words(mark)}"


def _row(story: Story) -> dict[str, Any]:
    tellings = [
        {
            "id": telling.article.id,
            "url": telling.article.url,
            "source": telling.article.source.id,
            "title": telling.article.extraction.title,
            "published": telling.article.extraction.published.iso() if telling.article.extraction.published else None,
            "cluster": telling.article.cluster.id if telling.article.cluster else None,
            "reprints": telling.article.cluster.size - 1 if telling.article.cluster else 0,
            "score": telling.score,
            "lag": None,
            "similarity": None,
            "kind": None,
            "lag_range": None,
            **(member_row(telling.article.cluster) if telling.article.cluster else {}),
            "excerpts": excerpt_rows(telling.article),
        }
        for telling in story.tellings
    ]
    return {"score": story.score, "sources": sorted({telling.article.source.id for telling in story.tellings}), "articles": tellings}
