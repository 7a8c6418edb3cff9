"""Find indexed words that are spelled nearly like a word that is not in the index."""

from __future__ import annotations

from typing import TYPE_CHECKING

from storage.language.forms import query_keys

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from sqlalchemy import Connection
    from sqlalchemy.orm import Session

_SHORTEST = 4
"""Minimum length of a key in letters; nearly every word is near to a shorter one."""
_TWO_SLIPS_FROM = 7
"""Length of a key in letters from which two slips are accepted; a shorter one allows one: two of six make
another word."""

_LEAST_SHARE = 0.7
"""Minimum length of a key as a share of its word: a shorter key, as `народ` of `народный`, is also near to
forms of other words."""

_FAR = 3

_ALSO_BEGINS = {"к": "қ", "г": "ғ", "о": "ө", "х": "һ", "н": "ң", "ы": "и"}
"""Letters of a Russian keyboard, and the Kazakh letters for which they are typed."""


def nearest_keys(session: Session, word: str, limit: int = 3) -> list[tuple[str, int]]:
    """Return indexed keys nearest to those of a word, each with its number of articles, frequent ones first.

    They are one or two slips away. A slip is a letter left out, added, replaced, or exchanged with the next
    one; keys with two slips are returned only where none has one. The first letter is assumed to be right, so
    that only a small part of the index is read.
    """
    asked = [key for key in query_keys(word) if len(key) >= max(_SHORTEST, _LEAST_SHARE * len(word))]
    found: dict[str, tuple[int, int]] = {}
    for other, count in _beginning_alike(session.connection(), {first for key in asked for first in _beginnings(key)}):
        slips = min((_slips(key, other) for key in asked if other[0] in _beginnings(key)), default=_FAR)
        if slips < _FAR:
            found[other] = (slips, count)
    least = min((slips for slips, _ in found.values()), default=0)
    near = {key: count for key, (slips, count) in found.items() if slips == least}
    return sorted(near.items(), key=lambda item: (-item[1], item[0]))[:limit]


def _beginnings(key: str) -> str:
    return key[0] + _ALSO_BEGINS.get(key[0], "")


def _beginning_alike(connection: Connection, letters: Iterable[str]) -> Iterator[tuple[str, int]]:
    """Yield the keys that begin with one of some letters, each with its number of articles.

    SQLite gives access to the terms of an FTS5 index as a virtual table, which is made here as a temporary
    one, in the memory of the connection.
    """
    is_reader = connection.exec_driver_sql("PRAGMA query_only").scalar()
    connection.exec_driver_sql("PRAGMA query_only = OFF")
    try:
        connection.exec_driver_sql("CREATE VIRTUAL TABLE IF NOT EXISTS temp.words USING fts5vocab('main', 'article_words', 'row')")
    finally:
        connection.exec_driver_sql(f"PRAGMA query_only = {is_reader}")
    for first in sorted(letters):
        rows = connection.exec_driver_sql("SELECT term, doc FROM temp.words WHERE term >= ? AND term < ?", (first, chr(ord(first) + 1)))
        yield from (tuple(row) for row in rows)


def _slips(left: str, right: str) -> int:
    """Return the slips between two words (optimal string alignment); _FAR if their length allows fewer."""
    most = 1 if len(left) < _TWO_SLIPS_FROM else 2
    if abs(len(left) - len(right)) > most or len(set(left) ^ set(right)) > 2 * most:
        return _FAR
    before: list[int] = []
    row = list(range(len(right) + 1))
    for i, letter in enumerate(left, start=1):
        beyond, before, row = before, row, [i]
        for j, other in enumerate(right, start=1):
            cost = min(before[j] + 1, row[j - 1] + 1, before[j - 1] + (letter != other))
            if i > 1 and j > 1 and letter == right[j - 2] and left[i - 2] == other:
                cost = min(cost, beyond[j - 2] + 1)
            row.append(cost)
        if min(row) > most:
            return _FAR
    return row[-1] if row[-1] <= most else _FAR
