"""Paths into the JSON responses of APIs: JMESPath, with a shorter spelling of plain paths.

A plain path is keys and list positions, separated by dots: `data.result.0.items`, `_embedded.wp:term`,
`дата`. JMESPath itself (https://jmespath.org/specification.html) needs quotes around any key that is not an
identifier of ASCII, and brackets around a position.
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

_KEY = r"[^.\[\]{}()*|&!<>=?\"'`\\,]+"  # none of the characters of JMESPath's syntax
_PLAIN = re.compile(rf"(?!@(?:\.|$)){_KEY}(?:\.{_KEY})*")  # a lone @ is JMESPath's current node
_POSITION = re.compile(r"[0-9]+")
_FIELD = re.compile(r"\{([^{}]+)\}")
_AT_POSITION = '[[{0}], "{0}"][?@ != `null`] | [0]'
"""JMESPath for the value at a number: the entry of a list, or the value of that key in an object (some
languages write lists with gaps as objects)."""


@lru_cache(maxsize=1024)
def compiled(path: str) -> ParsedResult:
    """Compile a path.

    Raises:
        ValueError: it is no valid path; the message says in one line what is wrong.
    """
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
    """Return the value at a path; None if it does not exist or a function of the path cannot take it."""
    try:
        return compiled(path).search(value)
    except (JMESPathError, ArithmeticError, TypeError, ValueError, RecursionError):  # jmespath checks only some arguments of functions
        return None


def fields_of(template: str) -> list[str]:
    """Return the paths in the braces of a URL template; empty when it is a path itself."""
    return _FIELD.findall(template)


def filled(template: str, values: dict[str, str]) -> str:
    """Return a URL template with a value in place of each field."""
    return _FIELD.sub(lambda found: values[found[1]], template)


def _spelt_out(path: str) -> str:
    """Return a plain path as JMESPath.

    Evaluating it is linear in the path: each step takes the result of the one before.
    """
    expression = ""
    for part in path.split("."):
        if _POSITION.fullmatch(part):
            expression = f"{expression or '@'} | {_AT_POSITION.format(part)}"
        else:
            key = json.dumps(part)  # a quoted identifier is written as a JSON string
            expression = f"{expression}.{key}" if expression else key
    return expression


def _calls(node: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the function calls in a syntax tree of JMESPath."""
    waiting = [node]
    while waiting:
        node = waiting.pop()
        if node["type"] == "function_expression":
            yield node
        waiting += [x for x in node["children"] if isinstance(x, dict)]


def _check_call(call: dict[str, Any]) -> None:
    """Check the name of a function and the number of its arguments.

    jmespath itself reports these only when it evaluates a path on a value.

    Raises:
        ValueError: there is no such function, or it takes another number of arguments.
    """
    name, given = call["value"], len(call["children"])
    known = Functions.FUNCTION_TABLE
    if name not in known:
        near = get_close_matches(name, known, n=1, cutoff=0.0)
        raise ValueError(f"calls {name}(), which JMESPath does not have; the nearest is {near[0]}()")
    taken = known[name]["signature"]
    variadic = bool(taken) and taken[-1].get("variadic", False)
    if given < len(taken) or (given > len(taken) and not variadic):
        raise ValueError(f"calls {name}() with {given} arguments; it takes {len(taken)}{' or more' if variadic else ''}")
