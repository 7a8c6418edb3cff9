"""Upgrade the tables of an older version, keeping a copy of them beside the file."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from dataclasses import dataclass
from itertools import count
from typing import TYPE_CHECKING

from storage.atomic_files import NO_SPACE
from storage.database.engine import BUSY_SECONDS, Database, DatabaseReader, connect_to_read, translate
from storage.database.schema import known_shapes, migrate, shape_of
from storage.errors import ArchiveUnusable, DiskFull

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Upgrade:
    """Versions of the tables before and after; `copy` holds the old tables, None where nothing changed."""

    before: str
    after: str
    copy: Path | None = None


def upgrade(path: Path) -> Upgrade:
    """Copy the tables in a file and migrate them. The caller must hold the archive's lock.

    Raises:
        ArchiveUnusable: the file has no tables of an archive, or those of a newer version.
        DiskFull: there is no room for the copy; nothing was changed.
    """
    newest = known_shapes()[0]
    reader = DatabaseReader(path)
    try:
        before = shape_of(reader)
    finally:
        reader.close()
    if before is None:
        raise ArchiveUnusable(f"{path} has no tables yet.", "`harvester crawl` or `harvester ingest` makes them.")
    if before == newest:
        return Upgrade(before, before)
    copy = _copied(path, before)
    database = Database(path)
    try:
        migrate(database)
    finally:
        database.close()
    return Upgrade(before, newest, copy)


def _copied(path: Path, version: str) -> Path:
    """Return the path of a copy of the tables, with the transactions in the WAL, under an unused name.

    Raises:
        DiskFull: there is no room for it.
        HarvesterError: SQLite could not read the tables or write the copy.
    """
    names = (path.with_name(f"{path.name}.{version}{f'-{n}' if n > 1 else ''}") for n in count(1))
    copy = next(name for name in names if not name.exists())
    size = path.stat().st_size
    if shutil.disk_usage(path.parent).free < 2 * size:
        raise DiskFull(f"There is no room for a copy of {path} ({size // 1024**2} MiB).", "Free twice as much. Nothing was changed.")
    try:
        with closing(connect_to_read(path, BUSY_SECONDS)) as source, closing(sqlite3.connect(copy)) as target:
            source.backup(target)
    except BaseException as error:
        copy.unlink(missing_ok=True)
        if isinstance(error, sqlite3.Error):
            raise translate(error, path) from error
        if isinstance(error, OSError) and error.errno in NO_SPACE:
            raise DiskFull(f"There is no room for {copy} ({error.strerror}).", "Free some space. Nothing was changed.") from error
        raise
    return copy
