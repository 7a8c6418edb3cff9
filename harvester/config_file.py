"""The configuration file, and the archive's folder according to it.

Standard library only: the archive is locked before anything else is loaded.
"""

from __future__ import annotations

import os
import tomllib
from pathlib import Path
from typing import Any

from harvester.trust import require_trusted
from storage.errors import UsageError

FILE = "harvester.toml"
PREFIX = "HARVESTER_"
ARCHIVE = Path("archive")
"""Default of the archive's folder, without option, variable and file."""


def read_toml(path: Path) -> dict[str, Any]:
    """Return the values of a TOML file.

    Raises:
        UsageError: it cannot be read, is no UTF-8 or no valid TOML (the message has the line), or has the
            character NUL.
    """
    try:
        values = tomllib.loads(path.read_bytes().decode("utf-8-sig"))
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}.", "Check the name and the permissions.") from error
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise UsageError(f"{path}: line {line} is not UTF-8.", "Save the file as UTF-8.") from error
    except tomllib.TOMLDecodeError as error:
        raise UsageError(f"{path} is not valid TOML: {error}.", "Correct that line.") from error
    if _has_nul(values):
        raise UsageError(f"{path} has the character NUL in a value.", "Take it out: no path and no text of the archive may hold it.")
    return values


def _has_nul(value: object) -> bool:
    """Return whether a value or a key contains NUL, which TOML can escape."""
    if isinstance(value, dict):
        return any(_has_nul(part) for pair in value.items() for part in pair)
    return any(map(_has_nul, value)) if isinstance(value, list) else isinstance(value, str) and "\0" in value


def read_file(path: Path | None) -> dict[str, Any]:
    """Return the values of the file of `--config`, else of harvester.toml in the working directory, if any.

    Raises:
        UsageError: it cannot be read, is no TOML, or others may change it.
    """
    file = path or Path(FILE)
    if path is None and not file.exists():
        return {}
    require_trusted(file)
    return read_toml(file)


def archive_folder(flag: Path | None, config: Path | None) -> Path | None:
    """Return the archive's folder: from the option, else HARVESTER_ARCHIVE, else the file, else `archive`.

    The order is that of `load_config`. None where the file or the variable is wrong, which `load_config`
    reports with every other fault.
    """
    if flag is not None:
        return flag
    # pydantic-settings ignores case
    given = [value for name, value in os.environ.items() if name.upper() == f"{PREFIX}ARCHIVE"]
    if given:
        return Path(given[-1]) if given[-1] else None
    try:
        file = read_file(config)
    except UsageError:
        return None
    if "archive" not in file:
        return ARCHIVE
    named = file["archive"]
    return (config or Path(FILE)).parent / named if isinstance(named, str) and named else None
