"""`harvester config`: print the configuration in force and the origin of each value."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from harvester.cli.doctor import ignored_files
from harvester.cli.options import (
    ArchiveOption,
    ConfigOption,
    Invocation,
    JsonOption,
    KeepOption,
    OnlySourcesOption,
    QuietOption,
    SourcesOption,
    TopicOption,
    TopicsOption,
    VerboseOption,
)
from harvester.cli.tables import Column, print_table
from harvester.config import load_config, read_config, variable_of
from harvester.config_file import FILE
from harvester.monitoring.logs import set_up_logging

if TYPE_CHECKING:
    from pydantic import BaseModel

_USER_INFORMATION = re.compile(r"(?<=://)[^/@\s]+(?=@)")
"""User information (user and password) of a URL (RFC 3986, section 3.2.1)."""


def command(
    *,
    keep: KeepOption = None,
    topic: TopicOption = None,
    topics: TopicsOption = None,
    archive: ArchiveOption = None,
    config: ConfigOption = None,
    sources: SourcesOption = None,
    only_given_sources: OnlySourcesOption = False,
    json: JsonOption = False,
    quiet: QuietOption = False,
    verbose: VerboseOption = 0,
) -> int:
    """Show every configuration value in force and where it comes from: default, file, variable or option."""
    set_up_logging(-1 if quiet else verbose)
    only = True if only_given_sources else None
    flags = {"archive": archive, "sources": sources, "only_given_sources": only, "keep": keep, "topic": topic, "topics": topics}
    reading = read_config(config, **flags)
    call = Invocation(reading.config, json, quiet)
    file = config or Path(FILE)
    rows = [
        {"key": key, "value": _value(reading.config, key), "origin": origin, "variable": variable_of(key)}
        for key, origin in reading.origins.items()
        if key not in reading.unread
    ]
    faults = [str(fault) for fault in reading.faults]
    ignored = [str(x) for x in ignored_files(config)]
    found = str(file) if file.exists() else None
    unreadable = not reading.file_was_read
    call.report({"command": "config", "file": found, "ignored": ignored, "faults": faults, "values": rows})
    if not json:
        if rows:
            _print(call, rows)
        if found and not unreadable:
            call.say(f"{file} was read.")
        elif not found and config is None:
            call.say(f"There is no {file}.")
    for path in ignored:
        call.say(f"{path} is not read. Write it as TOML into {FILE}.")
    if reading.faults:
        load_config(config, **flags)  # raises the faults, as in every other command
    return 0


_COLUMNS = (Column("key", left=True), Column("value", left=True, folds=True), Column("from", left=True, folds=True))


def _print(call: Invocation, rows: list[dict[str, Any]]) -> None:
    print_table(call.out, _COLUMNS, [(row["key"], _shown(row["value"]), row["origin"]) for row in rows])


def _shown(value: Any) -> str:
    """Return a value as it is printed for users."""
    if isinstance(value, list):
        return ", ".join(value) or "none"
    if value is None or value == "":
        return "none"
    return str(value).lower() if isinstance(value, bool) else str(value)


def _value(config: BaseModel, key: str) -> Any:
    """Return the value of a dotted key as a JSON value, without passwords in URLs."""
    value: Any = config.model_dump(mode="json")
    for step in key.split("."):
        value = value[step]
    return [_without_password(x) for x in value] if isinstance(value, list) else _without_password(value)


def _without_password(value: Any) -> Any:
    return _USER_INFORMATION.sub("***", value) if isinstance(value, str) else value
