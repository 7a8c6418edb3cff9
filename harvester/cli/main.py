"""The command `harvester`: its groups of commands, and what becomes of every error."""

from __future__ import annotations

import logging
import sys
from typing import TYPE_CHECKING

from harvester.cli import streams
from harvester.cli.locking import WRITING, early_lock, may_be_held
from harvester.cli.messages import note, set_up_early, tell
from harvester.cli.texts import refuse_broken_texts
from storage.atomic_files import NO_SPACE
from storage.errors import ArchiveBusy, DiskFull, HarvesterError, UsageError
from storage.interrupts import Interrupted, handled

if TYPE_CHECKING:
    from collections.abc import Sequence

    import typer

    from storage.locking import Lock

logger = logging.getLogger(__name__)


def run() -> None:
    """The entry point: run the command and leave with its exit code."""
    streams.prepare()
    sys.exit(invoke(sys.argv[1:]))


def invoke(arguments: Sequence[str]) -> int:
    """Run a command and return its exit code (see docs/operate.md). No error leaves as a traceback but a bug."""
    try:
        refuse_broken_texts(arguments)
        with handled(), early_lock(arguments) as lock:
            code = _called(arguments, lock)
            sys.stdout.flush()
    except HarvesterError as error:
        if isinstance(error, ArchiveBusy) and may_be_held(arguments):
            return 0
        _log_refusal(arguments)
        tell(str(error))
        code = error.exit_code
    except Interrupted as signal:
        tell("Interrupted; the archive is consistent.", logging.WARNING)
        code = signal.exit_code
    except BrokenPipeError:
        streams.silence(sys.stdout)
        code = 0
    except SystemExit as left:
        if not isinstance(left.__context__, BrokenPipeError):  # Typer leaves with 1 when the reader of a long answer has left
            raise
        streams.silence(sys.stdout)
        code = 0
    except Exception as error:  # noqa: BLE001  the last resort
        code = _unforeseen(error)
    return code


def _called(arguments: Sequence[str], lock: Lock | None) -> int:
    """The exit code of the command; what is wrong with its words is a usage error."""
    import typer

    from harvester.cli.commands import app

    try:
        result = app(args=list(arguments), prog_name="harvester", standalone_mode=False, obj=lock)
    except typer.TyperException as error:
        _log_refusal(arguments)
        _tell_usage(error)
        return UsageError.exit_code
    return result if isinstance(result, int) else 0


def _unforeseen(error: Exception) -> int:
    """The exit code of an error that no command foresaw: a full disk behind stdout, or a bug."""
    if isinstance(error, OSError) and error.errno in NO_SPACE:
        streams.silence(sys.stdout)
        tell("No space left for what is printed. Free some space and run again.")
        return DiskFull.exit_code
    logger.error("A bug", exc_info=error)
    tell(f"This is a bug: {type(error).__name__}: {error}. Please report it with the lines above.")
    return HarvesterError.exit_code


def _log_refusal(arguments: Sequence[str]) -> None:
    """Let what ends a command that writes reach its log, even where it ended before the log was set up."""
    if arguments and arguments[0] in WRITING:
        set_up_early(arguments)


def _tell_usage(error: typer.TyperException) -> None:
    """What Typer says of a wrong command or option; most of its errors know how to show the usage, too."""
    from harvester.monitoring.logs import is_json

    show = getattr(error, "show", None)
    worded = getattr(error, "format_message", None)
    message = str(error) if worded is None else worded()
    if show is None or is_json():
        tell(message)
        return
    with streams.best_effort():
        show()
    note(message)
