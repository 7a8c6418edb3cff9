"""`harvester sources`: list, show and check the declarations of the catalogue.

Heavy modules are not imported at module level: a shell that completes the id of a source imports this module
at a key press.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer

from harvester.cli.options import (
    ArchiveOption,
    ConfigOption,
    Invocation,
    JsonOption,
    OnlySourcesOption,
    QuietOption,
    SourcesOption,
    VerboseOption,
)
from storage.errors import UsageError
from storage.export.plain_text import plain
from storage.model.sources import AddressKind
from storage.model.text import counted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from harvester.catalogue.declaration import Declaration
    from storage.model.sources import Channel


def list_sources(
    *,
    archive: ArchiveOption = None,
    config: ConfigOption = None,
    sources: SourcesOption = None,
    only_given_sources: OnlySourcesOption = False,
    json: JsonOption = False,
    quiet: QuietOption = False,
    verbose: VerboseOption = 0,
) -> int:
    """List the sources, with the number of articles that the archive holds of each."""
    from storage.archive import Archive
    from storage.reader import DATABASE_NAME

    call = Invocation.begin(
        config, as_json=json, quiet=quiet, verbose=verbose, archive=archive, sources=sources, only_given_sources=only_given_sources
    )
    articles: dict[str, int] | None = None
    if (call.config.archive / DATABASE_NAME).is_file():
        with Archive.opened(call.config.archive) as opened:
            articles = {source: holding.articles for source, holding in opened.holdings().items()}
    rows = [_row(declaration, articles) for declaration in call.catalogue]
    call.report({"command": "sources list", "sources": rows})
    if not call.as_json:
        _print(call, rows, counted_too=articles is not None)
    call.say(counted(len(rows), "source"))
    return 0


def show(
    source: Annotated[str, typer.Argument(help="The id of a source.", metavar="SOURCE")],
    *,
    archive: ArchiveOption = None,
    config: ConfigOption = None,
    sources: SourcesOption = None,
    only_given_sources: OnlySourcesOption = False,
    json: JsonOption = False,
    quiet: QuietOption = False,
    verbose: VerboseOption = 0,
) -> int:
    """Show a source as it is declared, with what its family adds."""
    call = Invocation.begin(
        config, as_json=json, quiet=quiet, verbose=verbose, archive=archive, sources=sources, only_given_sources=only_given_sources
    )
    _refuse_ingested(call, source)
    declared = _declared(call.catalogue.get(source))
    call.report(declared)
    if not call.as_json:
        lines = list(_lines(declared))
        width = max(len(key) for key, _ in lines)
        for key, value in lines:
            call.out.print(f"{key:<{width}}  {plain(value)}")
    return 0


def _refuse_ingested(call: Invocation, source: str) -> None:
    """Check that a source is declared, if the archive has articles of it.

    Raises:
        UsageError: the catalogue has no such source; its articles come from ingested files alone.
    """
    from storage.archive import Archive
    from storage.reader import DATABASE_NAME

    if source in call.catalogue.sources or not (call.config.archive / DATABASE_NAME).is_file():
        return
    with Archive.opened(call.config.archive) as opened:
        held = opened.holdings().get(source)
    if held is not None:
        raise UsageError(
            f"No declaration of {source} is among the sources; the archive holds {counted(held.articles, 'article')} of it.",
            f"`harvester status {source}` says more of it; --sources names a folder of declarations.",
        )


def check(
    *,
    archive: ArchiveOption = None,
    config: ConfigOption = None,
    sources: SourcesOption = None,
    only_given_sources: OnlySourcesOption = False,
    json: JsonOption = False,
    quiet: QuietOption = False,
    verbose: VerboseOption = 0,
) -> int:
    """Look closely at every declaration of a source or a topic and at the golden pages beside them; exit code 2 for a fault."""
    call = Invocation.begin(
        config, as_json=json, quiet=quiet, verbose=verbose, archive=archive, sources=sources, only_given_sources=only_given_sources
    )
    faults = catalogue_faults(call)
    notes = _catalogue_notes(call, sound=not faults)
    faults = faults or _golden_faults(call)
    call.report({"command": "sources check", "faults": faults, "notes": notes})
    if not call.as_json:
        for fault in faults:
            call.out.print(plain(fault))
    for note in notes:
        call.say(f"note: {plain(note)}")
    if not faults:
        call.say("No fault found.")
        return 0
    raise UsageError(f"{counted(len(faults), 'fault')} in the catalogue.", "Correct the files that are named.")


def catalogue_faults(call: Invocation) -> list[str]:
    """Return every fault of every declaration that a call would use, one line each."""
    from harvester.catalogue.check import check_catalogue
    from harvester.catalogue.topic_folders import read_topics

    faults = check_catalogue(call.config.sources, builtin=not call.config.only_given_sources)
    faults += read_topics(call.config.topics, call.config.topic).faults
    return [line for fault in faults for line in fault.splitlines()]


def _catalogue_notes(call: Invocation, *, sound: bool) -> list[str]:
    """Return notes, which are no faults.

    `sound`: no declaration has a fault, so that the channels of all can be checked.
    """
    from harvester.catalogue.check import catalogue_notes
    from harvester.discovery.seeds import is_without_queries, why_without_queries

    notes = catalogue_notes(call.config.sources, builtin=not call.config.only_given_sources)
    given = [x for x in call.catalogue if x.path and x.path.parent in call.config.sources] if sound else []
    return notes + [
        f"{x.path}: a crawl does not ask {channel.url}: {why_without_queries(x, call.topics)}."
        for x in given
        for channel in x.channels
        if is_without_queries(channel, x, call.topics)
    ]


def _golden_faults(call: Invocation) -> list[str]:
    """Return a fault for each golden page beside the given declarations that is extracted differently."""
    from harvester.catalogue.golden import FOLDER, golden_faults  # imports the pipeline, which few commands need

    return [fault for folder in call.config.sources for fault in golden_faults(folder / FOLDER, call.catalogue, call.topics)]


def _row(declaration: Declaration, articles: dict[str, int] | None) -> dict[str, Any]:
    return {
        "id": declaration.id,
        "name": declaration.source.name,
        "kind": declaration.source.kind.value,
        "languages": list(declaration.source.languages),
        "channels": len(declaration.channels),
        "articles": articles.get(declaration.id, 0) if articles is not None else None,
        "enabled": declaration.enabled,
    }


def _print(call: Invocation, rows: list[dict[str, Any]], *, counted_too: bool) -> None:
    from harvester.cli.tables import Column, print_table

    columns = [
        Column("id", left=True),
        Column("name", left=True, folds=True),
        Column("kind", left=True, optional=3),
        Column("languages", left=True, folds=True),
        Column("channels", optional=2),
        *([Column("articles")] if counted_too else []),
        Column("", left=True),
    ]
    cells = []
    for row in rows:
        numbers = [str(row["channels"]), *([str(row["articles"])] if counted_too else [])]
        texts = [row["id"], row["name"], row["kind"], " ".join(row["languages"])]
        cells.append([*texts, *numbers, "" if row["enabled"] else "disabled"])
    if note := print_table(call.out, columns, cells):
        call.say(note)


def _declared(declaration: Declaration) -> dict[str, Any]:
    """Return a declaration as JSON values."""
    source = declaration.source
    return {
        "id": source.id,
        "name": source.name,
        "kind": source.kind.value,
        "home": source.home,
        "languages": list(source.languages),
        "timezone": source.timezone,
        "enabled": declaration.enabled,
        "keep": "all" if declaration.keep_all else "relevant",
        "file": str(declaration.path) if declaration.path else None,
        "channels": [_channel(channel) for channel in declaration.channels],
        "articles": {
            "allow": declaration.allow.pattern if declaration.allow else None,
            "deny": declaration.deny.pattern if declaration.deny else None,
        },
        "fetch": {"delay": declaration.delay, "timeout": declaration.timeout, "browser": declaration.browser or None},
        "expect": declaration.expect.model_dump(mode="json"),
        "layouts": [
            {**layout.selectors, "drop": layout.drop or None, "until": layout.until.isoformat() if layout.until else None}
            for layout in declaration.extraction.layouts
        ],
        "overrides": sorted(declaration.extraction.overrides),
        "note": declaration.note,
    }


def _channel(channel: Channel) -> dict[str, Any]:
    told: dict[str, Any] = {"kind": channel.kind.value, "url": channel.url, "pages": channel.pages, "section": channel.section}
    if channel.kind is AddressKind.API:
        told |= {"first": channel.first, "step": channel.step or None, "items": asdict(channel.items)}
    return told


def _lines(value: Any, key: str = "") -> Iterator[tuple[str, str]]:
    """Yield the dotted keys and printed values of a JSON value; empty values are left out."""
    if isinstance(value, dict):
        for name, part in value.items():
            yield from _lines(part, f"{key}.{name}" if key else name)
    elif isinstance(value, list) and any(isinstance(part, dict) for part in value):
        for number, part in enumerate(value):
            yield from _lines(part, f"{key}[{number}]")
    elif isinstance(value, bool):
        yield key, "yes" if value else "no"
    elif value not in (None, "", []):
        yield key, ", ".join(map(str, value)) if isinstance(value, list) else str(value)
