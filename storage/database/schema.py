"""Migrate the tables to the current version, and refuse those of a newer one.

Alembic takes as long to load as everything else that a reading command needs, so it is loaded only when
tables are changed.
"""

from __future__ import annotations

import logging
import re
from contextlib import contextmanager
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from sqlalchemy import inspect

from storage.errors import ArchiveUnusable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from alembic.config import Config
    from sqlalchemy import Connection

    from storage.database.engine import Database, DatabaseReader

logger = logging.getLogger(__name__)

_SCRIPT = re.compile(r"\d{4}_\w+\.py")
_ALWAYS = frozenset({"articles", "captures"})
"""Tables that archives of every version have."""
_MOST_SHOWN = 5


@cache
def known_shapes() -> tuple[str, ...]:
    """Return the table versions that this program can read, newest first.

    They are the leading numbers in the file names of the migrations.
    """
    scripts = (files("storage.database") / "migrations" / "versions").iterdir()
    return tuple(sorted((x.name.partition("_")[0] for x in scripts if _SCRIPT.fullmatch(x.name)), reverse=True))


def migrate(database: Database) -> None:
    """Create the tables, or migrate them to the current version in one transaction.

    Raises:
        ArchiveUnusable: a newer version or another program made them.
    """
    with database.connection() as connection:
        with connection.begin():
            shape = _check(connection, database)
        if shape == known_shapes()[0]:
            return
        if shape is not None:
            logger.warning("%s: its tables are brought from version %s to %s", database.path, shape, known_shapes()[0])
        from alembic import command

        with _without_foreign_keys(connection), connection.begin():
            config = _config()
            config.attributes["connection"] = connection
            command.upgrade(config, "head")


@contextmanager
def _without_foreign_keys(connection: Connection) -> Iterator[None]:
    """Let a migration recreate a table that others refer to.

    See https://www.sqlite.org/lang_altertable.html, section 7, step 1. SQLite ignores this pragma inside a
    transaction, so it is set around it.
    """
    driver = connection.connection.driver_connection
    assert driver is not None
    driver.execute("PRAGMA foreign_keys=OFF")
    try:
        yield
    finally:
        if not connection.invalidated:  # SQLAlchemy closes a connection whose statement a signal interrupted
            driver.execute("PRAGMA foreign_keys=ON")


def _config() -> Config:
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(files("storage.database") / "migrations"))
    return config


def require_current(database: DatabaseReader) -> None:
    """Refuse tables of another version; reading never changes them.

    Raises:
        ArchiveUnusable: there are none, or those of another version or program.
    """
    shape = shape_of(database)
    if shape is None:
        raise ArchiveUnusable(f"{database.path} has no tables yet.", "`harvester crawl` or `harvester ingest` makes them.")
    if shape != known_shapes()[0]:
        raise ArchiveUnusable(
            f"{database.path} was made by an older version.",
            "Bring it up to date with `harvester upgrade`, which keeps a copy of the tables.",
        )


def shape_of(database: DatabaseReader) -> str | None:
    """Return the version of the tables.

    None where there are none: the file is new, or a run was ended before it made them.

    Raises:
        ArchiveUnusable: a newer version or another program made them.
    """
    with database.read_session() as session:
        return _check(session.connection(), database)


def _check(connection: Connection, database: DatabaseReader) -> str | None:
    tables = set(inspect(connection).get_table_names())
    versioned = "alembic_version" in tables
    shape: str | None = connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar() if versioned else None
    if shape in known_shapes() or (shape is None and not tables - {"alembic_version"}):
        return shape
    if not tables >= _ALWAYS:
        shown = ", ".join(sorted(tables)[:_MOST_SHOWN])
        raise ArchiveUnusable(f"{database.path} is no archive: another program made its tables ({shown}).", "Name another folder.")
    if shape is None:
        hint = "Go on with a copy of the archive (docs/operate.md, Damage). Nothing was changed."
        raise ArchiveUnusable(f"{database.path} does not say which version its tables have.", hint)
    raise ArchiveUnusable(
        f"{database.path} has the table version {shape}; this program knows versions up to {known_shapes()[0]}.",
        "It was written by a newer News Harvester: upgrade this one. Nothing was changed.",
    )
