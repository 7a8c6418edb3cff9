"""Options and output that all commands share. Results go to stdout, messages to stderr.

Of the libraries, only Typer is imported at module level; others are imported where a command first needs
them.
"""

from __future__ import annotations

import logging
import sys
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from harvester.cli.messages import tell
from harvester.monitoring.logs import is_json, set_up_logging

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rich.console import Console

    from harvester.catalogue.loader import Catalogue
    from harvester.config import Config
    from pipelines.rules import TopicRules


ArchiveOption = Annotated[Path | None, typer.Option("--archive", help="The folder of the archive [default: archive/].", metavar="DIR")]
ConfigOption = Annotated[Path | None, typer.Option("--config", help="The configuration file [default: harvester.toml].", metavar="FILE")]
SourcesOption = Annotated[
    list[Path] | None,
    typer.Option("--sources", help="A folder of declarations beside the built-in catalogue; repeatable.", metavar="DIR"),
]
OnlySourcesOption = Annotated[bool, typer.Option("--only-given-sources", help="Leave the built-in catalogue out.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print one JSON object, for machines.")]
QuietOption = Annotated[bool, typer.Option("-q", "--quiet", help="Say less: results alone, and what went wrong.")]
VerboseOption = Annotated[int, typer.Option("-v", "--verbose", count=True, help="Say more; twice: everything.")]
LogFileOption = Annotated[
    Path | None, typer.Option("--log-file", help="Append the events of the run to this file, too, whatever -q and -v say.", metavar="FILE")
]
LogFormatOption = Annotated[
    str | None, typer.Option("--log-format", help="text, or json: one object a line, in the file and on stderr.", metavar="FORMAT")
]
KeepOption = Annotated[
    str | None,
    typer.Option("--keep", help="relevant: store what belongs to the topic; all: store every article.", metavar="relevant|all"),
]
TopicOption = Annotated[
    list[str] | None, typer.Option("--topic", help="A topic to judge by: its id, or a TOML file; repeatable.", metavar="TOPIC")
]
TopicsOption = Annotated[
    list[Path] | None, typer.Option("--topics", help="A folder of topics beside the built-in ones; repeatable.", metavar="DIR")
]


@dataclass
class Invocation:
    """One call of a command: its configuration, catalogue, topics and output."""

    config: Config
    as_json: bool
    quiet: bool

    @classmethod
    def begin(cls, config: Path | None, *, as_json: bool, quiet: bool, verbose: int, writes_log: bool = False, **flags: Any) -> Invocation:
        """Read the configuration, set up logging, and return the call.

        `flags` are configuration keys; None means not given. `writes_log`: the command changes the archive,
        and its events are appended to `log.file`. A command that only reads opens no log file: its user may
        lack permission to write there.
        """
        from harvester.config import load_config

        verbosity = -1 if quiet else verbose
        set_up_logging(verbosity)
        only = flags.pop("only_given_sources", False)
        read = load_config(config, only_given_sources=True if only else None, **flags)
        file = read.log.file if writes_log else None
        if file is not None or read.log.format != "text":
            set_up_logging(verbosity, file=file, as_json=read.log.format == "json")
        return cls(read, as_json, quiet)

    @cached_property
    def out(self) -> Console:
        """Console for results (stdout)."""
        from harvester.cli.console import PlainConsole

        return PlainConsole(sys.stdout)

    @cached_property
    def err(self) -> Console:
        """Console for messages (stderr)."""
        from harvester.cli.console import PlainConsole

        return PlainConsole(sys.stderr)

    @cached_property
    def catalogue(self) -> Catalogue:
        """The configured catalogue of sources."""
        from harvester.catalogue.loader import load_catalogue

        return load_catalogue(self.config.sources, builtin=not self.config.only_given_sources)

    @cached_property
    def topics(self) -> tuple[TopicRules, ...]:
        """The configured topics, by which articles are judged."""
        from harvester.catalogue.topic_folders import topics_named

        return topics_named(self.config.topic, self.config.topics)

    def say_unjudged(self, folders: Sequence[Path] | None, named: Sequence[str] | None) -> None:
        """Print the topics in folders of `--topics` that are not used, as no `--topic` names them."""
        if named or not folders:
            return
        judged = {topic.id for topic in self.topics}
        for found in sorted({path.stem for folder in folders for path in folder.glob("*.toml")} - judged):
            self.say(f"{found} was found and is not judged by: add --topic {found}.")

    def say(self, message: str) -> None:
        """Print a message on stderr, or log it where the log is JSON; nothing under -q and --json."""
        if self.quiet or self.as_json:
            return
        if is_json():
            tell(message, logging.INFO)
        else:
            self.err.print(message)

    def report(self, fields: dict[str, Any]) -> None:
        """Print the report of the command as one JSON object; nothing without --json."""
        if self.as_json:
            from storage.export.json_text import json_text

            sys.stdout.write(json_text(fields) + "\n")
