"""What happened to articles that were found, in a line each: the state they are in and since when, and what was edited."""

from __future__ import annotations

from typing import TYPE_CHECKING

from storage.model.articles import ArticleState

if TYPE_CHECKING:
    from collections.abc import Sequence

    from storage.model.articles import Article
    from storage.query import ArticleQuery
    from storage.reader import ArchiveReader

_LED_TO = "to "


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
    told = f"{article.state.value} since {span.since:%Y-%m-%d}"
    fate = archive.fate_of(article.url) if article.state in {ArticleState.MOVED, ArticleState.SOFT_GONE} else None
    if fate and fate[1].reason.startswith(_LED_TO):
        return f"{told}, leads to {fate[1].reason.removeprefix(_LED_TO)}"
    return told


def _edits(asked: ArticleQuery, article: Article) -> str:
    """The newest edit that the query asks for, and how many there are beside it."""
    matching = [
        edit
        for edit in article.edits
        if (edit.silent or not asked.silent) and (asked.edited_since is None or edit.captured_at.date() >= asked.edited_since)
    ]
    if not matching:
        return ""
    newest, others = matching[-1], len(matching) - 1
    silently = ", silently" if newest.silent else ""
    more = f" (and {others} {'edit' if others == 1 else 'edits'} before)" if others else ""
    return f"edited {newest.captured_at:%Y-%m-%d}: {', '.join(newest.changed)}{silently}{more}"
