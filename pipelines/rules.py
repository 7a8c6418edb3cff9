"""The rules of the stages. The catalogue composes them; no stage reads TOML.

They can be pickled. Overrides are pickled by name, so a process that unpickles rules has to load the catalogue first, from the same
files: the loader gives their modules the same names in every process. A page that was parsed cannot be pickled.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import re

    from pipelines.page import Page
    from storage.model.sources import Source

FIELDS = ("title", "lead", "body", "date", "modified", "authors", "section", "tags", "caption", "credit")
"""What a layout may select and an override may answer."""

Override = Callable[["Page"], object]
"""Reads one field of a page; None falls through to the next answer. str for single fields, a list of str for authors and tags,
paragraphs parted by newlines for body."""


@dataclass(frozen=True, slots=True)
class Layout:
    """CSS selectors by field (see FIELDS), elements to drop before reading, and the last day (of capture) it is good for."""

    selectors: Mapping[str, str] = field(default_factory=dict)
    drop: str = ""
    until: date | None = None


@dataclass(frozen=True, slots=True)
class ExtractionRules:
    """Layouts, newest first, and overrides by field."""

    layouts: tuple[Layout, ...] = ()
    overrides: Mapping[str, Override] = field(default_factory=dict)

    def layout_at(self, day: date) -> Layout:
        """The layout that was in use on the day of a capture: the one whose `until` is the earliest not before it."""
        valid = [x for x in self.layouts if x.until is None or x.until >= day]
        return min(valid, key=lambda x: x.until or date.max, default=Layout())


@dataclass(frozen=True, slots=True)
class DateRules:
    """The zone by which printed times are read (IANA name)."""

    zone: str = "Asia/Almaty"


@dataclass(frozen=True, slots=True)
class EditionRules:
    """How the versions of an article in other languages are told.

    `hosts` are those of the source, without `www.`; `places` are the addresses below which the edition of each language lies;
    `articles` is the pattern of the source's articles (their subdomains are then its own, too), whose group `id`, where it has one,
    is the same for all versions of an article.
    """

    hosts: frozenset[str] = frozenset()
    places: Mapping[str, str] = field(default_factory=dict)
    articles: re.Pattern[str] | None = None


@dataclass(frozen=True, slots=True)
class TopicTerm:
    """A term of a topic: a word or a phrase, its language, and its weight (a negative one subtracts).

    Every form of its words matches; a word that ends in `*` matches what starts like it. The language `slug` stands for a part
    of the address. `unless` are phrases inside which the term does not count, `needs` phrases of which one must stand in the
    article as well, `without` phrases of which none may stand in it.
    """

    words: str
    language: str
    weight: float
    unless: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    without: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TopicRules:
    """A topic: weighted terms and the score that is enough, and a gate that an article must pass as well.

    The gate opens to an article that has one of the `gate` terms or whose host is, or ends in, one of `gate_hosts`; it closes
    where one of the `rivals` (other countries) is named more than twice as often as all gate terms together, so that a host alone
    opens it only where no rival is named.

    `search` are pairs of a language and a query that sites' own search is asked.
    """

    id: str
    name: str
    threshold: float
    terms: tuple[TopicTerm, ...]
    gate: tuple[TopicTerm, ...] = ()
    gate_hosts: tuple[str, ...] = ()
    rivals: tuple[TopicTerm, ...] = ()
    search: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class StageRules:
    """All rules for one source, composed by the catalogue. `keep_all` stores articles that belong to no topic, too."""

    source: Source
    extraction: ExtractionRules = ExtractionRules()
    dates: DateRules = DateRules()
    editions: EditionRules = EditionRules()
    topics: tuple[TopicRules, ...] = ()
    keep_all: bool = False
