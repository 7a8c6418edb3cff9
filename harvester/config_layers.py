"""Layers of configuration values: nested dictionaries, of which later ones override earlier ones."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any

from harvester.config_file import FILE, read_file

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


class Layer(StrEnum):
    """Origins of a value, in ascending order of precedence."""

    FILE = "file"
    VARIABLE = "variable"
    OPTION = "option"


def from_file(path: Path | None) -> dict[str, Any]:
    """Return the values of the configuration file, with folders resolved relative to the file.

    Raises:
        UsageError: as for `read_file`.
    """
    file, values = path or Path(FILE), read_file(path)
    if isinstance(values.get("archive"), str) and values["archive"]:
        values["archive"] = file.parent / values["archive"]
    log = values.get("log")
    if isinstance(log, dict) and isinstance(log.get("file"), str) and log["file"]:
        log["file"] = file.parent / log["file"]
    for key in ("sources", "topics"):
        if isinstance(values.get(key), list):
            values[key] = [file.parent / x if isinstance(x, str) and x else x for x in values[key]]
    topics = values.get("topic")
    topics = parts(topics) if isinstance(topics, str) else topics
    if isinstance(topics, list):
        values["topic"] = [str(file.parent / x) if isinstance(x, str) and x.endswith(".toml") else x for x in topics]
    return values


def parts(value: str) -> list[str]:
    """Return the elements of a list that is written with commas."""
    return [x.strip() for x in value.split(",") if x.strip()]


def without_none(flags: Mapping[str, object]) -> dict[str, Any]:
    """Return the options that were given, without those that are None."""
    return {k: without_none(v) if isinstance(v, dict) else v for k, v in flags.items() if v is not None}


def merged(*layers: Mapping[str, Any]) -> dict[str, Any]:
    """Return all layers as one, key by key; a later layer's value replaces an earlier one's."""
    values: dict[str, Any] = {}
    for layer in layers:
        for key, value in layer.items():
            before = values.get(key)
            values[key] = merged(before, value) if isinstance(before, dict) and isinstance(value, dict) else value
    return values


def put(values: dict[str, Any], path: Sequence[str], value: object) -> None:
    """Set a value, and create the tables that lead to it."""
    for key in path[:-1]:
        values = values.setdefault(key, {})
    values[path[-1]] = value


def holds(values: Mapping[str, Any], path: Sequence[str]) -> bool:
    """Return whether a layer sets a key.

    A value in place of a table sets all keys below it.
    """
    for key in path:
        if not isinstance(values, dict):
            return True
        if key not in values:
            return False
        values = values[key]
    return True


def layer_of(layers: Mapping[Layer, Mapping[str, Any]], path: Sequence[str]) -> Layer | None:
    """Return the last layer that sets a key; None where none does."""
    return next((layer for layer in reversed(list(layers)) if holds(layers[layer], path)), None)


def discard(layers: Mapping[Layer, dict[str, Any]], path: Sequence[str]) -> None:
    """Delete a wrong key, or the value in place of its table, from the last layer that sets it.

    Raises:
        LookupError: no layer sets it.
    """
    layer = layer_of(layers, path)
    if layer is None:
        raise LookupError(".".join(path))
    values = layers[layer]
    for key in path[:-1]:
        if not isinstance(values[key], dict):
            del values[key]
            return
        values = values[key]
    del values[path[-1]]
