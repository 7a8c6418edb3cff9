"""Entry point of the command `harvester`: run a command, and turn errors into messages and exit codes."""

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
    """Run the command of `sys.argv` and exit with its exit code."""
    streams.prepare()
    sys.exit(invoke(sys.argv[1:]))


def invoke(arguments: Sequence[str]) -> int:
    """Run a command and return its exit code (see docs/operate.md). Only a bug prints a traceback.

    Raises:
        SystemExit: Typer exits with a code of its own, for another reason than a closed stdout.
    """
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
        if not isinstance(left.__context__, BrokenPipeError):  # Typer exits with 1 when the reader of stdout has closed it
            raise
        streams.silence(sys.stdout)
        code = 0
    except Exception as error:  # noqa: BLE001  the outermost handler
        code = _unforeseen(error)
    return code


def _called(arguments: Sequence[str], lock: Lock | None) -> int:
    """Return the exit code of the command; invalid arguments are a usage error."""
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
    """Return the exit code of an error that no command handles: a full disk behind stdout, or a bug."""
    if isinstance(error, OSError) and error.errno in NO_SPACE:
        streams.silence(sys.stdout)
        tell("No space left for what is printed. Free some space and run again.")
        return DiskFull.exit_code
    logger.error("A bug", exc_info=error)
    tell(f"This is a bug: {type(error).__name__}: {error}. Please report it with the lines above.")
    return HarvesterError.exit_code


def _log_refusal(arguments: Sequence[str]) -> None:
    """Set up the log of a command that writes, if it failed before doing so; its error is then logged."""
    if arguments and arguments[0] in WRITING:
        set_up_early(arguments)


def _tell_usage(error: typer.TyperException) -> None:
    """Print an error of Typer about a command or an option; most of these errors can print the usage, too."""
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
