"""Layout drift: selectors that used to match and no longer do. Pure functions of match counts."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import dropwhile
from typing import TYPE_CHECKING

from harvester.monitoring.expectations import ENOUGH
from storage.model.health import ExpectationResult

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from storage.model.health import SelectorCount

MOSTLY = 0.8
"""Share of pages (0 to 1) from which on a selector is expected on every page; rarer ones may just be rare."""

HARDLY = 0.1
"""Share of pages (0 to 1) up to which a selector no longer matches; single old pages may still match."""

LOOKED_BACK = 50
"""Number of earlier pages with which the newest are compared."""

PREFIX = "selector:"
"""Prefix of the names of promises about selectors; the selector's field follows."""


@dataclass(frozen=True, slots=True)
class _Sum:
    pages: int = 0
    matched: int = 0

    @property
    def share(self) -> float:
        return self.matched / self.pages if self.pages else 0.0

    def __str__(self) -> str:
        return f"{self.matched} of {self.pages}"


def judge_selector(field: str, selector: str, counts: Sequence[SelectorCount], run: int) -> ExpectationResult:
    """Return the verdict on whether a layout's selector still matches.

    `counts` are newest first; a run that read no page gets no verdict (`kept` is None). A selector that never
    matched on most pages (a lead, tags and a photo credit may be rare) does not drift.
    """
    now, before, kept = _compared(counts, run)
    told = f"the selector for {field}, `{selector}`, matched {now} pages"
    if kept is False:
        told += f" (before: {before}); extraction fell back"
    elif is_dead(counts):
        told = f"the selector for {field}, `{selector}`, never matched on {sum(x.pages for x in counts)} pages"
    return ExpectationResult(f"{PREFIX}{field}", selector, str(now) if now.pages else "", now.pages, kept, told)


def judge_pages(counts: Sequence[SelectorCount], run: int) -> ExpectationResult:
    """Return the verdict on whether pages at URLs of articles are still extracted as articles.

    `counts` are newest first, of pages and of those that were extracted.
    """
    now, before, kept = _compared(counts, run)
    told = f"{now} pages were read as articles" + (f" (before: {before})" if kept is False else "")
    return ExpectationResult("pages", "read as articles", str(now) if now.pages else "", now.pages, kept, told)


def is_dead(counts: Iterable[SelectorCount]) -> bool:
    """Return whether a selector never matched, on at least `ENOUGH` pages."""
    counts = list(counts)
    return sum(x.pages for x in counts) >= ENOUGH and not any(x.matched for x in counts)


def dead_selectors(selectors: Mapping[str, str], history: Mapping[str, Sequence[SelectorCount]]) -> list[str]:
    """Return warnings about a layout whose selectors never matched.

    Either one warning if no selector ever matched, or one for each of title, body and date that did not:
    every article has these.
    """
    dead = [field for field in selectors if is_dead(history[field])]
    if dead and len(dead) == len(selectors):
        pages = max(sum(x.pages for x in history[field]) for field in dead)
        return [f"no selector of the layout ever matched, on {pages} pages"]
    needed = [field for field in dead if field in {"title", "body", "date"}]
    return [judge_selector(field, selectors[field], history[field], run=0).told for field in needed]


def _compared(counts: Sequence[SelectorCount], run: int) -> tuple[_Sum, _Sum, bool | None]:
    """Return the newest pages, those before them on which the selector matched, and the verdict.

    A run may read a page or two, so counts of runs are added up until there are `ENOUGH` pages. Counts of an
    earlier outage (and of the run in which it began) are skipped, so that a drift is reported until the
    selector matches again.
    """
    if not counts or counts[0].run != run:
        return _Sum(), _Sum(), None
    now, rest = _taken(counts, ENOUGH)
    if now.pages < ENOUGH:
        return now, _Sum(), None
    if now.share > HARDLY:
        return now, _Sum(), True
    before, _ = _taken(list(dropwhile(lambda x: x.matched < MOSTLY * x.pages, rest)), LOOKED_BACK)
    return now, before, False if before.pages >= ENOUGH and before.share >= MOSTLY else None


def _taken(counts: Sequence[SelectorCount], pages: int) -> tuple[_Sum, Sequence[SelectorCount]]:
    """Return the sum of the first counts, until it has at least `pages` pages, and the remaining counts."""
    total = _Sum()
    for place, count in enumerate(counts):
        if total.pages >= pages:
            return total, counts[place:]
        total = _Sum(total.pages + count.pages, total.matched + count.matched)
    return total, ()
