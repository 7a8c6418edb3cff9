"""Signals that end a command: SIGINT, SIGTERM and SIGHUP, deferred while a transaction or the processing of a record is under way.

Python runs a signal's handler between any two instructions of the main thread. An exception raised in the middle of a transaction can
leave its connection open, with the lock of the tables, until the process ends. `uninterrupted` marks what must come to its end first.
Standard library only: the handlers are installed before anything else is loaded.
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
"""What a terminal, an init system and a closed session send to end a program."""


class Interrupted(BaseException):
    """A signal ends the command. No `Exception`, so that nothing which goes on after errors takes it for one.

    `number` is the signal's; a shell's exit code for it is 128 + number (POSIX, Shell Command Language, 2.8.2).
    """

    def __init__(self, number: int) -> None:
        super().__init__(signal.Signals(number).name)
        self.number = number

    @property
    def exit_code(self) -> int:
        """The exit code of a command that the signal ended."""
        return 128 + self.number


class _State:
    """How many `uninterrupted` blocks the main thread is in, and the signal that waits for their end (0: none)."""

    depth = 0
    pending = 0


@contextmanager
def handled() -> Iterator[None]:
    """Let the first signal raise `Interrupted` in the block, and the second end the process at once, as if nobody handled it.

    A signal that is ignored stays ignored, as under nohup(1). In a thread other than the main one nothing is changed: Python allows
    handlers there alone.
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
    """Defer the first signal to the end of the block; an error of the block goes before it.

    Raises:
        Interrupted: a signal came meanwhile, and no other block is around this one.
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
    """Raise, or remember the signal for the end of the block under way; the second signal ends the process."""
    del frame
    for each in SIGNALS:
        if signal.getsignal(each) is _on_signal:
            signal.signal(each, signal.SIG_DFL)
    if not _State.depth:
        raise Interrupted(number)
    _State.pending = number
