"""Archives of older versions are brought up to date with everything that they hold."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from importlib.resources import files
from typing import TYPE_CHECKING

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory

from storage.archive import Archive
from storage.database.engine import Database
from storage.database.schema import known_shapes, migrate
from storage.query import ArticleQuery
from tests.archives import small_archive

if TYPE_CHECKING:
    from pathlib import Path

    from storage.model.articles import Article


def scripts() -> Config:
    config = Config()
    config.set_main_option("script_location", str(files("storage.database") / "migrations"))
    return config


def test_the_names_of_the_migrations_tell_the_shapes_that_are_known() -> None:
    """Which tables a version knows is read off the names of the files; Alembic is loaded only where tables change."""
    walked = [step.revision for step in ScriptDirectory.from_config(scripts()).walk_revisions()]
    assert list(known_shapes()) == walked


RENAMED = {"readings": "page_quality", "verdicts": "expectation_results", "slowness": "interval_factor"}
RENAMED |= {"heir_id": "merged_into", "dry": "empty_pages"}
"""Tables and columns by their first names, and as they have been called since 0015."""


def before(step: str, path: Path) -> Path:
    """A copy of an archive's tables as they were before a migration, with every row and column that they had then."""
    config = scripts()
    revision = ScriptDirectory.from_config(config).get_revision(step)
    old = path.with_name("old.sqlite3")
    database = Database(old)
    with database.connection() as connection, connection.begin():
        config.attributes["connection"] = connection
        command.upgrade(config, str(revision.down_revision))
    database.close()
    rows = sqlite3.connect(old)
    rows.execute("ATTACH ? AS new", [str(path)])
    tables = [name for (name,) in rows.execute("SELECT name FROM main.sqlite_master WHERE type = 'table'")]
    for table in tables:
        if table not in {"alembic_version", "sqlite_sequence"} and not table.startswith("article_words_"):
            columns = columns_of(rows, table)
            today = ", ".join(RENAMED.get(column, column) for column in columns)
            rows.execute(f"INSERT INTO main.{table} ({', '.join(columns)}) SELECT {today} FROM new.{RENAMED.get(table, table)}")
    rows.commit()
    rows.close()
    return old


def _without_history(article: Article) -> Article:
    """The article without what older tables did not keep."""
    return replace(article, states=(), edits=())


def columns_of(rows: sqlite3.Connection, table: str) -> list[str]:
    return [row[1] for row in rows.execute(f"PRAGMA main.table_info({table})")]


def test_an_archive_without_languages_and_editions_keeps_its_rows(tmp_path: Path) -> None:
    small_archive(tmp_path / "archive")
    path = tmp_path / "archive" / "archive.sqlite3"
    with Archive.opened(tmp_path / "archive") as archive:
        held = [_without_history(article) for article in archive.articles(ArticleQuery())]
    before("0003", path).replace(path)
    for leftover in ("-wal", "-shm"):
        path.with_name(path.name + leftover).unlink(missing_ok=True)
    rows = sqlite3.connect(path)
    assert "languages" not in columns_of(rows, "extractions")
    rows.close()
    with Archive.held(tmp_path / "archive", "crawl") as archive:
        articles = list(archive.articles(ArticleQuery()))
        assert [_without_history(article) for article in articles] == held
        assert [[span.state for span in article.states] for article in articles] == [["live"]] * len(held)
        assert archive.count(ArticleQuery("референдум")) == 1
        assert {(article.extraction.languages, article.editions) for article in held} == {((), ())}
        assert list(archive.damage()) == []
    rows = sqlite3.connect(path)
    assert "languages" in columns_of(rows, "extractions")
    rows.close()


def test_an_archive_of_the_first_tables_comes_all_the_way(tmp_path: Path) -> None:
    small_archive(tmp_path / "archive")
    path = tmp_path / "archive" / "archive.sqlite3"
    with Archive.opened(tmp_path / "archive") as archive:
        held = [_without_history(article) for article in archive.articles(ArticleQuery())]
    source, url = held[0].source.id, held[0].url
    before("0002", path).replace(path)
    for leftover in ("-wal", "-shm"):
        path.with_name(path.name + leftover).unlink(missing_ok=True)
    rows = sqlite3.connect(path)
    rows.execute(
        "INSERT INTO frontier (source_id, url, kind, channel, first_seen, found_by, state, attempts, hops, next_due, last_outcome)"
        " SELECT ?, ?, 'article', '', '2026-03-01', min(id), 'done', 0, 0, '2026-03-01 00:00:00', 'new' FROM runs",
        [source, url],
    )
    rows.commit()
    rows.close()
    with Archive.held(tmp_path / "archive", "crawl") as archive:
        assert [_without_history(article) for article in archive.articles(ArticleQuery())] == held
        assert archive.next_known(source) is not None, "what the archive holds is asked again"
        assert {span.state for article in archive.articles(ArticleQuery()) for span in article.states} == {"live"}
        assert archive.mass_takedowns(1) == {}
        assert list(archive.damage()) == []


def test_renamed_tables_and_columns_keep_what_they_hold(tmp_path: Path) -> None:
    small_archive(tmp_path / "archive")
    path = tmp_path / "archive" / "archive.sqlite3"
    with sqlite3.connect(path) as rows:
        rows.execute("UPDATE sources SET interval_factor = 4")
        rows.execute("UPDATE frontier SET empty_pages = 1")
        rows.execute("INSERT INTO expectation_results VALUES (?, 'dated', 1, 1, '0.98', '0.5', 20, 0, 'x')", [source_of(rows)])
        rows.execute("INSERT OR IGNORE INTO page_quality SELECT id, source_id, NULL, 1, 700, 1 FROM captures")
    tables = ("sources", "frontier", "expectation_results", "page_quality", "clusters")
    kept = everything_in(path, tables)
    before("0015", path).replace(path)
    database = Database(path)
    migrate(database)
    database.close()
    assert everything_in(path, tables) == kept


def source_of(rows: sqlite3.Connection) -> str:
    (found,) = rows.execute("SELECT id FROM sources").fetchone()
    return str(found)


def everything_in(path: Path, tables: tuple[str, ...]) -> dict[str, list[tuple[object, ...]]]:
    with sqlite3.connect(path) as rows:
        return {table: sorted(rows.execute(f"SELECT * FROM {table}"), key=str) for table in tables}


def test_the_view_shows_the_articles_of_archives_made_before(tmp_path: Path) -> None:
    small_archive(tmp_path / "archive")
    path = tmp_path / "archive" / "archive.sqlite3"
    old = before("0014", path)
    database = Database(old)
    with database.connection() as connection, connection.begin():
        assert connection.exec_driver_sql("SELECT count(*) FROM sqlite_master WHERE type = 'view'").scalar() == 0
    migrate(database)
    with database.connection() as connection:
        seen = connection.exec_driver_sql("SELECT source, published_day, title, authors, tags, state FROM corpus ORDER BY id").all()
    database.close()
    rows = sqlite3.connect(path)
    assert seen == rows.execute("SELECT source, published_day, title, authors, tags, state FROM corpus ORDER BY id").fetchall()
    assert ("vestnik", "2026-03-03", "Референдум назначен на лето", "Айгуль Ким", "реформа; выборы", "live") in seen
    rows.close()
