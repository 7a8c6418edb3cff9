"""`harvester upgrade`: bring an archive of an older version up to date."""

from __future__ import annotations

import time

import typer  # noqa: TC002  Typer reads the annotations when it runs

from harvester.cli.locking import taking_lock
from harvester.cli.options import ArchiveOption, ConfigOption, Invocation, JsonOption, QuietOption, VerboseOption


def command(
    context: typer.Context,
    *,
    archive: ArchiveOption = None,
    config: ConfigOption = None,
    json: JsonOption = False,
    quiet: QuietOption = False,
    verbose: VerboseOption = 0,
) -> int:
    """Bring an archive of an older version up to date, and keep a copy of its tables beside them."""
    lock = context.with_resource(taking_lock(context, archive, config, "upgrade", make=False))
    from storage.archive import Archive
    from storage.database.upgrading import upgrade
    from storage.reader import DATABASE_NAME, require_archive

    call = Invocation.begin(config, as_json=json, quiet=quiet, verbose=verbose, writes_log=True, archive=archive)
    directory = call.config.archive
    require_archive(directory)
    began = time.monotonic()
    done = upgrade(directory / DATABASE_NAME)
    if done.copy is not None:
        with Archive.held(directory, "upgrade", lock=lock):
            pass  # opening for writing releases leases and assigns clusters, as at the start of each run
    seconds = round(time.monotonic() - began, 1)
    call.report(
        {
            "command": "upgrade",
            "archive": str(directory),
            "before": done.before,
            "after": done.after,
            "copy": str(done.copy) if done.copy else None,
            "seconds": seconds,
        }
    )
    if done.copy is None:
        call.say(f"{directory} is up to date (tables {done.after}). Nothing was changed.")
    else:
        call.say(f"{directory}: tables {done.before} were brought to {done.after} in {seconds:g} s.")
        call.say(f"The tables of before are kept as {done.copy}; remove it once `harvester verify` finds no damage.")
    return 0
