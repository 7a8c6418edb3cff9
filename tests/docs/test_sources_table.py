from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from harvester.catalogue.loader import load_catalogue
from harvester.catalogue.table import sources_table
from tests.docs.sources_table import COMMAND, PAGE, page

if TYPE_CHECKING:
    from pathlib import Path


def test_the_table_of_sources_is_todays() -> None:
    assert PAGE.read_text("utf-8") == page(), f"the catalogue has changed: {COMMAND}"


@pytest.mark.parametrize("page", ["README.md", "docs/monitoring.md"])
def test_a_page_that_counts_the_sources_counts_those_of_today(page: str) -> None:
    text = (PAGE.parents[1] / page).read_text("utf-8")
    counts = [int(x) for x in re.findall(r"\b(\d+)\s+\[?sources\b", text)]
    assert counts
    assert set(counts) == {len(load_catalogue())}


def test_the_states_that_monitoring_shows_sum_to_the_sources() -> None:
    (line,) = re.findall(r"`(\d+) sources: ([^`]*)`", (PAGE.parent / "monitoring.md").read_text("utf-8"))
    assert sum(map(int, re.findall(r"\d+", line[1]))) == int(line[0])


def test_a_row_tells_what_is_declared(tmp_path: Path) -> None:
    folder = tmp_path / "_families"
    folder.mkdir()
    (folder / "shop.toml").write_text("fetch = { browser = true }", "utf-8")
    (tmp_path / "a.toml").write_text(
        """
        name = "A | B"
        kind = "agency"
        home = "https://a.example/"
        family = "shop"
        language = ["ru", "kk-Latn"]
        discover = [{ feed = "/rss" }, { listing = "/n/" }, { listing = "/o/" }]
        enabled = false
        note = "Asks\\nfor scripts."
        """,
        "utf-8",
    )
    first, _, head, _, row = sources_table(load_catalogue([tmp_path], builtin=False)).splitlines()
    assert first == "agency 1 · all 1"
    assert head == "| id | name | kind | languages | channels | family | crawled | note |"
    assert row.split(" | ")[:2] == ["| `a`", r"[A \| B](https://a.example/)"]
    assert row.endswith("| agency | ru kk-Latn | feed, listing × 2 | shop | when named, in a browser | Asks for scripts. |")
