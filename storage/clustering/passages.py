"""Shared passages of two texts, and texts that collect several. Pure functions, no tables.

A text is cut into windows of WINDOW runs of four words. A window is shared when a third of its runs are in
the other text: that finds a passage of which 12 % of the words were edited (0.88^4 = 0.6 of its runs are
left) and does not depend on paragraphs.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from storage.clustering.similarity import TokenisedText
    from storage.language.shingles import Run

WINDOW = 12
"""Runs of four words in one window."""

SHARED_OF_WINDOW = 1 / 3
"""Share of a window's runs found in the other text from which the window is shared."""

FRONT_WINDOWS = 4
"""Windows at the beginning of a text, about fifty words: its lead. Half of them shared mean that the text is
quoted from its lead on."""

LEAST_RUNS = 12
"""Runs of a passage, 15 words: less is a phrase."""

WHOLE = 0.5
"""Share of a text found in the other from which it is there as a whole, edits and a new lead included."""

LONG_PASSAGE = 0.3
"""Share of a text from which a passage of it, anywhere in the text, is an excerpt, if it has LONG_RUNS."""

LONG_RUNS = 60
"""Runs of such a passage; the background at the end of news («Напомним, …») is mostly shorter."""

LEAST_OF_LONGER = 0.2
"""Share of the longer text from which it is the shorter one with additions; below it, a longer text that
quotes it."""

LEAST_COLLECTED = 0.3
"""Share of a collecting text that consists of the collected ones; background copied from two articles is
less."""

MAIN = 0.7
"""Share of a text from which another one, or a part of it, is its subject; what else it holds are cards or
background."""

MAIN_IF_WHOLE = 0.5
"""The same, where the other text is in it from beginning to end."""

FROM_BEGINNING_TO_END = 0.8
"""Share of a text found in another when nothing but edits is missing."""

SEVERAL = 2
"""Unrelated texts from which a text counts as a collection."""

APART = 0.25
"""Share of the smaller of two passages up to which they may overlap and still be separate."""


@dataclass(frozen=True, slots=True)
class Overlap:
    """Shared passages of two texts.

    Numbers of the shared windows on either side, of how many windows, and the number of shared runs on this
    side.
    """

    here: frozenset[int]
    there: frozenset[int]
    windows_here: int
    windows_there: int
    runs: int

    @property
    def share_here(self) -> float:
        """Share of this text found in the other."""
        return len(self.here) / self.windows_here if self.windows_here else 0.0

    @property
    def share_there(self) -> float:
        """Share of the other text found in this one."""
        return len(self.there) / self.windows_there if self.windows_there else 0.0

    def mirrored(self) -> Overlap:
        """Return the same overlap, seen from the other text."""
        return Overlap(self.there, self.here, self.windows_there, self.windows_here, self.runs)

    @property
    def is_excerpt(self) -> bool:
        """Whether this text holds the other's lead (as digests and cards do) or a long passage of it."""
        if self.runs < LEAST_RUNS:
            return False
        is_long = self.runs >= LONG_RUNS and self.share_there >= LONG_PASSAGE
        return is_long or self.share_there >= WHOLE or _has_front(self.there, self.windows_there)

    @property
    def is_shared_beginning(self) -> bool:
        """Whether the two texts begin alike and differ afterwards: a stock opening."""
        begin_alike = _has_front(self.here, self.windows_here) and _has_front(self.there, self.windows_there)
        return begin_alike and max(self.share_here, self.share_there) < LONG_PASSAGE

    @property
    def is_mutual(self) -> bool:
        """Whether a long part of either text is in the other."""
        return min(self.share_here, self.share_there) >= LONG_PASSAGE

    @property
    def is_main_matter(self) -> bool:
        """Whether this text consists of the other one, or a part of it, and little else."""
        return self.share_here >= (MAIN_IF_WHOLE if self.holds_whole else MAIN)

    @property
    def holds_whole(self) -> bool:
        """Whether this text holds the other one from beginning to end."""
        return self.runs >= LEAST_RUNS and self.share_there >= FROM_BEGINNING_TO_END

    @property
    def is_a_thin_part(self) -> bool:
        """Whether the shared passages are a small part of one of the texts, and not its beginning."""
        share, shared, windows = min(
            (self.share_here, self.here, self.windows_here), (self.share_there, self.there, self.windows_there), key=lambda x: x[0]
        )
        return share < LEAST_OF_LONGER and not _has_front(shared, windows)


def _has_front(shared: frozenset[int], windows: int) -> bool:
    front = min(FRONT_WINDOWS, windows)
    return front > 0 and 2 * sum(number in shared for number in range(front)) >= front


def overlap(one: TokenisedText, other: TokenisedText) -> Overlap:
    """Return the shared passages of two texts, seen from the first."""
    shared = one.shingles & other.shingles
    if len(shared) < LEAST_RUNS:
        return Overlap(frozenset(), frozenset(), _windows(one), _windows(other), len(shared))
    return Overlap(_windows_with(shared, one), _windows_with(shared, other), _windows(one), _windows(other), len(shared))


def _windows_with(shared: frozenset[Run], text: TokenisedText) -> frozenset[int]:
    """Return the numbers of the windows of a text of which enough runs are shared."""
    counts = Counter(place // WINDOW for place, run in enumerate(text.runs) if run in shared)
    last, runs_of_last = divmod(len(text.runs), WINDOW)
    return frozenset(number for number, count in counts.items() if count >= SHARED_OF_WINDOW * (runs_of_last if number == last else WINDOW))


def _windows(text: TokenisedText) -> int:
    return -(-len(text.runs) // WINDOW)


def collected(overlaps: Iterable[Overlap]) -> list[frozenset[int]]:
    """Return the places of passages of unrelated texts, each a set of windows, the largest first.

    Passages that overlap belong to one text. A passage over several places is one of them only where its text
    is there as a whole: another digest with the same news is not.
    """
    places: list[frozenset[int]] = []
    for part in sorted(overlaps, key=lambda x: (len(x.here), sorted(x.here))):
        met = [place for place in places if not stand_apart(place, part.here)]
        if len(met) > 1 and part.share_there < FROM_BEGINNING_TO_END:
            continue
        places = [place for place in places if place not in met]
        places.append(part.here.union(*met))
    return sorted(places, key=lambda place: (-len(place), sorted(place)))


def is_collection(overlaps: Sequence[Overlap]) -> bool:
    """Return whether a text collects the texts of these passages, rather than one with cards of others.

    A text with a second whole text in it collects both, however long the first is.
    """
    places = collected(overlaps)
    if len(places) < SEVERAL:
        return False
    whole = [part for part in overlaps if part.holds_whole]
    main = [part for part in overlaps if part.is_main_matter]
    if any(not any(stand_apart(part.here, other.here) for other in whole) for part in main):
        return False
    return sum(map(len, places)) >= LEAST_COLLECTED * overlaps[0].windows_here


def stand_apart(one: frozenset[int], other: frozenset[int]) -> bool:
    """Return whether two passages of one text are separate; a few windows at their border may be shared."""
    return len(one & other) <= APART * min(len(one), len(other))
