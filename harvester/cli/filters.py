"""The filters that `search` and `export` share."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Annotated

import typer

from harvester.cli.minus_words import joined
from storage.errors import UsageError

WordsArgument = Annotated[
    list[str] | None,
    typer.Argument(
        help='Words that must all be there, in any form; "…" for words in a row, -word to leave out, OR between two for either.',
        metavar="QUERY",
        show_default=False,
    ),
]
SourceFilter = Annotated[list[str] | None, typer.Option("--source", help="Of this source, by its id; repeatable.", metavar="ID")]
SinceFilter = Annotated[str | None, typer.Option("--since", help="Published on this day or later.", metavar="YYYY-MM-DD")]
UntilFilter = Annotated[str | None, typer.Option("--until", help="Published on this day or before.", metavar="YYYY-MM-DD")]
LanguageFilter = Annotated[list[str] | None, typer.Option("--language", help="In this language, such as kk; repeatable.", metavar="TAG")]
SectionFilter = Annotated[list[str] | None, typer.Option("--section", help="In this section of its source; repeatable.", metavar="NAME")]
TagFilter = Annotated[list[str] | None, typer.Option("--tag", help="With this tag; repeatable.", metavar="NAME")]
AuthorFilter = Annotated[list[str] | None, typer.Option("--author", help="By this author; repeatable.", metavar="NAME")]
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


class Sort(StrEnum):
    """In which order articles come."""

    NEWEST = "newest"
    RANK = "rank"


SortOption = Annotated[Sort, typer.Option("--sort", help="The newest first, or those that fit the words best.")]


def words(query: list[str] | None) -> str:
    """The query as it was typed, whether it was quoted or not."""
    return joined(query or [])


def day(text: str | None, option: str) -> date | None:
    """The day that an option names.

    Raises:
        UsageError: it names none.
    """
    try:
        return date.fromisoformat(text) if text is not None else None
    except ValueError as error:
        raise UsageError(f"{option} cannot be {text!r}.", "Write a day as 2026-03-15.") from error
