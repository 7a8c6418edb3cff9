"""Topic declarations: a file of `harvester/topics` as the rules of the relevance stage, and its calendar.

The file's name is the topic's id; `harvester.catalogue.topic_spec` says which keys it may have.
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
    """A day on which a topic moved, and what happened on it, by language (`ru`, `kk`, `en`)."""

    day: dt.date
    labels: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class TopicDeclaration:
    """A topic as its file says: its rules, its calendar (earliest day first), and the file."""

    rules: TopicRules
    calendar: tuple[CalendarDay, ...]
    path: Path


def load_declaration(path: Path) -> TopicDeclaration:
    """What a topic's file says. Raises `UsageError`, which names the file, the key and the nearest valid key, or who may write it."""
    if not _FILE_NAME.fullmatch(path.stem):
        raise UsageError(f"{path}: the file's name is the topic's id and holds only a-z, 0-9, _ and -.", "Rename it.")
    if not path.is_relative_to(BUILTIN):
        require_trusted(path)
    spec = read_spec(path, read_toml(path))
    rules = _rules_of(path.stem, spec)
    require_matchable(path, rules)
    return TopicDeclaration(rules, _calendar_of(spec), path)


def load_topic(path: Path) -> TopicRules:
    """The rules in a topic's file; raises `UsageError` as `load_declaration` does."""
    return load_declaration(path).rules


def find_topic(name: str, places: Mapping[str, Path] | None = None) -> TopicRules:
    """A topic by its id, at its place (among the built-in ones, when none are given), or by the path of a TOML file."""
    if name.endswith(".toml"):
        return load_topic(Path(name))
    places = builtin_topics() if places is None else places
    if name not in places:
        raise no_topic(name, places)
    return load_topic(places[name])


def no_topic(name: str, known: Iterable[str]) -> UsageError:
    """The error of a name that no topic has: the nearest one, or how to find all of them."""
    near = resembling(name, known)
    hint = f"The nearest is {near}" if near else "`harvester topics list` shows all; name a folder with --topics"
    return UsageError(f"There is no topic {name}.", f"{hint}; or give the path of a TOML file.")


def builtin_topics() -> dict[str, Path]:
    """The file of each built-in topic by its id."""
    return {path.stem: path for path in sorted(BUILTIN.glob("*.toml"))}


def _rules_of(topic_id: str, spec: TopicSpec) -> TopicRules:
    """The rules that a validated file declares; terms and queries in the order of the file."""
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
    """Terms without a weight, language by language."""
    return tuple(TopicTerm(words, language, 0.0) for language in PHRASE_LANGUAGES for words in getattr(spec, language))


def _calendar_of(spec: TopicSpec) -> tuple[CalendarDay, ...]:
    """The days of the calendar, earliest first."""
    days = [CalendarDay(x.day, x.labels) for x in spec.calendar]
    return tuple(sorted(days, key=lambda x: x.day))
