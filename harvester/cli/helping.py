"""Format of help: plain text, commands under headings, readable value names, examples for each command."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from typer import TyperException
from typer.core import TyperCommand

from harvester.cli.examples import EXAMPLES

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_NAMES = {"int": "N", "float": "N", "Path": "FILE"}
"""Names of values in help for options without a metavar, by Python type; `TEXT` for every other type."""
_AT_LEAST = re.compile(r"x>=(\d{1,18})")
_BETWEEN = re.compile(r"(\d{1,18})<=x<=(\d{1,18})")


class PlainCommand(TyperCommand):
    """A command whose help is plain text, with examples at its end."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Parse as Typer does; complete an error message about an option with its values and help.

        Raises:
            TyperException: the arguments are invalid.
        """
        try:
            return list(super().parse_args(ctx, args))
        except TyperException as error:
            error.message += _reminder(self.get_params(ctx), getattr(error, "option_name", ""))
            raise

    def format_options(self, ctx: Any, formatter: Any) -> None:
        """Write arguments and options, each with the name of its value and its help."""
        shown = [parameter for parameter in self.get_params(ctx) if not getattr(parameter, "hidden", False)]
        arguments = [x for x in shown if x.param_type_name == "argument"]
        options = [x for x in shown if x.param_type_name == "option"]
        for title, parameters in (("Arguments", arguments), ("Options", options)):
            if parameters:
                with formatter.section(title):
                    formatter.write_dl([(_name(x), _explained(x, ctx)) for x in parameters])

    def format_epilog(self, ctx: Any, formatter: Any) -> None:
        """Write the examples of this command."""
        write_examples(formatter, EXAMPLES.get(ctx.command_path.partition(" ")[2], ()))


def write_examples(formatter: Any, examples: Sequence[str]) -> None:
    """Write command lines unbroken, so that they can be copied."""
    if examples:
        with formatter.section("Examples"):
            for line in examples:
                formatter.write(f"{'':{formatter.current_indent}}harvester {line}\n")


def write_groups(formatter: Any, groups: Iterable[tuple[str, Iterable[Any]]]) -> None:
    """Write commands under their headings, a line each."""
    for title, commands in groups:
        rows = [(command.name, (command.help or "").split("\n\n")[0].replace("\n", " ")) for command in commands]
        if rows:
            with formatter.section(title):
                formatter.write_dl(rows, col_max=12)


def name_argument(parameter: Any) -> None:
    """Set the metavar of an argument without one to its name in capitals, for the usage line and messages."""
    if parameter.param_type_name == "argument" and parameter.metavar is None:
        parameter.metavar = str(parameter.name).upper()


def value_name(parameter: Any) -> str:
    """Return the name of a parameter's value in help: its metavar, its choices, or a word for its type."""
    if parameter.metavar is not None:
        return str(parameter.metavar)
    described = parameter.type_descriptor
    if described.is_choice:
        return "|".join(str(getattr(choice, "value", choice)) for choice in described.choices)
    return _NAMES.get(getattr(described.annotation, "__name__", ""), "TEXT")


def _reminder(parameters: Iterable[Any], option: str) -> str:
    """Return the value and help of an option, to append to a message; empty for an unknown option."""
    return next((f" {_name(x)}: {x.help}" for x in parameters if option in {*x.opts, *x.secondary_opts}), "")


def _name(parameter: Any) -> str:
    value = value_name(parameter)
    if parameter.param_type_name == "argument":
        return value + ("..." if parameter.nargs != 1 else "")
    options = ", ".join(sorted(parameter.opts, key=len))
    return options if parameter.is_flag or parameter.count else f"{options} {value}"


def _explained(parameter: Any, ctx: Any) -> str:
    """Return the help of a parameter with its default and bounds; without them for a flag or a counter."""
    if parameter.param_type_name == "option" and (parameter.is_flag or parameter.count):
        return str(parameter.help or "")
    text = parameter.get_help_record(ctx)[1]
    return _BETWEEN.sub(r"\1 to \2", _AT_LEAST.sub(r"\1 or more", text))
