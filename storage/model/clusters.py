"""Clusters of reprints (articles with the same text, in order of time), and stories (about one event)."""

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
    """Similarity of two texts, and how the one relates to the other.

    `similarity` is the part (0 to 1) of the shorter text that occurs in the longer one, in runs of four
    words.
    """

    similarity: float
    kind: ReprintKind

    def mirrored(self) -> TextSimilarity:
        """Return the same comparison, seen from the other text."""
        turned = {ReprintKind.EXCERPT: ReprintKind.CONTAINS, ReprintKind.CONTAINS: ReprintKind.EXCERPT}
        return TextSimilarity(self.similarity, turned.get(self.kind, self.kind))


@dataclass(frozen=True, slots=True)
class Appearance:
    """When an article (by its id) appeared.

    `published_at` is the beginning of the time span that its source printed, `first_seen_at` when the archive
    first saw it.
    """

    article: str
    first_seen_at: datetime
    published_at: datetime | None = None
    precision: Precision | None = None

    def is_before(self, other: Appearance) -> bool:
        """Return whether this one appeared first: by printed dates where they decide, else by first sight."""
        if self.is_printed_before(other):
            return True
        if other.is_printed_before(self):
            return False
        return self.first_seen_at < other.first_seen_at

    def is_printed_before(self, other: Appearance) -> bool:
        """Return whether the printed dates, by themselves, show that this one appeared first."""
        spans = self.printed_span, other.printed_span
        return spans[0] is not None and spans[1] is not None and spans[0][1] <= spans[1][0]

    def lag_after(self, first: Appearance) -> timedelta | None:
        """Return how long after another one it was published; None where either source prints no time."""
        if self.printed_moment is None or first.printed_moment is None:
            return None
        return self.printed_moment - first.printed_moment

    def lag_range_after(self, first: Appearance) -> tuple[timedelta, timedelta] | None:
        """Return the shortest and the longest lag that are possible by the printed dates.

        None where a source prints no date, or both print a time. The other article is the earliest of its
        cluster, so the shortest lag is never below zero.
        """
        own, its = self.printed_span, first.printed_span
        if own is None or its is None or self.lag_after(first) is not None:
            return None
        if own == its and self.article == first.article:
            return None
        return max(own[0] - its[1], timedelta()), max(own[1] - its[0], timedelta())

    @property
    def printed_span(self) -> tuple[datetime, datetime] | None:
        """The time span that its source printed (for a date, the whole day); None without a date."""
        if self.published_at is None or self.precision is None:
            return None
        return self.published_at, self.published_at + _SPAN[self.precision]

    @property
    def printed_moment(self) -> datetime | None:
        """The moment that its source printed; None where that is less precise than a minute."""
        return self.published_at if self.precision in _TO_THE_MINUTE else None

    @property
    def latest_moment(self) -> datetime:
        """The latest possible moment of appearance: end of the printed span, or an earlier first sight."""
        if self.printed_moment is not None:
            return self.printed_moment
        return min(self.printed_span[1], self.first_seen_at) if self.printed_span else self.first_seen_at


def earliest(appearances: Sequence[Appearance]) -> Appearance | None:
    """Return the one that appeared before every other; None when that cannot be decided."""
    first = appearances[0]
    for other in appearances[1:]:
        if other.is_before(first):
            first = other
    return first if all(first.is_before(other) for other in appearances if other is not first) else None


def in_time(appearances: Iterable[Appearance]) -> list[Appearance]:
    """Return them in order of time: the earliest first, where it is known.

    The others follow by the latest moment at which each can have appeared, then by id.
    """
    ordered = sorted(appearances, key=lambda x: (x.latest_moment, x.article))
    first = earliest(ordered)
    return ordered if first is None else [first, *(x for x in ordered if x is not first)]


@dataclass(frozen=True, slots=True)
class Membership:
    """An article in its cluster: its relation to the first one listed, and its lag in publication.

    `similarity` is the part (0 to 1) of the shorter text, in runs of four words, that occurs in the longer
    one. `lag` is None where it or the earliest prints no time, and while the earliest is unknown; where days
    are printed, `lag_range` is the shortest and the longest possible lag. `moment` is when it appeared: as
    printed where `printed` is true, else when it was first seen. `printed_day` is the day that its source
    prints, in its time zone (ISO 8601; the month where it prints no day); empty without a date.
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
    """A cluster of reprints: its members by time.

    `original` is the id of the earliest article, None where that cannot be decided.
    """

    id: str
    original: str | None
    members: tuple[Membership, ...]


@dataclass(frozen=True, slots=True)
class StoryArticle:
    """One article of a story; it represents all reprints of its text.

    `score` (0 to 1) is its similarity to the other articles of the story.
    """

    article: Article
    score: float


@dataclass(frozen=True, slots=True)
class Story:
    """Articles about one event, the earliest first; `score` (0 to 1) is their average similarity."""

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
