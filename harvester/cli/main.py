"""The command `harvester`: its groups of commands, and what becomes of every error."""

from __future__ import annotations

import errno
import logging
import signal
import sys
from typing import TYPE_CHECKING, Annotated

import typer

from harvester import __version__
from harvester.cli import (
    coverage,
    crawl,
    declaring,
    doctor,
    export,
    golden,
    ingest,
    probing,
    search,
    show,
    sources,
    status,
    stories,
    streams,
    topics,
    verdicts,
    verify,
)
from harvester.cli.texts import plain, refuse_broken_texts
from storage.errors import DiskFull, HarvesterError, UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

logger = logging.getLogger(__name__)

app = typer.Typer(
    name="harvester",
    help="Harvests news into an archive that can be verified, searched and exported.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
for module in (crawl, ingest, search, stories, show, export, status, coverage, verify, doctor):
    app.command(module.__name__.rpartition(".")[2])(module.command)
sources.app.command("new")(declaring.new)
sources.app.command("probe")(probing.probe)
sources.app.add_typer(golden.app)
app.add_typer(sources.app)
for subcommand in (verdicts.explain, verdicts.rescore):
    topics.app.command(subcommand.__name__)(subcommand)
app.add_typer(topics.app)


def _version(asked: bool) -> None:  # noqa: FBT001  Typer hands the option's value over
    if asked:
        typer.echo(f"news-harvester {__version__}")
        raise typer.Exit


@app.callback()
def _main(version: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")] = False) -> None:
    del version


def run() -> None:
    """The entry point: run the command and leave with its exit code."""
    streams.prepare()
    sys.exit(invoke(sys.argv[1:]))


def invoke(arguments: Sequence[str]) -> int:
    """Run a command and return its exit code (see docs/operate.md). No error leaves as a traceback but a bug."""
    try:
        refuse_broken_texts(arguments)
        result = app(args=list(arguments), prog_name="harvester", standalone_mode=False)
        code = result if isinstance(result, int) else 0
        sys.stdout.flush()
    except HarvesterError as error:
        _tell(str(error))
        code = error.exit_code
    except typer.TyperException as error:
        _tell_usage(error)
        code = UsageError.exit_code
    except (typer.Abort, KeyboardInterrupt):
        _tell("Interrupted; the archive is consistent.")
        code = 128 + signal.SIGINT
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


def _unforeseen(error: Exception) -> int:
    """The exit code of an error that no command foresaw: a full disk behind stdout, or a bug."""
    if isinstance(error, OSError) and error.errno in {errno.ENOSPC, errno.EDQUOT}:
        streams.silence(sys.stdout)
        _tell("No space left for what is printed. Free some space and run again.")
        return DiskFull.exit_code
    logger.error("A bug", exc_info=error)
    _tell(f"This is a bug: {type(error).__name__}: {error}. Please report it with the lines above.")
    return HarvesterError.exit_code


def _tell_usage(error: typer.TyperException) -> None:
    """What Typer says of a wrong command or option; most of its errors know how to show the usage, too."""
    show = getattr(error, "show", None)
    if show is None:
        _tell(str(error))
    else:
        with streams.best_effort():
            show()


def _tell(message: str) -> None:
    with streams.best_effort():
        sys.stderr.write(f"harvester: {plain(message)}\n")
