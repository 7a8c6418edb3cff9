"""Overrides: the functions of a Python file beside a declaration, one per field."""

from __future__ import annotations

import inspect
import sys
from hashlib import sha256
from types import ModuleType
from typing import TYPE_CHECKING

from harvester.config import nearest
from pipelines.extraction.overrides import described, place_of
from pipelines.rules import FIELDS
from storage.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

    from pipelines.rules import Override


def load_overrides(path: Path) -> dict[str, Override]:
    """Return the overrides of a file, by field; functions whose names begin with an underscore are left out.

    Raises:
        UsageError: the file cannot be run, or a function is not named after a field or does not take one
            argument.
    """
    module = _module(path)
    overrides: dict[str, Override] = {}
    for name, function in vars(module).items():
        if not inspect.isfunction(function) or function.__module__ != module.__name__ or name.startswith("_"):
            continue
        line = f"{path}, line {function.__code__.co_firstlineno}"
        if name not in FIELDS:
            raise UsageError(f"{line}: {name} is not a field; the nearest is {nearest(name, FIELDS)}.", "Rename it, or begin it with _.")
        if len(inspect.signature(function).parameters) != 1:
            raise UsageError(f"{line}: {name} must take one argument, the page.")
        overrides[name] = function
    return overrides


def _module(path: Path) -> ModuleType:
    """Run a file as a module whose name is the same in every process, so that its functions can be pickled.

    A file with the same text is run once: functions that were loaded before stay valid when it is loaded
    again, and can still be pickled. The bytes that were read here are compiled: Python's own cache beside the
    file (`__pycache__`) is neither read nor written.

    Raises:
        UsageError: the file cannot be run.
    """
    text = path.read_bytes()
    name = f"harvester_override_{path.stem}_{sha256(bytes(path.resolve()) + text).hexdigest()[:12]}"
    if name in sys.modules:
        return sys.modules[name]
    module = ModuleType(name)
    module.__file__ = str(path)
    sys.modules[name] = module
    try:
        exec(compile(text, str(path), "exec", dont_inherit=True), vars(module))  # noqa: S102  an override is Python by definition
    except (Exception, SystemExit) as error:
        del sys.modules[name]
        raise UsageError(f"{place_of(error, str(path))}: cannot be loaded: {described(error)}.", "Correct or remove the file.") from error
    return module
