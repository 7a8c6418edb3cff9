"""Compare two extractions of one article: what the publisher changed, and what is only noise.

Compared are headline, lead and text (as one sequence of words and punctuation, so that a redesign that prints
the lead elsewhere is no change), byline, publication date, section, tags and captions. Addresses of pictures,
the updated-at mark, counters and tokens are not compared: sites change them at every fetch. A field that one
extraction lacks altogether was lost by a redesign, not removed by the publisher.
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
"""Maximum number of changed words and punctuation marks that may be an unknown token or counter."""

_SIGNS = str.maketrans(
    dict.fromkeys("«»“”„‟″", '"')
    | dict.fromkeys("‘’‚ʼ`´", "'")
    | dict.fromkeys("–—−‐‑‒―", "-")
    | {"…": "..."}
)
_TOKEN = re.compile(r"\w+|[^\w\s]")
_RANDOM = re.compile(  # 8f3a9c21: a session, a build
    r"\b(?=[0-9a-z]*\d)(?=[0-9a-z]*[a-z])[0-9a-z]{8,}\b", re.IGNORECASE | re.ASCII
)
_COUNTER = re.compile(
    r"(?:(?:просмотр|прочитан|прочитал|қаралым)\w{0,20}|қаралды|оқылды|views?)\s{0,9}[:–-]?\s{0,9}\d[\d\s]*"
    r"|(?<!\d)\d[\d\s]{0,15}(?:(?:просмотр|қаралым)\w{0,20}|рет\s{1,9}оқылды|views?)\b",
    re.IGNORECASE,
)
_YEAR = re.compile(r"(?:19|20)\d\d")
_DAY_SECONDS = 86_400  # difference of relative dates that is no change
_MAX_MATCHED = 2_000  # words and punctuation marks: 4 million comparisons if all of them are the same
_MIN_WORDS = 60  # words of an article that can be shortened
_STUB_SHARE = 0.5  # share of its words, above which another text is no stub
_STUB_KNOWN = 0.7  # share of a stub's runs of three words that the article has


def changes(old: Extraction, new: Extraction) -> tuple[str, ...]:
    """Return the fields that the publisher changed: `title text authors published section tags captions`.

    `text` includes the lead. Both extractions must be by the same version of the pipeline; else an
    improvement of the extraction would count as an edit.
    """
    differs: dict[str, bool] = {
        "title": bool(new.title) and _tokens(old.title) != _tokens(new.title),
        "text": _text_changed(old, new),
        "authors": _changed_names(old.authors, new.authors),
        "published": _date_changed(old.published, new.published),
        "section": _changed_names([old.section], [new.section]),
        "tags": _changed_names(old.tags, new.tags),
        "captions": _changed_names(_captions(old), _captions(new)),
    }
    return tuple(field for field, is_changed in differs.items() if is_changed)


def changed_tokens(old: Extraction, new: Extraction) -> int:
    """Return how many words and punctuation marks were inserted, deleted or replaced in headline and text.

    Exact if they are at most `FEW_TOKENS`; else a lower bound above that may be returned, because matching
    takes quadratic time. It is returned as well where the span of the changes is long.
    """
    before, after = _words(old), _words(new)
    deleted = (Counter(before) - Counter(after)).total()
    inserted = (Counter(after) - Counter(before)).total()
    if max(deleted, inserted) > FEW_TOKENS:
        return max(deleted, inserted)
    if len(before) == len(after) and (replaced := sum(map(ne, before, after))) <= FEW_TOKENS:
        return int(replaced)
    before, after = _between_changes(before, after)
    if max(len(before), len(after)) > _MAX_MATCHED:
        return max(len(before), len(after))
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    return sum(max(b - a, d - c) for kind, a, b, c, d in matcher.get_opcodes() if kind != "equal")


def _between_changes(before: list[str], after: list[str]) -> tuple[list[str], list[str]]:
    """Return two lists without their common beginning and end."""
    shorter = min(len(before), len(after))
    start = next((index for index in range(shorter) if before[index] != after[index]), shorter)
    rest = shorter - start
    end = next((index for index in range(rest) if before[-1 - index] != after[-1 - index]), rest)
    return before[start : len(before) - end], after[start : len(after) - end]


def is_shortened(old: Extraction, new: Extraction) -> bool:
    """Return whether an extraction is a stub of an earlier one: under half as long, and mostly known."""
    before, after = _words(old), _words(new)
    if len(before) < _MIN_WORDS or len(after) > _STUB_SHARE * len(before):
        return False
    known = set(zip(before, before[1:], before[2:], strict=False))
    kept = [run in known for run in zip(after, after[1:], after[2:], strict=False)]
    return sum(kept) >= _STUB_KNOWN * len(kept)


def _text_changed(old: Extraction, new: Extraction) -> bool:
    """Return whether lead and text, as one sequence of tokens, differ; lost text is no change."""
    before, after = _tokens(f"{old.lead}\n{old.text}"), _tokens(f"{new.lead}\n{new.text}")
    if before == after or not after:
        return False
    if old.extractor == new.extractor:
        return True
    shorter, longer = sorted((old, new), key=lambda extraction: len(extraction.lead) + len(extraction.text))
    whole = _tokens(f"{longer.lead}\n{longer.text}")
    # By another extractor: additional text around lead and text is not the publisher's change.
    return not all(_contains(whole, _tokens(part)) for part in (shorter.lead, shorter.text))


def _contains(longer: list[str], shorter: list[str]) -> bool:
    return not shorter or f" {' '.join(shorter)} " in f" {' '.join(longer)} "


def _words(extraction: Extraction) -> list[str]:
    return _tokens(f"{extraction.title}\n{extraction.lead}\n{extraction.text}")


def _tokens(text: str) -> list[str]:
    """Return words and punctuation with quotes, dashes and white space in one form.

    Counters and random tokens are left out.
    """
    uniform = unicodedata.normalize("NFC", text).translate(_SIGNS)
    return _TOKEN.findall(_RANDOM.sub("0", _COUNTER.sub(" ", uniform)))


def _changed_names(old: Iterable[str], new: Iterable[str]) -> bool:
    """Return whether two lists of names differ, order, case and spelling aside; a lost list is no change."""
    before, after = ({" ".join(_tokens(x)).casefold() for x in names} - {""} for names in (old, new))
    return bool(before) and bool(after) and before != after


def _captions(extraction: Extraction) -> list[str]:
    return [f"{image.caption} {image.credit}" for image in extraction.images]


def _date_changed(old: DateStamp | None, new: DateStamp | None) -> bool:
    """Return whether another date is printed.

    The same date in another precision, or relative to the day of the capture («2 часа назад»), is no change.
    """
    if old is None or new is None:
        return False
    shared = min(len(old.iso()), len(new.iso()), len("2026-03-03T05:00"))
    if old.precision == new.precision and old.moment == new.moment:
        return False
    if old.moment.astimezone(new.moment.tzinfo).isoformat()[:shared] == new.moment.isoformat()[:shared]:
        return False
    is_relative = not (_YEAR.search(old.raw) and _YEAR.search(new.raw))
    return not (is_relative and abs((old.moment - new.moment).total_seconds()) <= _DAY_SECONDS)
