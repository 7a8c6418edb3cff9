"""The worst inputs of a regular expression, made of its own letters: what it repeats, its beginnings without their end, near misses."""

from __future__ import annotations

import re
from re import _constants as codes  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

Pump = tuple[str, str]
"""A beginning, and what is repeated after it."""

REPEATS = (codes.MAX_REPEAT, codes.MIN_REPEAT, codes.POSSESSIVE_REPEAT)
NOTHING = (codes.ASSERT, codes.ASSERT_NOT, codes.AT, codes.GROUPREF, codes.GROUPREF_EXISTS)
CATEGORIES = {
    codes.CATEGORY_DIGIT: "1",
    codes.CATEGORY_SPACE: " ",
    codes.CATEGORY_NOT_WORD: "-",
}
COMMON = ("a", "1", " ", "-", ".", '"', "<", "\n", "a ", "1 ", ". ", "&#")
MOST_PUMPS = 24


def pumps(pattern: re.Pattern[Any]) -> list[Pump]:
    """The inputs to try, each once."""
    binary = isinstance(pattern.pattern, bytes)
    source = pattern.pattern.decode("latin-1") if binary else pattern.pattern
    tree = parser.parse(source, pattern.flags & ~re.DEBUG & ~(re.UNICODE if binary else 0))
    whole, _ = _sample(tree)
    found: dict[Pump, None] = {("", unit): None for unit in (whole, whole[:-1], *COMMON) if unit}
    for start, unit in _beginnings(tree):
        found |= {pump: None for pump in ((start, unit), ("", start + unit), (start, unit + " "), ("", unit)) if pump[1]}
    kept = list(found)
    return kept if len(kept) <= MOST_PUMPS else kept[: MOST_PUMPS // 2] + kept[:: len(kept) // (MOST_PUMPS // 2)]


def _sample(tree: Any) -> tuple[str, list[str]]:
    """A text that the pattern is likely to match, and the texts of its alternatives."""
    text, alternatives = "", []
    for kind, value in tree:
        if kind in REPEATS:
            inner, more = _sample(value[2])
            text, alternatives = text + inner * max(value[0], 1), alternatives + more
        elif kind is codes.BRANCH:
            parts = [_sample(branch)[0] for branch in value[1]]
            text, alternatives = text + parts[0], alternatives + parts
        elif kind in (codes.SUBPATTERN, codes.ATOMIC_GROUP):
            inner, more = _sample(value[3] if kind is codes.SUBPATTERN else value)
            text, alternatives = text + inner, alternatives + more
        elif kind not in NOTHING:
            text += _character(kind, value)
    return text, alternatives


def _character(kind: Any, value: Any) -> str:
    if kind is codes.LITERAL:
        return chr(value)
    if kind is codes.NOT_LITERAL:
        return "y" if value == ord("x") else "x"
    if kind is not codes.IN:
        return "x"
    first, detail = value[0]
    if first is codes.RANGE:
        return chr(detail[0])
    return chr(detail) if first is codes.LITERAL else CATEGORIES.get(detail, "a")


def _beginnings(tree: Any, before: str = "") -> Iterator[Pump]:
    """Before each repeat: what leads to it, and what it repeats; the same inside of it and in each alternative."""
    for kind, value in tree:
        if kind in REPEATS:
            inner, alternatives = _sample(value[2])
            yield before, inner
            yield from ((before, text) for text in alternatives)
            yield from _beginnings(value[2], before)
            before += inner * max(value[0], 1)
        elif kind is codes.BRANCH:
            for branch in value[1]:
                yield from _beginnings(branch, before)
            before += _sample(value[1][0])[0]
        elif kind in (codes.SUBPATTERN, codes.ATOMIC_GROUP):
            inner = value[3] if kind is codes.SUBPATTERN else value
            yield from _beginnings(inner, before)
            before += _sample(inner)[0]
        elif kind not in NOTHING:
            before += _character(kind, value)
            yield before[:-1], before[-1:]
