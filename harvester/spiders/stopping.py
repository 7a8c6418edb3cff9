"""Signal handling while Scrapy's engine runs: by the event loop, so that no signal interrupts a callback."""

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
    """Call `stop` with the number of each SIGINT, SIGTERM and SIGHUP received in the block.

    A SIGHUP that is ignored stays ignored, as under nohup(1). Enter the block after the reactor is installed
    and before it runs; the previous handlers are restored afterwards.
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
