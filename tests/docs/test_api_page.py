from __future__ import annotations

import contextlib
import io
import re
from typing import TYPE_CHECKING

import harvester
from tests.archives import small_archive
from tests.docs.api_page import COMMAND, METHODS, PAGE, page

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def test_the_page_is_todays() -> None:
    assert PAGE.read_text("utf-8") == page(), f"the docstrings have changed: {COMMAND}"


def test_every_name_of_the_face_is_on_the_page() -> None:
    text = page()
    assert all(f"`{name}`" in text for name in harvester.__all__ if not name.startswith("_"))
    assert all(f"### {name}\n" in text for name in METHODS)


def test_the_example_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    small_archive(tmp_path / "archive")
    monkeypatch.chdir(tmp_path)
    (example,) = re.findall(r"```python\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(example, {})  # the page's own code
    assert "2026-03-03 vestnik Референдум назначен на лето" in printed.getvalue()
