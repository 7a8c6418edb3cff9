"""`python -m tests.site`: the newsroom in the foreground, for people to look at, until it is interrupted."""

from __future__ import annotations

import contextlib
import sys
import threading

from tests.site.server import PORTS, Newsroom


def main() -> None:
    """Serve, print where, and wait for Ctrl-C."""
    with Newsroom(PORTS) as newsroom, contextlib.suppress(KeyboardInterrupt):
        for outlet in newsroom.outlets:
            sys.stdout.write(f"{outlet:16} {newsroom.home(outlet)}\n")
        sys.stdout.flush()
        threading.Event().wait()


if __name__ == "__main__":
    main()
