"""`scrapy crawl ID`: the same run as `harvester crawl ID --all`, with its messages and exit codes."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, ClassVar

from scrapy.commands import BaseRunSpiderCommand
from scrapy.exceptions import UsageError

from harvester.cli.main import invoke

if TYPE_CHECKING:
    import argparse

NOTE = "Items go into the archive, not into a feed: `harvester export -o FILE` writes them.\n"

_VERBOSITY = {"CRITICAL": ["-q"], "ERROR": ["-q"], "WARNING": [], "INFO": ["-v"], "DEBUG": ["-vv"]}
"""Levels of Scrapy's option -L, and the equivalent options of `harvester crawl`."""


class Command(BaseRunSpiderCommand):
    """Crawl one source into the archive."""

    requires_project = True
    requires_crawler_process = False
    default_settings: ClassVar = {"LOG_ENABLED": False}

    def syntax(self) -> str:
        """Return the arguments, for the help."""
        return "[-L LEVEL] <source>"

    def short_desc(self) -> str:
        """Return the description in Scrapy's list of commands."""
        return "Crawl a source into the archive, as `harvester crawl SOURCE --all` does"

    def run(self, args: list[str], opts: argparse.Namespace) -> None:
        """Run the command and store its exit code in `exitcode`.

        Raises:
            UsageError: no source or several are named, or an option that the run would ignore is given.
        """
        if len(args) != 1 or args[0].startswith("-"):
            raise UsageError("name one source; `harvester crawl` takes several")
        if opts.spargs or opts.set:
            raise UsageError("-a and -s have no effect here: options of `harvester crawl` and harvester.toml have", print_help=False)
        verbosity = ["-q"] if opts.nolog else _VERBOSITY.get((opts.loglevel or "WARNING").upper(), [])
        logfile = ["--log-file", opts.logfile] if opts.logfile else []
        if "-q" not in verbosity:
            sys.stderr.write(NOTE)
        self.exitcode = invoke(["crawl", args[0], "--all", *verbosity, *logfile])
