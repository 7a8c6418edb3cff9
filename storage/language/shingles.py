"""Shingles: runs of four words of a text, and the sketch that keeps one in eight of them."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

import xxhash

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

SHINGLE_WORDS = 4
KEEP_ONE_IN = 8

Run = tuple[str, ...]
"""Four words in a row."""

_WORD = re.compile(r"[^\W_]+")


def plain_words(text: str) -> list[str]:
    """Return the words of a text, casefolded, ё as е, split at punctuation."""
    return _WORD.findall(unicodedata.normalize("NFC", text).casefold().replace("ё", "е"))


def runs_of(words: Sequence[str]) -> list[Run]:
    """Return the runs of four words, in order."""
    return list(zip(*(words[start:] for start in range(SHINGLE_WORDS)), strict=False))


def kept(runs: Iterable[Run]) -> list[int]:
    """Return the hashes of the runs that a sketch keeps, signed 64-bit numbers, in order."""
    hashes = (xxhash.xxh64_intdigest(" ".join(run).encode()) for run in runs)
    return [_signed(x) for x in hashes if x % KEEP_ONE_IN == 0]


def _signed(number: int) -> int:
    return number - (1 << 64) if number >= 1 << 63 else number
