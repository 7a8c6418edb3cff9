"""`harvester sources new`: write the stub of a declaration for a site."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from harvester.catalogue.loader import BUILTIN, Catalogue, load_catalogue
from harvester.catalogue.spec import SourceSpec
from harvester.cli.options import ConfigOption, Invocation, JsonOption, QuietOption, VerboseOption
from harvester.cli.sources_probe import web_address
from storage.errors import UsageError

if TYPE_CHECKING:
    from harvester.scaffolding.autodiscovery import SiteSurvey
    from harvester.scaffolding.template import Stub

DEFAULT_FOLDER = Path("sources")
_ID = re.compile(r"[a-z0-9_-]+")


def new(
    url: Annotated[str, typer.Argument(help="The address of the site's front page.", metavar="URL")],
    *,
    id_: Annotated[str | None, typer.Option("--id", help="The source's id [default: from the host].", metavar="ID")] = None,
    folder: Annotated[
        Path | None, typer.Option("--sources", help="Where to write [default: the first configured folder, or sources/].", metavar="DIR")
    ] = None,
    config: ConfigOption = None,
    json: JsonOption = False,
    quiet: QuietOption = False,
    verbose: VerboseOption = 0,
) -> int:
    """Ask a site a few questions and write the stub of a declaration, every guess with where it came from."""
    from harvester.cli.live_questions import ask_live
    from harvester.scaffolding.autodiscovery import look_around
    from harvester.scaffolding.site_features import source_id
    from harvester.scaffolding.template import stub_of

    call = Invocation.begin(config, as_json=json, quiet=quiet, verbose=verbose)
    address = web_address(url)
    where = folder or next(iter(call.config.sources), DEFAULT_FOLDER)
    name = id_ or source_id(address)
    path = where / f"{name}.toml"
    _refuse(call, name, path, address)
    newcomer = ask_live(call, Catalogue({}), lambda asking: look_around(asking, address))
    stub = stub_of(newcomer, _families(call, where))
    SourceSpec.model_validate(tomllib.loads(stub.toml))
    _write(path, stub.toml)
    call.report(
        {
            "command": "sources new",
            "source": name,
            "file": str(path),
            "channels": [{"kind": x.kind.value, "url": x.url, "why": x.why} for x in newcomer.channels],
            "allow": stub.induced.pattern if stub.induced else None,
            "system": stub.system or None,
        }
    )
    _say_what_next(call, path, newcomer, stub)
    return 0


def _refuse(call: Invocation, name: str, path: Path, address: str) -> None:
    """Check that the id is valid, its file does not exist, and the site is not declared yet.

    Raises:
        UsageError: one of these is not so.
    """
    if not _ID.fullmatch(name):
        near = re.sub(r"[^a-z0-9_-]+", "-", name.lower()).strip("-")
        raise UsageError(f"{name} is no id: it holds only a-z, 0-9, _ and -.", f"Write --id {near}." if near else "Choose one with --id.")
    if path.exists():
        raise UsageError(f"{path} is there already.", "Edit it, take it away, or choose another id with --id.")
    folders = [x for x in dict.fromkeys((*call.config.sources, path.parent)) if x.is_dir()]
    for known in load_catalogue(folders, builtin=not call.config.only_given_sources):
        if web_address(known.source.home) == address:
            raise UsageError(f"{address} is declared already, as {known.id} ({known.path}).", "Look at it with `harvester sources show`.")


def _families(call: Invocation, where: Path) -> list[str]:
    folders = [*call.config.sources, where, *([] if call.config.only_given_sources else [BUILTIN])]
    return sorted({x.stem for folder in folders for x in (folder / "_families").glob("*.toml")})


def _write(path: Path, toml: str) -> None:
    """Create a declaration file, and its folder where that does not exist.

    Raises:
        UsageError: the file exists or cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8") as file:
            file.write(toml)
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror}.", "Choose another folder with --sources.") from error


def _say_what_next(call: Invocation, path: Path, newcomer: SiteSurvey, stub: Stub) -> None:
    kinds = [x.kind.value for x in newcomer.channels]
    call.say(f"{path} is written: {', '.join(f'{kinds.count(x)} {x}' for x in dict.fromkeys(kinds))}, {_told(stub)}.")
    call.say("Look at every line; each guess says where it came from. Then:")
    call.say(f"  harvester sources probe {path.stem} --sources {path.parent}")
    call.say(f"  harvester sources check --sources {path.parent}")


def _told(stub: Stub) -> str:
    return f"articles like {stub.induced.pattern}" if stub.induced else "no pattern for articles"
