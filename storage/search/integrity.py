"""Check that the inverted lists of the word index match the keys stored beside them.

SQLite's own check of an FTS5 table is a statement that writes, which a read-only connection may not run,
until 3.44; from then on `PRAGMA integrity_check` includes it.
"""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection
    from sqlalchemy.orm import Session

BATCH = 200
_CHECKED_BY_SQLITE = (3, 44)
_TOKENIZER = "tokenize = 'unicode61 remove_diacritics 0'"  # that of the index
_ALL = "SELECT term, doc, col, offset FROM temp"
_MODULUS = 2**64


def index_damage(session: Session) -> Iterator[str]:
    """Yield a message for each kind of damage in the index.

    Memory and temporary space are those of BATCH articles.

    The session has to be one of a read-only connection: the tables made for the comparison are temporary, in
    a database of the connection's own.
    """
    connection = session.connection()
    for said, statement in (
        ("{} articles of the search index have no length, so that results cannot be ranked", _LENGTHLESS),
        ("{} entries of the search index are of no article", _ARTICLELESS),
    ):
        if count := connection.exec_driver_sql(statement).scalar():
            yield said.format(count)
    if sqlite3.sqlite_version_info[:2] < _CHECKED_BY_SQLITE and not _lists_agree(connection):
        yield "the search index does not find the words that it holds"


_LENGTHLESS = "SELECT count(*) FROM article_words_content c LEFT JOIN article_words_docsize d ON d.id = c.id WHERE d.id IS NULL"
_ARTICLELESS = "SELECT count(*) FROM article_words_content c LEFT JOIN articles a ON a.number = c.id WHERE a.number IS NULL"


def _lists_agree(connection: Connection) -> bool:
    """Return whether the inverted lists equal those of indexing the stored keys again.

    Compared are sums of hashes over all (term, article, column, offset).
    """
    connection.exec_driver_sql("PRAGMA query_only = OFF")  # temporary tables only: the file itself is open read-only
    try:
        connection.exec_driver_sql("CREATE VIRTUAL TABLE temp.lists USING fts5vocab('main', 'article_words', 'instance')")
        connection.exec_driver_sql(f"CREATE VIRTUAL TABLE temp.again USING fts5(title, text, {_TOKENIZER})")
        connection.exec_driver_sql("CREATE VIRTUAL TABLE temp.expected USING fts5vocab('temp', 'again', 'instance')")
        try:
            return _sum(connection, "lists") == _expected(connection)
        finally:
            for name in ("lists", "expected", "again"):
                connection.exec_driver_sql(f"DROP TABLE temp.{name}")
    finally:
        connection.exec_driver_sql("PRAGMA query_only = ON")


def _expected(connection: Connection) -> int:
    total, after = 0, 0
    keys = "SELECT rowid, title, text FROM article_words WHERE rowid > ? ORDER BY rowid LIMIT ?"
    while rows := connection.exec_driver_sql(keys, (after, BATCH)).all():
        connection.exec_driver_sql("INSERT INTO temp.again (rowid, title, text) VALUES (?, ?, ?)", [tuple(row) for row in rows])
        total += _sum(connection, "expected")
        connection.exec_driver_sql("DELETE FROM temp.again")
        after = rows[-1].rowid
    return total % _MODULUS


def _sum(connection: Connection, name: str) -> int:
    return sum(hash(tuple(row)) for row in connection.exec_driver_sql(f"{_ALL}.{name}")) % _MODULUS
