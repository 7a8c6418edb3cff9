"""Titles, authors and dates of the corpora's pages as a person reads them off, and how much of a reading is exactly right.

`metadata.jsonl` was labelled by hand where our reading and trafilatura's differ, or where either names nobody; where both agree,
their answer was taken. Titles are kept as digests, because the pages stay their publishers'. What a page does not print, or prints
relative to a day of capture that the corpus does not know, is null and not judged.
"""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from pipelines.draft import Draft

METADATA = Path(__file__).with_name("metadata.jsonl")
FIELDS = ("titles", "authors", "dates")
_NOT_WORD = re.compile(r"[\W_]+")


class Share(NamedTuple):
    """The share of judged pages that are exactly right, their number, and the addresses of those that are wrong."""

    share: float
    judged: int
    wrong: list[str]


def right_shares(name: str, drafts: Iterable[Draft]) -> dict[str, Share]:
    """By field: how much of a corpus is read exactly as the gold has it, among the pages that the gold judges."""
    gold = _gold(name)
    results: dict[str, list[tuple[bool, str]]] = {field: [] for field in FIELDS}
    for draft in drafts:
        page = gold[key_of(draft.page.url)]
        for field in FIELDS:
            if page[field] is not None:
                results[field].append((_JUDGES[field](draft, page[field]), draft.page.url))
    return {field: _share(result) for field, result in results.items()}


def key_of(text: str) -> str:
    """The key of an address, and of a title in its normal form: twelve hex digits of its SHA-256."""
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def normal(text: str) -> str:
    """A text without case, marks and doubled blanks."""
    return _NOT_WORD.sub(" ", text.casefold()).strip()


def _share(result: list[tuple[bool, str]]) -> Share:
    wrong = [url for right, url in result if not right]
    return Share(1 - len(wrong) / len(result), len(result), wrong)


def _gold(name: str) -> dict[str, dict[str, Any]]:
    rows = map(json.loads, METADATA.read_text("utf-8").splitlines())
    return {row["page"]: row for row in rows if row["set"] == name}


def _is_right_day(draft: Draft, days: list[str]) -> bool:
    """Whether the publication is on one of the days: a moment near midnight has one in UTC and one at home."""
    return draft.published is not None and draft.published.moment.date().isoformat() in days


_JUDGES: dict[str, Callable[[Draft, Any], bool]] = {
    "titles": lambda draft, title: key_of(normal(draft.reading.title)) == title,
    "authors": lambda draft, names: set(map(normal, draft.reading.authors)) == set(map(normal, names)),
    "dates": _is_right_day,
}
