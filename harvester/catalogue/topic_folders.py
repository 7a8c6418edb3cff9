"""Folders of topics: the built-in one and those that a user names; a topic is added by dropping a TOML file into one."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from harvester.catalogue.topics import BUILTIN, load_declaration
from harvester.config import nearest
from storage.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from harvester.catalogue.topics import TopicDeclaration
    from pipelines.rules import TopicRules

_FILE_NAME = re.compile(r"[a-z0-9_-]+")


@dataclass
class LoadedTopics:
    """What folders of topics hold: the good ones by id, and the faults of all the others, one sentence each."""

    declared: dict[str, TopicDeclaration] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)


def read_topics(folders: Sequence[Path] = (), files: Sequence[str] = ()) -> LoadedTopics:
    """Read every topic of the built-in folder, of the given ones, and of those `files` whose name ends in .toml.

    A topic of a given folder takes the place of a built-in one of the same id, a file that of either.
    """
    loaded = LoadedTopics()
    places = _places(folders, loaded.faults)
    places |= {path.stem: path for path in map(Path, files) if path.suffix == ".toml"}
    for name, path in sorted(places.items()):
        try:
            loaded.declared[name] = _declared(path)
        except UsageError as error:
            loaded.faults.append(str(error))
    return loaded


def topics_named(names: Sequence[str], folders: Sequence[Path] = ()) -> tuple[TopicRules, ...]:
    """The topics that articles are judged by: each name is that of a topic in a folder, or the path of a TOML file.

    Raises:
        UsageError: a folder or a file is faulty, or there is no topic of that name; it names the nearest.
    """
    faults: list[str] = []
    places = _places(folders, faults)
    if faults:
        raise UsageError("\n".join(faults), "Correct it; `harvester topics check` looks at every topic.")
    chosen: dict[str, TopicRules] = {}
    for name in names:
        if not name.endswith(".toml") and name not in places:
            raise UsageError(f"There is no topic {name}.", f"The nearest is {nearest(name, places)}; or give the path of a TOML file.")
        path = Path(name) if name.endswith(".toml") else places[name]
        rules = _declared(path).rules
        if rules.id in chosen:
            raise UsageError(f"The topic {rules.id} is named twice.", "Name each topic once.")
        chosen[rules.id] = rules
    return tuple(chosen.values())


def _places(folders: Sequence[Path], faults: list[str]) -> dict[str, Path]:
    """The file of each topic by its id."""
    given: dict[str, Path] = {}
    for folder in folders:
        if not folder.is_dir():
            faults.append(f"{folder} is not a folder of topics.")
        for path in sorted(folder.glob("*.toml")):
            if path.stem in given:
                faults.append(f"{path}: {given[path.stem]} declares the same id.")
            given.setdefault(path.stem, path)
    return {path.stem: path for path in sorted(BUILTIN.glob("*.toml"))} | given


def _declared(path: Path) -> TopicDeclaration:
    if not _FILE_NAME.fullmatch(path.stem):
        raise UsageError(f"{path}: the file's name is the topic's id and holds only a-z, 0-9, _ and -.", "Rename it.")
    return load_declaration(path)
