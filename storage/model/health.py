"""How a source does: what its pages gave when they were read, and whether that keeps what it promised."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime


@dataclass(frozen=True, slots=True)
class PageQuality:
    """What one page gave that was read as an article, stored or not.

    `day` is the day of publication in the source's zone, None when the page is undated; `body_chars` the length of the text.
    `selectors` are the layout's selectors by field, each with whether it answered on this page.
    """

    day: date | None
    byline: bool
    body_chars: int
    in_scope: bool
    selectors: Mapping[str, tuple[str, bool]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SourceStats:
    """What the archive knows of a source at the close of a run, in numbers.

    `of_run` is how many pages the run read as articles. The counts below it are of the newest `read` of them, those of earlier
    runs included where the run's own are few; `lengths` are those of their texts. `per_day` counts the articles that were read,
    by day of publication; `newest` is the last such day, `held_since` the day of the first capture. `waiting` articles were found
    and not asked yet.
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
    """In one run: on how many pages that were read as articles a layout's selector was tried, and on how many it answered."""

    run: int
    pages: int
    matched: int


@dataclass(frozen=True, slots=True)
class ExpectationResult:
    """Whether a source keeps one promise at the close of a run.

    `promise` is a key of `expect`, `pages`, or `selector:` and a field. `promised` and `measured` are as printed; `over` says over
    how many pages (days, for `per_day` and `silence_days`) it was judged. `kept` is None where there was too little to judge by.
    `told` is what a person is told of it.
    """

    promise: str
    promised: str
    measured: str
    over: int
    kept: bool | None
    told: str


@dataclass(frozen=True, slots=True)
class PromiseState:
    """How a promise stands: the newest verdict, and the run that gave it.

    `since_run` is the first run that gave the same verdict without another between, `since` when that run began. `before` is what
    was measured when the verdict was another one last; empty when it always was the same.
    """

    verdict: ExpectationResult
    run: int
    since_run: int
    since: datetime
    before: str = ""
