"""`harvester verify`: check tables, WARC files, indexes and digests against each other."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
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
from harvester.cli.rendering import plain, telling
from harvester.verification.damage import Checked
from harvester.verification.manifest import require_manifest, write_manifest
from harvester.verification.wording import counted
from storage.errors import DamageFound

if TYPE_CHECKING:
    from collections.abc import Iterator

    from harvester.verification.damage import Damage


def command(
    *,
    archive: ArchiveOption = None,
    config: ConfigOption = None,
    sources: SourcesOption = None,
    only_given_sources: OnlySourcesOption = False,
    deep: Annotated[bool, typer.Option("--deep", help="Read every text again from its WARC record, too, and compare.")] = False,
    manifest: Annotated[
        Path | None,
        typer.Option("--manifest", help="Write the SHA-256 of every file, as `sha256sum -c` checks them; - for stdout.", metavar="FILE"),
    ] = None,
    json: JsonOption = False,
    quiet: QuietOption = False,
    verbose: VerboseOption = 0,
) -> int:
    """Check every row, every WARC record, every index and every digest against each other; exit code 7 when anything is damaged."""
    from harvester.verification.verify import verify
    from storage.archive import Archive

    call = Invocation.begin(
        config, as_json=json, quiet=quiet, verbose=verbose, archive=archive, sources=sources, only_given_sources=only_given_sources
    )
    if manifest is not None:
        require_manifest(manifest, call.config.archive, as_json=json)
    catalogue = call.catalogue if deep else None
    checked, damages = Checked(), 0
    told: list[dict[str, Any]] = []
    with (
        _at_verify(),
        Archive.opened(call.config.archive) as opened,
        telling(call.err, lambda: _progress(checked), silent=call.quiet or call.as_json),
    ):
        for damage in verify(opened, checked, catalogue):
            damages += 1
            _tell(call, damage, told)
    counts = {name: value for name, value in asdict(checked).items() if name != "notes"}
    call.report({"command": "verify", "archive": str(call.config.archive), **counts, "damages": told, "notes": checked.notes})
    for note in checked.notes:
        call.say(plain(note))
    if damages:
        raise DamageFound(
            f"{counted(damages, 'damage')} found in {call.config.archive}.",
            "Keep the damaged files as they are, and bring them back from a copy (docs/operate.md, Damage).",
        )
    call.say(f"No damage: {_progress(checked)}.")
    if manifest is not None:
        files = write_manifest(call.config.archive, manifest)
        call.say(f"{manifest}: the digests of {counted(files, 'file')}; check them with sha256sum -c in {call.config.archive}.")
    return 0


@contextmanager
def _at_verify() -> Iterator[None]:
    """Replace the advice of errors for tables that cannot be opened.

    It suggests `harvester verify`, which is the command that is running.

    Raises:
        DamageFound: from the block, with the other advice.
    """
    from storage.database.engine import KEEP_AND_RESTORE

    try:
        yield
    except DamageFound as error:
        raise DamageFound(error.message, KEEP_AND_RESTORE) from error


def _tell(call: Invocation, damage: Damage, told: list[dict[str, Any]]) -> None:
    """Print a damage when it is found, or append it to `told` for the JSON object at the end."""
    if call.as_json:
        told.append(asdict(damage))
    else:
        call.out.print(plain(str(damage)))


def _progress(checked: Checked) -> str:
    again = f", {counted(checked.reread, 'text')} read again" if checked.reread else ""
    size = f"{checked.bytes / 1024**2:.1f} MiB"
    looked_at = counted(checked.captures, "capture"), counted(checked.readings, "text"), counted(checked.files, "WARC file"), size
    return f"{', '.join(looked_at)} checked{again}"
