"""docs/promises.md names a test for every promise, or says that it is not kept; and what it names exists."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "promises.md").read_text("utf-8")
PROMISES = dict(re.findall(r"^## (P\d+) .+\n((?:(?!## ).*\n)*)", PAGE, re.MULTILINE))
NAMED = re.findall(r"^- `([\w/.]+)::(\w+)`$", PAGE, re.MULTILINE)


@cache
def names_in(path: str) -> set[str]:
    tree = ast.parse((ROOT / path).read_text("utf-8"))
    return {x.name for x in tree.body if isinstance(x, ast.FunctionDef) and x.name.startswith("test_")}


def test_all_twenty_are_there_in_order() -> None:
    assert list(PROMISES) == [f"P{number}" for number in range(1, 21)]


@pytest.mark.parametrize("promise", PROMISES)
def test_a_promise_has_its_figure_and_its_tests_or_says_that_it_is_not_kept(promise: str) -> None:
    section = PROMISES[promise]
    assert "\n*Figure*: " in f"\n{section}"
    assert "::test_" in section or "\n*Not kept*: " in section


@pytest.mark.parametrize(("path", "name"), sorted(set(NAMED)), ids=str)
def test_every_test_that_is_named_exists(path: str, name: str) -> None:
    assert name in names_in(path)


def test_every_line_of_a_list_names_a_test() -> None:
    assert len(NAMED) == len(re.findall(r"^- ", PAGE, re.MULTILINE))
