"""Thorough checks of the catalogue, for `harvester sources check`.

They are left out of the loader, which must be quick.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from cssselect import HTMLTranslator, SelectorError

from harvester.catalogue.loader import BUILTIN, read_folders
from pipelines.urls import canonical_url

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from pathlib import Path

    from harvester.catalogue.declaration import Declaration

_PLACEHOLDER = re.compile(r"\{(\w+)\}")
_READ_OTHERWISE = frozenset({"_families", "golden"})
"""Folders beside declarations that are not searched for declarations, because other code reads them."""
_SAMPLES = {"query": "конституция", "page": "2", "offset": "20", "year": "2026", "month": "02", "day": "11"}
"""Sample value of each placeholder in a channel's URL, to match the URL against the article patterns."""


_UNLIKE = ("/", "/?z=1", "/2026/02/11/", "/kz/news/71-tema.html", "/Q", "/новость/", "/p/8a0f?x=y&w=0")
"""Paths and queries that have only the slash in common: a pattern that matches each of them matches every
URL."""


def check_catalogue(directories: Sequence[Path] = (), *, builtin: bool = True) -> list[str]:
    """Return every fault of every declaration, one sentence each; empty when there is none.

    Beyond the faults that loading finds: selectors that do not compile, patterns that match a channel as an
    article or match no URL at all, names, homes and channels that two sources share, and overrides without a
    declaration. These are looked for only in files whose keys are valid.
    """
    loaded = read_folders(directories, builtin=builtin)
    declarations = list(loaded.declarations.values())
    return [
        *loaded.faults,
        *(fault for x in declarations for fault in _selector_faults(x)),
        *(fault for x in declarations for fault in _channel_faults(x)),
        *(fault for x in declarations for fault in _pattern_faults(x)),
        *_shared("name", declarations, lambda x: [x.source.name.casefold()]),
        *_shared("home", declarations, lambda x: [_place(x.source.home)]),
        *_shared("channel {}", declarations, lambda x: [_place(channel.url) for channel in x.channels]),
        *(fault for folder in directories for fault in _orphans(folder)),
    ]


def catalogue_notes(directories: Sequence[Path], *, builtin: bool = True) -> list[str]:
    """Return what is no fault but may be unintended, one sentence each.

    These are built-in sources that are replaced, and folders of declarations that are not read.
    """
    notes = []
    for folder in directories:
        if builtin:
            replaced = (path for path in sorted(folder.glob("*.toml")) if (BUILTIN / path.name).is_file())
            notes += [f"{path}: it takes the place of the built-in source {path.stem}." for path in replaced]
        below = [path.parent for path in folder.rglob("*.toml") if path.parent != folder]
        inner = {path for path in below if not _READ_OTHERWISE & {*path.relative_to(folder).parts}}
        notes += [f"{path}: declarations in a folder below {folder} are not read; name it with --sources." for path in sorted(inner)]
    return notes


def _selector_faults(declaration: Declaration) -> Iterator[str]:
    translator = HTMLTranslator()
    for i, layout in enumerate(declaration.extraction.layouts):
        for key, selector in (*layout.selectors.items(), ("drop", layout.drop)):
            try:
                if selector:
                    translator.css_to_xpath(selector)
            except SelectorError as error:
                yield f"{declaration.path}: layout[{i}].{key} is not a CSS selector: {error}."


def _channel_faults(declaration: Declaration) -> Iterator[str]:
    """Yield a fault for each channel whose URL the article patterns match.

    Where no `allow` is declared, every page is a candidate, and a listing is excluded only by its own URL.
    """
    for channel in declaration.channels:
        for written in (channel.url, channel.pages or ""):
            address = canonical_url(_PLACEHOLDER.sub(_filled, written)) if written else ""
            takes = declaration.matches if declaration.allow else declaration.is_article
            if address and takes(address):
                yield f"{declaration.path}: articles takes its own {channel.kind} {written} for an article; narrow `allow`, or add `deny`."


def _pattern_faults(declaration: Declaration) -> Iterator[str]:
    """Yield a fault for each pattern that leaves no URL to be an article, whatever a channel lists.

    Patterns are searched in path and query.
    """
    if declaration.deny and all(map(declaration.deny.search, _UNLIKE)):
        yield f"{declaration.path}: articles.deny matches every address, so that none is an article."
    if declaration.allow is None:
        return
    written = declaration.allow.pattern.replace("\\", "")
    host = next((x for x in declaration.hosts if re.match(rf"\^?(https?\??:)?(//)?(www\.)?{re.escape(x)}", written)), "")
    if host or "://" in written:
        yield f"{declaration.path}: articles.allow is searched in path and query: write it without {host or 'scheme and host'}."
    elif re.match(r"\^\w", written):
        yield f"{declaration.path}: articles.allow matches no address: a path begins with a slash, so write ^/ instead of ^."


def _filled(placeholder: re.Match[str]) -> str:
    return _SAMPLES[placeholder[1]]


def _place(url: str) -> str:
    """Return a URL without the parts in which URLs of one page may differ: scheme, `www.`, trailing slash."""
    return canonical_url(url).partition("://")[2].removeprefix("www.").rstrip("/")


def _shared(key: str, declarations: Iterable[Declaration], values: Callable[[Declaration], Iterable[str]]) -> Iterator[str]:
    first: dict[str, Declaration] = {}
    for declaration in declarations:
        for value in values(declaration):
            holder = first.setdefault(value, declaration)
            if holder is not declaration:
                yield f"{declaration.path}: {key.format(value)} is the same as in {holder.path}."


def _orphans(folder: Path) -> Iterator[str]:
    for path in sorted(folder.glob("[!_]*.py")):
        if not path.with_suffix(".toml").exists():
            yield f"{path}: there is no {path.stem}.toml beside it."
