from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.site.server import Newsroom

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="module")
def newsroom() -> Iterator[Newsroom]:
    """One that tests only read from."""
    with Newsroom() as running:
        yield running


@pytest.fixture
def fresh() -> Iterator[Newsroom]:
    """One that a test may change."""
    with Newsroom() as running:
        yield running
