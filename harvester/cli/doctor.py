"""`harvester doctor`: check installation, configuration and archive, and advise on each problem found.

It makes no network request unless `--network` is given.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, cast
from urllib.parse import urlsplit

import typer
from rich.text import Text

from harvester.cli.findings import Finding, Level, looked_at
from harvester.cli.installation import installation, name_look_up, surroundings
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
from harvester.cli.rendering import plain
from harvester.cli.sources import catalogue_faults
from harvester.config import read_config
from harvester.config_file import FILE, PREFIX
from harvester.fetching.browser import executable, why_no_browser
from harvester.monitoring.disk import amount
from harvester.monitoring.logs import set_up_logging
from storage.errors import HarvesterError, UsageError
from storage.locking import holder
from storage.model.text import counted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from harvester.config import ConfigReport

SPARSE_BYTES, FEW_BYTES = 1024**3, 64 * 1024**2
"""Free bytes below which doctor warns of a crawl, and below which a crawl would end soon.

The second is a few captures of the largest size."""

_OTHER_FORMATS = ("yaml", "yml", "ini", "json", "cfg", "conf")
"""File name extensions of configuration formats that other programs read, and this one does not."""

_STYLES = {Level.OK: "green", Level.WARNING: "yellow", Level.PROBLEM: "red", Level.SKIPPED: "yellow"}


def command(
    *,
    network: Annotated[bool, typer.Option("--network", help="Look up the name of one source, too.")] = False,
    archive: ArchiveOption = None,
    config: ConfigOption = None,
    sources: SourcesOption = None,
    only_given_sources: OnlySourcesOption = False,
    json: JsonOption = False,
    quiet: QuietOption = False,
    verbose: VerboseOption = 0,
) -> int:
    """Look at the installation, the configuration and the archive, and say what to do; exit code 2 when something is wrong."""
    set_up_logging(-1 if quiet else verbose)
    only = True if only_given_sources else None
    reading = read_config(config, archive=archive, sources=sources, only_given_sources=only)
    call = Invocation(reading.config, json, quiet)
    findings = [
        *looked_at("installation", installation),
        *_configuration(config, reading),
        *looked_at("environment", lambda: [_environment()]),
        *_unless_unread(reading, "contact", ("contact",), lambda: [_contact(call)]),
        *_unless_unread(reading, "catalogue", ("sources", "only_given_sources"), lambda: _catalogue(call, reading)),
        *_unless_unread(reading, "topic", ("topic", "topics"), lambda: [_topic(call)]),
        *_unless_unread(reading, "archive", ("archive",), lambda: _archive(call.config.archive)),
        *_unless_unread(reading, "log", ("log.file",), lambda: _log(call.config.log.file)),
        *looked_at("output", surroundings),
        *(looked_at("network", lambda: [_network(call)]) if network else ()),
    ]
    problems = sum(finding.level is Level.PROBLEM for finding in findings)
    warnings = sum(finding.level is Level.WARNING for finding in findings)
    call.report({"command": "doctor", "problems": problems, "warnings": warnings, "findings": [asdict(x) for x in findings]})
    _print(call, findings, verbose=verbose)
    if problems:
        raise UsageError(f"{counted(problems, 'problem')} found.", "Do what stands beside each, then look again.")
    if not (json or quiet):
        call.out.print("all well" + (f", {counted(warnings, 'warning')}" if warnings else ""))
    return 0


def _print(call: Invocation, findings: list[Finding], *, verbose: int) -> None:
    for x in findings:
        if not call.as_json and not (call.quiet and x.level is Level.OK):
            line = Text(f"{x.level.value:<9}", _STYLES[x.level]).append(f"{x.subject}: {plain(x.finding)}", "default")
            line.append(f"  {plain(x.hint)}" if x.hint else "", "default")
            call.out.print(line.append(f" ({plain(x.details)})" if x.details and verbose else "", "default"))


def _unless_unread(reading: ConfigReport, subject: str, keys: tuple[str, ...], check: Callable[[], Iterable[Finding]]) -> Iterator[Finding]:
    """Yield the findings of a check that depends on these configuration keys.

    Where one of the keys could not be read, the check is skipped.
    """
    unread = [key for key in keys if key in reading.unread]
    if unread:
        yield Finding(subject, Level.SKIPPED, f"not looked at: {' and '.join(unread)} could not be read")
    else:
        yield from looked_at(subject, check)


# ── configuration ─────────────────────────────────────────────────────────────────────────────────────────────────────


def _configuration(path: Path | None, reading: ConfigReport) -> Iterator[Finding]:
    file = path or Path(FILE)
    for fault in reading.faults:
        yield Finding("configuration", Level.PROBLEM, fault.message, fault.hint)
    if not reading.faults:
        yield Finding("configuration", Level.OK, f"{file} was read" if file.exists() else f"no {FILE} here: the defaults hold")
    for other in ignored_files(path):
        yield Finding("configuration", Level.WARNING, f"{other} is not read.", f"Write it as TOML into {FILE}.")


def ignored_files(path: Path | None) -> list[Path]:
    """Return files beside the configuration file that look like one in another format and are not read."""
    folder = (path or Path(FILE)).parent
    candidates = [folder / f"harvester.{ending}" for ending in _OTHER_FORMATS]
    return [x for x in candidates if os.path.lexists(x) and x != path]


def _environment() -> Finding:
    names = sorted(name for name in os.environ if name.startswith(PREFIX))
    return Finding("environment", Level.OK, f"{', '.join(names)} in force" if names else f"no {PREFIX}* variable is set")


def _contact(call: Invocation) -> Finding:
    if call.config.contact:
        return Finding("contact", Level.OK, "configured")
    return Finding("contact", Level.WARNING, "none: sites cannot reach you.", f"Set `contact` in {FILE}, or {PREFIX}CONTACT.")


def _catalogue(call: Invocation, reading: ConfigReport) -> Iterator[Finding]:
    faults = catalogue_faults(call)
    if faults:
        hint = "`harvester sources check` tells all." if len(faults) > 1 else ""
        yield Finding("catalogue", Level.PROBLEM, f"{counted(len(faults), 'fault')}, the first: {faults[0]}", hint)
        return
    yield Finding("catalogue", Level.OK, f"{counted(len(call.catalogue), 'source')}, {sum(x.enabled for x in call.catalogue)} enabled")
    yield from _unless_unread(reading, "browser", ("crawl.browser",), lambda: _browser(call))


def _topic(call: Invocation) -> Finding:
    return Finding("topic", Level.OK, ", ".join(topic.id for topic in call.topics))


def _network(call: Invocation) -> Finding:
    first = next((x for x in call.catalogue if x.enabled), None)
    if first is None:
        return Finding("network", Level.SKIPPED, "no source is enabled whose name could be looked up")
    return name_look_up(urlsplit(first.source.home).hostname or "")


def _browser(call: Invocation) -> Iterator[Finding]:
    """Check that there is a browser for the enabled sources whose pages are rendered by scripts, if any."""
    wanting = [x.id for x in call.catalogue if x.browser and x.enabled]
    if wanting:
        missing = why_no_browser(call.config)
        named = f"for {', '.join(wanting)}"
        level = Level.WARNING if missing else Level.OK
        yield Finding("browser", level, f"{missing} ({named})" if missing else f"{executable(call.config)}, {named}")


# ── file system ───────────────────────────────────────────────────────────────────────────────────────────────────────


def _archive(directory: Path) -> Iterator[Finding]:
    yield from looked_at("archive", lambda: [_tables(directory)])
    yield from looked_at("WARC files", lambda: _warc_files(directory))
    yield from looked_at("folder", lambda: [_writable(directory)])
    yield from looked_at("disk", lambda: [_disk(directory)])
    yield from looked_at("lock", lambda: [_lock(directory)])


def _disk(directory: Path) -> Finding:
    place = _existing(directory)
    free = shutil.disk_usage(place).free
    told = f"{amount(free)} free at {place}"
    if free < FEW_BYTES:
        return Finding("disk", Level.PROBLEM, f"{told}.", "Make room before the next crawl.")
    if free < SPARSE_BYTES:
        return Finding("disk", Level.WARNING, f"{told}.", "Make room, or choose another disk with --archive.")
    return Finding("disk", Level.OK, told)


def _log(file: Path | None) -> Iterator[Finding]:
    """Check that the log file can be appended to or, where it does not exist, created; nothing is written."""
    if file is None:
        return
    try:
        if file.exists():
            file.open("ab").close()
        else:
            tempfile.TemporaryFile(dir=file.parent).close()
    except OSError as error:
        hint = "Make its folder, give it to the user who runs this, or correct log.file."
        yield Finding("log", Level.PROBLEM, f"{file} cannot be written: {error.strerror}.", hint)
    else:
        yield Finding("log", Level.OK, f"{file} can be written")


def _lock(directory: Path) -> Finding:
    held_by = holder(directory)
    return Finding("lock", Level.OK, f"held by {held_by}" if held_by else "nobody holds the archive")


def _tables(directory: Path) -> Finding:
    from storage.archive import Archive
    from storage.reader import DATABASE_NAME

    if (directory / DATABASE_NAME).is_dir():
        return Finding("archive", Level.PROBLEM, f"{directory / DATABASE_NAME} is a folder.", "Choose another archive with --archive.")
    if not (directory / DATABASE_NAME).is_file():
        return Finding("archive", Level.OK, f"none in {directory} yet: the first crawl makes it")
    try:
        with Archive.opened(directory) as opened:
            size = opened.measure()
            articles, captures = cast("int", size["articles"]), cast("int", size["captures"])
    except HarvesterError as error:
        return Finding("archive", Level.PROBLEM, error.message, error.hint)
    held = f"{counted(articles, 'article')} and {counted(captures, 'capture')} in {directory}"
    return Finding("archive", Level.OK, f"{held}, tables up to date")


def _warc_files(directory: Path) -> Iterator[Finding]:
    """Check that every WARC file exists and is no shorter than the database records.

    A run checks the same before it appends. The records themselves are not read.
    """
    from storage.archive import Archive
    from storage.reader import DATABASE_NAME
    from storage.warc.repair import lost_files

    if not (directory / DATABASE_NAME).is_file():
        return
    try:
        with Archive.opened(directory) as opened:
            ends, folder = opened.warc_ends(), opened.warc_directory
    except HarvesterError:
        return  # unreadable tables are a finding of `_tables`
    lost = list(lost_files(folder, ends))
    if lost:
        more = f" ({len(lost)} files in all)" if len(lost) > 1 else ""
        yield Finding("WARC files", Level.PROBLEM, f"{lost[0]}{more}.", "Bring it back from a copy; `harvester verify` names what is lost.")
    elif ends:
        yield Finding("WARC files", Level.OK, f"{len(ends)} there, none shorter than its rows say")


def _writable(directory: Path) -> Finding:
    """Check that files can be created in the archive's folder, or else in the nearest existing one above."""
    if directory.is_symlink() and not directory.exists():
        return Finding("folder", Level.PROBLEM, f"{directory} is a link that leads nowhere.", "Correct it, or choose another --archive.")
    place = _existing(directory)
    try:
        with tempfile.TemporaryFile(dir=place):
            return Finding("folder", Level.OK, f"{place} can be written")
    except OSError as error:
        hint = "Give it to the user who runs this, or choose another folder with --archive."
        return Finding("folder", Level.PROBLEM, f"{place} cannot be written: {error.strerror}.", hint)


def _existing(directory: Path) -> Path:
    """Return the folder itself, or the nearest one above it that exists."""
    return next(place for place in (directory, *directory.absolute().parents) if place.exists())
