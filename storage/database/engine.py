"""Open, read and write the archive's SQLite file.

WAL, synchronous FULL, foreign keys on, a busy timeout of 60 seconds. Write transactions begin IMMEDIATE, so
that two never deadlock; read transactions see one snapshot. A reader's connection is read-only in SQLite too,
and needs no write permission.
"""

from __future__ import annotations

import os
import sqlite3
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import quote
from weakref import WeakSet

from sqlalchemy import Connection, create_engine, event
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError, InterfaceError, ProgrammingError
from sqlalchemy.orm import Session
from sqlalchemy.pool import QueuePool

from storage.errors import ArchiveUnusable, DamageFound, DatabaseUnavailable, DiskFull, HarvesterError, RowRejected
from storage.interrupts import uninterrupted
from storage.retrying import retrying

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

Result = TypeVar("Result")

_NOT_GROWN = frozenset({sqlite3.SQLITE_IOERR_WRITE, sqlite3.SQLITE_IOERR_TRUNCATE, sqlite3.SQLITE_IOERR_SHMSIZE})

BUSY_SECONDS = 60.0
"""Seconds that a statement waits for the lock of another connection."""


NAME_DAMAGE = "`harvester verify` names what is damaged. "
KEEP_AND_RESTORE = (
    "Change nothing: set the damaged archive aside whole, and go on with a copy of it (docs/operate.md, Damage). "
    "Ingesting its WARC files makes a new archive, which lacks the runs, the waiting addresses and what older versions had read."
)
"""Hint for a damaged archive: how to keep all history, and what a new archive from the WARC files lacks."""


class DatabaseReader:
    """Read access to the tables in one SQLite file; a locked file is waited for `busy_seconds`."""

    def __init__(self, path: Path, *, busy_seconds: float = BUSY_SECONDS) -> None:
        self.path = path
        self._busy_seconds = busy_seconds
        self._is_closed = False
        self._sessions: WeakSet[Session] = WeakSet()
        self._known_sound = False
        self.engine = create_engine("sqlite://", creator=self._connect, poolclass=QueuePool)
        event.listen(self.engine, "begin", _on_begin)

    def _connect(self) -> sqlite3.Connection:
        self.require_open()
        return connect_to_read(self.path, self._busy_seconds)

    @contextmanager
    def read_session(self) -> Iterator[Session]:
        """Open a session over one snapshot.

        Raises:
            DamageFound: reading failed unexpectedly, and the tables are damaged: SQLite reads a page of zeros
                as empty rows.
            ArchiveUnusable: `close` was called.
        """
        self.require_open()
        try:
            with self._translated(), Session(self.engine) as session:
                self._sessions.add(session)
                yield session
        except (HarvesterError, OSError):
            raise
        except Exception as error:
            if not self._known_sound and (damage := self._first_damage()):
                raise _damaged(f"{damage} (met as {type(error).__name__})", self.path) from error
            self._known_sound = True  # the check reads the whole file, so it runs once per process
            raise

    def require_open(self) -> None:
        """Check that the archive is open.

        Raises:
            ArchiveUnusable: `close` was called.
        """
        if self._is_closed:
            raise ArchiveUnusable(
                f"{self.path.parent} was closed.", "Read inside the `with` block, before it is closed; to keep articles, make a list there."
            )

    def guarded(self, values: Iterator[Result]) -> Iterator[Result]:
        """Yield the values one by one.

        Raises:
            ArchiveUnusable: `close` was called; raised at the next value.
        """
        for value in values:
            yield value
            self.require_open()

    def damage(self) -> list[str]:
        """Return what SQLite's integrity and foreign key checks find, at most 20 messages of each."""
        with self._translated(), self.engine.connect() as connection:
            rows = [str(row[0]) for row in connection.exec_driver_sql("PRAGMA integrity_check(20)") if row[0] != "ok"]
            orphans = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchmany(20)
        return rows + [f"{row[0]} row {row[1]} points at a missing {row[2]} row" for row in orphans]

    def _first_damage(self) -> str:
        """Return the first result of SQLite's checks, or why they failed; empty for sound tables."""
        try:
            return next(iter(self.damage()), "")
        except HarvesterError as error:
            return error.message

    def close(self) -> None:
        """Close all connections, including those of unfinished sessions."""
        self._is_closed = True
        for session in list(self._sessions):
            session.close()
        self.engine.dispose()
        remove_empty_wal(self.path)

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except DBAPIError as error:
            raise translate(error, self.path) from error


class Database(DatabaseReader):
    """Read and write access to the tables in one SQLite file, which is created where it is missing."""

    def __init__(self, path: Path, *, busy_seconds: float = BUSY_SECONDS) -> None:
        super().__init__(path, busy_seconds=busy_seconds)
        self._writer = self.engine.execution_options(writes=True)

    def _connect(self) -> sqlite3.Connection:
        return connect_to_write(self.path, self._busy_seconds)

    def write(self, work: Callable[[Session], Result]) -> Result:
        """Run `work` in one transaction.

        A transaction that met a lock is repeated, so `work` must not keep state of a call.

        Raises:
            Interrupted: a signal arrived meanwhile; the transaction is committed, or was not begun.
        """

        def once() -> Result:
            with uninterrupted(), Session(self._writer, expire_on_commit=False) as session, session.begin():
                return work(session)

        with self._translated():
            return retrying(once, is_locked)

    @contextmanager
    def connection(self) -> Iterator[Connection]:
        """Open a writing connection, for migrations."""
        with self._translated(), self._writer.connect() as connection:
            yield connection


def connect_to_write(path: Path, busy_seconds: float) -> sqlite3.Connection:
    """Return a connection that may write.

    `path` is a file name, not a URI, so `?`, `%` and `#` in it have no special meaning.

    Raises:
        sqlite3.Error: the file cannot be opened.
    """
    connection = sqlite3.connect(path.absolute(), timeout=busy_seconds, isolation_level=None, check_same_thread=False)
    return _prepared(connection, "foreign_keys=ON", "journal_mode=WAL", "synchronous=FULL")


def connect_to_read(path: Path, busy_seconds: float) -> sqlite3.Connection:
    """Return a read-only connection to a file that others may be writing to.

    Readers of a file in WAL mode share an index of the WAL (`-shm`), which is created beside the file. Where
    none can be created and there is no WAL with content, nobody writes either, and the file is opened as
    `immutable`, without locks (sqlite.org/wal.html, section 5).

    Raises:
        ArchiveUnusable: the WAL holds transactions that cannot be read without creating files beside it.
        sqlite3.Error: the file is missing, damaged or locked.
    """
    try:
        return _reading(path, busy_seconds, "mode=ro")
    except sqlite3.OperationalError as error:
        if _code(error) not in {sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY} or os.access(path.parent, os.W_OK):
            raise
        wal = path.with_name(f"{path.name}-wal")
        if wal.exists() and wal.stat().st_size:
            raise ArchiveUnusable(
                f"{path.parent} cannot be written, and {wal.name} holds transactions that are not in {path.name} yet.",
                "Copy the folder to where you may write, and read the copy.",
            ) from error
    return _reading(path, busy_seconds, "immutable=1")


def remove_empty_wal(path: Path) -> None:
    """Remove the `-wal` and `-shm` files that readers leave behind, if empty and nobody has the file open.

    Only a connection that may write removes them, when it is the last to close (sqlite.org/wal.html, section
    2.3); SQLite takes the locks that this needs. So a folder whose digests somebody keeps is the same after
    reading.
    """
    wal = path.with_name(f"{path.name}-wal")
    try:
        if path.stat().st_size and wal.stat().st_size == 0:
            uri = f"file:{quote(bytes(path.absolute()))}?mode=rw"
            _prepared(sqlite3.connect(uri, uri=True, timeout=0, isolation_level=None), "schema_version").close()
    except (OSError, sqlite3.Error):
        return  # there is no WAL, or others have the file open


def _reading(path: Path, busy_seconds: float, how: str) -> sqlite3.Connection:
    uri = f"file:{quote(bytes(path.absolute()))}?{how}"
    connection = sqlite3.connect(uri, uri=True, timeout=busy_seconds, isolation_level=None, check_same_thread=False)
    return _prepared(connection, "query_only=ON", "schema_version")


def _prepared(connection: sqlite3.Connection, *pragmas: str) -> sqlite3.Connection:
    """Return the connection after running these pragmas; the first that reads the file raises its error."""
    try:
        for pragma in pragmas:
            connection.execute(f"PRAGMA {pragma}").fetchall()
    except BaseException:
        connection.close()
        raise
    return connection


def _on_begin(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE" if connection.get_execution_options().get("writes") else "BEGIN")


def is_locked(error: BaseException) -> bool:
    """Return whether SQLite gave up waiting for another connection."""
    original = error.orig if isinstance(error, DBAPIError) else error
    return isinstance(original, sqlite3.OperationalError) and _code(original) in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}


def _code(error: sqlite3.Error) -> int:
    return getattr(error, "sqlite_errorcode", 0) & 0xFF


def translate(error: DBAPIError | sqlite3.Error, path: Path) -> HarvesterError:
    """Return the HarvesterError for an error of the driver, or of SQLAlchemy around it."""
    original = error.orig if isinstance(error, DBAPIError) else error
    code = _code(original) if isinstance(original, sqlite3.Error) else 0
    if code in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}:
        return DatabaseUnavailable(f"{path} is locked by another program.", "Close what reads or writes it, then run again.")
    if code == sqlite3.SQLITE_FULL:
        return DiskFull(f"No space left for {path}.", "Free some space and run again: nothing acknowledged was lost.")
    if code in {sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM}:
        return ArchiveUnusable(f"{path} cannot be opened: {original}.", "Check the owner and permissions of the archive's folder.")
    if code in {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_IOERR}:
        return _failed_disk(original, path) if code == sqlite3.SQLITE_IOERR else _damaged(str(original), path)
    if isinstance(error, (DataError, IntegrityError, InterfaceError, ProgrammingError)):
        return RowRejected(f"The database refused a row: {original}.")
    return HarvesterError(f"The database refused: {original}.")


def _damaged(what: str, path: Path) -> DamageFound:
    return DamageFound(f"{path} is damaged: {what}.", NAME_DAMAGE + KEEP_AND_RESTORE)


def _failed_disk(original: object, path: Path) -> HarvesterError:
    """Return the error for an I/O error of SQLite: the file may not grow, or the disk failed.

    A full disk has a code of its own. A spent quota and a limit of file size (`ulimit -f`) fail the same
    system calls, and SQLite reports them as a failed write, truncation or WAL index.
    """
    if getattr(original, "sqlite_errorcode", 0) in _NOT_GROWN:
        told = f"No space left for {path}: the disk, a quota, or a limit of file size (`ulimit -f`) lets it grow no more ({original})."
        return DiskFull(told, "Make room and run again: nothing acknowledged was lost.")
    return DamageFound(f"The disk failed at {path} ({original}).", "Check the disk, then run `harvester verify`.")
