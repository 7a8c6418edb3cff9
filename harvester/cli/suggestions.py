"""What may be meant by a word that is no command, or by an option that a command does not have."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_ALIKE = 0.7
"""How alike, by `difflib`, a word is to a name that may be meant: `serch` is to `search`, `version` is not to `verify`."""

_OPTIONS_MEANT = {"--from": "--since", "--after": "--since", "--to": "--until", "--before": "--until"}
"""By options of other programs, those of the same meaning here."""

_HINTS = {("search", "--count"): "--limit 0 tells how many articles there are, and lists none."}
"""By command and an option that it does not have, what to do instead."""


def command_meant(word: str, commands: Iterable[str], meant: Mapping[str, str]) -> str:
    """Return which command may be meant by a word that is none, as a question behind a blank; empty where none is near."""
    near = meant.get(word.lower()) or next(iter(get_close_matches(word, commands, n=1, cutoff=_ALIKE)), "")
    return f" Did you mean {near!r}?" if near else ""


def suggest_options(error: Any, command: str, options: Iterable[str]) -> None:
    """Let Typer's error for an option that is not there name those that are near, or what to do instead; leave other errors."""
    if not hasattr(error, "possibilities"):
        return
    error.possibilities = options_meant(error.option_name, options)
    if hint := _HINTS.get((command, error.option_name)):
        error.message += f". {hint}"


def options_meant(typed: str, options: Iterable[str]) -> list[str]:
    """Return the long options that may be meant by one that is not there; dashes, which all have, do not make them alike."""
    names = {option.lstrip("-"): option for option in options if option.startswith("--")}
    name = typed.lstrip("-")
    same = _OPTIONS_MEANT.get(typed, "").lstrip("-")
    begun = [known for known in names if known.startswith(name)]
    near = [same] if same in names else begun or get_close_matches(name, names, cutoff=_ALIKE)
    return [names[known] for known in near]
