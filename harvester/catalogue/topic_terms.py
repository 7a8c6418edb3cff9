"""Find terms of a topic that match nothing, and terms that count the same words twice."""

from __future__ import annotations

import re
from itertools import combinations
from typing import TYPE_CHECKING

from pipelines.matching import SLUG, are_forms_of_one
from storage.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pipelines.rules import TopicRules

_STAR_ELSEWHERE = re.compile(r"(?<!\w)\*|\*(?=\S)")
_WORD = re.compile(r"\w")
_NOT_IN_ADDRESS = re.compile(r"[*_\s]")


def require_matchable(path: Path, rules: TopicRules) -> None:
    """Check that every term, guard, gate phrase and rival of a topic can match.

    Raises:
        UsageError: one of them can match nothing; it names file, language and term.
    """
    for term in (*rules.terms, *rules.gate, *rules.rivals):
        for words in (term.words, *term.unless, *term.needs, *term.without):
            if why := _never_matches(words, term.language):
                raise UsageError(f"{path}: {term.language}: `{words}` {why}.")


def counted_twice(path: Path, rules: TopicRules) -> Iterator[str]:
    """Yield a sentence for each two terms of a language that are forms of the same words: both weights count."""
    for first, second in combinations((x for x in rules.terms if x.language != SLUG), 2):
        if first.language == second.language and are_forms_of_one(first.words, second.words, first.language):
            yield f"{path}: {first.language}: `{first.words}` and `{second.words}` are forms of the same words, and both count. Keep one."


def _never_matches(words: str, language: str) -> str:
    if not _WORD.search(words):
        return "holds no word"
    if language == SLUG:
        # Paths are compared in lower case, with `-` for `_` (`pipelines.matching.Words`).
        return "is no part of an address: write lower case, `-` for `_`, and no star" if _is_no_part(words) else ""
    if _STAR_ELSEWHERE.search(words):
        return "has a star that does not end a word: only the beginning of a word can be given, as in `подтоплени*`"
    return ""


def _is_no_part(words: str) -> bool:
    return _NOT_IN_ADDRESS.search(words) is not None or words != words.lower()
