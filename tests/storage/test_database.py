from __future__ import annotations

import sqlite3
import subprocess
import sys
import threading
from contextlib import closing
from importlib.resources import files
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from storage.archive import Archive
from storage.database.base import Base
from storage.database.engine import Database
from storage.database.schema import known_shapes, migrate
from storage.database.tables import RunRow
from storage.database.upgrading import upgrade
from storage.errors import ArchiveBusy, ArchiveUnusable, DamageFound, DatabaseUnavailable
from storage.retrying import ATTEMPTS, retrying


def test_the_migrations_make_the_tables_that_the_models_describe(tmp_path: Path) -> None:
    database = Database(tmp_path / "a.sqlite3")
    migrate(database)
    with database.connection() as connection:
        context = MigrationContext.configure(
            connection, opts={"include_name": lambda name, *_: not (name or "").startswith("article_words")}
        )
        assert compare_metadata(context, Base.metadata) == []
    database.close()


def test_a_step_up_keeps_what_the_frontier_holds(tmp_path: Path) -> None:
    database = Database(tmp_path / "a.sqlite3")
    config = Config()
    config.set_main_option("script_location", str(files("storage.database") / "migrations"))
    with database.connection() as connection, connection.begin():
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
        connection.exec_driver_sql("INSERT INTO runs VALUES (1, 'crawl', '2026-03-01', NULL, '', '1')")
        connection.exec_driver_sql("INSERT INTO sources VALUES ('a', 'A', 'online', 'https://a.kz/', 'ru', 'UTC')")
        columns = "source_id, url, kind, channel, first_seen, found_by, state, attempts, hops, next_due, last_outcome"
        values = "'a', 'https://a.kz/1', 'article', 'https://a.kz/rss', '2026-03-01', 1, 'done', 0, 0, '2026-03-01', 'new'"
        connection.exec_driver_sql(f"INSERT INTO frontier ({columns}) VALUES ({values})")
    migrate(database)
    with database.connection() as connection:
        row = connection.exec_driver_sql("SELECT id, url, state, last_outcome, backfill_id, found_on, empty_pages FROM frontier").one()
        assert tuple(row) == (1, "https://a.kz/1", "done", "new", None, None, None)
        assert connection.exec_driver_sql("PRAGMA foreign_key_check").all() == []
    database.close()


def test_the_file_is_opened_for_safety(tmp_path: Path) -> None:
    database = Database(tmp_path / "a.sqlite3")
    with database.connection() as connection:
        pragmas = {name: connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in ("journal_mode", "synchronous", "foreign_keys")}
    database.close()
    assert pragmas == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}


def test_a_newer_database_is_refused_and_left_as_it_is(tmp_path: Path) -> None:
    database = Database(tmp_path / "archive.sqlite3")
    migrate(database)
    with database.connection() as connection, connection.begin():
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    database.close()
    with pytest.raises(ArchiveUnusable, match=f"version 9999.*{known_shapes()[0]}"), Archive.held(tmp_path, "test"):
        pass
    with pytest.raises(ArchiveUnusable, match="newer"), Archive.opened(tmp_path):
        pass


def test_an_empty_database_is_not_read_as_an_archive(tmp_path: Path) -> None:
    (tmp_path / "archive.sqlite3").touch()
    with pytest.raises(ArchiveUnusable, match=r"has no tables yet\. `harvester crawl`"), Archive.opened(tmp_path):
        pass
    with pytest.raises(ArchiveUnusable, match="has no tables yet"):
        upgrade(tmp_path / "archive.sqlite3")
    with Archive.held(tmp_path, "test") as archive:
        assert archive.last_runs() == []


@pytest.mark.parametrize(
    ("made", "told"),
    [
        ("CREATE TABLE notes (words TEXT)", "is no archive: another program made its tables .notes."),
        ("CREATE TABLE alembic_version (version_num TEXT); INSERT INTO alembic_version VALUES ('ae10'); CREATE TABLE users (id)", "users"),
        ("CREATE TABLE articles (id); CREATE TABLE captures (id)", "does not say which version"),
    ],
)
def test_tables_of_another_program_are_refused_and_kept(tmp_path: Path, made: str, told: str) -> None:
    path = tmp_path / "archive.sqlite3"
    with closing(sqlite3.connect(path)) as other:
        other.executescript(made)
        before = other.execute("SELECT sql FROM sqlite_master").fetchall()
    for opened in (Archive.opened(tmp_path), Archive.held(tmp_path, "test")):
        with pytest.raises(ArchiveUnusable, match=told), opened:
            pass
    with pytest.raises(ArchiveUnusable, match=told):
        upgrade(path)
    with closing(sqlite3.connect(path)) as other:
        assert other.execute("SELECT sql FROM sqlite_master").fetchall() == before


LIMITED = """
import resource, sys
from pathlib import Path
from storage.archive import Archive
from storage.errors import HarvesterError
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]), resource.RLIM_INFINITY))
try:
    with Archive.held(Path(sys.argv[1]), "test") as archive:
        for n in range(20_000):
            archive.start_run("crawl", "x" * 10_000)
except HarvesterError as error:
    print(type(error).__name__, error)
"""


@pytest.mark.parametrize(("limit", "has_tables"), [(200_000, False), (900_000, True)])
def test_a_limit_of_file_size_is_a_full_disk_and_no_damage(limit: int, has_tables: bool, tmp_path: Path) -> None:  # noqa: FBT001
    told = subprocess.run([sys.executable, "-c", LIMITED, str(tmp_path), str(limit)], capture_output=True, text=True, check=True).stdout
    assert told.startswith("DiskFull")
    assert "limit of file size" in told
    if not has_tables:
        with pytest.raises(ArchiveUnusable, match="has no tables yet"), Archive.opened(tmp_path):
            pass
    with Archive.held(tmp_path, "test") as archive:
        assert archive.database.damage() == []


def files_of(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}


def test_reading_leaves_the_folder_as_it_was(tmp_path: Path) -> None:
    with Archive.held(tmp_path, "test") as archive:
        archive.start_run("crawl", "1")
    before = files_of(tmp_path)
    assert set(before) == {".lock", "archive.sqlite3"}
    with Archive.opened(tmp_path) as first:
        assert (tmp_path / "archive.sqlite3-shm").exists()
        with Archive.opened(tmp_path) as second:
            assert len(second.last_runs()) == 1
        assert len(first.last_runs()) == 1
    assert files_of(tmp_path) == before


def test_what_a_killed_run_wrote_is_left_beside_the_tables_by_readers(tmp_path: Path) -> None:
    killed = "from storage.archive import Archive; import os, pathlib\nwith Archive.held(pathlib.Path.cwd(), 'x') as a: "
    killed += "a.start_run('crawl', '1'); os._exit(1)"
    subprocess.run([sys.executable, "-c", killed], cwd=tmp_path, check=False, env={"PYTHONPATH": str(Path(__file__).parents[2])})
    before = files_of(tmp_path)
    assert before["archive.sqlite3-wal"]
    with Archive.opened(tmp_path) as archive:
        assert len(archive.last_runs()) == 1
    after = files_of(tmp_path)
    assert {name: after[name] for name in ("archive.sqlite3", "archive.sqlite3-wal")} == {
        name: before[name] for name in ("archive.sqlite3", "archive.sqlite3-wal")
    }


def test_rubbish_is_damage_and_never_replaced(tmp_path: Path) -> None:
    path = tmp_path / "archive.sqlite3"
    path.write_bytes(b"this is no database at all" * 100)
    with pytest.raises(DamageFound, match="damaged"), Archive.held(tmp_path, "test"):
        pass
    assert path.read_bytes().startswith(b"this is no database")


def test_a_locked_database_is_waited_for_then_given_up(tmp_path: Path) -> None:
    database = Database(tmp_path / "a.sqlite3", busy_seconds=0.01)
    migrate(database)
    other = sqlite3.connect(tmp_path / "a.sqlite3", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    with pytest.raises(DatabaseUnavailable, match="locked"):
        database.write(lambda session: session.execute(select(RunRow.id)).all())
    other.execute("ROLLBACK")
    other.close()
    assert database.write(lambda session: session.execute(select(RunRow.id)).all()) == []
    database.close()


def test_a_short_lock_is_waited_out(tmp_path: Path) -> None:
    database = Database(tmp_path / "a.sqlite3", busy_seconds=30)
    migrate(database)
    other = sqlite3.connect(tmp_path / "a.sqlite3", isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")
    timer = threading.Timer(0.2, lambda: other.execute("ROLLBACK"))
    timer.start()
    assert database.write(lambda session: session.scalars(select(RunRow.id)).all()) == []
    timer.join()
    other.close()
    database.close()


def test_only_transient_errors_are_tried_again() -> None:
    calls: list[int] = []

    def fail() -> None:
        calls.append(1)
        raise OSError("no")

    with pytest.raises(OSError, match="no"):
        retrying(fail, lambda error: isinstance(error, OperationalError))
    assert len(calls) == 1
    with pytest.raises(OSError, match="no"):
        retrying(fail, lambda error: isinstance(error, OSError))
    assert len(calls) == 1 + ATTEMPTS


HOLD = """
import sys, pathlib
from storage.locking import hold
with hold(pathlib.Path(sys.argv[1]), "crawl"):
    print("held", flush=True)
    sys.stdin.read()
"""


def test_a_second_run_is_told_who_holds_and_a_killed_holder_leaves_no_lock(tmp_path: Path) -> None:
    holder = subprocess.Popen([sys.executable, "-c", HOLD, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert holder.stdin is not None
    assert holder.stdout is not None
    assert holder.stdout.readline() == "held\n"
    with pytest.raises(ArchiveBusy, match=rf"crawl \(process {holder.pid}, since .* UTC\)"), Archive.held(tmp_path, "test"):
        pass
    holder.kill()
    holder.wait()
    holder.stdin.close()
    holder.stdout.close()
    with Archive.held(tmp_path, "test"):
        pass


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ArchiveUnusable, match="cannot be made"), Archive.held(tmp_path / "file" / "archive", "test"):
        pass
