"""Lock the archive before anything else is imported, so that the second of two runs ends at once.

Twenty cron jobs that start together on two cores end within two seconds only if those that find the archive
locked have not loaded Typer by then. So the command line is examined here first, without Typer: where its
command writes and nothing is ambiguous, the archive is locked. Any other command line is left to Typer, and
`taking_lock` locks the archive afterwards. A missing file to ingest counts as ambiguous: the command refuses
it before there is an archive.
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
"""Commands that create an archive and write to it; the lock file names the command for other runs."""

IF_FREE = "--if-free"
"""Option of `crawl`: an archive that another run has locked is no error."""

EXISTING = "--existing"
"""Option of `crawl`: no archive is created. A disk that is not mounted leaves an empty folder."""

_TABLES = "archive.sqlite3"

_NAMING = ("--archive", "--config")
_FLAGS = frozenset({IF_FREE, EXISTING, "--all", "--any-source", "--json", "--only-given-sources", "--quiet", "--verbose", "-q", "-v"})
"""Options without a value. A word after any other option may be its value, even one with a dash."""
_IDLE = frozenset({"--dry-run", "--help", "-h"})
"""Options with which nothing is written."""


def early_lock(arguments: Sequence[str]) -> AbstractContextManager[Lock | None]:
    """Lock the archive of a command line; no lock unless it is certain that it writes, and to which archive.

    Raises:
        ArchiveBusy, ArchiveUnusable, DiskFull: as from `storage.locking.hold`; ArchiveUnusable also where
            there is no archive and none may be created.
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
    """Return whether a directory holds an archive, without importing the modules that read it."""
    return (directory / _TABLES).is_file()


def require_begun(directory: Path) -> None:
    """Check that a directory holds an archive; nothing is written, not even a lock file.

    Raises:
        ArchiveUnusable: it holds none.
    """
    if not is_begun(directory):
        hint = f"Is its disk mounted? To begin one, crawl without {EXISTING}."
        raise ArchiveUnusable(f"There is no archive in {directory}.", hint)


def may_be_held(arguments: Sequence[str]) -> bool:
    """Return whether a command line ends silently with 0 where another run has locked the archive."""
    return bool(arguments) and arguments[0] == "crawl" and IF_FREE in arguments


def _named(words: Sequence[str], *, are_files: bool) -> dict[str, str] | None:
    """Return `--archive` and `--config` of a command line with their values; None where it is ambiguous.

    `words` follow the command's name. With `are_files`, words that are neither options nor their values must
    be names of existing files.
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
    """Lock the archive of a command, unless `early_lock` did (then the lock is the context's object).

    No lock is taken where the configuration is invalid, which `Invocation.begin` reports, and (without
    `make`) where the folder does not exist. Without `begin`, the archive must exist.

    Raises:
        ArchiveBusy, ArchiveUnusable, DiskFull: as from `early_lock`.
    """
    directory = archive_folder(archive, config)
    if context.obj is not None and context.obj.directory == directory:
        return nullcontext(context.obj)
    if directory is None or not (make or directory.is_dir()):
        return nullcontext()
    if not begin:
        require_begun(directory)
    return hold(directory, purpose)
