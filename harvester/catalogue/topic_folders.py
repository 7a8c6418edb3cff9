"""Folders of topics: the built-in one and those that a user names.

A topic is added by placing a TOML file in one of them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from harvester.catalogue.topics import builtin_topics, find_topic, load_declaration
from storage.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from harvester.catalogue.topics import TopicDeclaration
    from pipelines.rules import TopicRules


@dataclass
class LoadedTopics:
    """Topics read from folders: the valid ones by id, and the faults of the others, one sentence each."""

    declared: dict[str, TopicDeclaration] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)


def read_topics(folders: Sequence[Path] = (), files: Sequence[str] = ()) -> LoadedTopics:
    """Read every topic of the built-in folder, of `folders`, and of those `files` whose name ends in .toml.

    A topic of a given folder replaces a built-in one of the same id, a file one of either.
    """
    loaded = LoadedTopics()
    places = _places(folders, loaded.faults)
    places |= {path.stem: path for path in map(Path, files) if path.suffix == ".toml"}
    for name, path in sorted(places.items()):
        try:
            loaded.declared[name] = load_declaration(path)
        except UsageError as error:
            loaded.faults.append(str(error))
    return loaded


def topics_named(names: Sequence[str], folders: Sequence[Path] = ()) -> tuple[TopicRules, ...]:
    """Return the rules of the topics by which articles are judged.

    Each name is that of a topic in a folder, or the path of a TOML file.

    Raises:
        UsageError: a folder or a file is faulty, a topic is named twice, or there is none of that name; it
            names the nearest.
    """
    faults: list[str] = []
    places = _places(folders, faults)
    if faults:
        raise UsageError("\n".join(faults), "Correct it; `harvester topics check` looks at every topic.")
    chosen: dict[str, TopicRules] = {}
    for name in names:
        rules = find_topic(name, places)
        if rules.id in chosen:
            raise UsageError(f"The topic {rules.id} is named twice.", "Name each topic once.")
        chosen[rules.id] = rules
    return tuple(chosen.values())


def _places(folders: Sequence[Path], faults: list[str]) -> dict[str, Path]:
    """Return the file of each topic by its id; faults of the folders are added to `faults`."""
    given: dict[str, Path] = {}
    for folder in folders:
        if not folder.is_dir():
            faults.append(f"{folder} is not a folder of topics.")
        for path in sorted(folder.glob("*.toml")):
            if path.stem in given:
                faults.append(f"{path}: {given[path.stem]} declares the same id.")
            given.setdefault(path.stem, path)
    return builtin_topics() | given
