"""`harvester schedule`: print the crontab line and the systemd units that crawl into this archive."""

from __future__ import annotations

import os
import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from harvester.cli.locking import EXISTING, IF_FREE, is_begun
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
from harvester.config_file import FILE, PREFIX
from storage.errors import LimitReached, SourcesFailed, UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

UNIT = "news-harvester"

_SERVICE = """\
[Unit]
Description=News Harvester: crawl the sources that are due
Wants=network-online.target
After=network-online.target
RequiresMountsFor={place}

[Service]
Type=oneshot
ExecStart={command}
# {some} and {limit}: sources failed, or a limit ended the run; `harvester status --exit-code` is for monitoring. 143: it was stopped.
SuccessExitStatus={some} {limit} 143
"""

_TIMER = """\
[Unit]
Description=News Harvester: every {minutes} minutes

[Timer]
OnCalendar={calendar}
Persistent=true

[Install]
WantedBy=timers.target
"""

_TEXT = """\
# crontab -e
{crontab}

# ~/.config/systemd/user/{unit}.service
{service}
# ~/.config/systemd/user/{unit}.timer
{timer}
# systemctl --user daemon-reload && systemctl --user enable --now {unit}.timer
# loginctl enable-linger lets it run while nobody is logged in.
"""

_DIVIDE_AN_HOUR = (1, 2, 3, 4, 5, 6, 10, 12, 15, 20, 30, 60)


def command(
    *,
    minutes: Annotated[int, typer.Option("--minutes", help="How often to crawl; a number that divides an hour.")] = 15,
    archive: ArchiveOption = None,
    config: ConfigOption = None,
    sources: SourcesOption = None,
    only_given_sources: OnlySourcesOption = False,
    json: JsonOption = False,
    quiet: QuietOption = False,
    verbose: VerboseOption = 0,
) -> int:
    """Print the crontab line, and the systemd service and timer, that crawl into this archive. Nothing is installed."""
    call = Invocation.begin(
        config,
        as_json=json,
        quiet=quiet,
        verbose=verbose,
        archive=archive,
        sources=sources,
        only_given_sources=only_given_sources,
    )
    if minutes not in _DIVIDE_AN_HOUR:
        raise UsageError(f"{minutes} minutes do not divide an hour.", f"Choose one of {', '.join(map(str, _DIVIDE_AN_HOUR))}.")
    file = config or (Path(FILE) if Path(FILE).exists() else None)
    words = crawl_command(call.config.archive, file, sources or (), only_given_sources=only_given_sources)
    parts = {"crontab": crontab_line(words, minutes), "service": service(words, call.config.archive), "timer": timer(minutes)}
    call.report({"command": "schedule", "minutes": minutes, **parts})
    if not json:
        sys.stdout.write(_TEXT.format(unit=UNIT, **parts))
    if not is_begun(call.config.archive):
        call.say(f"There is no archive in {call.config.archive} yet, and a scheduled run begins none: run `harvester crawl` first.")
    for name in sorted(x for x in os.environ if x.startswith(PREFIX) and x != f"{PREFIX}ARCHIVE"):
        call.say(f"{name} is set here and will not be set there: put its value into {FILE}.")
    return 0


def crawl_command(archive: Path, config: Path | None, sources: Sequence[Path], *, only_given_sources: bool) -> list[str]:
    """Return the words of a crawl command that does not depend on the working directory.

    Raises:
        UsageError: a path has a line break, which neither a crontab nor a unit can hold.
    """
    script = Path(sys.executable).parent / "harvester"
    words = [str(script)] if script.exists() else [sys.executable, "-m", "harvester"]
    words += ["crawl", "-q", IF_FREE, EXISTING, "--archive", str(archive.absolute())]
    if config is not None:
        words += ["--config", str(config.absolute())]
    for folder in sources:
        words += ["--sources", str(folder.absolute())]
    if only_given_sources:
        words.append("--only-given-sources")
    if any(len(word.splitlines()) > 1 for word in words):
        raise UsageError("A path has a line break.", "Rename the folder.")
    return words


def crontab_line(words: Sequence[str], minutes: int) -> str:
    """Return the crontab line; `%` is escaped, as it is a line break there (crontab(5))."""
    when = "0 * * * *" if minutes == 60 else f"*/{minutes} * * * *"  # noqa: PLR2004  an hour
    return f"{when}  {shlex.join(words)}".replace("%", "\\%")


def service(words: Sequence[str], archive: Path) -> str:
    """Return the systemd service.

    It waits for the disk of the archive, if systemd mounts that (systemd.unit(5), RequiresMountsFor).
    """
    some, limit = SourcesFailed.exit_code, LimitReached.exit_code
    place = _quoted(str(archive.absolute())).replace("$$", "$")  # no variables are expanded there
    return _SERVICE.format(command=" ".join(map(_quoted, words)), place=place, some=some, limit=limit)


def timer(minutes: int) -> str:
    """Return the systemd timer (systemd.time(7), calendar events)."""
    return _TIMER.format(minutes=minutes, calendar="hourly" if minutes == 60 else f"*:0/{minutes}")  # noqa: PLR2004  an hour


def _quoted(word: str) -> str:
    """Return a word of ExecStart: quoted, with specifiers and variables escaped.

    Source: systemd.service(5), command lines.
    """
    escaped = word.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%").replace("$", "$$")
    return f'"{escaped}"' if any(not (x.isalnum() or x in "/._-+=:,") for x in word) or not word else escaped
