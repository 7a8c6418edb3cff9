from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.golden.reading import expected, pages, reading

if TYPE_CHECKING:
    from pathlib import Path

FIELDS = (
    "source outcome title lead text authors section tags images published modified language topics".split()  # noqa: SIM905  reads best so
)


@pytest.mark.parametrize("page", pages(), ids=lambda page: f"{page.parent.name}/{page.name}")
def test_every_field_of_a_page_reads_as_expected(page: Path) -> None:
    """All fields in one test, so that each page is read once, whichever worker gets it."""
    read = reading(page)
    assert {field: read[field] for field in FIELDS} == {field: expected(page)[field] for field in FIELDS}
    assert read["source"] == page.parent.name, "a golden page lies with its source"
