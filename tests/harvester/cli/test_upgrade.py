from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from storage.archive import Archive
from storage.database.schema import known_shapes
from storage.locking import hold
from storage.query import ArticleQuery
from tests.storage.test_migrations import before

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.archives import SmallArchive
    from tests.harvester.cli.said import Said

NEWEST = known_shapes()[0]


def aged(kept: SmallArchive, step: str) -> Path:
    """Give an archive the tables that it had before a migration; returns their file."""
    path = kept.directory / "archive.sqlite3"
    before(step, path).replace(path)
    for leftover in ("-wal", "-shm"):
        path.with_name(path.name + leftover).unlink(missing_ok=True)
    return path


def version(path: Path) -> str:
    with closing(sqlite3.connect(path)) as rows:
        return str(rows.execute("SELECT version_num FROM alembic_version").fetchone()[0])


@pytest.mark.parametrize(("step", "shape"), [("0003", "0002"), ("0007", "0006"), ("0011", "0010")])
def test_an_old_archive_is_brought_up_to_date_and_a_copy_is_kept(
    harvester: Callable[..., Said], kept: SmallArchive, step: str, shape: str
) -> None:
    path = aged(kept, step)
    refused = harvester("search")
    assert (refused.code, "harvester upgrade" in refused.err) == (2, True)
    said = harvester("upgrade")
    assert (said.code, said.out) == (0, "")
    assert f"archive: tables {shape} were brought to {NEWEST} in " in said.err
    assert f"are kept as archive/archive.sqlite3.{shape}; " in said.err
    assert (version(path), version(path.with_name(f"archive.sqlite3.{shape}"))) == (NEWEST, shape)
    with Archive.opened(kept.directory) as archive:
        assert archive.count(ArticleQuery()) == 3
        assert list(archive.damage()) == []


def test_a_second_upgrade_has_nothing_to_do(harvester: Callable[..., Said], kept: SmallArchive) -> None:
    said = harvester("upgrade")
    assert (said.code, said.err) == (0, f"archive is up to date (tables {NEWEST}). Nothing was changed.\n")
    told = harvester("upgrade", "--json").json
    assert (told["before"], told["after"], told["copy"]) == (NEWEST, NEWEST, None)
    assert [x.name for x in kept.directory.glob("archive.sqlite3.*")] == []


def test_a_copy_that_is_there_is_never_overwritten(harvester: Callable[..., Said], kept: SmallArchive) -> None:
    path = aged(kept, "0011")
    path.with_name("archive.sqlite3.0010").write_text("of before")
    told = harvester("upgrade", "--json").json
    assert (told["copy"], told["before"]) == ("archive/archive.sqlite3.0010-2", "0010")
    assert path.with_name("archive.sqlite3.0010").read_text() == "of before"


def test_what_cannot_be_brought_up_to_date_is_left_alone(harvester: Callable[..., Said], kept: SmallArchive, tmp_path: Path) -> None:
    with hold(kept.directory, "crawl"):
        assert harvester("upgrade").code == 6
    with closing(sqlite3.connect(kept.directory / "archive.sqlite3")) as rows, rows:
        rows.execute("UPDATE alembic_version SET version_num = '9999'")
    newer = harvester("upgrade")
    assert (newer.code, "upgrade this one" in newer.err) == (2, True)
    assert harvester("upgrade", "--archive", "none").code == 2
    assert not (tmp_path / "none").exists()
    with closing(sqlite3.connect(kept.directory / "archive.sqlite3")) as rows, rows:
        rows.execute("DELETE FROM alembic_version")
    assert "does not say which version its tables have" in harvester("upgrade").err
    (kept.directory / "archive.sqlite3").write_bytes(b"rubbish" * 1000)
    assert harvester("upgrade").code == 7
    assert list(kept.directory.glob("archive.sqlite3.*")) == []
