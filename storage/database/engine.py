"""The engine: how the archive's SQLite file is opened, written and read.

WAL, synchronous FULL, foreign keys on, a busy timeout of 60 seconds. Writers begin IMMEDIATE, so that two never wait for each
other in a circle; readers see one snapshot. A reader's connection is read-only for SQLite too, and needs no right to write.
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
"""How long a statement waits for another connection's lock."""


NAME_DAMAGE = "`harvester verify` names what is damaged. "
KEEP_AND_RESTORE = (
    "Change nothing: set the damaged archive aside whole, and go on with a copy of it (docs/operate.md, Damage). "
    "Ingesting its WARC files makes a new archive, which lacks the runs, the waiting addresses and what older versions had read."
)
"""What to do about damage such that no history is lost, and what the way out costs where there is no copy."""


class DatabaseReader:
    """The archive's tables in one SQLite file, to read. `busy_seconds` is how long a locked file is waited for."""

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
        """A session over one snapshot.

        Raises:
            DamageFound: what was read makes no sense, and the tables are damaged: a page of zeros is read as rows of nothing.
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
            self._known_sound = True  # the check reads the whole file: one in a process is enough
            raise

    def require_open(self) -> None:
        """Raise ArchiveUnusable once `close` was called."""
        if self._is_closed:
            raise ArchiveUnusable(
                f"{self.path.parent} was closed.", "Read inside the `with` block, before it is closed; to keep articles, make a list there."
            )

    def guarded(self, values: Iterator[Result]) -> Iterator[Result]:
        """The values one by one; ArchiveUnusable is raised at the next one, once `close` was called."""
        for value in values:
            yield value
            self.require_open()

    def damage(self) -> list[str]:
        """What SQLite's own integrity and foreign key checks find."""
        with self._translated(), self.engine.connect() as connection:
            rows = [str(row[0]) for row in connection.exec_driver_sql("PRAGMA integrity_check(20)") if row[0] != "ok"]
            orphans = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchmany(20)
        return rows + [f"{row[0]} row {row[1]} points at a missing {row[2]} row" for row in orphans]

    def _first_damage(self) -> str:
        """The first damage that SQLite's own checks find, or what keeps them from their end; empty where there is none."""
        try:
            return next(iter(self.damage()), "")
        except HarvesterError as error:
            return error.message

    def close(self) -> None:
        """Close all connections, those of readings that did not come to their end as well."""
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
    """The archive's tables in one SQLite file, to read and write; the file is made where there is none."""

    def __init__(self, path: Path, *, busy_seconds: float = BUSY_SECONDS) -> None:
        super().__init__(path, busy_seconds=busy_seconds)
        self._writer = self.engine.execution_options(writes=True)

    def _connect(self) -> sqlite3.Connection:
        return connect_to_write(self.path, self._busy_seconds)

    def write(self, work: Callable[[Session], Result]) -> Result:
        """Run work in one transaction; a transaction that met a lock is repeated, so work must not keep what it did.

        Raises:
            Interrupted: a signal came meanwhile; the transaction is committed, or was not begun.
        """

        def once() -> Result:
            with uninterrupted(), Session(self._writer, expire_on_commit=False) as session, session.begin():
                return work(session)

        with self._translated():
            return retrying(once, is_locked)

    @contextmanager
    def connection(self) -> Iterator[Connection]:
        """A writing connection, for migrations."""
        with self._translated(), self._writer.connect() as connection:
            yield connection


def connect_to_write(path: Path, busy_seconds: float) -> sqlite3.Connection:
    """A connection that may write. `path` is a file's name, not a URI, so `?`, `%` and `#` in it mean nothing.

    Raises sqlite3.Error.
    """
    connection = sqlite3.connect(path.absolute(), timeout=busy_seconds, isolation_level=None, check_same_thread=False)
    return _prepared(connection, "foreign_keys=ON", "journal_mode=WAL", "synchronous=FULL")


def connect_to_read(path: Path, busy_seconds: float) -> sqlite3.Connection:
    """A connection by which nothing can be written, to a file that others may be writing to.

    Readers of a file in WAL mode share an index of the WAL (`-shm`), which is made beside the file. Where nothing can be made there
    and no WAL with content exists, nobody writes either, and the file is read as `immutable`, without locks (sqlite.org/wal.html,
    section 5).

    Raises:
        ArchiveUnusable: the WAL holds transactions that cannot be read without writing beside it.
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
    """Remove the `-wal` and `-shm` files that readers leave behind, where no transaction is in them and nobody has the file open.

    Only a connection that may write takes them away, when it is closed as the last one (sqlite.org/wal.html, section 2.3); SQLite looks
    after the locks that this needs. A folder of which somebody keeps digests is the same after it was read.
    """
    wal = path.with_name(f"{path.name}-wal")
    try:
        if path.stat().st_size and wal.stat().st_size == 0:
            uri = f"file:{quote(bytes(path.absolute()))}?mode=rw"
            _prepared(sqlite3.connect(uri, uri=True, timeout=0, isolation_level=None), "schema_version").close()
    except (OSError, sqlite3.Error):
        return  # there is none, or others read and write there


def _reading(path: Path, busy_seconds: float, how: str) -> sqlite3.Connection:
    uri = f"file:{quote(bytes(path.absolute()))}?{how}"
    connection = sqlite3.connect(uri, uri=True, timeout=busy_seconds, isolation_level=None, check_same_thread=False)
    return _prepared(connection, "query_only=ON", "schema_version")


def _prepared(connection: sqlite3.Connection, *pragmas: str) -> sqlite3.Connection:
    """The connection with these pragmas run; the first that reads the file meets what is wrong with it."""
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
    """Whether SQLite gave up waiting for another connection."""
    original = error.orig if isinstance(error, DBAPIError) else error
    return isinstance(original, sqlite3.OperationalError) and _code(original) in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}


def _code(error: sqlite3.Error) -> int:
    return getattr(error, "sqlite_errorcode", 0) & 0xFF


def translate(error: DBAPIError | sqlite3.Error, path: Path) -> HarvesterError:
    """The error of the driver, or of SQLAlchemy around it, as one that a user can act on."""
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
    """What an I/O error of SQLite means: the file may not grow, or the disk failed.

    A full disk has a code of its own. A spent quota and a limit of file size (`ulimit -f`) fail the same system calls, and are told as
    a write, a truncation or an index of the WAL that failed.
    """
    if getattr(original, "sqlite_errorcode", 0) in _NOT_GROWN:
        told = f"No space left for {path}: the disk, a quota, or a limit of file size (`ulimit -f`) lets it grow no more ({original})."
        return DiskFull(told, "Make room and run again: nothing acknowledged was lost.")
    return DamageFound(f"The disk failed at {path} ({original}).", "Check the disk, then run `harvester verify`.")
