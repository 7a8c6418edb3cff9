"""Models of a topic's TOML file: its keys, their types, and the wording of faults.

Keys of a file: `name`, `threshold`; `[gate]` with `hosts` and lists of phrases by language; `[rivals]`, the
same without hosts; `[search]`, by language the queries for the search pages of sites; `[terms.LANGUAGE]`
tables, where each phrase has a weight or a table `{ weight, unless, needs, without }`; and `[[calendar]]`
tables with a `day` and a label in at least one language. A language is `ru`, `kk`, `en`, or (of phrases)
`slug` for parts of a URL.
"""

from __future__ import annotations

import datetime as dt  # noqa: TC003  pydantic evaluates the annotations when the class is created
from difflib import get_close_matches
from typing import TYPE_CHECKING, Annotated, Any, Literal, get_args

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from harvester.config import dotted
from storage.errors import UsageError
from storage.language.tags import base_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from pydantic_core import ErrorDetails

Language = Literal["ru", "kk", "en"]
"""Languages of labels and of queries."""
PhraseLanguage = Literal["ru", "kk", "en", "slug"]
"""Languages of phrases; `slug` is for parts of a URL (`pipelines.matching.SLUG`)."""
LANGUAGES: tuple[Language, ...] = get_args(Language)
PHRASE_LANGUAGES: tuple[PhraseLanguage, ...] = get_args(PhraseLanguage)

Text = Annotated[str, Field(min_length=1)]
Number = Annotated[float, Field(allow_inf_nan=False)]  # JSON has neither infinity nor NaN, and scores are written as JSON
Phrases = list[Text]


class _Table(BaseModel):
    """A table of TOML: strict types, no unknown keys."""

    model_config = ConfigDict(strict=True, frozen=True, extra="forbid")


class PhrasesSpec(_Table):
    """Lists of phrases by language."""

    ru: Phrases = []
    kk: Phrases = []
    en: Phrases = []
    slug: Phrases = []


class GateSpec(PhrasesSpec):
    """Phrases and hosts, of which an article must have at least one."""

    hosts: Phrases = []


class TermSpec(_Table):
    """Weight of a phrase, and the phrases that guard it (see `pipelines.rules.TopicTerm`)."""

    weight: Number
    unless: Phrases = []
    needs: Phrases = []
    without: Phrases = []


def _as_table(value: object) -> object:
    """Return a bare weight as a table, and a table as it is.

    Raises:
        ValueError: it is neither a number nor a table.
    """
    if isinstance(value, dict):
        return value
    if not isinstance(value, (int, float)) or isinstance(value, bool):
        raise ValueError("must be a number")  # noqa: TRY004  pydantic reports a ValueError under the key, and lets a TypeError through
    return {"weight": value}


class CalendarSpec(_Table):
    """One day of the calendar, with a label in at least one language."""

    day: dt.date
    ru: Text | None = None
    kk: Text | None = None
    en: Text | None = None

    @property
    def labels(self) -> dict[str, str]:
        """Label by language."""
        return {x: label for x in LANGUAGES if (label := getattr(self, x)) is not None}

    @model_validator(mode="after")
    def _labelled(self) -> CalendarSpec:
        if not self.labels:
            raise ValueError(f"must have a label. Give one of: {', '.join(LANGUAGES)}")
        return self


Terms = dict[str, Annotated[TermSpec, BeforeValidator(_as_table)]]


class TopicSpec(_Table):
    """A topic's file. The languages of `terms` and `search` keep the order of the file."""

    name: Text
    threshold: Number
    gate: GateSpec = GateSpec()
    rivals: PhrasesSpec = PhrasesSpec()
    search: dict[Language, Phrases] = {}
    terms: Annotated[dict[PhraseLanguage, Terms], Field(min_length=1)]
    calendar: list[CalendarSpec] = []


def read_spec(path: Path, table: Mapping[str, Any]) -> TopicSpec:
    """Validate the table of a topic's file.

    Raises:
        UsageError: the table is faulty; every fault on its own line, with the file, the key and, for an
            unknown key, the nearest valid one.
    """
    try:
        return TopicSpec.model_validate(table)
    except ValidationError as error:
        errors = error.errors(include_url=False, include_input=False, include_context=False)
    misspelt = {_meant(x) for x in errors if x["type"] in _UNKNOWN}
    faults = [_fault(path, x) for x in errors if x["type"] != "missing" or x["loc"] not in misspelt]
    by_line = {str(x): x for x in faults}  # several faulty phrases of one list give the same message
    if len(by_line) == 1:
        raise faults[0]
    raise UsageError("\n".join(by_line))


_NUMBER = "must be given as a number"
_STRING = "must be given as a string"
_STRINGS = "must be a list of strings"
_DAY = "must be given as a date"
_TERMS = "must hold a table of weights for at least one language"

_UNKNOWN = frozenset({"extra_forbidden", "literal_error"})
"""Pydantic's error types for unknown keys; the literals here are languages, which are keys of a table."""
_MISSING = {"name": _STRING, "threshold": _NUMBER, "weight": _NUMBER, "day": _DAY, "terms": _TERMS}
"""Message for a missing key, by the name of the key."""
_WRONG = {
    "date_type": _DAY,
    "dict_type": "must be a table",
    "float_type": _NUMBER,
    "list_type": _STRINGS,
    "model_type": "must be a table",
    "string_too_short": _STRING,
    "string_type": _STRING,
    "too_short": _TERMS,
}
"""Message for a value of the wrong type or length, by pydantic's error type."""
_TABLES: dict[str, type[_Table]] = {"calendar": CalendarSpec, "gate": GateSpec, "rivals": PhrasesSpec, "terms": TermSpec}


def _fault(path: Path, error: ErrorDetails) -> UsageError:
    """Return one of pydantic's errors in the terms of TOML."""
    loc, kind = error["loc"], error["type"]
    if kind in _UNKNOWN:
        key = dotted(loc[:-1] if kind == "literal_error" else loc)
        near = _meant(error)
        known = f"the nearest is {dotted(near)}" if near else f"valid are {', '.join(_valid_keys(loc, kind))}"
        return UsageError(f"{path}: {key} is not a valid key; {known}.")
    what = _WRONG.get(kind) or error["msg"].removeprefix("Value error, ").replace("Input should be", "must be", 1)
    if kind == "missing":
        what = _MISSING[str(loc[-1])]
    elif kind == "list_type" and loc == ("calendar",):
        what = "must be written as [[calendar]] tables"
    elif kind == "dict_type" and loc[:-1] == ("terms",):
        what = "must be a table of phrases and weights"
    elif kind.startswith("string_") and isinstance(loc[-1], int):
        loc, what = loc[:-1], _STRINGS
    hint = "Write it without quotes: day = 2026-03-15." if what == _DAY else ""
    return UsageError(f"{path}: {dotted(loc)} {what}.", hint)


def _valid_keys(loc: tuple[int | str, ...], kind: str) -> tuple[str, ...]:
    """Return the keys that are valid in the place of an unknown one."""
    if kind == "literal_error":
        return PHRASE_LANGUAGES if loc[0] == "terms" else LANGUAGES
    table = TopicSpec if len(loc) == 1 else _TABLES[str(loc[0])]
    return tuple(table.model_fields)


def _meant(error: ErrorDetails) -> tuple[int | str, ...]:
    """Return the location of the valid key that an unknown one resembles; empty when none does."""
    loc = error["loc"]
    written = loc[:-1] if error["type"] == "literal_error" else loc  # pydantic appends "[key]" to the key that is wrong
    valid = _valid_keys(loc, error["type"])
    language = base_of(str(written[-1]))  # maps `kz` to `kk`
    near = [language] if language in valid else get_close_matches(str(written[-1]), valid, n=1)
    return (*written[:-1], near[0]) if near else ()
