"""The closer look at the catalogue: what a loader that must be quick leaves for `harvester sources check`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cssselect import HTMLTranslator, SelectorError

from harvester.catalogue.loader import read_folders
from pipelines.urls import canonical_url

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from pathlib import Path

    from harvester.catalogue.declaration import Declaration


def check_catalogue(directories: Sequence[Path] = (), *, builtin: bool = True) -> list[str]:
    """Every fault of every declaration, one sentence each; empty when all is well.

    On top of what loading finds: selectors that do not compile, names and homes that two sources share, and overrides without a
    declaration.
    """
    loaded = read_folders(directories, builtin=builtin)
    declarations = list(loaded.declarations.values())
    return [
        *loaded.faults,
        *(fault for x in declarations for fault in _selector_faults(x)),
        *_shared("name", declarations, lambda x: x.source.name.casefold()),
        *_shared("home", declarations, lambda x: canonical_url(x.source.home).partition("://")[2].removeprefix("www.").rstrip("/")),
        *(fault for folder in directories for fault in _orphans(folder)),
    ]


def _selector_faults(declaration: Declaration) -> Iterator[str]:
    translator = HTMLTranslator()
    for i, layout in enumerate(declaration.extraction.layouts):
        for key, selector in (*layout.selectors.items(), ("drop", layout.drop)):
            try:
                if selector:
                    translator.css_to_xpath(selector)
            except SelectorError as error:
                yield f"{declaration.path}: layout[{i}].{key} is not a CSS selector: {error}."


def _shared(key: str, declarations: Iterable[Declaration], value: Callable[[Declaration], str]) -> Iterator[str]:
    first: dict[str, Declaration] = {}
    for declaration in declarations:
        holder = first.setdefault(value(declaration), declaration)
        if holder is not declaration:
            yield f"{declaration.path}: {key} is the same as in {holder.path}."


def _orphans(folder: Path) -> Iterator[str]:
    for path in sorted(folder.glob("[!_]*.py")):
        if not path.with_suffix(".toml").exists():
            yield f"{path}: there is no {path.stem}.toml beside it."
