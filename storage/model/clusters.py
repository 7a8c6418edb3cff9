"""Clusters of reprints: which articles carry one text, in which order they appeared, and the wider relation of one story."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from storage.model.articles import Precision
from storage.model.reprints import ReprintKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date, datetime

    from storage.model.articles import Article

_SPAN = {
    Precision.SECOND: timedelta(seconds=1),
    Precision.MINUTE: timedelta(minutes=1),
    Precision.DAY: timedelta(days=1),
    Precision.MONTH: timedelta(days=31),
}
_TO_THE_MINUTE = (Precision.SECOND, Precision.MINUTE)


@dataclass(frozen=True, slots=True)
class TextSimilarity:
    """How much of the shorter of two texts stands in the longer (0 to 1, in runs of four words), and what the one is to the other."""

    similarity: float
    kind: ReprintKind

    def mirrored(self) -> TextSimilarity:
        """The same, seen from the other text."""
        turned = {ReprintKind.EXCERPT: ReprintKind.CONTAINS, ReprintKind.CONTAINS: ReprintKind.EXCERPT}
        return TextSimilarity(self.similarity, turned.get(self.kind, self.kind))


@dataclass(frozen=True, slots=True)
class Appearance:
    """When an article (by its id) appeared: the beginning of the span that its source printed, and when it was first seen."""

    article: str
    first_seen_at: datetime
    published_at: datetime | None = None
    precision: Precision | None = None

    def is_before(self, other: Appearance) -> bool:
        """Whether this one came first: by the printed dates where those tell it, else by which was seen first."""
        if self.is_printed_before(other):
            return True
        if other.is_printed_before(self):
            return False
        return self.first_seen_at < other.first_seen_at

    def is_printed_before(self, other: Appearance) -> bool:
        """Whether the printed dates, by themselves, say that this one came first."""
        spans = self.printed_span, other.printed_span
        return spans[0] is not None and spans[1] is not None and spans[0][1] <= spans[1][0]

    def lag_after(self, first: Appearance) -> timedelta | None:
        """How long after another one it was published; None where either source prints no time."""
        if self.printed_moment is None or first.printed_moment is None:
            return None
        return self.printed_moment - first.printed_moment

    def lag_range_after(self, first: Appearance) -> tuple[timedelta, timedelta] | None:
        """The shortest and the longest lag that the printed dates leave open; None where a source prints none, or both a time.

        The other one is the earliest of its cluster, so the shortest is never below zero.
        """
        own, its = self.printed_span, first.printed_span
        if own is None or its is None or self.lag_after(first) is not None:
            return None
        if own == its and self.article == first.article:
            return None
        return max(own[0] - its[1], timedelta()), max(own[1] - its[0], timedelta())

    @property
    def printed_span(self) -> tuple[datetime, datetime] | None:
        """The span of time that its source printed, a day for a day; None where it printed no date."""
        if self.published_at is None or self.precision is None:
            return None
        return self.published_at, self.published_at + _SPAN[self.precision]

    @property
    def printed_moment(self) -> datetime | None:
        """The moment that its source printed, where that goes down to the minute."""
        return self.published_at if self.precision in _TO_THE_MINUTE else None

    @property
    def latest_moment(self) -> datetime:
        """The latest moment at which it can have appeared: the end of the printed span, or an earlier first sight."""
        if self.printed_moment is not None:
            return self.printed_moment
        return min(self.printed_span[1], self.first_seen_at) if self.printed_span else self.first_seen_at


def earliest(appearances: Sequence[Appearance]) -> Appearance | None:
    """The one that came before every other; None when nothing tells which that is."""
    first = appearances[0]
    for other in appearances[1:]:
        if other.is_before(first):
            first = other
    return first if all(first.is_before(other) for other in appearances if other is not first) else None


def in_time(appearances: Iterable[Appearance]) -> list[Appearance]:
    """The earliest first, where it is known; then by the latest moment at which each can have appeared, then by id."""
    ordered = sorted(appearances, key=lambda x: (x.latest_moment, x.article))
    first = earliest(ordered)
    return ordered if first is None else [first, *(x for x in ordered if x is not first)]


@dataclass(frozen=True, slots=True)
class Membership:
    """An article in its cluster: how it relates to the first of the listing, and how long after that it was published.

    `similarity` is the part (0 to 1) of the shorter text, in runs of four words, that stands in the longer one. `lag` is None where
    it or the earliest prints no time, and while the earliest is unknown; where days are printed, `lag_range` is the shortest and the
    longest lag that they leave open. `moment` is when it appeared: as printed where `printed` says so, else when it was first seen.
    `printed_day` is the day that its source prints, in its zone (ISO 8601; the month where it prints no day); empty without a date.
    """

    article: str
    url: str
    source: str
    title: str
    moment: datetime
    printed: bool
    similarity: float
    kind: ReprintKind
    lag: timedelta | None
    lag_range: tuple[timedelta, timedelta] | None = None
    printed_day: str = ""


@dataclass(frozen=True, slots=True)
class StoryCluster:
    """A cluster of reprints: its members by time. `original` is the id of the earliest article, None where nothing tells which."""

    id: str
    original: str | None
    members: tuple[Membership, ...]


@dataclass(frozen=True, slots=True)
class StoryArticle:
    """One article that tells a story, for all reprints of it. `score` (0 to 1) is how much it has in common with the others."""

    article: Article
    score: float


@dataclass(frozen=True, slots=True)
class Story:
    """Articles about one event, the earliest first; `score` (0 to 1) is how much they have in common on average."""

    score: float
    tellings: tuple[StoryArticle, ...]

    @property
    def title(self) -> str:
        """The headline of the earliest article."""
        return self.tellings[0].article.title

    @property
    def day(self) -> date | None:
        """The day on which the earliest article was published; None where it has no date."""
        return self.tellings[0].article.day

    @property
    def articles(self) -> tuple[Article, ...]:
        """Its articles, the earliest first."""
        return tuple(telling.article for telling in self.tellings)
