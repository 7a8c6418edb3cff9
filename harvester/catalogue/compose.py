"""Compose a declaration from the table of a source and the table of its family."""

from __future__ import annotations

import re
from datetime import date
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin

from harvester.catalogue.declaration import Declaration
from pipelines.rules import ExtractionRules, Layout
from storage.model.sources import Channel, Items, Source, SourceKind

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from harvester.catalogue.spec import ChannelSpec, SourceSpec
    from pipelines.rules import Override


def with_family(own: Mapping[str, Any], family: Mapping[str, Any]) -> dict[str, Any]:
    """Return a source's table, completed with the keys of its family that the source does not have.

    Both are validated tables of TOML. The source's keys win; in `articles`, `fetch`, `expect` and `editions`
    the tables are merged key by key. So are the two current layouts (those without `until`). Older layouts of
    both are kept; of two with the same `until`, only the source's.
    """
    merged = {**family, **own}
    for table in ("articles", "fetch", "expect", "editions"):
        if table in own and table in family:
            merged[table] = {**family[table], **own[table]}
    layouts: dict[date, dict[str, Any]] = {}
    for layout in (*own.get("layout", ()), *family.get("layout", ())):
        day = layout.get("until", date.max)
        if day not in layouts:
            layouts[day] = layout
        elif day == date.max:
            layouts[day] = {**layout, **layouts[day]}
    if layouts:
        merged["layout"] = [layouts[day] for day in sorted(layouts, reverse=True)]
    return merged


def declaration_of(source_id: str, spec: SourceSpec, overrides: Mapping[str, Override], path: Path) -> Declaration:
    """Compose a declaration from a complete specification; the channels' URLs become absolute."""
    return Declaration(
        source=Source(source_id, spec.name, spec.kind, spec.home, tuple(spec.language), spec.timezone),
        channels=tuple(_channel(x, spec.home) for x in spec.discover),
        allow=re.compile(spec.articles.allow) if spec.articles.allow else None,
        deny=re.compile(spec.articles.deny) if spec.articles.deny else None,
        delay=spec.fetch.delay,
        timeout=spec.fetch.timeout,
        browser=spec.fetch.browser,
        editions={language: urljoin(spec.home, place) for language, place in spec.editions.items()},
        expect=spec.expect,
        keep_all=spec.keep == "all",
        enabled=spec.enabled,
        note=spec.note,
        extraction=ExtractionRules(tuple(Layout(x.selectors, x.drop or "", x.until) for x in spec.layout), overrides),
        family=spec.family or "",
        path=path,
    )


def generic_declaration(host: str) -> Declaration:
    """Return the declaration of a host that no source declares.

    The host is its id and name, the pages on it are articles, and times are read as UTC.
    """
    return Declaration(Source(host, host, SourceKind.ONLINE, f"https://{host}/", timezone="UTC"))


def _channel(spec: ChannelSpec, home: str) -> Channel:
    return Channel(
        kind=spec.kind,
        url=urljoin(home, spec.address),
        section=spec.section,
        pages=spec.pages and urljoin(home, spec.pages),
        first=spec.first,
        step=spec.step,
        items=Items(spec.items, spec.url or "url", spec.date, spec.title),
    )
