"""Expectations: what a source's declaration promises, compared with its statistics. Pure functions."""

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
"""Minimum number of pages for a verdict on a share."""

DAYS = 7
"""Number of past days over which articles a day are averaged, so that a quiet Sunday breaks no promise."""

FEWEST_DAYS = 3
"""Minimum number of whole days for a verdict on articles a day."""

SHORT = 0.05
"""Share of texts (0 to 1) that may be shorter than promised: photo reports, corrections, flashes."""

_TOLERANCE = 1e-9  # 1 - 0.9 is a little more than 0.1


def judge(expect: Expect, vitals: SourceStats, today: date) -> list[ExpectationResult]:
    """Return a verdict on every promise that the source makes, sorted by name."""
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
    """Return how many of `pages` pages may miss a promise.

    The share is rounded up to a whole page, because half a page cannot be missed.
    """
    return ceil(share * pages - _TOLERANCE)


def _share(name: str, promised: float, having: int, vitals: SourceStats) -> ExpectationResult:
    """Return the verdict on the share of pages with a property.

    The number of pages that may lack it is rounded up; too few pages get no verdict.
    """
    if vitals.of_run == 0 or vitals.read < ENOUGH:
        return _unjudged(name, f"{promised:g}", vitals)
    measured = f"{floor(having / vitals.read * 100 + _TOLERANCE) / 100:g}"
    kept = vitals.read - having <= _allowed(1 - promised, vitals.read)
    return ExpectationResult(name, f"{promised:g}", measured, vitals.read, kept, f"{name} {measured}, promised {promised:g}")


def _length(promised: int, vitals: SourceStats) -> ExpectationResult:
    """Return the verdict on whether all texts but a share of `SHORT` are as long as promised.

    The measured value is the shortest length, in characters, of the texts that remain.
    """
    if vitals.of_run == 0 or vitals.read < ENOUGH:
        return _unjudged("body_chars", str(promised), vitals)
    measured = sorted(vitals.lengths)[_allowed(SHORT, vitals.read)]
    told = f"body_chars {measured}, promised {promised}"
    return ExpectationResult("body_chars", str(promised), str(measured), vitals.read, measured >= promised, told)


def _per_day(bounds: Sequence[int], vitals: SourceStats, today: date) -> ExpectationResult:
    """Return the verdict on whether the mean of articles published a day is within its bounds.

    It is taken over the whole past days that are in the archive, `DAYS` at most. A mean that is too low gets
    no verdict while discovered articles still wait to be requested.
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
    """Return the verdict on whether the newest article is at most `most` days old.

    There is none while discovered articles wait to be requested, or where no article has a date: silence
    cannot be told from undated news.
    """
    since = vitals.newest or (None if vitals.read else vitals.held_since)
    if since is None or vitals.waiting:
        why = f"{counted(vitals.waiting, 'article')} waiting to be asked" if vitals.waiting else "no article has a date"
        return ExpectationResult("silence_days", str(most), "", 0, None, f"silence_days not judged: {why}")
    silent = (today - since).days
    told = f"silent for {silent} days, promised {most} at most"
    return ExpectationResult("silence_days", str(most), str(silent), silent, silent <= most, told)


def _unjudged(name: str, promised: str, vitals: SourceStats) -> ExpectationResult:
    return ExpectationResult(name, promised, "", vitals.read, None, f"{name} not judged: {counted(vitals.of_run, 'page')} read in this run")
