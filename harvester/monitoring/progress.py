"""Progress of a run: a live display on a terminal, a log line at intervals elsewhere."""

from __future__ import annotations

import logging
import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from rich.live import Live
from rich.segment import Segment
from rich.text import Text

from harvester.monitoring.logs import PROGRESS, is_json
from storage.model.frontier import RETRY_BACKOFF, TRIES
from storage.model.text import counted

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from rich.console import Console, ConsoleOptions, RenderableType, RenderResult

    from harvester.crawl_session import CrawlSession
    from storage.model.runs import SourceTally

logger = logging.getLogger(PROGRESS)

_RETRIES = " and ".join(f"{wait.total_seconds():.0f}" for wait in RETRY_BACKOFF[: TRIES - 1])

EVERY_SECONDS = 30.0
"""Seconds between two progress lines of a run without a terminal."""


@contextmanager
def watching(
    session: CrawlSession,
    console: Console,
    table: Callable[[CrawlSession, float], RenderableType],
    *,
    silent: bool,
    every: float = EVERY_SECONDS,
) -> Iterator[None]:
    """Show the progress of a run while the block runs.

    On a terminal a table is shown, elsewhere a log line every `every` seconds, and nothing if `silent`.
    """
    started = time.monotonic()
    if silent:
        yield
    elif console.is_terminal and not is_json():
        with Live(
            console=console,
            get_renderable=lambda: _OnOneScreen(table(session, time.monotonic() - started)),
            refresh_per_second=2,
            transient=True,
        ):
            yield
    else:
        ended = threading.Event()
        teller = threading.Thread(target=_tell, args=(session, ended, every), daemon=True)
        teller.start()
        try:
            yield
        finally:
            ended.set()
            teller.join()


class _OnOneScreen:
    """Renderable cut to the height of the terminal, with a last line that counts the lines left out.

    A frame that is higher than the screen cannot be erased: its first lines have scrolled away.
    """

    def __init__(self, whole: RenderableType) -> None:
        self._whole = whole

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Yield the lines that fit, with one line of the screen left for the cursor."""
        lines = console.render_lines(self._whole, options, pad=False)
        room = max(console.height - 1, 1)
        more = len(lines) - (room - 1) if len(lines) > room else 0
        for line in lines[: room - 1] if more else lines:
            yield from line
            yield Segment.line()
        if more:
            yield Text(f"… and {more} more")


def _tell(session: CrawlSession, ended: threading.Event, every: float) -> None:
    while not ended.wait(every):
        logger.info("run %d: %s", session.run, in_a_line(session.tally))


def in_a_line(tally: Mapping[str, SourceTally]) -> str:
    """Return the counts of a run so far as one line of text."""
    captures = sum(of_source.captures for of_source in tally.values())
    failures = sum(of_source.failures for of_source in tally.values())
    unanswered = any(of_source.unanswered for of_source in tally.values())
    retried = f"; an address without an answer is asked again after {_RETRIES} seconds" if unanswered else ""
    return f"{counted(captures, 'answer')} captured, {counted(failures, 'failure')}{retried}"
