from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from pipelines.extraction import boilerplate_lines
from pipelines.extraction.bounds import BYLINE, CAPTION
from pipelines.extraction.bylines import people
from pipelines.extraction.date_patterns import full_date
from pipelines.normalisation import tidy
from pipelines.urls import MAX_LENGTH, AddressTooLong, canonical_url
from tests.growth.measure import grown
from tests.growth.patterns import LINE, bound_of
from tests.growth.pumping import pumps

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def report() -> dict[str, Any]:
    done = subprocess.run([sys.executable, "-m", "tests.growth.measure"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"ended at: {done.stderr.splitlines()[-3:]}"
    measured: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return measured


def test_nothing_that_reads_input_takes_more_than_twice_as_long_for_twice_as_much(report: dict[str, Any]) -> None:
    assert (report["grown"], report["slow"]) == ([], [])


def test_every_pattern_is_looked_at(report: dict[str, Any]) -> None:
    names = set(report["patterns"])
    assert {"pipelines.classification_phrases.CHALLENGE", "storage.language.words._WORD", "harvester.discovery.feeds._ENTRY_END"} <= names
    assert any(name.startswith("pipelines.urls: ") for name in names), "the catalogue's patterns"
    assert (len(names) > 250, report["looked"] > 4_000, report["walks"] > 50) == (True, True, True)


def test_the_patterns_that_may_be_slow_see_short_text_only() -> None:
    assert bound_of("pipelines.dates.tokens._TOKEN") == len(tidy("1" * 100)) == 100
    assert tidy("1" * 101) == ""
    assert boilerplate_lines._MAX_SERVICE_LINE == LINE
    assert not boilerplate_lines.is_noise("1 " * LINE + "просмотров")
    assert len(boilerplate_lines.split_caption("а" * 10_000)[0]) == CAPTION
    assert people(["а" * BYLINE + ", Анна Ким"]) == ()
    assert full_date("12.03.2026" + " слово" * LINE) == ""
    with pytest.raises(AddressTooLong):
        canonical_url("http://e.kz/" + "a" * MAX_LENGTH)


@pytest.mark.parametrize("pattern", [r"(a+)+$", r"^\s*x|y\s*$", r"<a[^>]*>", r"(?:foo)?.*bar", r"\w+\s+\d"])
def test_the_pumps_find_what_a_pattern_repeats(pattern: str) -> None:
    import re

    assert any(unit for _, unit in pumps(re.compile(pattern)))


def test_a_square_is_told_from_a_line() -> None:
    assert grown([0.01, 0.04, 0.16, 0.64], 0.002)
    assert not grown([0.01, 0.025, 0.05, 0.11], 0.002)
    assert not grown([0.0001, 0.0004, 0.0016, 0.0019], 0.002)
