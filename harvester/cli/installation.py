"""Checks of `harvester doctor` outside of the archive: Python and its packages, standard output, network."""

from __future__ import annotations

import os
import socket
import sqlite3
import sys
import threading
from datetime import datetime, timedelta
from importlib.metadata import PackageNotFoundError, requires, version
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from packaging.requirements import Requirement

from harvester.cli.findings import Finding, Level

if TYPE_CHECKING:
    from collections.abc import Iterator

DISTRIBUTION = "news-harvester"
LOOK_UP_SECONDS = 10.0
"""Timeout of a name look-up, in seconds.

The resolver of the system may take minutes (resolv.conf(5): timeout, attempts).
"""

_OLDEST_PYTHON = (3, 11)


def installation() -> Iterator[Finding]:
    """Check Python, SQLite, the packages and the time zones."""
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
    """Check that the packages that the distribution requires are installed, in versions that it allows."""
    try:
        wanted = requires(DISTRIBUTION) or []
    except PackageNotFoundError:
        return Finding("packages", Level.WARNING, f"{DISTRIBUTION} runs without being installed.", "Install it with pip.")
    needed = [x for x in map(Requirement, wanted) if x.marker is None or x.marker.evaluate({"extra": ""})]
    found: list[str] = []
    wrong: list[str] = []
    for package in needed:
        try:
            there = version(package.name)
        except PackageNotFoundError:
            wrong.append(f"{package.name} is missing")
            continue
        found.append(f"{package.name} {there}")
        if not package.specifier.contains(there, prereleases=True):
            wrong.append(f"{package.name} {there} is there, {package.specifier} is wanted")
    details = ", ".join([f"{DISTRIBUTION} {version(DISTRIBUTION)}", *found])
    if wrong:
        return Finding("packages", Level.PROBLEM, f"{'; '.join(wrong)}.", f"Install {DISTRIBUTION} again with pip.", details)
    return Finding("packages", Level.OK, f"{len(found)} packages as constrained", details=details)


def _zones() -> Finding:
    """Check the time zone data.

    Almaty has been at UTC+5 since March 2024. Older data says UTC+6, and every date would be an hour off.
    """
    try:
        ahead = datetime(2024, 7, 1, tzinfo=ZoneInfo("Asia/Almaty")).utcoffset()
    except ZoneInfoNotFoundError:
        return Finding("time zones", Level.PROBLEM, "no zone data.", "Install the package tzdata.")
    if ahead != timedelta(hours=5):
        return Finding("time zones", Level.PROBLEM, "the system's zone data is older than 2024a.", "Update the system's tzdata.")
    return Finding("time zones", Level.OK, "zone data of 2024 or newer")


def surroundings() -> Iterator[Finding]:
    """Check the encoding of stdout; report the locale, and whether stdout is a terminal."""
    encoding = (sys.stdout.encoding or "unknown").lower()
    locale = next((f"{name}={os.environ[name]}" for name in ("LC_ALL", "LC_CTYPE", "LANG") if os.environ.get(name)), "no locale set")
    terminal = "a terminal" if sys.stdout.isatty() else "no terminal"
    if encoding.replace("-", "") == "utf8":
        yield Finding("output", Level.OK, f"{encoding}, {locale}, {terminal}")
    else:
        yield Finding("output", Level.WARNING, f"{encoding}, {locale}: letters may be lost.", "Set PYTHONUTF8=1.")


def name_look_up(host: str, seconds: float = LOOK_UP_SECONDS) -> Finding:
    """Check that the name of a host resolves, within `seconds`; nothing is sent to the host itself."""
    answers: list[str] = []

    def look_up() -> None:
        try:
            socket.getaddrinfo(host, None)
            answers.append("")
        except (OSError, UnicodeError) as error:
            answers.append(str(getattr(error, "strerror", None) or error))

    thread = threading.Thread(target=look_up, daemon=True)
    thread.start()
    thread.join(seconds)
    problem = answers[0] if answers else f"no answer in {seconds:g} seconds"
    if problem:
        return Finding("network", Level.PROBLEM, f"{host} cannot be resolved: {problem}.", "Is this machine online?")
    return Finding("network", Level.OK, f"the name {host} has an address")
