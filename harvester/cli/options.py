"""What all commands share: their options, and how they speak. Results go to stdout, messages to stderr."""

from __future__ import annotations

import sys
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console
from rich.segment import Segment

from harvester.catalogue.loader import Catalogue, load_catalogue
from harvester.catalogue.topic_folders import topics_named
from harvester.cli.texts import plain
from harvester.config import Config, load_config
from harvester.monitoring.logs import set_up_logging
from pipelines.rules import TopicRules
from storage.export.json_text import json_text

if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import TextIO

    from rich.console import ConsoleOptions, RenderableType

ArchiveOption = Annotated[Path | None, typer.Option("--archive", help="The folder of the archive [default: archive/].", metavar="DIR")]
ConfigOption = Annotated[Path | None, typer.Option("--config", help="The configuration file [default: harvester.toml].", metavar="FILE")]
SourcesOption = Annotated[
    list[Path] | None,
    typer.Option("--sources", help="A folder of declarations beside the built-in catalogue; repeatable.", metavar="DIR"),
]
OnlySourcesOption = Annotated[bool, typer.Option("--only-given-sources", help="Leave the built-in catalogue out.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Print one JSON object: the report, for machines.")]
QuietOption = Annotated[bool, typer.Option("-q", "--quiet", help="Say nothing unless something went wrong.")]
VerboseOption = Annotated[int, typer.Option("-v", "--verbose", count=True, help="Say more; twice: everything.")]
KeepOption = Annotated[str | None, typer.Option("--keep", help="relevant: store what belongs to the topic; all: store every article.")]
TopicOption = Annotated[
    list[str] | None, typer.Option("--topic", help="A topic to judge by: its id, or a TOML file; repeatable.", metavar="TOPIC")
]
TopicsOption = Annotated[
    list[Path] | None, typer.Option("--topics", help="A folder of topics beside the built-in ones; repeatable.", metavar="DIR")
]

WIDE = 1000
"""Columns of what is no terminal."""


class PlainConsole(Console):
    """A console that prints what it is given: no markup, no emoji names, no lines broken, and no text that steers a terminal.

    Tables keep their width where there is no terminal to fit.
    """

    def __init__(self, file: TextIO) -> None:
        width = None if file.isatty() else WIDE
        super().__init__(file=file, soft_wrap=True, highlight=False, markup=False, emoji=False, width=width)

    def render(self, renderable: RenderableType, options: ConsoleOptions | None = None) -> Iterable[Segment]:
        """The pieces to write, each without control characters, but for those by which the console itself steers the terminal."""
        for piece in super().render(renderable, options):
            yield piece if piece.control else Segment(plain(piece.text), piece.style)

    def on_broken_pipe(self) -> None:
        """Raise what happened, where rich would leave with the exit code of a bug."""
        raise BrokenPipeError


@dataclass
class Invocation:
    """One call of a command: its configuration, its catalogue, and how it speaks."""

    config: Config
    as_json: bool
    quiet: bool
    out: Console = field(default_factory=lambda: PlainConsole(sys.stdout))
    err: Console = field(default_factory=lambda: PlainConsole(sys.stderr))

    @classmethod
    def begin(cls, config: Path | None, *, as_json: bool, quiet: bool, verbose: int, **flags: Any) -> Invocation:
        """Read the configuration and set the tone. Flags are configuration keys; None means not given."""
        set_up_logging(-1 if quiet else verbose)
        only = flags.pop("only_given_sources", False)
        return cls(load_config(config, only_given_sources=True if only else None, **flags), as_json, quiet)

    @cached_property
    def catalogue(self) -> Catalogue:
        """The catalogue that the configuration names."""
        return load_catalogue(self.config.sources, builtin=not self.config.only_given_sources)

    @cached_property
    def topics(self) -> tuple[TopicRules, ...]:
        """The topics that articles are judged by."""
        return topics_named(self.config.topic, self.config.topics)

    def say(self, message: str) -> None:
        """A message for the person who waits; silent under -q and --json."""
        if not self.quiet and not self.as_json:
            self.err.print(message)

    def report(self, fields: dict[str, Any]) -> None:
        """Print the run's report as one JSON object, when asked."""
        if self.as_json:
            sys.stdout.write(json_text(fields) + "\n")
