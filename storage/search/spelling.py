"""Words of the index that are spelled nearly as a word that is not in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from storage.language.forms import query_keys

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection
    from sqlalchemy.orm import Session

_SHORTEST = 3
_TWO_SLIPS_FROM = 6
"""Letters of a key from which two slips are forgiven; in a shorter one, a single one."""

_ALSO_BEGINS = {"к": "қ", "г": "ғ", "о": "ө", "х": "һ", "н": "ң", "ы": "и", "i": "и"}
"""Letters of a Russian keyboard, and the Kazakh ones for which they are typed."""


def nearest_keys(session: Session, word: str, limit: int = 3) -> list[tuple[str, int]]:
    """Keys of the index that are one or two slips away from those of a word, each with how many articles hold it, best first.

    A slip is a letter left out, added, replaced, or exchanged with the next one. The first letter is taken for right, so that a
    small part of the index is looked through.
    """
    found: dict[str, tuple[int, int]] = {}
    connection = session.connection()
    for key in query_keys(word):
        if len(key) < _SHORTEST:
            continue
        allowed = 1 if len(key) < _TWO_SLIPS_FROM else 2
        for other, count in _beginning_alike(connection, key):
            if abs(len(other) - len(key)) <= allowed and (slips := _slips(key, other, allowed)) <= allowed:
                found[other] = min(found.get(other, (slips, -count)), (slips, -count))
    best = sorted(found, key=lambda key: (found[key], key))[:limit]
    return [(key, -found[key][1]) for key in best]


def _beginning_alike(connection: Connection, key: str) -> Iterator[tuple[str, int]]:
    """The keys that begin with the same letter, and how many articles hold each.

    What is made for it is temporary and lies in the connection's own memory: SQLite's door to the words of an FTS5 index is a table.
    """
    connection.exec_driver_sql("PRAGMA query_only = OFF")
    try:
        connection.exec_driver_sql("CREATE VIRTUAL TABLE IF NOT EXISTS temp.words USING fts5vocab('main', 'article_words', 'row')")
    finally:
        connection.exec_driver_sql("PRAGMA query_only = ON")
    for first in key[0] + _ALSO_BEGINS.get(key[0], ""):
        rows = connection.exec_driver_sql("SELECT term, doc FROM temp.words WHERE term >= ? AND term < ?", (first, chr(ord(first) + 1)))
        yield from (tuple(row) for row in rows)


def _slips(left: str, right: str, most: int) -> int:
    """How many slips part two words (optimal string alignment); more than `most` is told as `most + 1`."""
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
            return most + 1
    return row[-1]
