"""Bringing the tables to the shape that this version knows, and refusing those of a newer one."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from storage.errors import ArchiveUnusable

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from storage.database.engine import Database, DatabaseReader


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", str(files("storage.database") / "migrations"))
    return config


@cache
def known_shapes() -> tuple[str, ...]:
    """The shapes that this version can read, newest first."""
    return tuple(step.revision for step in ScriptDirectory.from_config(_config()).walk_revisions())


def migrate(database: Database) -> None:
    """Create the tables, or bring them up to date, in one transaction."""
    with database.connection() as connection, connection.begin():
        if _check(connection, database) == known_shapes()[0]:
            return
        config = _config()
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def require_current(database: DatabaseReader) -> None:
    """Refuse tables of another shape; reading never changes them."""
    with database.reading() as session:
        if _check(session.connection(), database) != known_shapes()[0]:
            raise ArchiveUnusable(
                f"{database.path} was made by an older version.",
                "Bring it up to date by starting a crawl, or with `harvester ingest` and no new pages.",
            )


def _check(connection: Connection, database: DatabaseReader) -> str | None:
    shape = MigrationContext.configure(connection).get_current_revision()
    if shape is not None and shape not in known_shapes():
        raise ArchiveUnusable(
            f"{database.path} has the table version {shape}; this program knows versions up to {known_shapes()[0]}.",
            "It was written by a newer News Harvester: upgrade this one. Nothing was changed.",
        )
    return shape
