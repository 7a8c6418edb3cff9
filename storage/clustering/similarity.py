"""Similarity of two texts by their words: whether they are copies of one. Pure functions, no tables.

The containment sketch finds candidates; here all runs of words are compared, so that neither the sampling of
the sketch nor a shared passage of background makes a pair.
"""

from __future__ import annotations

import re
from collections import Counter
from difflib import SequenceMatcher
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

from storage.language.shingles import kept, plain_words, runs_of
from storage.model.clusters import TextSimilarity
from storage.model.reprints import ReprintKind

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence
    from datetime import date

    from storage.language.shingles import Run

SHARED = 0.5
"""Share of the shorter text that copies have in common; half of it is left when 12 % of the words are edited.
"""

SHARED_BY_EACH_HALF = 0.25
"""Share of either half of the shorter text in copies: a new lead leaves it, a shared passage at one end does
not."""

LIKE_LENGTH = 0.7
"""Share of the longer text's words that the shorter has in copies of whole texts."""

LEAST_WORDS = 20
"""Words below which a text (a caption, a line above a video) is never compared."""

SHORT_WORDS = 200
"""Words up to which a text may be one of a series of notices that differ in dates and numbers only."""

ANOTHER_FIGURE_WORDS = 8
"""Replaced words up to which a sentence counts as the same but for a date or number."""

SERIES_DAYS = 3
"""Days between two short texts from which they are two notices of a series, however alike."""

_ORDINAL_RU = "перв втор трет четв[её]рт пят шест седьм восьм девят десят одиннадцат двенадцат тринадцат четырнадцат пятнадцат двадцат"
_MONTHS = (
    "январ феврал март апрел ма[йяю] июн июл август сентябр октябр ноябр декабр "
    "қаңтар ақпан наурыз сәуір мамыр маусым шілде тамыз қыркүйек қазан қараша желтоқсан"
)
_WEEKDAYS = "понедельник вторник сред[ауеы] четверг пятниц суббот воскресень дүйсенбі сейсенбі сәрсенбі бейсенбі жұма сенбі жексенбі"
_FIGURE = re.compile(
    rf"""\d.*
    | (?:{"|".join(_ORDINAL_RU.split())})(?:ый|ий|ой|ая|ья|ое|ье|ые|ьи|ого|ьего|ому|ьему|ым|ьим|ом|ьем|ую|ью|ей|ьей|ых|ьих)
    | \w+(?:ыншы|інші|ншы|нші)\w{{0,4}}
    | (?:{"|".join(_MONTHS.split())})\w{{0,4}}
    | (?:{"|".join(_WEEKDAYS.split())})\w{{0,4}}
    """,
    re.VERBOSE,
)


class TokenisedText:
    """Words of an article for comparison: headline, text, and the local day of publication where known.

    Paragraphs of which most sketch shingles are boilerplate are left out, unless all are. `digest` is that of
    the whole text with normalised whitespace and Unicode composition (`pipelines.fingerprints.text_digest`).
    """

    def __init__(self, title: str, text: str, day: date | None = None, boilerplate: Collection[int] = (), *, digest: str = "") -> None:
        paragraphs = [plain_words(paragraph) for paragraph in text.split("\n")]
        told = [words for words in paragraphs if not _is_background(words, boilerplate)] if boilerplate else paragraphs
        self.title = plain_words(title)
        self.words = [word for paragraph in told or paragraphs for word in paragraph]
        self.digest = digest
        self.day = day

    @cached_property
    def runs(self) -> list[Run]:
        """Runs of four words, in order."""
        return runs_of(self.words)

    @cached_property
    def shingles(self) -> frozenset[Run]:
        """The set of the same runs."""
        return frozenset(self.runs)


def _is_background(words: list[str], boilerplate: Collection[int]) -> bool:
    shingles = kept(runs_of(words))
    return 2 * sum(shingle in boilerplate for shingle in shingles) > len(shingles)


def likeness(one: TokenisedText, other: TokenisedText) -> TextSimilarity:
    """Return the relation of one text to the other, and the share of the shorter one found in the longer.

    Only equal texts are verbatim copies.
    """
    if one.digest and one.digest == other.digest:
        return TextSimilarity(1.0, ReprintKind.VERBATIM)
    shorter, longer = sorted((len(one.shingles), len(other.shingles)))
    similarity = len(one.shingles & other.shingles) / shorter if shorter else 0.0
    if shorter >= LIKE_LENGTH * longer:
        return TextSimilarity(similarity, ReprintKind.EDITED)
    return TextSimilarity(similarity, ReprintKind.EXCERPT if len(one.shingles) == shorter else ReprintKind.CONTAINS)


def copied(one: TokenisedText, other: TokenisedText) -> TextSimilarity | None:
    """Return the relation of two texts that are copies of one; None when they are not."""
    if min(len(one.words), len(other.words)) < LEAST_WORDS:
        return None
    found = likeness(one, other)
    if found.similarity < SHARED or not _shared_throughout(one, other) or in_series(one, other):
        return None
    return found


def _shared_throughout(one: TokenisedText, other: TokenisedText) -> bool:
    shorter, longer = (one, other) if len(one.runs) <= len(other.runs) else (other, one)
    middle = len(shorter.runs) // 2
    return all(_share(half, longer) >= SHARED_BY_EACH_HALF for half in (shorter.runs[:middle], shorter.runs[middle:]) if half)


def _share(runs: Sequence[Run], within: TokenisedText) -> float:
    return sum(run in within.shingles for run in runs) / len(runs)


def in_series(one: TokenisedText, other: TokenisedText) -> bool:
    """Return whether two texts are notices of a series.

    They are short and far apart in time, or have the same sentence with another date or number.
    """
    shorter, longer = sorted((len(one.words), len(other.words)))
    if shorter > SHORT_WORDS or longer > 3 * SHORT_WORDS:
        return False
    if longer <= SHORT_WORDS and one.day and other.day and abs((one.day - other.day).days) > SERIES_DAYS:
        return True
    return _contradict(_figures(one.title), _figures(other.title)) or _differ_in_a_figure(one.words, other.words)


def _differ_in_a_figure(one: Sequence[str], other: Sequence[str]) -> bool:
    if not _contradict(_figures(one), _figures(other)):
        return False  # which spares most copies the alignment
    aligned = SequenceMatcher(None, one, other, autojunk=False).get_opcodes()
    return any(
        _contradict(_figures(one[start:stop]), _figures(other[begin:end]))
        for tag, start, stop, begin, end in aligned
        if tag == "replace" and max(stop - start, end - begin) <= ANOTHER_FIGURE_WORDS
    )


def _contradict(one: Counter[str], other: Counter[str]) -> bool:
    """Return whether each side has a figure that the other does not have, or not as often."""
    return bool(one - other and other - one)


def _figures(words: Iterable[str]) -> Counter[str]:
    """Return numbers, ordinals, months and days of the week among some words."""
    return Counter(filter(_is_figure, words))


@lru_cache(maxsize=1 << 16)
def _is_figure(word: str) -> bool:
    return _FIGURE.fullmatch(word) is not None
