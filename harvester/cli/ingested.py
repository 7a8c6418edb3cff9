"""Summary of an ingestion in a few lines: what was stored, and what was left out."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from storage.model.captures import OutcomeKind
from storage.model.text import counted

if TYPE_CHECKING:
    from collections.abc import Mapping

    from harvester.ingestion import Ingested
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
    OutcomeKind.GONE: "not found",
    OutcomeKind.REFUSED: "refused by the site",
    OutcomeKind.SERVER_ERROR: "errors of the server",
    OutcomeKind.UNREADABLE: "cannot be read",
}
_REASONS = {"no-text": "no text", "no-title": "no headline", "not-html": "no web page"}


def summary(run: CrawlRun, no_article: Mapping[str, int]) -> str:
    """Return the outcomes of a run's pages, such as `80 pages: 59 new, 21 hold no article (21 no text)`.

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
    pages = counted(total, "page")
    return f"{pages}: {', '.join(told)}" if told else pages


def file_line(file: Ingested) -> str:
    """Return the counts of a file's records, such as `a.warc.gz: 1 record of type warcinfo, 5 taken`."""
    counts = (file.counts + file.notes).items()
    return f"{file.path}: " + (", ".join(_record_count(count, what) for what, count in sorted(counts)) or "nothing")


def _record_count(count: int, what: str) -> str:
    """Return a count of records in words.

    `records of type request` and `answers to POST` depend on the number, `taken` does not.
    """
    noun, blank, rest = what.partition(" ")
    if noun in {"records", "answers"}:
        return counted(count, noun.removesuffix("s")) + blank + rest
    return f"{count} {what}"


def advice(run: CrawlRun, unknown: int, *, keeps_all: bool) -> list[str]:
    """Return which options include what an ingestion left out.

    Args:
        run: the run.
        unknown: number of pages of hosts that no source has.
        keeps_all: whether pages on no topic were stored.
    """
    lines = []
    if unknown:
        pages = f"{counted(unknown, 'page')} of hosts that no source has"
        lines.append(f"{pages}: --any-source takes such pages, under the host's name.")
    rejected = sum(tally.outcomes[OutcomeKind.OUT_OF_SCOPE] for tally in run.tally.values())
    if not keeps_all and (unknown or rejected):
        judged = f"{counted(rejected, 'page')} on no topic: captured and judged, not stored. " if rejected else ""
        lines.append(f"{judged}--keep all stores what is on no topic, too.")
    return lines


def _because(reasons: Mapping[str, int]) -> str:
    most_first = sorted(reasons.items(), key=lambda x: (-x[1], x[0]))
    told = ", ".join(f"{count} {_REASONS.get(reason, reason)}" for reason, count in most_first)
    return f" ({told})" if told else ""
