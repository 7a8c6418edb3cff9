"""Raising an exception inside any function of the program, without touching the program: the interpreter's own tracing does it."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import CodeType, FrameType


class Injected(Exception):
    """The error that is raised on purpose."""


@contextmanager
def raising_in(code: CodeType, times: int) -> Iterator[None]:
    """Raise `Injected` at the first `times` calls of the function with this code."""
    left = times

    def trace(frame: FrameType, event: str, _argument: Any) -> None:
        nonlocal left
        if event == "call" and left and frame.f_code is code:
            left -= 1
            if left:
                sys.settrace(trace)  # an exception from a trace function switches tracing off
            raise Injected(code.co_qualname)

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        yield
    finally:
        sys.settrace(before)


def functions_called(work: Callable[[], object], modules: tuple[str, ...]) -> list[CodeType]:
    """Run `work` and return the code of every public function of these modules (or of modules below them) that it called, in order."""
    called: dict[CodeType, None] = {}

    def profile(frame: FrameType, event: str, _argument: Any) -> None:
        if event == "call":
            name = frame.f_globals.get("__name__", "")
            if any(name == module or name.startswith(f"{module}.") for module in modules):
                called.setdefault(frame.f_code)

    before = sys.getprofile()
    sys.setprofile(profile)
    try:
        work()
    finally:
        sys.setprofile(before)
    return [code for code in called if not code.co_name.startswith(("<", "_"))]
