"""Raising an exception inside any function of the program: its code is exchanged for code that raises, for as long as wanted.

Nothing else changes: every module, class and decorator goes on holding the same function, and a call costs what it did.
"""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import sys
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass
from types import CodeType, FunctionType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from types import FrameType, ModuleType


class Injected(Exception):
    """The error that is raised on purpose."""


@dataclass
class _Fault:
    """A function that raises at its next `left` calls (None: at every call), its own code, and where to count the calls."""

    function: FunctionType
    code: CodeType
    left: int | None
    raised: Counter[str]


_FAULTS: dict[int, _Fault] = {}
"""The functions that raise now, by the number that their exchanged code hands to `fire`."""


def fire(number: int) -> None:
    """Raise what the function with this number is to raise; after its last time the function has its own code back.

    Raises:
        Injected: always.
    """
    fault = _FAULTS[number]
    name = name_of(fault.function)
    fault.raised[name] += 1
    if fault.left is not None:
        fault.left -= 1
        if not fault.left:
            fault.function.__code__ = fault.code
    raise Injected(name)


def _template(*_arguments: object, **_keywords: object) -> None:
    from tests.faults import fire  # runs among the globals of the function whose code it replaces

    fire("NUMBER")  # type: ignore[arg-type]  a constant that is exchanged


@contextmanager
def raising(functions: Iterable[FunctionType], times: int | None = 1, *, raised: Counter[str] | None = None) -> Iterator[Counter[str]]:
    """Let functions raise `Injected` at their first `times` calls each, or (None) at every call.

    Yields how often each did, by name: in `raised`, where that is given.
    """
    raised = Counter() if raised is None else raised
    faults: list[_Fault] = []
    for function in functions:
        fault = _Fault(function, function.__code__, times, raised)
        number = id(fault)
        constants = tuple(number if constant == "NUMBER" else constant for constant in _template.__code__.co_consts)
        _FAULTS[number] = fault
        function.__code__ = _template.__code__.replace(co_consts=constants, co_freevars=fault.code.co_freevars)
        faults.append(fault)
    try:
        yield raised
    finally:
        for fault in faults:
            fault.function.__code__ = fault.code
            del _FAULTS[id(fault)]


def name_of(function: FunctionType) -> str:
    """Return module and qualified name of a function."""
    return f"{function.__module__}.{function.__qualname__}"


def public_functions(*names: str) -> list[FunctionType]:
    """Return the public functions and methods that these modules and packages define, in the order of their text."""
    found = [function for name in names for module in _modules(name) for function in _defined_in(module)]
    return [function for function in found if not function.__name__.startswith(("_", "<"))]


def functions_called(work: Callable[[], object], functions: Iterable[FunctionType]) -> list[FunctionType]:
    """Run `work` and return those of the functions that it called."""
    of_code = {function.__code__: function for function in functions}
    called: dict[CodeType, None] = {}

    def profile(frame: FrameType, event: str, _argument: Any) -> None:
        if event == "call" and frame.f_code in of_code:
            called.setdefault(frame.f_code)

    before = sys.getprofile()
    sys.setprofile(profile)
    try:
        work()
    finally:
        sys.setprofile(before)
    return [of_code[code] for code in called]


def _modules(name: str) -> Iterator[ModuleType]:
    module = importlib.import_module(name)
    yield module
    for info in pkgutil.walk_packages(getattr(module, "__path__", ()), f"{name}."):
        yield importlib.import_module(info.name)


def _defined_in(module: ModuleType) -> Iterator[FunctionType]:
    for value in vars(module).values():
        members = vars(value).values() if inspect.isclass(value) and value.__module__ == module.__name__ else (value,)
        for member in members:
            function = inspect.unwrap(_function_of(member))  # type: ignore[arg-type]  anything is its own innermost
            if isinstance(function, FunctionType) and function.__module__ == module.__name__ and _is_written(function, module):
                yield function


def _function_of(member: object) -> object:
    """Return the function below a property, a static or a class method."""
    if isinstance(member, property):
        return member.fget
    return member.__func__ if isinstance(member, (staticmethod, classmethod)) else member


def _is_written(function: FunctionType, module: ModuleType) -> bool:
    """Return whether a function stands in the module's own text: methods of dataclasses and of mappings are made elsewhere."""
    return function.__code__.co_filename == module.__file__
