from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

import pytest

from tests.golden.reading import expected, pages, reading

if TYPE_CHECKING:
    from pathlib import Path

FIELDS = (
    "source outcome title lead text authors section tags images published modified language topics".split()  # noqa: SIM905  reads best so
)


@cache
def read_once(page: Path) -> dict[str, Any]:
    return reading(page)


@pytest.mark.parametrize("page", pages(), ids=lambda page: f"{page.parent.name}/{page.name}")
@pytest.mark.parametrize("field", FIELDS)
def test_a_field_reads_as_expected(page: Path, field: str) -> None:
    assert read_once(page)[field] == expected(page)[field]


@pytest.mark.parametrize("page", pages(), ids=lambda page: f"{page.parent.name}/{page.name}")
def test_a_golden_page_lies_with_its_source(page: Path) -> None:
    assert read_once(page)["source"] == page.parent.name
