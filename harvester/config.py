"""Configuration: harvester.toml, then HARVESTER_* variables, then options. Unknown keys are errors.

The wording of validation errors is here, too, because the catalogue uses it for its own.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from difflib import get_close_matches
from typing import TYPE_CHECKING, Annotated, Any, Literal, get_args

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from harvester.config_file import ARCHIVE, FILE, PREFIX
from harvester.config_layers import Layer, discard, from_file, holds, layer_of, merged, parts, put, without_none
from harvester.config_tables import CrawlConfig, Folder, HostAndPort, LogConfig, Name, RevisitConfig, WarcConfig
from storage.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path


def _split(value: object) -> object:
    return parts(value) if isinstance(value, str) else value


DEFAULT_HINT = "Correct it, or leave it out for the default."

MISSING = "is missing"
_NUMBER, _WHOLE, _TRUTH = "must be a number", "must be a whole number", "must be true or false"
_WORDS = {
    "missing": MISSING,
    "model_type": "must be a table",
    "dict_type": "must be a table",
    "tuple_type": "must be a list",
    "list_type": "must be a list",
    "string_too_short": "must not be empty",
    "too_short": "has too few entries",
    "too_long": "has too many entries",
    "string_type": "must be text, in quotes",
    "path_type": "must be a path, in quotes",
    "bool_type": _TRUTH,
    "bool_parsing": _TRUTH,
    "int_type": _WHOLE,
    "int_parsing": _WHOLE,
    "int_from_float": _WHOLE,
    "float_type": _NUMBER,
    "float_parsing": _NUMBER,
    "finite_number": "must be a finite number",
}
"""Messages for pydantic's error types, in terms of TOML instead of Python."""


class Config(BaseModel):
    """All user settings.

    `archive`: the archive's folder. `sources`: folders of declarations added to the built-in catalogue, or
    used instead of it with `only_given_sources`. `allow_addresses`: host:port pairs that may be requested
    although they are not public. `contact`: part of the User-Agent. `topic`: the topics by which articles are
    judged. `topics`: folders of topics added to the built-in ones. `keep`: which articles are stored.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    archive: Folder = ARCHIVE
    sources: Annotated[tuple[Folder, ...], BeforeValidator(_split)] = ()
    only_given_sources: bool = False
    allow_addresses: Annotated[tuple[HostAndPort, ...], BeforeValidator(_split)] = ()
    contact: str = ""
    topic: Annotated[tuple[Name, ...], BeforeValidator(_split), Field(min_length=1)] = ("constitutional-reform",)
    topics: Annotated[tuple[Folder, ...], BeforeValidator(_split)] = ()
    keep: Literal["relevant", "all"] = "relevant"
    crawl: CrawlConfig = CrawlConfig()
    revisit: RevisitConfig = RevisitConfig()
    warc: WarcConfig = WarcConfig()
    log: LogConfig = LogConfig()


@dataclass(frozen=True, slots=True)
class ConfigReport:
    """The configuration as far as it can be read.

    `config` has every value that could be read, and the default of every other. `origins` has by dotted key
    where the value comes from: `default`, the file's name, the variable's name or `option`. `faults` name
    file, variable or option and the key, never the value. `unread` are the keys whose value is wrong, or may
    be in a file that could not be read: then `file_was_read` is False.
    """

    config: Config
    origins: Mapping[str, str]
    faults: tuple[UsageError, ...] = ()
    unread: frozenset[str] = frozenset()
    file_was_read: bool = True


def load_config(path: Path | None, **flags: object) -> Config:
    """Read the configuration: defaults, then the file, then the environment, then options; later ones win.

    `flags` are the options; one that is None was not given. `path` is the file of `--config`, which must
    exist; without it, harvester.toml in the working directory is read if it exists. Folders in a file are
    relative to that file. Lists in a variable are separated by commas; a table's key is written as in
    HARVESTER_CRAWL__DELAY, as a flag in `crawl={"delay": 1.0}`. A file that others may write is refused
    (`harvester.trust`).

    Raises:
        UsageError: all faults, with the file, variable or option and the key, never with the value.
    """
    reading = read_config(path, **flags)
    if len(reading.faults) == 1:
        raise reading.faults[0]
    if reading.faults:
        told = [x.message if x.hint == DEFAULT_HINT else str(x) for x in reading.faults]
        raise UsageError("; ".join(x.removesuffix(".") for x in told) + ".", DEFAULT_HINT)
    return reading.config


def read_config(path: Path | None, **flags: object) -> ConfigReport:
    """Read as much of the configuration as can be read, as `load_config` does; report faults, raise none."""
    faults: list[UsageError] = []
    unread: set[str] = set()
    file_was_read = True
    options, (variables, unknown) = without_none(flags), _from_environment()
    try:
        file = from_file(path)
    except UsageError as error:
        file, file_was_read = {}, False
        faults.append(error)
        unread |= {key for key in keys() if not (holds(options, key.split(".")) or holds(variables, key.split(".")))}
    for name, key in unknown.items():
        faults.append(UsageError(f"{name} is not a variable that the harvester reads.", f"The nearest is {variable_of(key)}."))
        if get_close_matches(name, [variable_of(key)], n=1):
            unread.add(key)
    layers = {Layer.FILE: file, Layer.VARIABLE: variables, Layer.OPTION: options}
    while True:
        try:
            config = Config(**merged(*layers.values()))
        except ValidationError as error:
            wrong = [(loc, dotted(loc), what) for loc, what in _faults_of(error, Config)]
            faults += [_fault(_named(layers, _steps(loc), path), key, what) for loc, key, what in wrong]
            unread |= {key for loc, _, _ in wrong for key in _keys_meant(".".join(_steps(loc)), keys())}
            for steps in {_steps(loc) for loc, _, _ in wrong}:
                discard(layers, steps)
        else:
            origins = {key: _named(layers, key.split("."), path) for key in keys()}
            return ConfigReport(config, origins, tuple(faults), frozenset(unread), file_was_read)


def _steps(loc: tuple[int | str, ...]) -> tuple[str, ...]:
    """Return the keys that lead to a value, without the indices of lists."""
    return tuple(x for x in loc if isinstance(x, str))


def _named(layers: Mapping[Layer, Mapping[str, Any]], steps: Sequence[str], path: Path | None) -> str:
    """Return where the value of a key comes from: file, variable, `option` or `default`."""
    layer = layer_of(layers, steps)
    names = {Layer.FILE: str(path or FILE), Layer.VARIABLE: variable_of(".".join(steps)), Layer.OPTION: "option"}
    return names[layer] if layer else "default"


def _fault(origin: str, key: str, what: str) -> UsageError:
    if origin == "option":
        return UsageError(f"{_option_of(key)} {what}.", DEFAULT_HINT)
    return UsageError(f"{origin}: {key} {what}.", DEFAULT_HINT)


def _option_of(key: str) -> str:
    """Return the option that sets a key, such as --log-format for `log.format`."""
    return "--" + key.split("[", 1)[0].replace(".", "-").replace("_", "-")


def _keys_meant(key: str, valid: Sequence[str]) -> list[str]:
    """Return the valid keys that a wrong one concerns.

    These are itself and those below it, else a similar one at the same depth.
    """
    own = [x for x in valid if x == key or x.startswith(f"{key}.")]
    return own or get_close_matches(key, [x for x in valid if x.count(".") == key.count(".")], n=1)


def keys() -> tuple[str, ...]:
    """Return every key of the configuration, dotted, in the order of the models."""
    return tuple(key for key in _keys_near(Config, ()) if _model_in(_annotation(key)) is None)


def _from_environment() -> tuple[dict[str, Any], dict[str, str]]:
    """Return the values set by variables, and by name of an unknown variable the nearest key.

    Names of known variables may be in any case.
    """
    given = {name.upper(): value for name, value in os.environ.items()}
    values: dict[str, Any] = {}
    for key in keys():
        if (value := given.get(variable_of(key))) is not None:
            put(values, key.split("."), value)
    known = {variable_of(key): key for key in keys()}
    unknown = sorted(name for name in os.environ if name.startswith(PREFIX) and name not in known)
    return values, {name: known[nearest(name, known)] for name in unknown}


def variable_of(key: str) -> str:
    """Return the environment variable of a dotted key."""
    return PREFIX + key.split("[", 1)[0].upper().replace(".", "__")


def nearest(word: str, valid: Iterable[str]) -> str:
    """Return the valid word most similar to the given one; empty when there are no valid words."""
    return (get_close_matches(word, sorted(valid), n=1, cutoff=0.0) or [""])[0]


def resembling(word: str, valid: Iterable[str]) -> str:
    """Return the valid word that is similar to the given one, or else begins with it.

    Empty when there is none.
    """
    words = sorted(valid)
    beginning = [x for x in words if word and x.startswith(word)]
    return next(iter([*get_close_matches(word, words, n=1), *beginning]), "")


def explained(error: ValidationError, model: type[BaseModel]) -> list[tuple[str, str]]:
    """Return each fault as (key, dotted and with indices; what is wrong with it), without the values."""
    return [(dotted(loc), what) for loc, what in _faults_of(error, model)]


def _faults_of(error: ValidationError, model: type[BaseModel]) -> list[tuple[tuple[int | str, ...], str]]:
    faults = []
    for fault in error.errors(include_url=False, include_input=False, include_context=False):
        loc, message = fault["loc"], fault["msg"]
        if fault["type"] == "extra_forbidden":
            near = nearest(str(loc[-1]), _keys_near(model, loc[:-1]))
            message = f"is not a valid key; the nearest is {dotted((*loc[:-1], near))}"
        else:
            message = _WORDS.get(fault["type"], message)
        message = message.removeprefix("Value error, ").replace("Input should be", "must be", 1)
        faults.append((loc, message))
    return faults


def _keys_near(model: type[BaseModel], loc: tuple[int | str, ...]) -> list[str]:
    """Return the keys allowed at a place, and those of the tables below it, dotted."""
    for step in loc:
        if isinstance(step, str) and step in model.model_fields:
            model = _model_in(model.model_fields[step].annotation) or model
    keys = list(model.model_fields)
    for name in model.model_fields:
        table = _model_in(model.model_fields[name].annotation)
        keys.extend(f"{name}.{key}" for key in (table.model_fields if table else ()))
    return keys


def _model_in(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    return next(filter(None, map(_model_in, get_args(annotation))), None)


def dotted(loc: tuple[int | str, ...]) -> str:
    """Return a place in a validated table as one key: dotted, with the indices of lists in brackets.

    The step `[key]`, with which pydantic marks an error in a table's key instead of its value, is left out.
    """
    return "".join(f"[{x}]" if isinstance(x, int) else f".{x}" for x in loc if x != "[key]").removeprefix(".")


def _annotation(key: str) -> Any:
    return Config.model_fields[key].annotation if key in Config.model_fields else None
