"""What a verification finds, and how far it is."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Damage:
    """One thing that is wrong: what, in which file and at which offset, of which article (its id) and address.

    `file` is the name of a file of `warc/`, or that of the tables. `file`, `article` and `url` are empty, and `offset` is None, where
    there is none.
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
    """How far a verification is, and notes on what is no damage.

    `captures`, `readings` (extractions), `articles`, `files` and their `bytes` were looked at. `reread` extractions were read again from
    their WARC records; `not_reread` says of how many others why they could not be compared.
    """

    captures: int = 0
    readings: int = 0
    articles: int = 0
    files: int = 0
    bytes: int = 0
    reread: int = 0
    not_reread: Counter[str] = field(default_factory=Counter)
    notes: list[str] = field(default_factory=list)
