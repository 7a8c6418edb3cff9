"""The lock of the archive, taken before anything else is imported, so that of two runs the second ends at once.

Twenty cron lines that start together on two cores end within two seconds only if the one that finds the archive held has not
loaded Typer by then. So the command line is looked at here first, without it: where the command is one that writes and nothing is in
doubt, the archive is locked. Everything else is left to Typer, and `taking_lock` takes the lock after it. A file to ingest that is not
there is in doubt: the command refuses it before there is an archive.
"""

from __future__ import annotations

import os
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

from harvester.config_file import archive_folder
from storage.errors import ArchiveUnusable
from storage.locking import hold

if TYPE_CHECKING:
    from collections.abc import Sequence
    from contextlib import AbstractContextManager

    import typer

    from storage.locking import Lock

WRITING = ("crawl", "ingest")
"""The commands that make an archive and write into it; another run reports the command's name."""

IF_FREE = "--if-free"
"""With this option of `crawl` an archive that another run holds is no error."""

EXISTING = "--existing"
"""With this option of `crawl` no archive is begun: a disk that is not mounted leaves an empty folder."""

_TABLES = "archive.sqlite3"

_NAMING = ("--archive", "--config")
_FLAGS = frozenset({IF_FREE, EXISTING, "--all", "--any-source", "--json", "--only-given-sources", "--quiet", "--verbose", "-q", "-v"})
"""Options that take no value. What stands behind another option may be its value, even where it looks like an option."""
_IDLE = frozenset({"--dry-run", "--help", "-h"})
"""With these nothing is written."""


def early_lock(arguments: Sequence[str]) -> AbstractContextManager[Lock | None]:
    """Hold the archive that a command line means; no lock where it is not certain that it writes, and where.

    Raises:
        ArchiveBusy, ArchiveUnusable, DiskFull: as `storage.locking.hold` does; ArchiveUnusable also where there is no archive and
            none shall be begun.
    """
    is_writing = bool(arguments) and arguments[0] in WRITING
    named = _named(arguments[1:], are_files=arguments[0] == "ingest") if is_writing else None
    if named is None:
        return nullcontext()
    archive, config = (Path(named[option]) if option in named else None for option in _NAMING)
    directory = archive_folder(archive, config)
    if directory is None:
        return nullcontext()
    if EXISTING in arguments:
        require_begun(directory)
    return hold(directory, arguments[0])


def is_begun(directory: Path) -> bool:
    """Whether there is an archive in a directory, told without loading what reads it."""
    return (directory / _TABLES).is_file()


def require_begun(directory: Path) -> None:
    """Raise ArchiveUnusable where a directory holds no archive; nothing is written, no lock file either."""
    if not is_begun(directory):
        hint = f"Is its disk mounted? To begin one, crawl without {EXISTING}."
        raise ArchiveUnusable(f"There is no archive in {directory}.", hint)


def may_be_held(arguments: Sequence[str]) -> bool:
    """Whether a command line ends silently with 0 where another run holds the archive."""
    return bool(arguments) and arguments[0] == "crawl" and IF_FREE in arguments


def _named(words: Sequence[str], *, are_files: bool) -> dict[str, str] | None:
    """Return the archive and the configuration that the words behind a command name, by option; None where anything is in doubt.

    Words that are neither options nor their values have to name files that are there, where they are files.
    """
    named: dict[str, str] = {}
    may_take_next, rest = False, iter(words)
    for word in rest:
        option, given, value = word.partition("=")
        several = word[:1] == "-" and word[1:2] not in {"", "-"} and word[2:]  # -qv: short options in one word
        if word in _IDLE or several or (may_take_next and word[:1] == "-"):
            return None
        if word == "--":
            return None if are_files and not all(map(_is_there, rest)) else _if_given(named)
        if are_files and word[:1] != "-" and not may_take_next and not _is_there(word):
            return None
        may_take_next = word[:1] == "-" and not given and word not in _FLAGS and option not in _NAMING
        if option in _NAMING:
            named[option] = value if given else next(rest, "")
    return _if_given(named)


def _is_there(name: str) -> bool:
    return os.path.exists(name)  # noqa: PTH110  Path.exists raises for a name that is too long


def _if_given(named: dict[str, str]) -> dict[str, str] | None:
    return named if all(named.values()) else None


def taking_lock(
    context: typer.Context, archive: Path | None, config: Path | None, purpose: str, *, make: bool = True, begin: bool = True
) -> AbstractContextManager[Lock | None]:
    """Hold the archive that a call of a command means, if `early_lock` did not do so (then the lock is the context's object).

    No lock is taken where the configuration is at fault, which `Invocation.begin` reports, and (without `make`) where there is no
    such folder. Without `begin` there must be an archive.

    Raises:
        ArchiveBusy, ArchiveUnusable, DiskFull: as `early_lock` does.
    """
    directory = archive_folder(archive, config)
    if context.obj is not None and context.obj.directory == directory:
        return nullcontext(context.obj)
    if directory is None or not (make or directory.is_dir()):
        return nullcontext()
    if not begin:
        require_begun(directory)
    return hold(directory, purpose)
