"""The engine: how the archive's SQLite file is opened, written and read.

WAL, synchronous FULL, foreign keys on, a busy timeout of 60 seconds. Writers begin IMMEDIATE, so that two never wait for each
other in a circle; readers see one snapshot.
"""

from __future__ import annotations

import sqlite3
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeVar

from sqlalchemy import Connection, create_engine, event
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, InterfaceError, ProgrammingError
from sqlalchemy.orm import Session

from storage.errors import ArchiveUnusable, DamageFound, DatabaseUnavailable, DiskFull, HarvesterError, RowRejected
from storage.retrying import retrying

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

Result = TypeVar("Result")

BUSY_SECONDS = 60.0
"""How long a statement waits for another connection's lock."""


class Database:
    """The archive's tables in one SQLite file. `busy_seconds` is how long a locked file is waited for."""

    def __init__(self, path: Path, *, busy_seconds: float = BUSY_SECONDS) -> None:
        self.path = path
        self.engine = create_engine(f"sqlite:///{path}", connect_args={"timeout": busy_seconds})
        event.listen(self.engine, "connect", _on_connect)
        event.listen(self.engine, "begin", _on_begin)
        self._writer = self.engine.execution_options(writes=True)

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A session over one snapshot."""
        with self._translated(), Session(self.engine) as session:
            yield session

    def write(self, work: Callable[[Session], Result]) -> Result:
        """Run work in one transaction; a transaction that met a lock is repeated, so work must not keep what it did."""

        def once() -> Result:
            with Session(self._writer, expire_on_commit=False) as session, session.begin():
                return work(session)

        with self._translated():
            return retrying(once, is_locked)

    @contextmanager
    def connection(self) -> Iterator[Connection]:
        """A writing connection, for migrations."""
        with self._translated(), self._writer.connect() as connection:
            yield connection

    def damage(self) -> list[str]:
        """What SQLite's own integrity and foreign key checks find."""
        with self._translated(), self.engine.connect() as connection:
            rows = [str(row[0]) for row in connection.exec_driver_sql("PRAGMA integrity_check(20)") if row[0] != "ok"]
            orphans = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchmany(20)
        return rows + [f"{row[0]} row {row[1]} points at a missing {row[2]} row" for row in orphans]

    def close(self) -> None:
        """Close all connections."""
        self.engine.dispose()

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except DBAPIError as error:
            raise translate(error, self.path) from error


def _on_connect(connection: sqlite3.Connection, _pool_entry: Any) -> None:
    connection.isolation_level = None  # transactions begin where _on_begin says, not where the driver guesses
    for pragma in ("foreign_keys=ON", "journal_mode=WAL", "synchronous=FULL"):
        connection.execute(f"PRAGMA {pragma}")


def _on_begin(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE" if connection.get_execution_options().get("writes") else "BEGIN")


def is_locked(error: BaseException) -> bool:
    """Whether SQLite gave up waiting for another connection."""
    original = error.orig if isinstance(error, DBAPIError) else error
    return isinstance(original, sqlite3.OperationalError) and _code(original) in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}


def _code(error: sqlite3.Error) -> int:
    return getattr(error, "sqlite_errorcode", 0) & 0xFF


def translate(error: DBAPIError, path: Path) -> HarvesterError:
    """The error of the driver as one that a user can act on."""
    code = _code(error.orig) if isinstance(error.orig, sqlite3.Error) else 0
    if code in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}:
        return DatabaseUnavailable(f"{path} is locked by another program.", "Close what reads or writes it, then run again.")
    if code == sqlite3.SQLITE_FULL:
        return DiskFull(f"No space left for {path}.", "Free some space and run again: nothing acknowledged was lost.")
    if code in {sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM}:
        return ArchiveUnusable(f"{path} cannot be opened for writing.", "Check the owner and permissions of the archive's folder.")
    if code in {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_IOERR}:
        return DamageFound(
            f"{path} is damaged: {error.orig}.",
            "Keep the file, and bring the archive back from a copy or by `harvester ingest` over its warc/ folder.",
        )
    if isinstance(error, (DataError, IntegrityError, InterfaceError, ProgrammingError)):
        return RowRejected(f"The database refused a row: {error.orig}.")
    return HarvesterError(f"The database refused: {error.orig}.")
