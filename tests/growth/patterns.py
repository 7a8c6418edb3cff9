"""Every regular expression of the program, where it stands, how it is used, and how long its input may be."""

from __future__ import annotations

import importlib
import pkgutil
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import harvester
import pipelines
import storage
from pipelines.extraction.bounds import BYLINE, CAPTION, SECTION
from pipelines.normalisation import LONGEST as DATE
from storage.language.scripts import LONGEST_WORD

if TYPE_CHECKING:
    from collections.abc import Iterator

LINE = 220  # characters: boilerplate_lines._MAX_SERVICE_LINE, signatures._MAX_LINE, visible_fields._MAX_CHARS
HEADLINES = 1_001  # page_classification._MAX_HEADING, twice
QUERY = 256

BOUNDED = {
    r"pipelines\.(dates|months)\b": DATE,  # the codes of a tidied string, or the string
    r"pipelines\.normalisation": 4 * DATE,
    r"pipelines\.extraction\.boilerplate_lines\._(?!CREDIT_AFTER)": LINE,
    r"pipelines\.extraction\.boilerplate_lines\._CREDIT_AFTER": CAPTION,
    r"pipelines\.extraction\.(bylines|name_words)": BYLINE,
    r"pipelines\.extraction\.(signatures|visible_fields)": LINE,
    r"pipelines\.extraction\.sections\._SEPARATOR": SECTION,
    r"pipelines\.extraction\.date_patterns\._(FULL_DATE|DAY_AND_TIME|WEEKDAY|WEEKDAY_BEFORE|SENTENCE)": LINE,  # of a line
    r"pipelines\.classification_phrases\.(MISSING|LOGIN|NAME_OF_SITE)": HEADLINES,
    r"pipelines\.classification_phrases\.PAID": 400,
    r"pipelines\.classification_phrases": HEADLINES + 800,  # headings, and the text of a page that may be no article
    r"pipelines\.encoding\._(COMMENT|IN_META|IN_XML)": 4_096,
    r"pipelines\.urls": 2_000,
    r"storage\.language\.forms": LONGEST_WORD,
    r"storage\.clustering\.similarity": LONGEST_WORD,
    r"storage\.search": QUERY,
    r"storage\.query": QUERY,
    r"harvester\.scaffolding\.site_features\._(PAGED|PARTED)": 2_000,
}
"""Patterns that need not be linear, because what they see is bounded (tests/growth/test_growth.py asks for the bounds)."""

METHODS = ("search", "match", "fullmatch", "finditer")
MODULES_LEFT_OUT = re.compile(r"\.migrations|__main__|\.sources\b|\.rendering")


def bound_of(name: str) -> int | None:
    return next((bound for pattern, bound in BOUNDED.items() if re.match(pattern, name)), None)


def patterns() -> Iterator[tuple[str, re.Pattern[Any], tuple[str, ...]]]:
    """Name, pattern, and the methods by which it is asked."""
    seen: set[int] = set()
    source = "\n".join(path.read_text("utf-8") for package in (harvester, pipelines, storage) for path in _files(package))
    for package in (pipelines, storage, harvester):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if MODULES_LEFT_OUT.search(module.name):
                continue
            for name, value in vars(importlib.import_module(module.name)).items():
                for place, pattern in _inside(f"{module.name}.{name}", value):
                    if id(pattern) not in seen:
                        seen.add(id(pattern))
                        yield place, pattern, _methods(name, source)
    yield from _declared()


def _declared() -> Iterator[tuple[str, re.Pattern[Any], tuple[str, ...]]]:
    """What the catalogue declares; it is searched in addresses."""
    from harvester.catalogue.loader import load_catalogue

    for declaration in load_catalogue():
        for name in ("allow", "deny"):
            if (pattern := getattr(declaration, name)) is not None:
                yield f"pipelines.urls: {declaration.id}.{name}", pattern, ("search",)


def _files(package: Any) -> list[Path]:
    return sorted(Path(package.__path__[0]).rglob("*.py"))


def _methods(name: str, source: str) -> tuple[str, ...]:
    asked = set(re.findall(rf"\b{re.escape(name)}\.(search|match|fullmatch|finditer|findall|sub|split)\b", source))
    return tuple(dict.fromkeys(method if method in METHODS else "finditer" for method in asked)) or ("search",)


def _inside(name: str, value: Any, depth: int = 0) -> Iterator[tuple[str, re.Pattern[Any]]]:
    if isinstance(value, re.Pattern):
        yield name, value
    elif depth < 3 and isinstance(value, dict):
        for key, inner in value.items():
            yield from _inside(f"{name}[{key}]", inner, depth + 1)
    elif depth < 3 and isinstance(value, (list, tuple, set, frozenset)):
        for place, inner in enumerate(value):
            yield from _inside(f"{name}[{place}]", inner, depth + 1)
