"""Titles, authors and dates beside trafilatura's own, on the same pages: `python -m benchmarks.metadata`.

Prints which share of the pages of each corpus is read exactly as the gold of `tests/quality/metadata.jsonl` has it.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from pipelines.dates.stage import date
from pipelines.extraction.extract import extract
from storage.model.articles import DateStamp, Precision
from tests.quality.corpora import CORPORA, read_corpus
from tests.quality.metadata import FIELDS, right_shares

if TYPE_CHECKING:
    from pipelines.draft import Draft


def ours(draft: Draft) -> Draft:
    """What the stages read."""
    return date(extract(draft))


def theirs(draft: Draft) -> Draft:
    """What trafilatura reads with its default settings and metadata; it parts names by semicolons."""
    import trafilatura

    found = trafilatura.bare_extraction(draft.page.body, url=draft.page.url, with_metadata=True)
    title, author, day = (getattr(found, name, None) or "" for name in ("title", "author", "date"))
    stamp = None
    if day:
        stamp = DateStamp(datetime.fromisoformat(day).replace(tzinfo=UTC), Precision.DAY, day, "trafilatura", "UTC")
    authors = tuple(name.strip() for name in author.split(";") if name.strip())
    return replace(draft, reading=replace(extract(draft).reading, title=title, authors=authors), published=stamp)


def main() -> None:
    for name in CORPORA:
        pages = read_corpus(name)
        for reader in (ours, theirs):
            shares = right_shares(name, [reader(gold.draft()) for gold in pages])
            figures = "   ".join(f"{field} {shares[field].share:.3f} of {shares[field].judged}" for field in FIELDS)
            print(f"{name:10} {reader.__name__:7} {figures}")


if __name__ == "__main__":
    main()
