"""One-line histories of the articles found: their current state and its start, and their edits.

A capture shows a page at one moment. So a change is dated by two captures: the last one before it, and the
first one that shows it.
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
    """Return, by article id, the states or edits that the query asks for; empty for any other query."""
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
    """Return a clause with the day when an article was last seen live; empty if it never was, or still is."""
    live = [span.last_seen for span in article.states if span.state is ArticleState.LIVE]
    return f", last live {live[-1]:%Y-%m-%d}" if live and article.state is not ArticleState.LIVE else ""


def between(before: datetime, after: datetime) -> str:
    """Return the two captures that enclose a change: their days, or times (UTC) where both are of one day."""
    if before.date() != after.date():
        return f"between {before:%Y-%m-%d} and {after:%Y-%m-%d}"
    clock = "%H:%M:%S" if after - before < _MINUTE else "%H:%M"
    return f"between {before:%Y-%m-%d} {before:{clock}} and {after:{clock}} UTC"


def _edits(asked: ArticleQuery, article: Article) -> str:
    """Return the newest edit that matches the query, and the number of earlier ones; empty for none."""
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
    """Return a clause with the number of earlier edits, and of silent ones among them; empty without any."""
    if not edits:
        return ""
    silent = sum(edit.silent for edit in edits)
    if len(edits) == 1:
        return f" (and 1 edit before{', silently' if silent else ''})"
    return f" (and {len(edits)} edits before{f', {silent} silently' if silent else ''})"
