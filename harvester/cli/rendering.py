"""Display of articles and progress: plain text, bold words on a terminal, no control characters."""

from __future__ import annotations

import time
from contextlib import contextmanager
from datetime import UTC
from typing import TYPE_CHECKING

from rich.live import Live
from rich.text import Text

from storage.export.plain_text import plain
from storage.model.articles import Precision
from storage.model.text import counted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from rich.console import Console

    from storage.model.articles import Article, DateStamp
    from storage.query import Hit
    from storage.search.snippets import Snippet

__all__ = ["day_and_time", "marked", "plain", "print_hits", "reprints", "telling", "utc_time"]

PATIENCE_SECONDS = 2.0
"""Seconds before progress is shown; work that ends sooner shows none."""


def marked(snippet: Snippet, style: str = "bold") -> Text:
    """Return a snippet with its matches in a style."""
    text, end = Text(), 0
    for start, stop in snippet.marks:
        text.append(plain(snippet.text[end:start]))
        text.append(plain(snippet.text[start:stop]), style)
        end = stop
    return text.append(plain(snippet.text[end:]))


def day_and_time(stamp: DateStamp | None) -> str:
    """Return a date in the zone of its source, at most to the minute; `undated` for None."""
    if stamp is None:
        return "undated"
    if stamp.precision in {Precision.DAY, Precision.MONTH}:
        return stamp.iso()
    return f"{stamp.moment:%Y-%m-%d %H:%M}"


def utc_time(stamp: DateStamp | None) -> str:
    """Return a date in UTC, to the minute; a day or a month unconverted, where the source prints no time."""
    if stamp is None or stamp.precision in {Precision.DAY, Precision.MONTH}:
        return day_and_time(stamp)
    return f"{stamp.moment.astimezone(UTC):%Y-%m-%d %H:%M} UTC"


def print_hits(console: Console, hits: Sequence[Hit], notes: Mapping[str, str]) -> None:
    """Print each article on three lines, and its note (by article id) on a fourth one.

    The lines are date, source and headline; the matches in its text, if any; its id and URL.
    """
    width = max((len(hit.article.source.id) for hit in hits), default=0)
    for hit in hits:
        article = hit.article
        date = day_and_time(article.extraction.published)
        console.print(Text(f"{date:<16}  {plain(article.source.id):<{width}}  ").append_text(marked(hit.title)))
        if hit.text.text:
            console.print(Text("    ").append_text(marked(hit.text)))
        console.print(Text(f"    {article.id}  {plain(article.url)}{reprints(article)}", "dim"))
        if note := notes.get(article.id):
            console.print(f"    {plain(note)}")


def reprints(article: Article) -> str:
    """Return how many other articles carry the text of an article; empty without any."""
    if article.cluster is None:
        return ""
    others = article.cluster.size - 1
    return f"  +{counted(others, 'reprint')}"


@contextmanager
def telling(console: Console, tell: Callable[[], str], *, silent: bool = False) -> Iterator[None]:
    """Show the text of `tell` on a terminal while the block runs, from PATIENCE_SECONDS on.

    It is removed at the end of the block. `silent`: show nothing.
    """
    if silent or not console.is_terminal:
        yield
        return
    begun = time.monotonic()
    live = Live(
        console=console,
        get_renderable=lambda: Text(tell() if time.monotonic() - begun >= PATIENCE_SECONDS else ""),
        refresh_per_second=4,
        transient=True,
        redirect_stdout=False,
        redirect_stderr=False,
    )
    with live:
        yield
