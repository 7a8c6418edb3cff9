"""Load a topic declaration from a file of `harvester/topics`: rules of the relevance stage, and a calendar.

The file's name is the topic's id; `harvester.catalogue.topic_spec` defines its keys.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from harvester.catalogue.topic_spec import PHRASE_LANGUAGES, read_spec
from harvester.catalogue.topic_terms import require_matchable
from harvester.config import resembling
from harvester.config_file import read_toml
from harvester.trust import require_trusted
from pipelines.rules import TopicRules, TopicTerm
from storage.errors import UsageError

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterable, Mapping

    from harvester.catalogue.topic_spec import PhrasesSpec, TermSpec, TopicSpec

BUILTIN = Path(__file__).resolve().parent.parent / "topics"
_FILE_NAME = re.compile(r"[a-z0-9_-]+")


@dataclass(frozen=True, slots=True)
class CalendarDay:
    """A day with an event of a topic, and what happened on it, by language (`ru`, `kk`, `en`)."""

    day: dt.date
    labels: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class TopicDeclaration:
    """A topic as declared in its file: its rules, its calendar (earliest day first), and the file."""

    rules: TopicRules
    calendar: tuple[CalendarDay, ...]
    path: Path


def load_declaration(path: Path) -> TopicDeclaration:
    """Return the topic that a file declares.

    Raises:
        UsageError: the file is faulty, or others may write to it; it names the file, the key and the nearest
            valid key, or who.
    """
    if not _FILE_NAME.fullmatch(path.stem):
        raise UsageError(f"{path}: the file's name is the topic's id and holds only a-z, 0-9, _ and -.", "Rename it.")
    if not path.is_relative_to(BUILTIN):
        require_trusted(path)
    spec = read_spec(path, read_toml(path))
    rules = _rules_of(path.stem, spec)
    require_matchable(path, rules)
    return TopicDeclaration(rules, _calendar_of(spec), path)


def load_topic(path: Path) -> TopicRules:
    """Return the rules in a topic's file.

    Raises:
        UsageError: as `load_declaration` does.
    """
    return load_declaration(path).rules


def find_topic(name: str, places: Mapping[str, Path] | None = None) -> TopicRules:
    """Return the rules of a topic, by its id or by the path of a TOML file.

    `places` has the file of each known topic by id; None: the built-in ones.

    Raises:
        UsageError: there is no such topic, or its file is faulty.
    """
    if name.endswith(".toml"):
        return load_topic(Path(name))
    places = builtin_topics() if places is None else places
    if name not in places:
        raise no_topic(name, places)
    return load_topic(places[name])


def no_topic(name: str, known: Iterable[str]) -> UsageError:
    """Return the error for an unknown topic: it names the nearest one, or how to list all of them."""
    near = resembling(name, known)
    hint = f"The nearest is {near}" if near else "`harvester topics list` shows all; name a folder with --topics"
    return UsageError(f"There is no topic {name}.", f"{hint}; or give the path of a TOML file.")


def builtin_topics() -> dict[str, Path]:
    """Return the file of each built-in topic by its id."""
    return {path.stem: path for path in sorted(BUILTIN.glob("*.toml"))}


def _rules_of(topic_id: str, spec: TopicSpec) -> TopicRules:
    """Return the rules that a validated file declares; terms and queries keep the order of the file."""
    return TopicRules(
        id=topic_id,
        name=spec.name,
        threshold=spec.threshold,
        terms=tuple(_term(words, language, term) for language, terms in spec.terms.items() for words, term in terms.items()),
        gate=_phrases(spec.gate),
        gate_hosts=tuple(spec.gate.hosts),
        rivals=_phrases(spec.rivals),
        search=tuple((language, query) for language, queries in spec.search.items() for query in queries),
    )


def _term(words: str, language: str, spec: TermSpec) -> TopicTerm:
    return TopicTerm(words, language, spec.weight, tuple(spec.unless), tuple(spec.needs), tuple(spec.without))


def _phrases(spec: PhrasesSpec) -> tuple[TopicTerm, ...]:
    """Return phrases as terms of weight 0, language by language."""
    return tuple(TopicTerm(words, language, 0.0) for language in PHRASE_LANGUAGES for words in getattr(spec, language))


def _calendar_of(spec: TopicSpec) -> tuple[CalendarDay, ...]:
    """Return the days of the calendar, earliest first."""
    days = [CalendarDay(x.day, x.labels) for x in spec.calendar]
    return tuple(sorted(days, key=lambda x: x.day))
