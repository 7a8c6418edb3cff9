"""What happened to articles that were found, in a line each: the state they are in and since when, and what was edited.

A capture tells what a page was at its moment. So what happened in between is dated by two captures: the last one
before it, and the first one that shows it.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from storage.model.articles import ArticleState

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from storage.model.articles import Article, Edit
    from storage.query import ArticleQuery
    from storage.reader import ArchiveReader

_LED_TO = "to "
_MINUTE = timedelta(minutes=1)


def histories(archive: ArchiveReader, asked: ArticleQuery, articles: Sequence[Article]) -> dict[str, str]:
    """By id, what a query for states or edits found: empty for any other query."""
    of_states = bool(asked.states or asked.gone_since)
    of_edits = asked.changed or asked.silent or asked.edited_since is not None
    if not (of_states or of_edits):
        return {}
    told = {}
    for article in articles:
        parts = []
        if of_states or article.state is not ArticleState.LIVE:
            parts.append(_state(archive, article))
        if of_edits:
            parts.append(_edits(asked, article))
        told[article.id] = "; ".join(filter(None, parts))
    return told


def _state(archive: ArchiveReader, article: Article) -> str:
    if not article.states:
        return article.state.value
    span = article.states[-1]
    told = f"{article.state.value} since {span.since:%Y-%m-%d}{_last_live(article)}"
    fate = archive.fate_of(article.url) if article.state in {ArticleState.MOVED, ArticleState.SOFT_GONE} else None
    if fate and fate[1].reason.startswith(_LED_TO):
        return f"{told}, leads to {fate[1].reason.removeprefix(_LED_TO)}"
    return told


def _last_live(article: Article) -> str:
    """When an article that is not live any more was last seen with its text; empty where it never was, or still is."""
    live = [span.last_seen for span in article.states if span.state is ArticleState.LIVE]
    return f", last live {live[-1]:%Y-%m-%d}" if live and article.state is not ArticleState.LIVE else ""


def between(before: datetime, after: datetime) -> str:
    """The two captures between which something happened: by day, or by time where both are of one day (UTC)."""
    if before.date() != after.date():
        return f"between {before:%Y-%m-%d} and {after:%Y-%m-%d}"
    clock = "%H:%M:%S" if after - before < _MINUTE else "%H:%M"
    return f"between {before:%Y-%m-%d} {before:{clock}} and {after:{clock}} UTC"


def _edits(asked: ArticleQuery, article: Article) -> str:
    """The newest edit that the query asks for, and how many there are beside it."""
    matching = [
        edit
        for edit in article.edits
        if (edit.silent or not asked.silent) and (asked.edited_since is None or edit.captured_at.date() >= asked.edited_since)
    ]
    if not matching:
        return ""
    newest = matching[-1]
    silently = ", silently" if newest.silent else ""
    when = between(newest.previous_last_seen, newest.captured_at)
    return f"edited {when}: {', '.join(newest.changed)}{silently}{_earlier(matching[:-1])}"


def _earlier(edits: Sequence[Edit]) -> str:
    """How many edits there are before the newest one, and how many of them were silent."""
    if not edits:
        return ""
    silent = sum(edit.silent for edit in edits)
    if len(edits) == 1:
        return f" (and 1 edit before{', silently' if silent else ''})"
    return f" (and {len(edits)} edits before{f', {silent} silently' if silent else ''})"
