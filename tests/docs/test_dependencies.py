"""What is taken of libraries beyond what they promise."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

PROJECT = tomllib.loads((Path(__file__).resolve().parents[2] / "pyproject.toml").read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    "requirements", [PROJECT["project"]["optional-dependencies"]["browser"], PROJECT["dependency-groups"]["test"]], ids=["extra", "tests"]
)
def test_a_library_whose_private_parts_are_called_has_an_upper_bound(requirements: list[str]) -> None:
    (line,) = [x for x in requirements if x.startswith("scrapy-playwright")]
    assert "<" in line


def test_the_private_parts_are_there() -> None:
    from scrapy_playwright.handler import ScrapyPlaywrightDownloadHandler

    assert all(hasattr(ScrapyPlaywrightDownloadHandler, name) for name in ("_maybe_launch_in_thread", "_launch"))
