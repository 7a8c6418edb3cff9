"""Health of a source: statistics of its extracted pages, and whether they meet its declared expectations."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class PageQuality:
    """Statistics of one page that was extracted as an article, stored or not.

    `day` is the day of publication in the source's time zone, None when the page is undated; `byline` is
    whether an author was found; `body_chars` the length of the text. `selectors` are the layout's selectors
    by field, each with whether it matched on this page.
    """

    day: date | None
    byline: bool
    body_chars: int
    in_scope: bool
    selectors: Mapping[str, tuple[str, bool]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SourceStats:
    """Statistics over the newest pages of a source at the end of a run, input of the expectation checks.

    `of_run` is the number of pages that the run extracted as articles. The counts below it are over the
    newest `read` of them, those of earlier runs included where the run's own are few; `lengths` are those of
    their texts. `per_day` counts the extracted articles by day of publication; `newest` is the last such day,
    `held_since` the day of the first capture. `waiting` is the number of articles that were found and not
    requested yet.
    """

    of_run: int = 0
    read: int = 0
    dated: int = 0
    byline: int = 0
    in_scope: int = 0
    lengths: tuple[int, ...] = ()
    per_day: Mapping[date, int] = field(default_factory=dict)
    newest: date | None = None
    held_since: date | None = None
    waiting: int = 0


@dataclass(frozen=True, slots=True)
class SelectorCount:
    """How often a layout's selector matched in one run.

    `pages` are those extracted as articles on which it was tried, `matched` those of them on which it
    matched.
    """

    run: int
    pages: int
    matched: int


@dataclass(frozen=True, slots=True)
class ExpectationResult:
    """Result of checking one expectation of a source at the end of a run.

    `promise` is a key of `expect`, `pages`, or `selector:` and a field. `promised` and `measured` are as
    printed; `over` is the number of pages (days, for `per_day` and `silence_days`) that were checked. `kept`
    is None where there was too little to check. `told` is the sentence that is shown to people.
    """

    promise: str
    promised: str
    measured: str
    over: int
    kept: bool | None
    told: str


@dataclass(frozen=True, slots=True)
class PromiseState:
    """State of an expectation: the newest result, and the run that produced it.

    `since_run` is the first run with the same result and no other result between, `since` when that run
    began. `before` is the value measured when the result was last a different one; empty when it never was.
    """

    verdict: ExpectationResult
    run: int
    since_run: int
    since: datetime
    before: str = ""
