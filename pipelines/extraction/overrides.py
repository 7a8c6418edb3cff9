"""Call a source's overrides, and name the file and line of one that fails."""

from __future__ import annotations

import inspect
import traceback
from collections.abc import Iterable
from itertools import islice
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pipelines.page import Page
    from pipelines.rules import Override

_MOST_ANSWERS = 100_000  # of an override; they may be the paragraphs of a text


class DeclaredFieldError(Exception):
    """A field's declaration cannot be used; the message names the field, and an override's file and line."""


def call_override(field: str, override: Override, page: Page) -> list[str]:
    """Return an override's answer for a page as texts, stripped; empty when it declines with None.

    Raises:
        DeclaredFieldError: it raised an error, also while what it returned was iterated.
    """
    try:
        return _texts(override(page))
    except Exception as error:
        place = place_of(error, inspect.unwrap(override).__code__.co_filename)
        raise DeclaredFieldError(f"{place}: {field} raised {described(error)}") from error


def place_of(error: BaseException, file: str) -> str:
    """Return a file, and the line of it that was running when an error was raised, if any was."""
    lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == file]
    return f"{file}, line {lines[-1]}" if lines else file


def described(error: BaseException) -> str:
    """Return an error's type and message."""
    return f"{type(error).__name__}: {error}".rstrip(": ")


def _texts(answer: object) -> list[str]:
    if answer is None:
        return []
    values = answer if isinstance(answer, Iterable) and not isinstance(answer, str) else [answer]
    return [text for value in islice(values, _MOST_ANSWERS) if (text := str(value).strip())]
