"""Paths into the JSON answers of APIs: JMESPath (https://jmespath.org/specification.html), with shorter spelling of plain paths.

A plain path is keys and list positions, parted by dots: `data.result.0.items`, `_embedded.wp:term`, `дата`. JMESPath itself would ask for
quotes around any key that is not an identifier of ASCII, and for brackets around a position.
"""

from __future__ import annotations

import json
import re
from difflib import get_close_matches
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import jmespath
from jmespath.exceptions import JMESPathError
from jmespath.functions import Functions

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jmespath.parser import ParsedResult

_KEY = r"[^.\[\]{}()*|&!<>=?\"'`\\,]+"  # no character by which JMESPath would be known
_PLAIN = re.compile(rf"(?!@(?:\.|$)){_KEY}(?:\.{_KEY})*")  # a lone @ is JMESPath's current node
_POSITION = re.compile(r"[0-9]+")
_FIELD = re.compile(r"\{([^{}]+)\}")
_AT_POSITION = '[[{0}], "{0}"][?@ != `null`] | [0]'
"""What lies at a number: in a list the entry there, in an object the value of that key (some languages write lists with gaps so)."""


@lru_cache(maxsize=1024)
def compiled(path: str) -> ParsedResult:
    """Compile a path. Raises ValueError, which says in one line what is wrong with it."""
    expression = _spelt_out(path) if _PLAIN.fullmatch(path) else path
    try:
        parsed = jmespath.compile(expression)
    except (JMESPathError, RecursionError) as error:
        reason = str(error).partition("\n")[0].partition(", for expression")[0].removesuffix(":")
        raise ValueError(f"is no JMESPath expression: {reason}") from None
    for call in _calls(parsed.parsed):
        _check_call(call)
    return parsed


def value_at(value: Any, path: str) -> Any:
    """Return what lies at a path; None where it leads nowhere, or a function of the path cannot take what it finds."""
    try:
        return compiled(path).search(value)
    except (JMESPathError, ArithmeticError, TypeError, ValueError, RecursionError):  # jmespath checks the arguments of functions in part
        return None


def fields_of(template: str) -> list[str]:
    """The paths in the braces of a template of an address; none when it is a path itself."""
    return _FIELD.findall(template)


def filled(template: str, values: dict[str, str]) -> str:
    """A template with a value for each of its fields."""
    return _FIELD.sub(lambda found: values[found[1]], template)


def _spelt_out(path: str) -> str:
    """A plain path as JMESPath. Linear in the path: each step takes what the one before it has found."""
    expression = ""
    for part in path.split("."):
        if _POSITION.fullmatch(part):
            expression = f"{expression or '@'} | {_AT_POSITION.format(part)}"
        else:
            key = json.dumps(part)  # a quoted identifier is a string of JSON
            expression = f"{expression}.{key}" if expression else key
    return expression


def _calls(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The calls of functions in a syntax tree."""
    waiting = [node]
    while waiting:
        node = waiting.pop()
        if node["type"] == "function_expression":
            yield node
        waiting += [x for x in node["children"] if isinstance(x, dict)]


def _check_call(call: dict[str, Any]) -> None:
    """Refuse a function that does not exist or takes other arguments: jmespath itself finds out where it meets a value only."""
    name, given = call["value"], len(call["children"])
    known = Functions.FUNCTION_TABLE
    if name not in known:
        near = get_close_matches(name, known, n=1, cutoff=0.0)
        raise ValueError(f"calls {name}(), which JMESPath does not have; the nearest is {near[0]}()")
    taken = known[name]["signature"]
    variadic = bool(taken) and taken[-1].get("variadic", False)
    if given < len(taken) or (given > len(taken) and not variadic):
        raise ValueError(f"calls {name}() with {given} arguments; it takes {len(taken)}{' or more' if variadic else ''}")
