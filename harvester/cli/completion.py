"""Shell completion of parameter values: ids of sources and topics, and values of options with a fixed set.

Typer completes commands and options. Ids are file names, so nothing is parsed and no library is imported:
completion runs at a key press.
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
"""Option that names further folders, by kind of id; the built-in folder in the package has the same name."""

_TRUE = frozenset({"1", "true", "t", "yes", "y", "on"})
"""Values of a boolean environment variable that mean true, in lower case (docs.pydantic.dev, Booleans)."""


def ids(kind: str, ctx: Any, incomplete: str) -> list[str]:
    """Return the ids of a `kind` (`source` or `topic`) that begin with the typed text, sorted."""
    found = {path.stem for folder in _folders(kind, ctx) for path in folder.glob("*.toml")}
    return sorted(id_ for id_ in found if id_.startswith(incomplete))


def values(parameter: str, incomplete: str) -> list[str]:
    """Return the values of an option that begin with the typed text.

    Only for options with a fixed set of values that are no choice for Typer (`_FIXED`).
    """
    from storage.model.articles import ArticleState
    from storage.model.sources import SourceKind

    fixed = {"state": ArticleState, "kind": SourceKind, "keep": ("relevant", "all"), "log_format": ("text", "json")}
    return [value for value in map(str, fixed[parameter]) if value.startswith(incomplete)]


_FIXED = frozenset({"state", "kind", "keep", "log_format"})
"""Names of the parameters that `values` knows."""


def complete(parameter: Any) -> None:
    """Set the completion of a parameter by its name: ids (`source`, `topic_id` …) or a fixed set."""
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
    """Return whether only the given sources count.

    The option comes before the variable, the variable before the configuration file.
    """
    variable = os.environ.get(f"{PREFIX}ONLY_GIVEN_SOURCES")
    if ctx.params.get("only_given_sources"):
        return True
    if variable is not None:
        return variable.lower() in _TRUE
    return configured.get("only_given_sources") is True


def _configuration(ctx: Any) -> tuple[Path, Mapping[str, Any]]:
    """Return the folder of the configuration file, and its values.

    `Path()` and no values for an invalid file, which the commands report.
    """
    given = ctx.params.get("config")
    path = Path(given) if given else None
    try:
        return (path or Path(FILE)).parent, read_file(path)
    except UsageError:
        return Path(), {}
