"""Messages that a command gives in any case: `harvester: …` on stderr, an event where the log is JSON, and a line of the log file.

Light: `harvester.cli.main` needs it before Typer is loaded.
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
    """Print a message, and log it; `in_file`: to the log file, too."""
    from harvester.monitoring.logs import TOLD, TOLD_ON_STDERR, is_json

    if not is_json():
        _print(f"harvester: {plain(message)}")
    note(message, level, logger=TOLD if in_file else TOLD_ON_STDERR)


def _print(line: str) -> None:
    """Write a line to stderr; on a terminal it is broken between words, elsewhere no library is loaded for that."""
    with streams.best_effort():
        if not sys.stderr.isatty():
            sys.stderr.write(f"{line}\n")
            return
        from harvester.cli.console import PlainConsole

        PlainConsole(sys.stderr).print(line)


def note(message: str, level: int = logging.ERROR, *, logger: str = "") -> None:
    """Log a message that was printed, if logging is set up: without a handler Python would print it once more."""
    from harvester.monitoring.logs import TOLD

    if logging.getLogger().handlers:
        logging.getLogger(logger or TOLD).log(level, "%s", message)


def set_up_early(arguments: Sequence[str]) -> None:
    """Log where a command would have logged that ended before its configuration was read; a fault of that is left to others."""
    from harvester.monitoring.logs import has_file, is_json, set_up_logging

    if has_file() or is_json():
        return
    file, format_ = _setting(arguments, "file"), _setting(arguments, "format")
    if file or format_ == "json":
        with suppress(UsageError):
            set_up_logging(-1, file=Path(file) if file else None, as_json=format_ == "json")


def _setting(arguments: Sequence[str], key: str) -> str:
    """The value of a key of the table `log`: by the option, else by the variable, else by the file; empty where none names it."""
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
    """The value of an option on the command line; empty where it is not there."""
    for place, word in enumerate(arguments):
        if word == name:
            return next(iter(arguments[place + 1 : place + 2]), "")
        if word.startswith(f"{name}="):
            return word.partition("=")[2]
    return ""
