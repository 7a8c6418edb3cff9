"""`harvester sources golden`: stored pages with the extraction that is expected of them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from harvester.catalogue.loader import BUILTIN
from harvester.cli.options import (
    ConfigOption,
    Invocation,
    JsonOption,
    OnlySourcesOption,
    QuietOption,
    SourcesOption,
    TopicOption,
    VerboseOption,
)
from harvester.cli.rendering import plain
from harvester.cli.sources_probe import web_address
from storage.errors import SourcesFailed, UsageError
from storage.model.text import counted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from harvester.catalogue.declaration import Declaration

GoldenOption = Annotated[
    Path | None,
    typer.Option("--golden", help="The folder of golden pages [default: golden/ beside the source's declaration].", metavar="DIR"),
]
_NAME = re.compile(r"[a-z0-9][a-z0-9_-]*")


def record(
    source: Annotated[str, typer.Argument(help="The id of a source.", metavar="SOURCE")],
    url: Annotated[str, typer.Argument(help="The address of an article.", metavar="URL")],
    name: Annotated[str, typer.Argument(help="What the page shall be called: a-z, 0-9, _ and -.", metavar="NAME")],
    *,
    golden: GoldenOption = None,
    topic: TopicOption = None,
    config: ConfigOption = None,
    sources: SourcesOption = None,
    only_given_sources: OnlySourcesOption = False,
    json: JsonOption = False,
    quiet: QuietOption = False,
    verbose: VerboseOption = 0,
) -> int:
    """Ask for a page, keep it, and write down what is read from it; look at the file, it is what must be read from now on."""
    from harvester.catalogue.golden import EXPECTED, refuse_recorded
    from harvester.catalogue.golden import record as keep
    from harvester.cli.live_questions import ask_live
    from harvester.response_handler import SourceContext
    from harvester.scaffolding.live_check import ask_article
    from harvester.scaffolding.probe import faults_of_article
    from harvester.scaffolding.troubles import hint_of, in_words

    call = Invocation.begin(
        config, as_json=json, quiet=quiet, verbose=verbose, topic=topic, sources=sources, only_given_sources=only_given_sources
    )
    declaration = call.catalogue.get(source)
    if not _NAME.fullmatch(name):
        raise UsageError(f"{name} is no name for a page.", "Use a-z, 0-9, _ and -.")
    folder = _folder(golden, declaration) / declaration.id / name
    refuse_recorded(folder)
    address, source_context = web_address(url), SourceContext(declaration, declaration.line_rules(call.topics))
    asked = ask_live(call, call.catalogue, lambda asking: ask_article(asking, address, source_context), browser=declaration.browser)
    if asked.draft is None:
        hint = hint_of(asked.trouble, asked.reply.at, "Only a page that is answered and can be read is kept.")
        raise SourcesFailed(f"{asked.reply.at}: {in_words(asked.trouble, asked.reply.at)}.", hint)
    keep(folder, asked.draft.page, declaration, call.catalogue, call.topics)
    faults = [] if asked.trouble else faults_of_article(asked, source_context)
    report = {"command": "sources golden record", "source": source, "page": str(folder), "trouble": asked.trouble or None}
    call.report(report | {"faults": faults})
    if asked.trouble:
        call.say(f"It is kept as a page that must be refused: {asked.trouble}.")
    if faults:
        call.say(f"wrong: {plain('; '.join(faults))}; it is kept as it is read, so correct the declaration or {EXPECTED}.")
    call.say(f"Look at {folder / EXPECTED}: from now on this must be read from the page.")
    return 0


def diff(
    source: Annotated[str | None, typer.Argument(help="The id of a source; all, when left out.", metavar="SOURCE")] = None,
    *,
    golden: GoldenOption = None,
    topic: TopicOption = None,
    config: ConfigOption = None,
    sources: SourcesOption = None,
    only_given_sources: OnlySourcesOption = False,
    json: JsonOption = False,
    quiet: QuietOption = False,
    verbose: VerboseOption = 0,
) -> int:
    """Read the golden pages and show where they read differently; exit code 3 when one does."""
    call = Invocation.begin(
        config, as_json=json, quiet=quiet, verbose=verbose, topic=topic, sources=sources, only_given_sources=only_given_sources
    )
    changed = list(_changed(call, golden, source))
    _tell(call, "diff", changed)
    return SourcesFailed.exit_code if changed else 0


def accept(
    source: Annotated[str | None, typer.Argument(help="The id of a source; all, when left out.", metavar="SOURCE")] = None,
    *,
    golden: GoldenOption = None,
    topic: TopicOption = None,
    config: ConfigOption = None,
    sources: SourcesOption = None,
    only_given_sources: OnlySourcesOption = False,
    json: JsonOption = False,
    quiet: QuietOption = False,
    verbose: VerboseOption = 0,
) -> int:
    """Take today's reading of the golden pages as the expected one, and show what that changes."""
    from harvester.catalogue.golden import accept as take

    call = Invocation.begin(
        config, as_json=json, quiet=quiet, verbose=verbose, topic=topic, sources=sources, only_given_sources=only_given_sources
    )
    changed = list(_changed(call, golden, source))
    for page in changed:
        take(page.folder, call.catalogue, call.topics)
    _tell(call, "accept", changed)
    return 0


@dataclass(frozen=True, slots=True)
class _Changed:
    """A golden page whose extraction differs: by field, the expected and the actual value."""

    folder: Path
    fields: dict[str, tuple[Any, Any]]


def _folder(golden: Path | None, declaration: Declaration) -> Path:
    """Return the folder of golden pages: the given one, else the one beside the declaration.

    Raises:
        UsageError: none is given, and the source is a built-in one.
    """
    from harvester.catalogue.golden import FOLDER

    if golden is not None:
        return golden
    if declaration.path is None or declaration.path.parent == BUILTIN:
        raise UsageError(f"{declaration.id} is a built-in source.", "Name a folder for its pages with --golden.")
    return declaration.path.parent / FOLDER


def _changed(call: Invocation, golden: Path | None, source: str | None) -> Iterator[_Changed]:
    """Yield the golden pages of a source, or of all, whose extraction differs from the expected one.

    Raises:
        UsageError: there is no such source, or no golden page.
    """
    from harvester.catalogue.golden import FOLDER, differences, golden_pages

    folders = [golden] if golden is not None else [x / FOLDER for x in call.config.sources]
    if source is not None and source not in call.catalogue.sources:
        owners = {page.parent.name for folder in folders for page in golden_pages(folder) if page.name == Path(source).name}
        if owners:
            raise UsageError(f"{source} is a page, not a source.", f"Name its source: {' or '.join(sorted(owners))}.")
        call.catalogue.get(source)
    pages = [page for folder in folders for page in golden_pages(folder, source)]
    if not pages:
        raise UsageError("There is no golden page.", "Name their folder with --golden; `harvester sources golden record` keeps one.")
    for page in pages:
        if fields := differences(page, call.catalogue, call.topics):
            yield _Changed(page, fields)


def _tell(call: Invocation, command: str, changed: list[_Changed]) -> None:
    from harvester.catalogue.golden import shown

    pages = [{"page": str(x.folder), "fields": {k: {"expected": old, "read": new} for k, (old, new) in x.fields.items()}} for x in changed]
    call.report({"command": f"sources golden {command}", "pages": pages})
    if not call.as_json:
        for x in changed:
            call.out.print(plain(str(x.folder)))
            for field, (old, new) in x.fields.items():
                call.out.print(plain(f"  {field}\n    - {shown(old, 2000)}\n    + {shown(new, 2000)}"))
    count = counted(len(changed), "golden page")
    call.say(f"{count} accepted." if command == "accept" else f"{count} read differently." if changed else "All read as expected.")
