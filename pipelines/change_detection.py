"""What a publisher changed between two readings of one article, and what is only noise.

Compared are headline, lead and text (as one run of words and signs, so that a redesign that prints the lead elsewhere is none),
byline, publication date, section, tags and captions. Addresses of pictures, the updated-at mark, counters and tokens are not: sites
change them at every fetch. What one reading lacks altogether was lost by a redesign, not taken back by the publisher.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from difflib import SequenceMatcher
from operator import ne
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from storage.model.articles import DateStamp, Extraction

FEW_TOKENS = 3
"""So many changed words and signs may be a token or a counter that nobody has met yet."""

_SIGNS = str.maketrans(
    dict.fromkeys("«»“”„‟″", '"')
    | dict.fromkeys("‘’‚ʼ`´", "'")
    | dict.fromkeys("–—−‐‑‒―", "-")
    | {"…": "..."}
)
_TOKEN = re.compile(r"\w+|[^\w\s]")
_RANDOM = re.compile(
    r"\b(?=[0-9a-z]*\d)(?=[0-9a-z]*[a-z])[0-9a-z]{8,}\b", re.IGNORECASE | re.ASCII
)  # 8f3a9c21: a session, a build
_COUNTER = re.compile(
    r"(?:(?:просмотр|прочитан|прочитал|қаралым)\w{0,20}|қаралды|оқылды|views?)\s{0,9}[:–-]?\s{0,9}\d[\d\s]*"
    r"|(?<!\d)\d[\d\s]{0,15}(?:(?:просмотр|қаралым)\w{0,20}|рет\s{1,9}оқылды|views?)\b",
    re.IGNORECASE,
)
_YEAR = re.compile(r"(?:19|20)\d\d")
_DAY_SECONDS = 86_400


def changes(old: Extraction, new: Extraction) -> tuple[str, ...]:
    """The fields that the publisher changed, of `title text authors published section tags captions`; `text` covers the lead.

    Both readings must be of the same version of the line, or a better reading would pass for an edit.
    """
    told: dict[str, bool] = {
        "title": bool(new.title) and _tokens(old.title) != _tokens(new.title),
        "text": _text_changed(old, new),
        "authors": _changed_names(old.authors, new.authors),
        "published": _date_changed(old.published, new.published),
        "section": _changed_names([old.section], [new.section]),
        "tags": _changed_names(old.tags, new.tags),
        "captions": _changed_names(_captions(old), _captions(new)),
    }
    return tuple(field for field, changed in told.items() if changed)


def touched(old: Extraction, new: Extraction) -> int:
    """How many words and signs of headline, lead and text were put in, taken out or replaced.

    Exact where they are few. Of many it is enough to know that: matching takes the square of the words, and so a bound from below is
    given where the words differ by more than `FEW_TOKENS`, or where what lies between the first and the last change is long.
    """
    before, after = _words(old), _words(new)
    gone, come = (Counter(before) - Counter(after)).total(), (Counter(after) - Counter(before)).total()
    if max(gone, come) > FEW_TOKENS:
        return max(gone, come)
    if len(before) == len(after) and (replaced := sum(map(ne, before, after))) <= FEW_TOKENS:
        return int(replaced)
    before, after = _between_changes(before, after)
    if max(len(before), len(after)) > _MOST_MATCHED:
        return max(len(before), len(after))
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    return sum(max(b - a, d - c) for kind, a, b, c, d in matcher.get_opcodes() if kind != "equal")


_MOST_MATCHED = 2_000  # words and signs: 4 million comparisons where all of them are the same


def _between_changes(before: list[str], after: list[str]) -> tuple[list[str], list[str]]:
    """Two lists without the beginning and the end that they share."""
    shorter = min(len(before), len(after))
    start = next((place for place in range(shorter) if before[place] != after[place]), shorter)
    end = next(
        (place for place in range(shorter - start) if before[-1 - place] != after[-1 - place]),
        shorter - start,
    )
    return before[start : len(before) - end], after[start : len(after) - end]


def is_shortened(old: Extraction, new: Extraction) -> bool:
    """Whether a reading is a mere stump of an earlier one: under half as long, and nearly all of it was there before."""
    before, after = _words(old), _words(new)
    if len(before) < _STUMP_WORDS or len(after) > _STUMP_SHARE * len(before):
        return False
    known = set(zip(before, before[1:], before[2:], strict=False))
    kept = [run in known for run in zip(after, after[1:], after[2:], strict=False)]
    return sum(kept) >= _STUMP_KNOWN * len(kept)


_STUMP_WORDS, _STUMP_SHARE, _STUMP_KNOWN = 60, 0.5, 0.7


def _text_changed(old: Extraction, new: Extraction) -> bool:
    before, after = _tokens(f"{old.lead}\n{old.text}"), _tokens(f"{new.lead}\n{new.text}")
    if before == after or not after:
        return False
    if old.extractor == new.extractor:
        return True
    shorter, longer = sorted((old, new), key=lambda read: len(read.lead) + len(read.text))
    whole = _tokens(f"{longer.lead}\n{longer.text}")
    # read by other means: what is more around lead and text is not the publisher's
    return not all(_stands_in(_tokens(part), whole) for part in (shorter.lead, shorter.text))


def _stands_in(shorter: list[str], longer: list[str]) -> bool:
    return not shorter or f" {' '.join(shorter)} " in f" {' '.join(longer)} "


def _words(read: Extraction) -> list[str]:
    return _tokens(f"{read.title}\n{read.lead}\n{read.text}")


def _tokens(text: str) -> list[str]:
    """Words and signs in one spelling of quotes, dashes and white space, without counters and random tokens."""
    even = unicodedata.normalize("NFC", text).translate(_SIGNS)
    return _TOKEN.findall(_RANDOM.sub("0", _COUNTER.sub(" ", even)))


def _changed_names(old: Iterable[str], new: Iterable[str]) -> bool:
    before, after = ({" ".join(_tokens(x)).casefold() for x in names} - {""} for names in (old, new))
    return bool(before) and bool(after) and before != after


def _captions(read: Extraction) -> list[str]:
    return [f"{image.caption} {image.credit}" for image in read.images]


def _date_changed(old: DateStamp | None, new: DateStamp | None) -> bool:
    """Whether another date is printed; the same one told to another precision, or counted from today («2 часа назад»), is not."""
    if old is None or new is None:
        return False
    shared = min(len(old.iso()), len(new.iso()), len("2026-03-03T05:00"))
    if old.precision == new.precision and old.moment == new.moment:
        return False
    if old.moment.astimezone(new.moment.tzinfo).isoformat()[:shared] == new.moment.isoformat()[:shared]:
        return False
    relative = not (_YEAR.search(old.raw) and _YEAR.search(new.raw))
    return not (relative and abs((old.moment - new.moment).total_seconds()) <= _DAY_SECONDS)
