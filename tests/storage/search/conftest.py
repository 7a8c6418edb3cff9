"""A word index in a real SQLite file."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from storage.database.engine import Database
from storage.database.schema import migrate

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    database = Database(tmp_path_factory.mktemp("archive") / "archive.sqlite3")
    migrate(database)
    yield database
    database.close()
