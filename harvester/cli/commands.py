"""Tree of commands: the module of each command, and its line in lists of commands.

The module of a command is imported when the command is called, so that neither a list of commands nor a
misspelt command has to import any.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Annotated, Any, ClassVar

import typer
from typer.core import TyperCommand, TyperGroup
from typer.main import get_command

from harvester import __version__
from harvester.cli.completion import complete
from harvester.cli.helping import name_argument, write_examples, write_groups
from harvester.cli.minus_words import QueryCommand
from harvester.cli.suggestions import command_meant

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


class LazyGroup(TyperGroup):
    """A group whose commands are imported one by one, when they are called.

    `summary` is the group's own line in a list of commands. `places` maps each name to the location of a
    command (`module:function`) and its help line, or to the class of a subgroup.
    """

    summary: ClassVar[str]
    places: ClassVar[Mapping[str, tuple[str, str] | type[LazyGroup]]]
    panels: ClassVar[Mapping[str, Sequence[str]]] = {}
    """Headings in help, with the names of their commands; commands without a heading follow under the last
    one."""
    meant: ClassVar[Mapping[str, str]] = {}
    """Words that other programs use for a command, each with the command to suggest."""

    def __init__(self, **settings: Any) -> None:
        super().__init__(**settings | {"rich_markup_mode": None})
        self.commands = {name: _listed(name, place) for name, place in self.places.items()}

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Import the called command, then resolve as Typer does.

        An unknown word is a usage error with a suggestion.
        """
        self.load(args[0])
        if args[0] not in self.commands and args[0][:1] != "-" and not ctx.resilient_parsing:
            ctx.fail(f"No such command {args[0]!r}.{command_meant(args[0], self.commands, self.meant)}")
        return super().resolve_command(ctx, args)

    def load(self, name: str) -> Any:
        """Replace a command's placeholder by the imported command and return it; None for an unknown name."""
        place = self.places.get(name)
        if isinstance(place, tuple):
            self.commands[name] = _loaded(name, place[0])
        return self.commands.get(name)

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        """Write the list of commands by heading."""
        del ctx
        panels = {title: list(names) for title, names in (self.panels or {"Commands": ()}).items()}
        named = {name for names in panels.values() for name in names}
        panels[list(panels)[-1]] += [name for name in self.commands if name not in named]
        write_groups(formatter, [(title, [self.commands[x] for x in names if x in self.commands]) for title, names in panels.items()])


def _listed(name: str, place: tuple[str, str] | type[LazyGroup]) -> Any:
    """Return a placeholder with a command's help line, used in lists until the command is loaded."""
    if isinstance(place, tuple):
        return TyperCommand(name, help=place[1])
    return place(name=name, help=place.summary, no_args_is_help=True)


def _loaded(name: str, place: str) -> Any:
    module, _, function = place.partition(":")
    app = typer.Typer(add_completion=False, pretty_exceptions_enable=False, rich_markup_mode=None)
    app.command(name, cls=QueryCommand)(getattr(import_module(module), function))
    command = get_command(app)
    for parameter in command.params:
        complete(parameter)
        name_argument(parameter)
    return command


class Golden(LazyGroup):
    """The commands of `harvester sources golden`."""

    summary = "Pages that are kept with what must be read from them: record, diff, accept."
    places: ClassVar = {
        "record": (
            "harvester.cli.golden:record",
            "Ask for a page, keep it, and write down what is read from it; look at the file, it is what must be read from now on.",
        ),
        "diff": ("harvester.cli.golden:diff", "Read the golden pages and show where they read differently; exit code 3 when one does."),
        "accept": (
            "harvester.cli.golden:accept",
            "Take today's reading of the golden pages as the expected one, and show what that changes.",
        ),
    }


class Sources(LazyGroup):
    """The commands of `harvester sources`."""

    summary = "The catalogue of sources: list, show, check; new, probe and golden for those who add one."
    places: ClassVar = {
        "list": ("harvester.cli.sources:list_sources", "List the sources, with the number of articles that the archive holds of each."),
        "show": ("harvester.cli.sources:show", "Show a source as it is declared, with what its family adds."),
        "check": (
            "harvester.cli.sources:check",
            "Look closely at every declaration of a source or a topic and at the golden pages beside them; exit code 2 for a fault.",
        ),
        "new": (
            "harvester.cli.sources_new:new",
            "Ask a site a few questions and write the stub of a declaration, every guess with where it came from.",
        ),
        "probe": (
            "harvester.cli.sources_probe:probe",
            "Ask a source's channels and one article, live, and show what is read and from where; exit code 3 when something is missing.",
        ),
        "golden": Golden,
    }


class Topics(LazyGroup):
    """The commands of `harvester topics`."""

    summary = "Topics: list, show, check, explain, rejected, rescore."
    places: ClassVar = {
        "list": (
            "harvester.cli.topics:list_topics",
            "List the topics, which of them articles are judged by, and how many articles the archive holds of each.",
        ),
        "show": (
            "harvester.cli.topics:show",
            "Show a topic: its calendar, its gate, its terms with their weights and guards, and its queries.",
        ),
        "check": ("harvester.cli.topics:check", "Look at every topic's file, and tell every fault; exit code 2 when there is one."),
        "explain": (
            "harvester.cli.topics_rescore:explain",
            "Show why an article belongs to a topic, or why not: every term with its weight, where it stands, and what held others back.",
        ),
        "rejected": (
            "harvester.cli.rejected:command",
            "List pages that belong to no topic, with score and matched terms, to judge what was missed; exit code 7 for a damaged record.",
        ),
        "rescore": ("harvester.cli.topics_rescore:rescore", "Judge the whole archive again after a topic was edited; nothing is fetched."),
    }


class Root(LazyGroup):
    """The commands of `harvester`."""

    summary = "Harvests news into an archive that can be verified, searched and exported."
    places: ClassVar = {
        "crawl": ("harvester.cli.crawl:command", "Crawl the sources that are due into the archive."),
        "ingest": ("harvester.cli.ingest:command", "Take the pages of WARC files that others made into the archive."),
        "search": ("harvester.cli.search:command", "Search the archive by words and filters; without words, by filters alone."),
        "stories": (
            "harvester.cli.stories:command",
            "List events that several articles tell, the newest first; reprints of one text count once.",
        ),
        "show": (
            "harvester.cli.show:command",
            "Show an article: its text, where every date and topic comes from, and where the capture lies.",
        ),
        "export": (
            "harvester.cli.export:command",
            "Export articles with all that is known of them, in the order of --sort; beside a file stands its manifest.",
        ),
        "status": (
            "harvester.cli.status:command",
            "Tell how all sources stand together, what each did last, what it promised and did, and what the archive holds.",
        ),
        "coverage": (
            "harvester.cli.coverage:command",
            "Compare what feeds, sitemaps and listings list with what the archive has, day by day. No site is asked.",
        ),
        "verify": (
            "harvester.cli.verify:command",
            "Check every row, every WARC record, every index and every digest against each other; exit code 7 when anything is damaged.",
        ),
        "schedule": (
            "harvester.cli.schedule:command",
            "Print the crontab line, and the systemd service and timer, that crawl into this archive. Nothing is installed.",
        ),
        "config": (
            "harvester.cli.config:command",
            "Show every configuration value in force and where it comes from: default, file, variable or option.",
        ),
        "upgrade": (
            "harvester.cli.upgrade:command",
            "Bring an archive of an older version up to date, and keep a copy of its tables beside them.",
        ),
        "doctor": (
            "harvester.cli.doctor:command",
            "Look at the installation, the configuration and the archive, and say what to do; exit code 2 when something is wrong.",
        ),
        "sources": Sources,
        "topics": Topics,
    }
    panels: ClassVar = {
        "Gather": ("crawl", "ingest"),
        "Read": ("search", "stories", "show", "export"),
        "Declare": ("sources", "topics"),
        "Look after": ("status", "coverage", "verify", "doctor", "config", "schedule", "upgrade"),
    }

    meant: ClassVar = {
        "version": "--version",
        **dict.fromkeys(("find", "grep", "query"), "search"),
        **dict.fromkeys(("get", "view", "cat", "read"), "show"),
        **dict.fromkeys(("fetch", "harvest", "run", "start", "update"), "crawl"),
        **dict.fromkeys(("import", "load", "add"), "ingest"),
        **dict.fromkeys(("dump", "save"), "export"),
        **dict.fromkeys(("check", "validate", "fsck"), "verify"),
        **dict.fromkeys(("stats", "info"), "status"),
        "list": "sources list",
        "settings": "config",
        "cron": "schedule",
        "migrate": "upgrade",
    }

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Parse `harvester help crawl` as `harvester crawl --help`."""
        return super().parse_args(ctx, [*args[1:], "--help"] if args[:1] == ["help"] else args)

    def format_epilog(self, ctx: Any, formatter: Any) -> None:
        """Write examples, beginning with how to get the help of a command."""
        del ctx
        write_examples(formatter, ("help crawl", "sources list", "crawl kazpravda --limit 20", "search конституцией"))


app = typer.Typer(
    name="harvester",
    cls=Root,
    help=Root.summary,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
)


def _version(asked: bool) -> None:  # noqa: FBT001  Typer hands the option's value over
    if asked:
        typer.echo(f"news-harvester {__version__}")
        raise typer.Exit


@app.callback()
def _main(version: Annotated[bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")] = False) -> None:
    del version
