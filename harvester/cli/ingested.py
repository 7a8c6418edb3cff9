"""What an ingestion did, in a line."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from storage.model.captures import OutcomeKind

if TYPE_CHECKING:
    from collections.abc import Mapping

    from storage.model.runs import CrawlRun

_WORDS = {
    OutcomeKind.NEW: "new",
    OutcomeKind.REVISED: "revised",
    OutcomeKind.REVERTED: "back at an earlier revision",
    OutcomeKind.SHORTENED: "shortened",
    OutcomeKind.UNCHANGED: "unchanged",
    OutcomeKind.ALIAS: "under another address of a known article",
    OutcomeKind.OUT_OF_SCOPE: "on no topic",
    OutcomeKind.WALLED: "behind a wall",
    OutcomeKind.NOT_ARTICLE: "hold no article",
    OutcomeKind.CHANNEL: "list articles",
    OutcomeKind.ROBOTS: "robots.txt",
    OutcomeKind.REDIRECT: "lead elsewhere",
    OutcomeKind.GONE: "gone",
    OutcomeKind.REFUSED: "refused by the site",
    OutcomeKind.SERVER_ERROR: "errors of the server",
    OutcomeKind.UNREADABLE: "cannot be read",
}
_REASONS = {"no-text": "no text", "no-title": "no headline", "not-html": "no web page"}


def summary(run: CrawlRun, no_article: Mapping[str, int]) -> str:
    """Return what became of a run's pages, such as `80 pages: 59 new, 21 hold no article (21 no text)`.

    `no_article` counts the pages without an article by reason.
    """
    counts: Counter[OutcomeKind] = Counter()
    for tally in run.tally.values():
        counts.update(tally.outcomes)
    total = counts.total()
    told = []
    for kind, words in _WORDS.items():
        if counts[kind]:
            told.append(f"{counts[kind]} {words}" + (_because(no_article) if kind is OutcomeKind.NOT_ARTICLE else ""))
    pages = f"{total} {'page' if total == 1 else 'pages'}"
    return f"{pages}: {', '.join(told)}" if told else pages


def _because(reasons: Mapping[str, int]) -> str:
    most_first = sorted(reasons.items(), key=lambda x: (-x[1], x[0]))
    told = ", ".join(f"{count} {_REASONS.get(reason, reason)}" for reason, count in most_first)
    return f" ({told})" if told else ""
