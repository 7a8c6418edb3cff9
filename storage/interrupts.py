"""Deferral of SIGINT, SIGTERM and SIGHUP during a transaction or the processing of a record.

Python runs a signal's handler between any two instructions of the main thread. An exception raised in the
middle of a transaction can leave its connection open, with the lock of the tables, until the process ends.
`uninterrupted` marks blocks that must be completed first. Standard library only: the handlers are installed
before anything else is loaded.
"""

from __future__ import annotations

import signal
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
"""The signals by which a terminal, an init system and a closed session end a program."""


class Interrupted(BaseException):
    """A signal that ends the command.

    A BaseException, so that code which continues after an `Exception` does not catch it. `number` is the
    signal's; a shell's exit code for it is 128 + number (POSIX, Shell Command Language, 2.8.2).
    """

    def __init__(self, number: int) -> None:
        super().__init__(signal.Signals(number).name)
        self.number = number

    @property
    def exit_code(self) -> int:
        """The exit code of a command that the signal ended."""
        return 128 + self.number


class _State:
    """Number of nested `uninterrupted` blocks of the main thread, and the deferred signal (0: none)."""

    depth = 0
    pending = 0


@contextmanager
def handled() -> Iterator[None]:
    """Make the first signal raise `Interrupted` in the block, and the second end the process at once.

    The second takes the default action, as if no handler were installed. An ignored signal stays ignored, as
    under nohup(1). In a thread other than the main one nothing is changed: Python allows signal handlers in
    the main thread only.

    Raises:
        Interrupted: a signal arrived.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.getsignal(number) for number in SIGNALS if signal.getsignal(number) is not signal.SIG_IGN}
    _State.pending = 0
    try:
        for number in before:
            signal.signal(number, _on_signal)
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def uninterrupted() -> Iterator[None]:
    """Defer the first signal to the end of the block; an error raised in the block takes precedence.

    Raises:
        Interrupted: a signal arrived meanwhile, and no other such block encloses this one.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    _State.depth += 1
    try:
        yield
    finally:
        _State.depth -= 1
    if _State.pending and not _State.depth:
        number, _State.pending = _State.pending, 0
        raise Interrupted(number)


def _on_signal(number: int, frame: FrameType | None) -> None:
    """Raise `Interrupted`, or defer it to the end of the current block; a second signal ends the process.

    Raises:
        Interrupted: no `uninterrupted` block is active.
    """
    del frame
    for each in SIGNALS:
        if signal.getsignal(each) is _on_signal:
            signal.signal(each, signal.SIG_DFL)
    if not _State.depth:
        raise Interrupted(number)
    _State.pending = number
