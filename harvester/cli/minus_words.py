"""Excluded words of a query, typed without `--` before them.

In `harvester search референдум -АЭС -"основной закон"`, Typer takes a word that begins with `-` for an
option, and `-АЭС` for an unknown one. So the command line is sorted before Typer parses it: what cannot be an
option of the command is moved behind `--`, in its order among the other words.
"""

from __future__ import annotations

import re
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

import typer

from harvester.cli.helping import PlainCommand
from harvester.cli.suggestions import suggest_options
from storage.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

QUERY = "query"
"""Name of the parameter for the words of a query."""

_ALIKE = 0.8  # -sorce is a slip of --source: 10 of 11 letters; -vote is like no option
_OPERATORS = frozenset({"OR", "ИЛИ", "НЕМЕСЕ", "AND", "И", "ЖӘНЕ"})
_QUOTES = frozenset('"«»“”„')


class QueryCommand(PlainCommand):
    """A command; one with a query also accepts words with a minus."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Separate the words of a query from the options, then parse as Typer does.

        Raises:
            TyperException: the arguments are invalid; for an unknown option it suggests similar ones.
        """
        takes_query = any(parameter.name == QUERY and parameter.param_type_name == "argument" for parameter in self.params)
        if takes_query and not ctx.resilient_parsing:
            args = _sorted_out(args, self.get_params(ctx))
        try:
            return super().parse_args(ctx, args)
        except typer.TyperException as error:
            options = [option for parameter in self.get_params(ctx) for option in parameter.opts]
            suggest_options(error, str(ctx.info_name), options)
            raise


def joined(query: Sequence[str]) -> str:
    """Return the shell words of a query as one text.

    A shell removes the quotes of `референдум -"основной закон"`. So one of several shell words that consists
    of several plain words is a phrase; a query that was quoted as a whole (`'-спорт выборы'`) is not changed.
    """
    if len(query) == 1:
        return query[0]
    return " ".join(map(_with_its_quotes, query))


def _with_its_quotes(word: str) -> str:
    sign, rest = ("-", word[1:]) if word.startswith("-") else ("", word)
    parts = rest.split()
    plain = not _QUOTES & set(rest) and not any(part in _OPERATORS or part.startswith("-") for part in parts)
    return f'{sign}"{" ".join(parts)}"' if len(parts) > 1 and plain else word


def _sorted_out(args: Sequence[str], parameters: Sequence[Any]) -> list[str]:
    """Return the arguments with all words of the query behind `--`.

    Raises:
        UsageError: a word with a minus resembles an option, so that it is unclear which is meant.
    """
    takes = {name: _values(parameter) for parameter in parameters for name in (*parameter.opts, *parameter.secondary_opts)}
    options: list[str] = []
    words: list[str] = []
    waiting = list(args)
    while waiting:
        arg = waiting.pop(0)
        if arg == "--":
            words += waiting
            break
        if not _is_option(arg, takes):
            words.append(f"-{arg.lstrip('-')}" if arg.startswith("--") else arg)
            continue
        options.append(arg)
        for _ in range(takes.get(arg, 0)):
            options += [waiting.pop(0)] if waiting else []
    return [*options, "--", *words]


def _values(parameter: Any) -> int:
    """Return the number of values that an option takes."""
    if parameter.param_type_name == "argument" or getattr(parameter, "is_flag", False) or getattr(parameter, "count", False):
        return 0
    return int(parameter.nargs)


def _is_option(arg: str, takes: dict[str, int]) -> bool:
    if not arg.startswith("-") or arg.strip("-") == "":
        return False
    name = arg.partition("=")[0]
    if arg.startswith("--"):
        return arg[2:3].isascii() and arg[2:3] not in _QUOTES  # no option has a name in another script
    if name in takes or re.fullmatch("-[A-Za-z]", arg):
        return True
    if _is_cluster(arg, takes):
        return True
    _refuse_slip(name, takes)
    return False


def _is_cluster(arg: str, takes: dict[str, int]) -> bool:
    """Return whether an argument is a cluster of short options, such as `-qv` for `-q -v`.

    The last one may take the rest as its value, as in `-ofile.jsonl`. That value must look like a path, as
    `-opposition` is a word.
    """
    for place, letter in enumerate(arg[1:], start=1):
        values = takes.get(f"-{letter}")
        if values is None:
            return False
        if values:
            rest = arg[place + 1 :]
            return not rest or rest == "-" or bool(re.search(r"[./\\]", rest))
    return True


def _refuse_slip(name: str, takes: dict[str, int]) -> None:
    """Check that a word with a minus does not resemble a long option.

    Raises:
        UsageError: it does; the message names the option.
    """
    known = [option for option in takes if option.startswith("--")]
    if near := get_close_matches(f"-{name}", known, n=1, cutoff=_ALIKE):
        raise UsageError(
            f"{name} is no option; did you mean {near[0]}?",
            f"If it is a word to leave out, put the query into quotes: 'референдум {name}'.",
        )
