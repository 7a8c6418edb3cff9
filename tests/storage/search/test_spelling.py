from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from storage.database.engine import Database, DatabaseReader
from storage.database.schema import migrate
from storage.search.spelling import nearest_keys
from storage.search.sqlite import index

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

TEXTS = ("Референдум и реформа", "Референдум, конституция, парламент", "Құрылтай мен сайлау", "Election and parliament", "Реферат: находят")


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> Iterator[DatabaseReader]:
    path: Path = tmp_path_factory.mktemp("spelling") / "archive.sqlite3"
    database = Database(path)
    migrate(database)
    for number, text in enumerate(TEXTS, start=1):
        database.write(lambda session, number=number, text=text: index(session, number, text, "", "", "kk" if number == 3 else "ru"))
    database.close()
    reading = DatabaseReader(path)
    yield reading
    reading.close()


@pytest.mark.parametrize(
    ("typed", "near"),
    [
        ("рефрендум", [("референдум", 2)]),
        ("референдумм", [("референдум", 2)]),
        ("референудм", [("референдум", 2)]),
        ("рефиринбум", []),
        ("канституция", [("конституц", 1)]),
        ("онституция", []),
        ("конститутция", [("конституц", 1)]),
        ("парлмаент", [("парламент", 1)]),
        ("сайлуа", [("саилау", 1)]),
        ("курылтай", [("қурилтаи", 1)]),
        ("дом", []),
        ("сайпуу", []),  # two slips of six letters make another word
        ("конс", []),
        ("народный", []),  # its root differs from that of находят in one letter
        ("рефрендумами", [("референдум", 2)]),
        ("ко", []),
        ("2026", []),
    ],
)
def test_words_that_are_one_or_two_slips_away_are_near(reader: DatabaseReader, typed: str, near: list[tuple[str, int]]) -> None:
    with reader.read_session() as session:
        assert [one for one in nearest_keys(session, typed) if one[0] != "реферат"] == near


def test_the_file_stays_read_only(reader: DatabaseReader) -> None:
    with reader.read_session() as session:
        nearest_keys(session, "рефрендум")
        with pytest.raises(Exception, match="attempt to write a readonly database"):
            session.connection().exec_driver_sql("DELETE FROM article_words")


def test_a_writer_can_still_write_afterwards(tmp_path: Path) -> None:
    database = Database(tmp_path / "archive.sqlite3")
    migrate(database)
    with database.read_session() as session:
        nearest_keys(session, "рефрендум")
    database.write(lambda session: index(session, 1, "Закон", "", "", "ru"))
    database.close()
