"""Clean the section name that a page prints beside its article."""

from __future__ import annotations

import re

from pipelines.extraction.date_patterns import full_date, looks_dated
from pipelines.extraction.text_keys import text_key

NO_SECTION = frozenset(map(text_key, ("Главная", "Home", "Басты бет", "Новости дня", "Main page")))
"""Keys of links in the place of a section that name none."""
_LABEL = re.compile(r"(?:рубрик[аи]|раздел|айдар[ы]?|category|section)\s*:\s*", re.IGNORECASE)
_SEPARATOR = re.compile(r"\s*[•·|]\s*")


def section_name(printed: str) -> str:
    """Return a section without its label and the date or counter beside it; empty if no letter remains."""
    text = _LABEL.sub("", printed)
    undated = [part for part in _SEPARATOR.split(text) if not looks_dated(part)]
    if undated and looks_dated(text):
        text = undated[0]
    text = " ".join(text.replace(full_date(text), "").split()).strip(" ,—–-")
    return text if any(map(str.isalpha, text)) else ""
