"""Expectations: what a source promises, held against what it did. Numbers in, verdicts out."""

from __future__ import annotations

from datetime import timedelta
from math import ceil, floor
from typing import TYPE_CHECKING

from storage.model.health import ExpectationResult
from storage.model.text import counted

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date

    from harvester.catalogue.spec import Expect
    from storage.model.health import SourceStats

ENOUGH = 5
"""Fewer pages are too few to judge a share by."""

DAYS = 7
"""Articles a day are the mean over so many past days, so that a quiet Sunday breaks no promise."""

FEWEST_DAYS = 3
"""Fewer days are too few to judge articles a day by."""

SHORT = 0.05
"""The share of texts that may be shorter than promised: photo reports, corrections, flashes."""

_TOLERANCE = 1e-9  # 1 - 0.9 is a little more than 0.1


def judge(expect: Expect, vitals: SourceStats, today: date) -> list[ExpectationResult]:
    """A verdict on every promise that the source makes, in the order of their names."""
    return sorted(_verdicts(expect, vitals, today), key=lambda verdict: verdict.promise)


def _verdicts(expect: Expect, vitals: SourceStats, today: date) -> Iterator[ExpectationResult]:
    for name in ("dated", "byline", "in_scope"):
        if (promised := getattr(expect, name)) is not None:
            yield _share(name, promised, getattr(vitals, name), vitals)
    if expect.body_chars is not None:
        yield _length(expect.body_chars, vitals)
    if expect.per_day is not None:
        yield _per_day(expect.per_day, vitals, today)
    if expect.silence_days is not None:
        yield _silence(expect.silence_days, vitals, today)


def _allowed(share: float, pages: int) -> int:
    """How many of so many pages may fall short: a share, rounded up to a whole page, because nobody can miss half a one."""
    return ceil(share * pages - _TOLERANCE)


def _share(name: str, promised: float, having: int, vitals: SourceStats) -> ExpectationResult:
    """Whether a share of the pages is as large as promised; the pages that may miss it are rounded up."""
    if vitals.of_run == 0 or vitals.read < ENOUGH:
        return _unjudged(name, f"{promised:g}", vitals)
    measured = f"{floor(having / vitals.read * 100 + _TOLERANCE) / 100:g}"
    kept = vitals.read - having <= _allowed(1 - promised, vitals.read)
    return ExpectationResult(name, f"{promised:g}", measured, vitals.read, kept, f"{name} {measured}, promised {promised:g}")


def _length(promised: int, vitals: SourceStats) -> ExpectationResult:
    """Whether all texts but a few are as long as promised; measured is the length that they have at least."""
    if vitals.of_run == 0 or vitals.read < ENOUGH:
        return _unjudged("body_chars", str(promised), vitals)
    measured = sorted(vitals.lengths)[_allowed(SHORT, vitals.read)]
    told = f"body_chars {measured}, promised {promised}"
    return ExpectationResult("body_chars", str(promised), str(measured), vitals.read, measured >= promised, told)


def _per_day(bounds: Sequence[int], vitals: SourceStats, today: date) -> ExpectationResult:
    """Whether as many articles were published a day as promised, over the whole past days that the archive was there for.

    Too few are held against nobody while found articles wait to be asked.
    """
    fewest, most = bounds
    promised = f"{fewest} to {most}"
    held = [day for back in range(1, DAYS + 1) if vitals.held_since and (day := today - timedelta(days=back)) > vitals.held_since]
    if len(held) < FEWEST_DAYS:
        return ExpectationResult("per_day", promised, "", len(held), None, f"per_day not judged: held for {len(held)} whole days")
    mean = sum(vitals.per_day.get(day, 0) for day in held) / len(held)
    if mean < fewest and vitals.waiting:
        return ExpectationResult(
            "per_day", promised, "", len(held), None, f"per_day not judged: {counted(vitals.waiting, 'article')} waiting to be asked"
        )
    told = f"per_day {mean:.1f}, promised {promised}"
    return ExpectationResult("per_day", promised, f"{mean:.1f}", len(held), fewest <= mean <= most, told)


def _silence(most: int, vitals: SourceStats, today: date) -> ExpectationResult:
    """Whether the newest article is as young as promised. Where none has a date, silence cannot be told from undated news."""
    since = vitals.newest or (None if vitals.read else vitals.held_since)
    if since is None or vitals.waiting:
        why = f"{counted(vitals.waiting, 'article')} waiting to be asked" if vitals.waiting else "no article has a date"
        return ExpectationResult("silence_days", str(most), "", 0, None, f"silence_days not judged: {why}")
    silent = (today - since).days
    told = f"silent for {silent} days, promised {most} at most"
    return ExpectationResult("silence_days", str(most), str(silent), silent, silent <= most, told)


def _unjudged(name: str, promised: str, vitals: SourceStats) -> ExpectationResult:
    return ExpectationResult(name, promised, "", vitals.read, None, f"{name} not judged: {counted(vitals.of_run, 'page')} read in this run")
