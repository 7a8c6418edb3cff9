"""Messages that are always printed: `harvester: …` on stderr, and a line of the log file.

Where the log is JSON, they are events of the log instead of lines on stderr. `harvester.cli.main` imports
this module before Typer is loaded, so its imports are few.
"""

from __future__ import annotations

import logging
import os
import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from harvester.cli import streams
from harvester.config_file import FILE, PREFIX, read_file
from storage.errors import UsageError
from storage.export.plain_text import plain

if TYPE_CHECKING:
    from collections.abc import Sequence


def tell(message: str, level: int = logging.ERROR, *, in_file: bool = True) -> None:
    """Print a message and log it; `in_file`: to the log file, too."""
    from harvester.monitoring.logs import TOLD, TOLD_ON_STDERR, is_json

    if not is_json():
        _print(f"harvester: {plain(message)}")
    note(message, level, logger=TOLD if in_file else TOLD_ON_STDERR)


def _print(line: str) -> None:
    """Write a line to stderr: on a terminal broken between words, elsewhere without importing rich."""
    with streams.best_effort():
        if not sys.stderr.isatty():
            sys.stderr.write(f"{line}\n")
            return
        from harvester.cli.console import PlainConsole

        PlainConsole(sys.stderr).print(line)


def note(message: str, level: int = logging.ERROR, *, logger: str = "") -> None:
    """Log a message that was printed, if logging is set up.

    Without a handler, Python would print it once more.
    """
    from harvester.monitoring.logs import TOLD

    if logging.getLogger().handlers:
        logging.getLogger(logger or TOLD).log(level, "%s", message)


def set_up_early(arguments: Sequence[str]) -> None:
    """Set up the log of a command that ended before its configuration was read.

    Invalid settings of the log are ignored here.
    """
    from harvester.monitoring.logs import has_file, is_json, set_up_logging

    if has_file() or is_json():
        return
    file, format_ = _setting(arguments, "file"), _setting(arguments, "format")
    if file or format_ == "json":
        with suppress(UsageError):
            set_up_logging(-1, file=Path(file) if file else None, as_json=format_ == "json")


def _setting(arguments: Sequence[str], key: str) -> str:
    """Return the value of a key of the table `log`; empty where it is not set.

    The option comes before the variable, the variable before the configuration file.
    """
    given = _option(arguments, f"--log-{key}") or os.environ.get(f"{PREFIX}LOG__{key.upper()}", "")
    if given:
        return given
    config = _option(arguments, "--config")
    file = Path(config) if config else None
    values: dict[str, Any] = {}
    with suppress(UsageError):
        values = read_file(file)
    log = values.get("log")
    value = log.get(key) if isinstance(log, dict) else None
    if not isinstance(value, str) or not value:
        return ""
    return str((file or Path(FILE)).parent / value) if key == "file" else value


def _option(arguments: Sequence[str], name: str) -> str:
    """Return the value of an option on the command line; empty where it is absent."""
    for place, word in enumerate(arguments):
        if word == name:
            return next(iter(arguments[place + 1 : place + 2]), "")
        if word.startswith(f"{name}="):
            return word.partition("=")[2]
    return ""
