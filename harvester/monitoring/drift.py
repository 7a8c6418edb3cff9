"""Layout drift: selectors that answered once, and answer no more. Counts in, verdicts out."""

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
"""A selector that answered on this share of the pages stands for what every page has; what was rarer may just be rare."""

HARDLY = 0.1
"""At this share and below a selector has stopped answering; single old pages may answer still."""

LOOKED_BACK = 50
"""So many pages make up what was before."""

PREFIX = "selector:"
"""How the name of the promise begins that a selector answers; its field follows."""


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
    """Whether a layout's selector still answers. `counts` are newest first; a run that read no page judges nothing.

    A selector that never answered on most pages (a lead, tags and a photo credit may be rare) does not drift.
    """
    now, before, kept = _compared(counts, run)
    told = f"the selector for {field}, `{selector}`, matched {now} pages"
    if kept is False:
        told += f" (before: {before}); extraction fell back"
    elif is_dead(counts):
        told = f"the selector for {field}, `{selector}`, never matched on {sum(x.pages for x in counts)} pages"
    return ExpectationResult(f"{PREFIX}{field}", selector, str(now) if now.pages else "", now.pages, kept, told)


def judge_pages(counts: Sequence[SelectorCount], run: int) -> ExpectationResult:
    """Whether pages at addresses of articles are still read as articles. `counts` are of pages, and of those that were read."""
    now, before, kept = _compared(counts, run)
    told = f"{now} pages were read as articles" + (f" (before: {before})" if kept is False else "")
    return ExpectationResult("pages", "read as articles", str(now) if now.pages else "", now.pages, kept, told)


def is_dead(counts: Iterable[SelectorCount]) -> bool:
    """Whether a selector never answered, on pages enough to say so."""
    counts = list(counts)
    return sum(x.pages for x in counts) >= ENOUGH and not any(x.matched for x in counts)


def dead_selectors(selectors: Mapping[str, str], history: Mapping[str, Sequence[SelectorCount]]) -> list[str]:
    """What to warn of in a layout: that no selector of it ever answered, or that those never did that every article needs."""
    dead = [field for field in selectors if is_dead(history[field])]
    if dead and len(dead) == len(selectors):
        pages = max(sum(x.pages for x in history[field]) for field in dead)
        return [f"no selector of the layout ever matched, on {pages} pages"]
    needed = [field for field in dead if field in {"title", "body", "date"}]
    return [judge_selector(field, selectors[field], history[field], run=0).told for field in needed]


def _compared(counts: Sequence[SelectorCount], run: int) -> tuple[_Sum, _Sum, bool | None]:
    """The newest pages, those before them on which the selector answered, and the verdict.

    A run may read a page or two: as many runs count as it takes to have enough pages. What is left of an earlier outage (and the
    run in which it began) is passed over, so that a drift stays one until the selector answers again.
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
    """The sum of the first counts, up to so many pages, and the counts that are left."""
    total = _Sum()
    for place, count in enumerate(counts):
        if total.pages >= pages:
            return total, counts[place:]
        total = _Sum(total.pages + count.pages, total.matched + count.matched)
    return total, ()
