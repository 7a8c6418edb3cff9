"""The live display of a run on a terminal, and a plain line now and then off one."""

from __future__ import annotations

import logging
import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from rich.live import Live

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from rich.console import Console, RenderableType

    from harvester.harvest import Harvest

logger = logging.getLogger(__name__)

EVERY_SECONDS = 30.0
"""How often a run that has no terminal says where it stands."""


@contextmanager
def watching(
    harvest: Harvest,
    console: Console,
    table: Callable[[Harvest, float], RenderableType],
    *,
    silent: bool,
) -> Iterator[None]:
    """Show the run while it goes on: a table on a terminal, a log line every half minute elsewhere, nothing when silent."""
    started = time.monotonic()
    if silent:
        yield
    elif console.is_terminal:
        with Live(console=console, get_renderable=lambda: table(harvest, time.monotonic() - started), refresh_per_second=2, transient=True):
            yield
    else:
        ended = threading.Event()
        teller = threading.Thread(target=_tell, args=(harvest, ended), daemon=True)
        teller.start()
        try:
            yield
        finally:
            ended.set()
            teller.join()


def _tell(harvest: Harvest, ended: threading.Event) -> None:
    while not ended.wait(EVERY_SECONDS):
        captures = sum(tally.captures for tally in harvest.tally.values())
        failures = sum(tally.failures for tally in harvest.tally.values())
        logger.warning("run %d: %d answers captured, %d failures", harvest.run, captures, failures)
