"""What a shell completes beside commands and options: ids of sources and topics.

Ids are names of files, so nothing is parsed and no library is loaded: a key press must not wait.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

from harvester.config_file import PREFIX, read_file
from storage.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_HARVESTER = Path(__file__).resolve().parents[1]
_FOLDERS = {"source": "sources", "topic": "topics"}
"""The option that names further folders, by what is looked for; the built-in folder in the package has the same name."""


def ids(kind: str, ctx: Any, incomplete: str) -> list[str]:
    """Return the ids of a `kind` (`source` or `topic`) that begin with what was typed, sorted."""
    found = {path.stem for folder in _folders(kind, ctx) for path in folder.glob("*.toml")}
    return sorted(id_ for id_ in found if id_.startswith(incomplete))


def complete_ids(parameter: Any) -> None:
    """Let a parameter complete ids, where it takes them: arguments and options named `source`, `topic`, `source_id`, `topic_id`."""
    kind = str(parameter.name).removesuffix("_id")
    if kind in _FOLDERS and not parameter.type_descriptor.is_choice:
        parameter._custom_shell_complete = lambda ctx, _, incomplete: ids(kind, ctx, incomplete)  # noqa: SLF001  what Typer's `autocompletion` sets


def _folders(kind: str, ctx: Any) -> Iterator[Path]:
    option = _FOLDERS[kind]
    if not ctx.params.get("only_given_sources"):
        yield _HARVESTER / option
    yield from map(Path, ctx.params.get(option) or ())
    yield from map(Path, filter(None, os.environ.get(f"{PREFIX}{option.upper()}", "").split(",")))
    yield from _configured(option)


def _configured(option: str) -> Iterable[Path]:
    """The folders that harvester.toml names here; none where it is at fault, which commands report."""
    try:
        named = read_file(None).get(option)
    except UsageError:
        return []
    return [Path(folder) for folder in named if isinstance(folder, str)] if isinstance(named, list) else []
