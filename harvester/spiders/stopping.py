"""Signals while Scrapy's engine runs: they are the event loop's then, and none is raised in the middle of a callback."""

from __future__ import annotations

import asyncio
import signal
from contextlib import contextmanager
from typing import TYPE_CHECKING

from storage.interrupts import SIGNALS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@contextmanager
def listening(stop: Callable[[int], None]) -> Iterator[None]:
    """Call `stop` with the number of each SIGINT, SIGTERM and SIGHUP in the block; a SIGHUP that is ignored stays so, as under nohup(1).

    Installed after the reactor and before it runs; afterwards the handlers of before are back.
    """
    loop = asyncio.get_event_loop()
    before = {number: signal.getsignal(number) for number in SIGNALS}
    if before[signal.SIGHUP] is signal.SIG_IGN:
        del before[signal.SIGHUP]
    for number in before:
        loop.add_signal_handler(number, stop, number)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
