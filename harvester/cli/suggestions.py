"""Suggestions for an unknown command, or for an option that a command does not have."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_ALIKE = 0.7
"""Least ratio (`difflib`) between an unknown word and the name that is suggested for it.

`serch` is similar enough to `search`, `version` is not to `verify`.
"""

_OPTIONS_MEANT = {"--from": "--since", "--after": "--since", "--to": "--until", "--before": "--until"}
"""Options of other programs, and those with the same meaning here."""

_HINTS = {("search", "--count"): "--limit 0 tells how many articles there are, and lists none."}
"""What to do instead of an option that a command does not have, by command and option."""


def command_meant(word: str, commands: Iterable[str], meant: Mapping[str, str]) -> str:
    """Return the command that may be meant by an unknown one, as a question after a blank.

    Empty where none is similar.
    """
    near = meant.get(word.lower()) or next(iter(get_close_matches(word, commands, n=1, cutoff=_ALIKE)), "")
    return f" Did you mean {near!r}?" if near else ""


def suggest_options(error: Any, command: str, options: Iterable[str]) -> None:
    """Add similar options, or what to do instead, to an error of Typer for an unknown option.

    Other errors are left unchanged.
    """
    if not hasattr(error, "possibilities"):
        return
    error.possibilities = options_meant(error.option_name, options)
    if hint := _HINTS.get((command, error.option_name)):
        error.message += f". {hint}"


def options_meant(typed: str, options: Iterable[str]) -> list[str]:
    """Return the long options that may be meant by an unknown one.

    Leading dashes, which all options have, do not count as similarity.
    """
    names = {option.lstrip("-"): option for option in options if option.startswith("--")}
    name = typed.lstrip("-")
    same = _OPTIONS_MEANT.get(typed, "").lstrip("-")
    begun = [known for known in names if known.startswith(name)]
    near = [same] if same in names else begun or get_close_matches(name, names, cutoff=_ALIKE)
    return [names[known] for known in near]
