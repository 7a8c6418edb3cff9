"""Load the catalogue from folders of TOML files.

Errors name the file, the key and the nearest valid key.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from os import PathLike
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import ValidationError

from harvester.catalogue.compose import declaration_of, generic_declaration, with_family
from harvester.catalogue.overrides import load_overrides
from harvester.catalogue.spec import FamilySpec, SourceSpec
from harvester.config import MISSING, explained, resembling
from harvester.config_file import read_toml
from harvester.trust import require_trusted
from pipelines.urls import canonical_url, is_web_address, site_of
from storage.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from harvester.catalogue.declaration import Declaration
    from pipelines.rules import Override

Spec = TypeVar("Spec", bound=FamilySpec)

BUILTIN = Path(__file__).resolve().parent.parent / "sources"
_FILE_NAME = re.compile(r"[a-z0-9_-]+")


@dataclass(frozen=True)
class Catalogue:
    """The declared sources, by id; iterating gives the declarations sorted by id.

    `folders` are those that were read in addition to the built-in catalogue or, if `alone`, instead of it.
    """

    sources: Mapping[str, Declaration]
    folders: tuple[Path, ...] = ()
    alone: bool = False

    def __iter__(self) -> Iterator[Declaration]:
        return iter(self.sources.values())

    def __len__(self) -> int:
        return len(self.sources)

    def get(self, source_id: str) -> Declaration:
        """Return the declaration of a source.

        Raises:
            UsageError: there is none; it names the nearest id, or says where sources are looked for.
        """
        if source_id not in self.sources:
            near = resembling(source_id, self.sources)
            raise UsageError(f"There is no source {source_id}.", f"The nearest is {near}." if near else self._where())
        return self.sources[source_id]

    def _where(self) -> str:
        """Return a hint that says where sources are looked for, and how to name another folder."""
        folders = ", ".join(map(str, self.folders))
        if self.alone and folders:
            read = f"Only the declarations in {folders} are used (only_given_sources)"
        elif folders:
            read = f"Neither the built-in catalogue nor {folders} holds one that is spelled like it"
        else:
            read = "The catalogue holds none that is spelled like it"
        return f"{read}; `harvester sources list` shows all. Name another folder with --sources, or in harvester.toml."

    def of_url(self, url: str) -> Declaration | None:
        """Return the source of which this URL is an article; None when there is none.

        Of several, one with the same host is preferred, then the one with the longest home.
        """
        if not is_web_address(url):
            return None
        site = site_of(url)
        found = [x for x in self if x.is_article(url)]
        return max(found, key=lambda x: (site in x.hosts, len(x.source.home)), default=None)

    def of_host(self, url: str) -> Declaration | None:
        """Return the source on whose hosts a URL is, article or not; None when there is none.

        Of several, the only one with exactly this host, else one whose home the URL begins with, the longest
        home first.
        """
        if not is_web_address(url):
            return None
        owners = [x for x in self if x.owns(url)]
        if len(owners) > 1:
            exact = [x for x in owners if site_of(url) in x.hosts]
            owners = exact if len(exact) == 1 else [x for x in owners if canonical_url(url).startswith(canonical_url(x.source.home))]
        return max(owners, key=lambda x: len(x.source.home), default=None)

    def generic(self, host: str) -> Declaration:
        """Return the declaration of a host that no source declares; its id is the host's name."""
        return generic_declaration(host.lower())


@dataclass
class Loaded:
    """Declarations read from folders: the valid ones by id, and the faults of the others, one sentence each."""

    declarations: dict[str, Declaration] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)


def load_catalogue(directories: str | PathLike[str] | Iterable[str | PathLike[str]] = (), *, builtin: bool = True) -> Catalogue:
    """Read the built-in declarations and those of the given folders.

    A declaration in a given folder replaces a built-in one of the same id.

    Args:
        directories: the path of a folder of declarations, or several.
        builtin: whether the declarations that come with the program are read, too.

    Raises:
        UsageError: a folder is missing, others may write to it, or a declaration is faulty; the message has
            every fault.
    """
    given = [directories] if isinstance(directories, (str, PathLike)) else directories
    folders = tuple(map(Path, given))
    loaded = read_folders(folders, builtin=builtin)
    if loaded.faults:
        raise UsageError("\n".join(loaded.faults), "Correct it; `harvester sources check` looks closer.")
    return Catalogue(MappingProxyType(dict(sorted(loaded.declarations.items()))), folders, alone=not builtin)


def read_folders(directories: Sequence[Path], *, builtin: bool) -> Loaded:
    """Read every declaration and collect the faults instead of stopping at the first."""
    loaded = Loaded()
    given: dict[str, Path] = {}
    families: dict[str, dict[str, Any]] = {}
    for folder in (*((BUILTIN,) if builtin else ()), *directories):
        if not folder.is_dir():
            loaded.faults.append(f"{folder} is not a folder of source declarations.")
            continue
        if folder != BUILTIN and (fault := _why_untrusted(folder)):
            loaded.faults.append(fault)
            continue
        families |= _families(folder / "_families", loaded.faults)
        for path in sorted(folder.glob("*.toml")):
            if path.stem in given:
                loaded.faults.append(f"{path}: {given[path.stem]} declares the same id.")
                continue
            if folder != BUILTIN:
                given[path.stem] = path
            try:
                loaded.declarations[path.stem] = _declaration(path, families)
            except UsageError as error:
                loaded.faults.append(str(error))
    return loaded


def _why_untrusted(path: Path) -> str:
    try:
        require_trusted(path)
    except UsageError as error:
        return str(error)
    return ""


def _families(folder: Path, faults: list[str]) -> dict[str, dict[str, Any]]:
    families = {}
    for path in sorted(folder.glob("*.toml")):
        try:
            families[path.stem] = _read(path)
            _validated(path, families[path.stem], FamilySpec)
        except UsageError as error:
            faults.append(str(error))
    return families


def _declaration(path: Path, families: Mapping[str, Mapping[str, Any]]) -> Declaration:
    if not _FILE_NAME.fullmatch(path.stem):
        raise UsageError(f"{path}: the file's name is the source's id and holds only a-z, 0-9, _ and -.", "Rename it.")
    table = _read(path)
    family = _family_of(path, table, families)
    spec = _validated(path, table, SourceSpec, elsewhere=family)
    if family:
        spec = _validated(path, with_family(table, family), SourceSpec)  # relative URLs of a family resolve against the source's home
    assert spec is not None
    return declaration_of(path.stem, spec, _overrides(path.with_suffix(".py")), path)


def _overrides(path: Path) -> dict[str, Override]:
    """Return the overrides in a Python file beside a declaration; empty if there is no such file.

    Raises:
        UsageError: others may write to the file, so that it is not run, or it cannot be loaded.
    """
    if not path.exists():
        return {}
    if not path.is_relative_to(BUILTIN):
        require_trusted(path)
    return load_overrides(path)


def _read(path: Path) -> dict[str, Any]:
    """Return the table of a declaration or family.

    Files of the package are as trusted as the package's own Python.

    Raises:
        UsageError: others may write to the file, or it cannot be read or parsed.
    """
    if not path.is_relative_to(BUILTIN):
        require_trusted(path)
    return read_toml(path)


def _family_of(path: Path, table: Mapping[str, Any], families: Mapping[str, Mapping[str, Any]]) -> Mapping[str, Any]:
    name = table.get("family")
    if not isinstance(name, str):
        return {}
    if name not in families:
        near = resembling(name, families)
        known = (
            f"the nearest is {near}"
            if near
            else f"known are {', '.join(sorted(families)) or 'none'}; add {path.parent}/_families/{name}.toml"
        )
        raise UsageError(f"{path}: family {name} is unknown; {known}.")
    return families[name]


def _validated(
    path: Path, table: Mapping[str, Any], model: type[Spec], *, elsewhere: Mapping[str, Any] = MappingProxyType({})
) -> Spec | None:
    """Return a file's table as its model; None if it only lacks keys that are in `elsewhere`.

    Raises:
        UsageError: the table is faulty; the message has every fault.
    """
    try:
        return model.model_validate(table)
    except ValidationError as error:
        faults = [f"{path}: {f'{key} {what}'.strip()}." for key, what in explained(error, model) if what != MISSING or key not in elsewhere]
    if faults:
        raise UsageError("\n".join(faults))
    return None
