"""The rules of the stages. The catalogue composes them; no stage reads TOML.

They can be pickled. Overrides are pickled by name: a process that unpickles rules has to load the catalogue
first, from the same files, as the loader gives their modules the same names in every process. A parsed page
cannot be pickled.
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
"""Fields for which a layout may have a selector, and a source an override."""

Override = Callable[["Page"], object]
"""Reads one field of a page. Returns a str for single fields, a list of str for authors and tags, paragraphs
separated by newlines for body; None falls through to the layout and the generic rules."""


@dataclass(frozen=True, slots=True)
class Layout:
    """How a source's pages were built until a day.

    `selectors` are CSS selectors by field (see FIELDS), `drop` is one for elements to drop before
    extraction, `until` the last day of capture for which the layout is valid.
    """

    selectors: Mapping[str, str] = field(default_factory=dict)
    drop: str = ""
    until: date | None = None


@dataclass(frozen=True, slots=True)
class ExtractionRules:
    """Layouts, newest first, and overrides by field."""

    layouts: tuple[Layout, ...] = ()
    overrides: Mapping[str, Override] = field(default_factory=dict)

    def layout_at(self, day: date) -> Layout:
        """Return the layout for captures of a day: of those valid then, the one that ends first."""
        valid = [x for x in self.layouts if x.until is None or x.until >= day]
        return min(valid, key=lambda x: x.until or date.max, default=Layout())


@dataclass(frozen=True, slots=True)
class DateRules:
    """IANA name of the time zone of printed times."""

    zone: str = "Asia/Almaty"


@dataclass(frozen=True, slots=True)
class EditionRules:
    """How versions of an article in other languages are recognised.

    `hosts` are those of the source, without `www.`; `places` are by language the address below which the
    edition lies; `articles` is the pattern of the source's articles (their subdomains then belong to it,
    too). Its group `id`, if it has one, is the same for all versions of an article.
    """

    hosts: frozenset[str] = frozenset()
    places: Mapping[str, str] = field(default_factory=dict)
    articles: re.Pattern[str] | None = None


@dataclass(frozen=True, slots=True)
class TopicTerm:
    """A term of a topic: a word or a phrase, its language, and its weight (a negative one subtracts).

    Every form of its words matches; a word that ends in `*` matches every word with this prefix. A term of
    the language `slug` matches a part of the URL. Guards: inside `unless` phrases the term does not count,
    one of the `needs` phrases must occur in the article as well, none of the `without` phrases may.
    """

    words: str
    language: str
    weight: float
    unless: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    without: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TopicRules:
    """A topic: weighted terms, the score that is sufficient, and a gate that an article must pass.

    The gate opens for an article with one of the `gate` terms, or whose host is, or ends in, one of
    `gate_hosts`. It closes if one of the `rivals` (other countries) is named more than twice as often as all
    gate terms together; so a host alone opens it only if no rival is named.

    `search` are pairs of language and query for the search of sites.
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
    """All rules for one source. `keep_all` also stores articles that belong to no topic."""

    source: Source
    extraction: ExtractionRules = ExtractionRules()
    dates: DateRules = DateRules()
    editions: EditionRules = EditionRules()
    topics: tuple[TopicRules, ...] = ()
    keep_all: bool = False
