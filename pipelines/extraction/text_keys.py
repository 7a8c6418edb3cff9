"""Comparison of short texts, whatever their case and punctuation."""

from __future__ import annotations

import re

_NOT_WORD = re.compile(r"[\W_]+")


def text_key(text: str) -> str:
    """Return the letters and digits of a text, case folded: equal for two spellings of one name."""
    return _NOT_WORD.sub("", text.casefold())


def shared_words(printed: str, stated: str) -> float:
    """Return the share of the words of `stated` that `printed` has, 0 to 1."""
    printed_words, stated_words = (set(_words(text)) for text in (printed, stated))
    return len(printed_words & stated_words) / len(stated_words) if stated_words else 0.0


def _words(text: str) -> list[str]:
    return _NOT_WORD.sub(" ", text.casefold()).split()
