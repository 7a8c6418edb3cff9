"""The golden pages of the built-in catalogue: pages of our own, shaped like the real markup (see harvester.catalogue.golden)."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from harvester.catalogue import golden
from harvester.catalogue.golden import expected
from harvester.catalogue.loader import Catalogue, load_catalogue
from harvester.catalogue.topics import find_topic

if TYPE_CHECKING:
    from pipelines.rules import TopicRules

FOLDER = Path(__file__).parent

__all__ = ["FOLDER", "catalogue", "expected", "pages", "reading"]


def pages() -> list[Path]:
    """The folders of all golden pages."""
    return golden.golden_pages(FOLDER)


@cache
def catalogue() -> Catalogue:
    """The built-in catalogue."""
    return load_catalogue()


@cache
def _topics() -> tuple[TopicRules, ...]:
    return (find_topic("constitutional-reform"),)


def reading(page: Path) -> dict[str, Any]:
    """What is read today, at the moment that the page says it was captured."""
    return golden.reading(page, catalogue(), _topics())
