"""`harvester doctor`: what is installed, readable and writable, and what to do about what is not. It asks no network."""

from __future__ import annotations

import os
import re
import shutil
import sqlite3
import sys
import tempfile
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from importlib.metadata import PackageNotFoundError, requires, version
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from rich.text import Text

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
from harvester.config import Config
from harvester.config_file import ARCHIVE, FILE, PREFIX, archive_folder
from harvester.fetching.browser import executable, why_no_browser
from storage.archive import Archive
from storage.errors import HarvesterError, UsageError
from storage.locking import holder
from storage.reader import DATABASE_NAME

if TYPE_CHECKING:
    from collections.abc import Iterator

DISTRIBUTION = "news-harvester"
SPARSE_BYTES, FEW_BYTES = 1024**3, 64 * 1024**2
"""Free space below which a crawl is warned about, and below which it would end soon: some captures of the largest size."""

_OLDEST_PYTHON = (3, 11)
_NAME = re.compile(r"[A-Za-z0-9._-]+")


class Level(StrEnum):
    """How a finding is to be taken."""

    OK = "ok"
    WARNING = "warning"
    PROBLEM = "problem"


_STYLES = {Level.OK: "green", Level.WARNING: "yellow", Level.PROBLEM: "red"}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at, how it stands, and what to do about it."""

    subject: str
    level: Level
    finding: str
    hint: str = ""


def command(
    *,
    archive: ArchiveOption = None,
    config: ConfigOption = None,
    sources: SourcesOption = None,
    only_given_sources: OnlySourcesOption = False,
    json: JsonOption = False,
    quiet: QuietOption = False,
    verbose: VerboseOption = 0,
) -> int:
    """Look at the installation, the configuration and the archive, and say what to do; exit code 2 when something is wrong."""
    flags = {"archive": archive, "sources": sources, "only_given_sources": only_given_sources}
    broken = ""
    try:
        call = Invocation.begin(config, as_json=json, quiet=quiet, verbose=verbose, **flags)
    except UsageError as error:
        broken = str(error)
        call = Invocation(Config.model_construct(archive=archive_folder(archive, config) or ARCHIVE), json, quiet)  # the defaults hold
    findings = [*_installation(), _configuration(config, broken), *_settings(call), *_archive(call.config.archive), *_surroundings()]
    problems = sum(finding.level is Level.PROBLEM for finding in findings)
    warnings = sum(finding.level is Level.WARNING for finding in findings)
    call.report({"command": "doctor", "problems": problems, "warnings": warnings, "findings": [asdict(x) for x in findings]})
    _print(call, findings)
    if problems:
        raise UsageError(f"{problems} {'problem' if problems == 1 else 'problems'} found.", "Do what stands beside each, then look again.")
    return 0


def _print(call: Invocation, findings: list[Finding]) -> None:
    for x in findings:
        if not call.as_json and not (call.quiet and x.level is Level.OK):
            line = Text(f"{x.level.value:<9}", _STYLES[x.level]).append(f"{x.subject}: {plain(x.finding)}", "default")
            call.out.print(line.append(f"  {plain(x.hint)}" if x.hint else "", "default"))


# ── what is installed ─────────────────────────────────────────────────────────────────────────────────────────────────


def _installation() -> Iterator[Finding]:
    running = ".".join(map(str, sys.version_info[:3]))
    if sys.version_info >= _OLDEST_PYTHON:
        yield Finding("Python", Level.OK, running)
    else:
        yield Finding("Python", Level.PROBLEM, f"{running} is too old.", "Install Python 3.11 or newer.")
    yield _sqlite()
    yield _packages()
    yield _zones()


def _sqlite() -> Finding:
    connection = sqlite3.connect(":memory:")
    try:
        connection.execute("CREATE VIRTUAL TABLE words USING fts5(text)")
    except sqlite3.OperationalError:
        return Finding("SQLite", Level.PROBLEM, f"{sqlite3.sqlite_version} without FTS5.", "Use a Python whose SQLite has FTS5.")
    finally:
        connection.close()
    return Finding("SQLite", Level.OK, f"{sqlite3.sqlite_version} with FTS5")


def _packages() -> Finding:
    """The packages that the distribution asks for, with the versions that are there."""
    try:
        wanted = requires(DISTRIBUTION) or []
    except PackageNotFoundError:
        return Finding("packages", Level.WARNING, f"{DISTRIBUTION} runs without being installed.", "Install it with pip.")
    names = [match[0] for line in wanted if ";" not in line and (match := _NAME.match(line))]
    found: list[str] = []
    missing: list[str] = []
    for name in names:
        try:
            found.append(f"{name} {version(name)}")
        except PackageNotFoundError:
            missing.append(name)
    if missing:
        return Finding("packages", Level.PROBLEM, f"missing: {', '.join(missing)}.", f"Install {DISTRIBUTION} again with pip.")
    return Finding("packages", Level.OK, ", ".join([f"{DISTRIBUTION} {version(DISTRIBUTION)}", *found]))


def _zones() -> Finding:
    """Almaty has been five hours ahead since March 2024; older zone data says six, and every date would be an hour off."""
    try:
        ahead = datetime(2024, 7, 1, tzinfo=ZoneInfo("Asia/Almaty")).utcoffset()
    except ZoneInfoNotFoundError:
        return Finding("time zones", Level.PROBLEM, "no zone data.", "Install the package tzdata.")
    if ahead != timedelta(hours=5):
        return Finding("time zones", Level.PROBLEM, "the system's zone data is older than 2024a.", "Update the system's tzdata.")
    return Finding("time zones", Level.OK, "zone data of 2024 or newer")


# ── what is configured ────────────────────────────────────────────────────────────────────────────────────────────────


def _configuration(path: Path | None, broken: str) -> Finding:
    if broken:
        return Finding("configuration", Level.PROBLEM, broken)
    file = path or Path(FILE)
    return Finding("configuration", Level.OK, f"{file} was read" if file.exists() else f"no {FILE} here: the defaults hold")


def _settings(call: Invocation) -> Iterator[Finding]:
    names = sorted(name for name in os.environ if name.startswith(PREFIX))
    yield Finding("environment", Level.OK, f"{', '.join(names)} in force" if names else f"no {PREFIX}* variable is set")
    if call.config.contact:
        yield Finding("contact", Level.OK, "configured")
    else:
        yield Finding("contact", Level.WARNING, "none: sites cannot reach you.", f"Set `contact` in {FILE}, or {PREFIX}CONTACT.")
    faults = catalogue_faults(call)
    if faults:
        hint = "`harvester sources check` tells all." if len(faults) > 1 else ""
        yield Finding("catalogue", Level.PROBLEM, f"{len(faults)} faults, the first: {faults[0]}", hint)
    else:
        yield Finding("catalogue", Level.OK, f"{len(call.catalogue)} sources, {sum(x.enabled for x in call.catalogue)} enabled")
        yield from _browser(call)
    try:
        yield Finding("topic", Level.OK, ", ".join(topic.id for topic in call.topics))
    except UsageError as error:
        yield Finding("topic", Level.PROBLEM, error.message, error.hint)


def _browser(call: Invocation) -> Iterator[Finding]:
    """Whether the sources whose pages only scripts make can be asked."""
    wanting = [x.id for x in call.catalogue if x.browser and x.enabled]
    if wanting:
        missing = why_no_browser(call.config)
        named = f"for {', '.join(wanting)}"
        level = Level.WARNING if missing else Level.OK
        yield Finding("browser", level, f"{missing} ({named})" if missing else f"{executable(call.config)}, {named}")


# ── what is there ─────────────────────────────────────────────────────────────────────────────────────────────────────


def _archive(directory: Path) -> Iterator[Finding]:
    yield _tables(directory)
    yield _writable(directory)
    place = _existing(directory)
    free = shutil.disk_usage(place).free
    amount = f"{free / 1024**3:.1f} GiB free at {place}"
    if free < FEW_BYTES:
        yield Finding("disk", Level.PROBLEM, f"{amount}.", "Make room before the next crawl.")
    elif free < SPARSE_BYTES:
        yield Finding("disk", Level.WARNING, f"{amount}.", "Make room, or choose another disk with --archive.")
    else:
        yield Finding("disk", Level.OK, amount)
    held_by = holder(directory)
    yield Finding("lock", Level.OK, f"held by {held_by}" if held_by else "nobody holds the archive")


def _tables(directory: Path) -> Finding:
    if not (directory / DATABASE_NAME).is_file():
        return Finding("archive", Level.OK, f"none in {directory} yet: the first crawl makes it")
    try:
        with Archive.opened(directory) as opened:
            size = opened.measure()
    except HarvesterError as error:
        return Finding("archive", Level.PROBLEM, error.message, error.hint)
    return Finding("archive", Level.OK, f"{directory}: {size['articles']} articles, {size['captures']} captures, tables up to date")


def _writable(directory: Path) -> Finding:
    """Whether files can be made in the archive's folder, or the folder itself where it is not there yet."""
    place = _existing(directory)
    try:
        with tempfile.TemporaryFile(dir=place):
            return Finding("folder", Level.OK, f"{place} can be written")
    except OSError as error:
        hint = "Give it to the user who runs this, or choose another folder with --archive."
        return Finding("folder", Level.PROBLEM, f"{place} cannot be written: {error.strerror}.", hint)


def _existing(directory: Path) -> Path:
    """The folder itself, or the nearest one above it that exists."""
    return next(place for place in (directory, *directory.absolute().parents) if place.exists())


def _surroundings() -> Iterator[Finding]:
    encoding = (sys.stdout.encoding or "unknown").lower()
    locale = next((f"{name}={os.environ[name]}" for name in ("LC_ALL", "LC_CTYPE", "LANG") if os.environ.get(name)), "no locale set")
    terminal = "a terminal" if sys.stdout.isatty() else "no terminal"
    if encoding.replace("-", "") == "utf8":
        yield Finding("output", Level.OK, f"{encoding}, {locale}, {terminal}")
    else:
        yield Finding("output", Level.WARNING, f"{encoding}, {locale}: letters may be lost.", "Set PYTHONUTF8=1.")
