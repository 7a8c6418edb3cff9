"""What a shell completes beside commands and options: ids of sources and topics, and the values of options that have few.

Ids are names of files, so nothing is parsed and no library is loaded: a key press must not wait.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from harvester.config_file import FILE, PREFIX, read_file
from storage.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_HARVESTER = Path(__file__).resolve().parents[1]
_FOLDERS = {"source": "sources", "topic": "topics"}
"""The option that names further folders, by what is looked for; the built-in folder in the package has the same name."""

_TRUE = frozenset({"1", "true", "t", "yes", "y", "on"})
"""How a variable says yes (docs.pydantic.dev, Booleans)."""


def ids(kind: str, ctx: Any, incomplete: str) -> list[str]:
    """Return the ids of a `kind` (`source` or `topic`) that begin with what was typed, sorted."""
    found = {path.stem for folder in _folders(kind, ctx) for path in folder.glob("*.toml")}
    return sorted(id_ for id_ in found if id_.startswith(incomplete))


def values(parameter: str, incomplete: str) -> list[str]:
    """Return the values of an option that has few, and is no choice for Typer, that begin with what was typed."""
    from storage.model.articles import ArticleState
    from storage.model.sources import SourceKind

    fixed = {"state": ArticleState, "kind": SourceKind, "keep": ("relevant", "all"), "log_format": ("text", "json")}
    return [value for value in map(str, fixed[parameter]) if value.startswith(incomplete)]


_FIXED = frozenset({"state", "kind", "keep", "log_format"})
"""The parameters of `values`."""


def complete(parameter: Any) -> None:
    """Let a parameter complete what it takes, by its name: ids (`source`, `topic_id` …) or one of a few values."""
    if parameter.type_descriptor.is_choice:
        return
    name = str(parameter.name)
    kind = name.removesuffix("_id")
    if kind in _FOLDERS:
        parameter._custom_shell_complete = lambda ctx, _, incomplete: ids(kind, ctx, incomplete)  # noqa: SLF001  what Typer's `autocompletion` sets
    elif name in _FIXED:
        parameter._custom_shell_complete = lambda _, __, incomplete: values(name, incomplete)  # noqa: SLF001  as above


def _folders(kind: str, ctx: Any) -> Iterator[Path]:
    option = _FOLDERS[kind]
    place, configured = _configuration(ctx)
    if kind != "source" or not _is_builtin_left_out(ctx, configured):
        yield _HARVESTER / option
    yield from map(Path, ctx.params.get(option) or ())
    yield from map(Path, filter(None, os.environ.get(f"{PREFIX}{option.upper()}", "").split(",")))
    named = configured.get(option)
    if isinstance(named, list):
        yield from (place / folder for folder in named if isinstance(folder, str))


def _is_builtin_left_out(ctx: Any, configured: Mapping[str, Any]) -> bool:
    """Whether only given sources count: by the option, else by the variable, else by the file."""
    variable = os.environ.get(f"{PREFIX}ONLY_GIVEN_SOURCES")
    if ctx.params.get("only_given_sources"):
        return True
    if variable is not None:
        return variable.lower() in _TRUE
    return configured.get("only_given_sources") is True


def _configuration(ctx: Any) -> tuple[Path, Mapping[str, Any]]:
    """Return the folder of the configuration file and what it says; nothing where it is at fault (commands say so)."""
    given = ctx.params.get("config")
    path = Path(given) if given else None
    try:
        return (path or Path(FILE)).parent, read_file(path)
    except UsageError:
        return Path(), {}
