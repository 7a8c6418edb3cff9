"""Likeness: whether two texts are copies of one, read off their words. Pure functions, no tables.

The containment sketch finds candidates; here their words are compared run by run, so that neither the luck of the sample nor a
shared passage of background makes a pair.
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
"""Copies share this much of the shorter text; half of it is what 12 % of edited words leave."""

SHARED_BY_EACH_HALF = 0.25
"""Copies share this much of either half of the shorter text: a new lead leaves that, a shared passage at one end does not."""

LIKE_LENGTH = 0.7
"""Copies of whole texts: the shorter has at least this share of the longer's words."""

LEAST_WORDS = 20
"""Shorter texts (a caption, a line above a video) say too little to be copies of anything."""

SHORT_WORDS = 200
"""Up to this length a text may be one of a series of notices, which differ in little but their dates and numbers."""

ANOTHER_FIGURE_WORDS = 8
"""Up to so many words stand in the place of others when a sentence is the same but for a date or number; more make another sentence."""

SERIES_DAYS = 3
"""Short texts that appeared further apart than this are two notices, however alike: the next week brings the next meeting."""

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
    """An article as it is compared: its headline, its text, and the local day on which it was published, where that is known.

    Paragraphs of which most kept shingles are boilerplate are left out, as long as they are not all there is. `digest` is that of the
    whole text, whitespace and composition evened out (`pipelines.fingerprints.text_digest`).
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
        """The runs of four words, in their order."""
        return runs_of(self.words)

    @cached_property
    def shingles(self) -> frozenset[Run]:
        """The same runs, each once."""
        return frozenset(self.runs)


def _is_background(words: list[str], boilerplate: Collection[int]) -> bool:
    shingles = kept(runs_of(words))
    return 2 * sum(shingle in boilerplate for shingle in shingles) > len(shingles)


def likeness(one: TokenisedText, other: TokenisedText) -> TextSimilarity:
    """What the one text is to the other, and how much of the shorter stands in the longer; only equal texts are verbatim copies."""
    if one.digest and one.digest == other.digest:
        return TextSimilarity(1.0, ReprintKind.VERBATIM)
    shorter, longer = sorted((len(one.shingles), len(other.shingles)))
    similarity = len(one.shingles & other.shingles) / shorter if shorter else 0.0
    if shorter >= LIKE_LENGTH * longer:
        return TextSimilarity(similarity, ReprintKind.EDITED)
    return TextSimilarity(similarity, ReprintKind.EXCERPT if len(one.shingles) == shorter else ReprintKind.CONTAINS)


def copied(one: TokenisedText, other: TokenisedText) -> TextSimilarity | None:
    """What the one text is to the other, when they are copies of one text; None when they are not."""
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
    """Whether two texts are notices of a series: short and far apart in time, or with the same sentence about another date or number."""
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
    """Whether each names a figure that the other does not, or not as often."""
    return bool(one - other and other - one)


def _figures(words: Iterable[str]) -> Counter[str]:
    """Numbers, ordinals, months and days of the week among some words."""
    return Counter(filter(_is_figure, words))


@lru_cache(maxsize=1 << 16)
def _is_figure(word: str) -> bool:
    return _FIGURE.fullmatch(word) is not None
