"""Topic declarations: what a file of `harvester/topics` says, as the rules of the relevance stage.

Keys of a file: `name`, `threshold`; `[gate]` with `hosts` and lists of phrases by language; `[rivals]`, the same without hosts;
`[search]`, by language what sites' own search is asked; `[terms.LANGUAGE]` tables, where each phrase has a weight or a table
`{ weight, unless, needs, without }`; and `[[calendar]]` tables (see `harvester.catalogue.calendar`). A language is `ru`, `kk`, `en`, or
`slug` for parts of an address. The file's name is the topic's id.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any

from harvester.catalogue.calendar import CalendarDay, read_calendar
from harvester.config import nearest
from harvester.config_file import read_toml
from harvester.trust import require_trusted
from pipelines.matching import SLUG
from pipelines.rules import Term, TopicRules
from storage.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

BUILTIN = Path(__file__).resolve().parent.parent / "topics"
_LANGUAGES = ("ru", "kk", "en", SLUG)
_FILE_NAME = re.compile(r"[a-z0-9_-]+")
_GUARDS = ("unless", "needs", "without")


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
    declared = read_toml(path)
    rules = _Declaration(path).topic(declared)
    return TopicDeclaration(rules, read_calendar(path, declared.get("calendar", [])), path)


def load_topic(path: Path) -> TopicRules:
    """The rules in a topic's file; raises `UsageError` as `load_declaration` does."""
    return load_declaration(path).rules


def find_topic(name: str, places: Mapping[str, Path] | None = None) -> TopicRules:
    """A topic by its id, at its place (among the built-in ones, when none are given), or by the path of a TOML file."""
    if name.endswith(".toml"):
        return load_topic(Path(name))
    places = builtin_topics() if places is None else places
    if name not in places:
        raise UsageError(f"There is no topic {name}.", f"The nearest is {nearest(name, places)}; or give the path of a TOML file.")
    return load_topic(places[name])


def builtin_topics() -> dict[str, Path]:
    """The file of each built-in topic by its id."""
    return {path.stem: path for path in sorted(BUILTIN.glob("*.toml"))}


class _Declaration:
    """The readers of one file's keys; each error names the file and the key."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def topic(self, declared: dict[str, Any]) -> TopicRules:
        self._check_keys(declared, ("name", "threshold", "gate", "rivals", "search", "terms", "calendar"), "")
        gate = self._table(declared.get("gate", {}), "gate", ("hosts", *_LANGUAGES))
        rivals = self._table(declared.get("rivals", {}), "rivals", _LANGUAGES)
        terms = self._table(declared.get("terms", {}), "terms", _LANGUAGES)
        search = self._table(declared.get("search", {}), "search", _LANGUAGES[:-1])
        if not terms:
            raise self._error("terms", "must hold a table of weights for at least one language")
        return TopicRules(
            id=self.path.stem,
            name=self._value(declared, "name", str),
            threshold=float(self._value(declared, "threshold", (int, float))),
            terms=tuple(
                self._term(words, weight, language)
                for language, weights in terms.items()
                for words, weight in self._weights(weights, language)
            ),
            gate=self._phrases(gate),
            gate_hosts=self._strings(gate.get("hosts", []), "gate.hosts"),
            rivals=self._phrases(rivals, "rivals"),
            search=tuple((language, query) for language in search for query in self._strings(search[language], f"search.{language}")),
        )

    def _term(self, words: str, weight: object, language: str) -> Term:
        key = f"terms.{language}.{words}"
        if not isinstance(weight, dict):
            return Term(words, language, self._number(weight, key))
        self._check_keys(weight, ("weight", *_GUARDS), key)
        guards = {x: self._strings(weight.get(x, []), f"{key}.{x}") for x in _GUARDS}
        return Term(words, language, self._number(weight.get("weight"), f"{key}.weight"), **guards)

    def _phrases(self, table: dict[str, Any], key: str = "gate") -> tuple[Term, ...]:
        return tuple(
            Term(words, language, 0.0) for language in _LANGUAGES for words in self._strings(table.get(language, []), f"{key}.{language}")
        )

    def _weights(self, weights: object, language: str) -> Iterable[tuple[str, object]]:
        if not isinstance(weights, dict):
            raise self._error(f"terms.{language}", "must be a table of phrases and weights")
        return weights.items()

    def _table(self, table: object, key: str, valid: tuple[str, ...]) -> dict[str, Any]:
        if not isinstance(table, dict):
            raise self._error(key, "must be a table")
        self._check_keys(table, valid, key)
        return table

    def _value(self, declared: dict[str, Any], key: str, kind: type | tuple[type, ...]) -> Any:
        value = declared.get(key)
        if not isinstance(value, kind) or isinstance(value, bool) or value == "":
            raise self._error(key, "must be given as a string" if kind is str else "must be given as a number")
        return value

    def _number(self, value: object, key: str) -> float:
        if not isinstance(value, (int, float)) or isinstance(value, bool):
            raise self._error(key, "must be a number")
        return float(value)

    def _strings(self, value: object, key: str) -> tuple[str, ...]:
        if not isinstance(value, list) or not all(isinstance(x, str) and x for x in value):
            raise self._error(key, "must be a list of strings")
        return tuple(value)

    def _check_keys(self, table: dict[str, Any], valid: tuple[str, ...], where: str) -> None:
        for key in table:
            if key not in valid:
                near = get_close_matches(key, valid, n=1)
                hint = f"Did you mean `{near[0]}`?" if near else f"Valid keys: {', '.join(valid)}."
                raise UsageError(f"{self.path}: unknown key `{where + '.' if where else ''}{key}`.", hint)

    def _error(self, key: str, fault: str) -> UsageError:
        return UsageError(f"{self.path}: `{key}` {fault}.")
