"""Snippets: an excerpt of an article's text around the matches of a query."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from storage.language.words import readings
from storage.search.phrases import places

if TYPE_CHECKING:
    from collections.abc import Sequence

    from storage.search.parse import ParsedQuery

WIDTH = 200
"""Maximum length of a snippet in characters, the cut marks not counted."""

SCANNED = 50_000
"""Characters of a text that are searched for matches; of a text that matches only further down, the beginning
is shown."""

_CUT = "…"


@dataclass(frozen=True, slots=True)
class Snippet:
    """An excerpt and the half-open character ranges of the matched words in it, in order."""

    text: str
    marks: tuple[tuple[int, int], ...] = ()

    def __str__(self) -> str:
        return self.text


class _Found(NamedTuple):
    """An occurrence of a term: its character range, those of its words, and the term's index in the query."""

    start: int
    end: int
    words: tuple[tuple[int, int], ...]
    term: int


def snippet(text: str, parsed: ParsedQuery | None, language: str, width: int = WIDTH) -> Snippet:
    """Return the excerpt that shows most of a query's terms.

    It has at most `width` characters of whole words, and `…` at the cuts. A word is marked where its key is
    one of the query's; words of a phrase only where the whole phrase matches. Line breaks become spaces.
    Without a query, or without a match, it is the beginning of the text.
    """
    text = text[:SCANNED].rstrip()
    words = list(readings(text, language))
    ends = [(first, last) for first, last, _ in words]
    found = _occurrences(parsed, [reading.key for _, _, reading in words], ends) if parsed else []
    start, end = _window(text, ends, _best(found, width), width)
    head = f"{_CUT} " if start > 0 else ""
    tail = f" {_CUT}" if end < len(text) else ""
    shift = len(head) - start
    inside = sorted({word for place in found for word in place.words if start <= word[0] and word[1] <= end})
    return Snippet(head + text[start:end].replace("\n", " ") + tail, tuple((first + shift, last + shift) for first, last in inside))


def _occurrences(parsed: ParsedQuery, keys: Sequence[str], ends: Sequence[tuple[int, int]]) -> list[_Found]:
    found = []
    for number, term in enumerate(parsed.wanted):
        for place in places(term, keys):
            words = tuple(ends[place : place + len(term.keys)])
            found.append(_Found(words[0][0], words[-1][1], words, number))
    return sorted(found)


def _best(found: Sequence[_Found], width: int) -> tuple[int, int]:
    """Return the range of occurrences within `width` characters that is best to show.

    That is the one with most different terms, then most occurrences, then the first.
    """
    best, most = (0, 0), (0, 0)
    for place, first in enumerate(found):
        inside = []
        for other in found[place:]:
            if other.start - first.start > width:
                break
            if other.end - first.start <= width:
                inside.append(other)
        worth = (len({other.term for other in inside}), len(inside))
        if worth > most:
            best, most = (first.start, max(other.end for other in inside)), worth
    return best


def _window(text: str, ends: Sequence[tuple[int, int]], best: tuple[int, int], width: int) -> tuple[int, int]:
    """Return the range to show, cut between words, with the best range about in its middle."""
    if len(text) <= width:
        return 0, len(text)
    first, last = best
    earliest = max(0, min(first - (width - (last - first)) // 2, len(text) - width))
    starts = (place for place in range(earliest, first + 1) if place == 0 or text[place - 1].isspace())
    start = next(starts, None)
    if start is None:  # no whitespace before the match: the snippet begins at a part of a hyphenated word
        start = next((start for start, _ in ends if start >= earliest), earliest)
    latest = start + width
    if latest >= len(text):
        return start, len(text)
    gaps = (place for place in range(latest, max(last, start + 1) - 1, -1) if text[place].isspace())
    end = next(gaps, None)
    return start, max((end for _, end in ends if start < end <= latest), default=latest) if end is None else end
