"""Filter options that several commands share, such as `search` and `export`."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

import typer

from harvester.cli.minus_words import joined
from storage.article_query import ArticleQuery, first_day, last_day

if TYPE_CHECKING:
    from datetime import date

    from harvester.cli.options import Invocation
    from storage.reader import ArchiveReader

WordsArgument = Annotated[
    list[str] | None,
    typer.Argument(
        help="Words that must all be there, in any form; -word to leave out, OR between two for either, '\"…\"' for words in a row.",
        metavar="QUERY",
        show_default=False,
    ),
]
SourceFilter = Annotated[
    list[str] | None, typer.Option("--source", help="Of this source, by its id, name or home page; repeatable.", metavar="ID")
]
SinceFilter = Annotated[str | None, typer.Option("--since", help="Published on this day, month or year, or later.", metavar="DATE")]
UntilFilter = Annotated[str | None, typer.Option("--until", help="Published on this day, month or year, or before.", metavar="DATE")]
LanguageFilter = Annotated[list[str] | None, typer.Option("--language", help="In this language, such as kk; repeatable.", metavar="TAG")]
SectionFilter = Annotated[list[str] | None, typer.Option("--section", help="In this section of its source; repeatable.", metavar="NAME")]
TagFilter = Annotated[list[str] | None, typer.Option("--tag", help="With this tag; repeatable.", metavar="NAME")]
AuthorFilter = Annotated[
    list[str] | None, typer.Option("--author", help="By this author; a surname is enough; repeatable.", metavar="NAME")
]
KindFilter = Annotated[
    list[str] | None,
    typer.Option("--kind", help="Of sources of this kind: official, agency, newspaper, broadcaster, online; repeatable.", metavar="KIND"),
]
TopicFilter = Annotated[list[str] | None, typer.Option("--topic", help="On this topic, by its id; repeatable.", metavar="ID")]

StateFilter = Annotated[
    list[str] | None,
    typer.Option("--state", help="In this state: live, gone, soft-gone, paywalled, blocked, moved; repeatable.", metavar="STATE"),
]
ChangedFilter = Annotated[bool, typer.Option("--changed", help="Edited by its publisher after it was first seen.")]
SilentFilter = Annotated[bool, typer.Option("--silent", help="Edited at least once without an updated-at mark.")]
EditedFilter = Annotated[
    str | None, typer.Option("--edited-since", help="With an edit that was first seen on this day (UTC) or later.", metavar="DATE")
]
GoneFilter = Annotated[
    str | None, typer.Option("--gone-since", help="Gone or soft-gone, and first seen so on this day (UTC) or later.", metavar="DATE")
]
SeenFilter = Annotated[str | None, typer.Option("--seen-since", help="New to the archive on this day (UTC) or later.", metavar="DATE")]
UndatedFilter = Annotated[bool, typer.Option("--undated", help="Keep undated articles, which --since and --until leave out.")]


class Sort(StrEnum):
    """Order of the articles."""

    NEWEST = "newest"
    RANK = "rank"


SortOption = Annotated[Sort, typer.Option("--sort", help="The newest first, or of the newest 1,000 those first that fit the words best.")]


def words(query: list[str] | None) -> str:
    """Return the query as it was typed, whether the shell removed quotes or not; empty without a query."""
    return joined(query or [])


def day(text: str | None, option: str) -> date | None:
    """Return the day of a date option; None when it is not given.

    Of a month or a year it is the first day; for `--until`, the last one.

    Raises:
        UsageError: the text is no date.
    """
    return last_day(option, text) if option == "--until" else first_day(option, text)


def say_left_out(call: Invocation, archive: ArchiveReader, asked: ArticleQuery) -> None:
    """Print what the filters exclude, perhaps by accident: undated articles, and values without any article.

    The only value of a filter is not checked: the query then finds nothing, and says so.
    """
    if call.quiet or call.as_json:
        return
    if count := archive.count_undated(asked):
        call.say(f"{count} undated left out; --undated keeps {'it' if count == 1 else 'them'}")
    for what in ("sources", "languages", "sections", "tags", "authors", "topics"):
        values = getattr(asked, what)
        for value in values if len(values) > 1 else ():
            alone: dict[str, Any] = {what: value}
            if not archive.count(ArticleQuery(**alone)):
                call.say(f"no article has the {what.removesuffix('s')} {value}")
