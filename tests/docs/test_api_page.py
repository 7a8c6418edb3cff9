from __future__ import annotations

import contextlib
import io
import re
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import harvester
from harvester import NewsArchive
from harvester.cli.main import invoke
from tests.archives import small_archive
from tests.docs.api_page import CHOICES, COMMAND, ERRORS, METHODS, PAGE, VALUES, page

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def test_the_page_is_todays() -> None:
    assert PAGE.read_text("utf-8") == page(), f"the docstrings have changed: {COMMAND}"


def test_every_name_of_the_face_is_on_the_page() -> None:
    text = page()
    described = {*VALUES, *CHOICES, *ERRORS, "ArticleQuery", "Catalogue", "HarvesterError", "NewsArchive", "load_catalogue", "open_archive"}
    assert described == {name for name in harvester.__all__ if not name.startswith("_")}
    assert {*METHODS} == {name for name in vars(NewsArchive) if not name.startswith("_")}
    assert all(f"### {name}\n" in text or f"- `{name}` (a " in text for name in described - {"ArticleQuery", "HarvesterError"})
    assert all(f"### {name}\n" in text for name in METHODS)


def test_what_is_given_by_name_alone_is_marked() -> None:
    assert "= (), *, builtin: bool = True) -> Catalogue`" in page()


def test_the_examples_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    small_archive(tmp_path / "archive")
    with closing(sqlite3.connect(tmp_path / "archive" / "archive.sqlite3")) as rows, rows:
        rows.execute("UPDATE revisions SET changed = 'text' WHERE number = 2")
    monkeypatch.chdir(tmp_path)
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        for example in re.findall(r"```python\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL):
            exec(example, {})  # the page's own code
    lines = printed.getvalue().splitlines()
    assert "2026-03-03 vestnik Референдум назначен на лето" in lines
    assert {"-Референдум пройдёт весной, сообщили в пресс-службе.", "+Референдум пройдёт летом."} <= {*lines}
    assert invoke(["export", "референдум", "--output", "exported.jsonl", "-q"]) == 0
    assert (tmp_path / "referendum.jsonl").read_bytes() == (tmp_path / "exported.jsonl").read_bytes() != b""
