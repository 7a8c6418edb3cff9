"""What reads an archive cannot write to it, and needs no right to."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
import sys
import tempfile
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text

from storage.archive import Archive, open_archive
from storage.errors import ArchiveUnusable
from storage.reader import ArchiveReader
from tests.archives import small_archive
from tests.storage.test_migrations import before

if TYPE_CHECKING:
    from collections.abc import Iterator

READ = """
import os, pathlib, sys
from storage.errors import HarvesterError
from storage.query import ArticleQuery
from storage.reader import open_archive
with open_archive(pathlib.Path(sys.argv[2])) as archive:
    archive.count(ArticleQuery())  # every module is loaded that nobody may not read
if os.getuid() == 0:
    os.setuid(65534)
try:
    with open_archive(pathlib.Path(sys.argv[1])) as archive:
        print(archive.count(ArticleQuery()))
except HarvesterError as error:
    print(type(error).__name__, error)
"""


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return small_archive(tmp_path_factory.mktemp("made") / "archive").directory


@pytest.fixture
def copied(filled: Path) -> Iterator[Path]:
    """A copy without the lock file, in a folder that every user may enter."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        shutil.copytree(filled, Path(folder) / "archive")
        (Path(folder) / "archive" / ".lock").unlink()
        yield Path(folder) / "archive"


def read_by_another_user(archive: Path, other: Path) -> str:
    """What a user sees who may write nothing there."""
    archive.chmod(0o555)
    command = [sys.executable, "-c", READ, str(archive), str(other)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=Path(__file__).parents[2])
    archive.chmod(0o755)
    return done.stdout


def test_what_is_opened_has_no_method_that_writes_and_sqlite_refuses(copied: Path) -> None:
    with open_archive(copied) as archive:
        assert type(archive) is ArchiveReader
        writing = set(vars(Archive)) - set(vars(ArchiveReader)) - {"__dict__"}
        assert not [name for name in writing if not name.startswith("_") and name != "ladder" and hasattr(archive, name)]
        assert not hasattr(archive.database, "write")
        with pytest.raises(ArchiveUnusable, match="readonly"), archive.database.read_session() as session:
            session.execute(text("DELETE FROM topics"))
    assert Archive.opened is open_archive


def test_it_reads_while_a_run_writes(copied: Path) -> None:
    with Archive.held(copied, "crawl") as held:
        held.start_run("crawl", "1")
        with open_archive(copied) as archive:
            assert archive.last_runs(1)[0].kind == "crawl"
            number = held.start_run("ingest", "1")
            assert archive.last_runs(1)[0].id == number


def test_a_copy_that_nobody_may_write_to_is_read(copied: Path, filled: Path) -> None:
    before = sorted(path.name for path in copied.iterdir())
    assert read_by_another_user(copied, filled) == "3\n"
    assert sorted(path.name for path in copied.iterdir()) == before


def test_transactions_that_only_the_wal_holds_are_not_passed_over(copied: Path, filled: Path) -> None:
    database = copied / "archive.sqlite3"
    with closing(sqlite3.connect(database)) as writer:
        writer.execute("PRAGMA wal_autocheckpoint = 0")
        with writer:
            writer.execute("UPDATE articles SET state = 'gone'")
        wal = database.with_name("archive.sqlite3-wal").read_bytes()
        kept = database.read_bytes()
    database.write_bytes(kept)
    database.with_name("archive.sqlite3-wal").write_bytes(wal)
    told = read_by_another_user(copied, filled)
    assert told.startswith("ArchiveUnusable")
    assert "archive.sqlite3-wal holds transactions that are not in archive.sqlite3 yet. Copy the folder" in told


@pytest.mark.parametrize(
    "name", ["news?2026", "50%25 off", "a#b", "two words", 'it\'s "it"', "Архив жаңалық", "line\nfeed", "file:x", ":memory:"]
)
def test_an_archive_may_lie_in_any_folder(filled: Path, tmp_path: Path, name: str) -> None:
    folder = tmp_path / name
    shutil.copytree(filled, folder)
    with Archive.held(folder, "crawl") as held:
        number = held.start_run("crawl", "1")
    with open_archive(folder) as archive:
        assert archive.run(number).kind == "crawl"
    assert [path.name for path in tmp_path.iterdir()] == [name]
    assert (folder / "archive.sqlite3").is_file()


def test_an_older_archive_gets_the_digests_of_its_topics(copied: Path) -> None:
    database, statement = copied / "archive.sqlite3", "SELECT id, topics_sha256 FROM articles ORDER BY id"
    with closing(sqlite3.connect(database)) as tables:
        digests = tables.execute(statement).fetchall()
        tables.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    old = before("0011", database)
    old.replace(database)
    with Archive.held(copied, "test"):
        pass
    with closing(sqlite3.connect(database)) as tables:
        assert tables.execute(statement).fetchall() == digests
    assert all(digest for _, digest in digests)
