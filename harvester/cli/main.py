"""The command `harvester`: its groups of commands, and what becomes of every error."""

from __future__ import annotations

import logging
import os
import signal
import sys
from typing import TYPE_CHECKING, Annotated

import click
import typer

from harvester import __version__
from harvester.cli import crawl, doctor, export, ingest, search, show, sources, status, verify
from storage.errors import HarvesterError, UsageError

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
for module in (crawl, ingest, search, show, export, status, verify, doctor):
    app.command()(module.command)
app.add_typer(sources.app)


def _version(asked: bool) -> None:  # noqa: FBT001  Typer hands the option's value over
    if asked:
        typer.echo(f"news-harvester {__version__}")
        raise typer.Exit


@app.callback()
def _main(version: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")] = False) -> None:
    del version


def run() -> None:
    """The entry point: run the command and leave with its exit code."""
    code = invoke(sys.argv[1:])
    sys.stdout.flush()
    sys.exit(code)


def invoke(arguments: Sequence[str]) -> int:
    """Run a command and return its exit code (see docs/operate.md). No error leaves as a traceback but a bug."""
    try:
        result = app(args=list(arguments), standalone_mode=False)
        code = result if isinstance(result, int) else 0
    except HarvesterError as error:
        _tell(str(error))
        code = error.exit_code
    except click.exceptions.ClickException as error:
        error.show()
        code = UsageError.exit_code
    except (click.exceptions.Abort, KeyboardInterrupt):
        _tell("Interrupted; the archive is consistent.")
        code = 128 + signal.SIGINT
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = 0
    except Exception as error:
        logger.exception("A bug")
        _tell(f"This is a bug: {type(error).__name__}: {error}. Please report it with the lines above.")
        code = HarvesterError.exit_code
    return code


def _tell(message: str) -> None:
    sys.stderr.write(f"harvester: {message}\n")
