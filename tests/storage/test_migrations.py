"""Archives of older versions are brought up to date with everything that they hold."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING

from alembic import command
from alembic.config import Config

from storage.archive import Archive
from storage.database.engine import Database
from storage.query import ArticleQuery
from tests.archives import small_archive

if TYPE_CHECKING:
    from pathlib import Path


def step_back(database: Database, revision: str) -> None:
    """Make the tables what an older version left behind."""
    config = Config()
    config.set_main_option("script_location", "storage:database/migrations")
    with database.connection() as connection, connection.begin():
        config.attributes["connection"] = connection
        command.downgrade(config, revision)


def test_an_archive_without_languages_and_editions_keeps_its_rows(tmp_path: Path) -> None:
    small_archive(tmp_path / "archive")
    path = tmp_path / "archive" / "archive.sqlite3"
    with Archive.opened(tmp_path / "archive") as archive:
        before = list(archive.articles(ArticleQuery()))
    database = Database(path)
    step_back(database, "0001")
    database.close()
    assert "languages" not in _columns(path)
    with Archive.held(tmp_path / "archive", "crawl") as archive:
        assert list(archive.articles(ArticleQuery())) == before
        assert {(article.extraction.languages, article.editions) for article in before} == {((), ())}
        assert list(archive.damage()) == []
    assert "languages" in _columns(path)


def _columns(path: Path) -> list[str]:
    rows = sqlite3.connect(path)
    try:
        return [row[1] for row in rows.execute("PRAGMA table_info(extractions)")]
    finally:
        rows.close()
