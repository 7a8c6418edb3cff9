"""Shingles: the runs of four words that a text is made of, and the sketch that keeps one in eight of them."""

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
    """The words of a text, casefolded, ё as е; punctuation parts them."""
    return _WORD.findall(unicodedata.normalize("NFC", text).casefold().replace("ё", "е"))


def runs_of(words: Sequence[str]) -> list[Run]:
    """The runs of four words, in their order."""
    return list(zip(*(words[start:] for start in range(SHINGLE_WORDS)), strict=False))


def kept(runs: Iterable[Run]) -> list[int]:
    """The hashes of those runs that a sketch keeps, signed 64-bit numbers, in their order."""
    hashes = (xxhash.xxh64_intdigest(" ".join(run).encode()) for run in runs)
    return [_signed(x) for x in hashes if x % KEEP_ONE_IN == 0]


def _signed(number: int) -> int:
    return number - (1 << 64) if number >= 1 << 63 else number
