"""Findings and progress of a verification."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Damage:
    """A single fault: what is wrong, in which file and at which offset, of which article (its id) and URL.

    `file` is the name of a file of `warc/`, or that of the database. `file`, `article` and `url` are empty,
    and `offset` is None, where there is none.
    """

    what: str
    file: str = ""
    offset: int | None = None
    article: str = ""
    url: str = ""

    def __str__(self) -> str:
        offset = f", offset {self.offset}" if self.offset is not None else ""
        place = f"{self.file}{offset}: " if self.file else ""
        concerned = ", ".join(filter(None, (f"article {self.article}" if self.article else "", self.url)))
        return f"{place}{self.what}" + (f" ({concerned})" if concerned else "")


@dataclass(slots=True)
class Checked:
    """Progress of a verification, and notes on what is no damage.

    `captures`, `readings` (extractions), `articles`, `files` and their `bytes` are the numbers checked.
    `reread` is the number of extractions made again from their WARC records and compared; `not_reread` counts
    the others by the reason why they could not be.
    """

    captures: int = 0
    readings: int = 0
    articles: int = 0
    files: int = 0
    bytes: int = 0
    reread: int = 0
    not_reread: Counter[str] = field(default_factory=Counter)
    notes: list[str] = field(default_factory=list)
