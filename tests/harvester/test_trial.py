from __future__ import annotations

import os
import signal

from harvester.trial import why_not


def busy() -> None:
    while True:
        pass


def greedy() -> None:
    held = []
    while True:
        held.append(bytearray(8 * 1024 * 1024))


def broken() -> None:
    raise ValueError("caught by whoever runs it for real")


def crashing() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def test_work_that_ends_may_be_run() -> None:
    assert why_not(lambda: sum(range(1000))) == ""


def test_an_exception_is_an_end() -> None:
    assert why_not(broken) == ""


def test_work_that_never_ends_is_stopped() -> None:
    assert why_not(busy, cpu_seconds=1) == "timeout: over 1 s of processor time"


def test_work_that_takes_all_memory_is_stopped() -> None:
    assert why_not(greedy, memory_bytes=64 * 1024 * 1024) == "memory: over 64 MiB"


def test_work_that_is_killed_is_told() -> None:
    assert why_not(crashing) == "killed, perhaps for want of memory"


def test_what_the_child_changes_is_lost() -> None:
    changed: list[int] = []
    assert why_not(lambda: changed.append(1)) == ""
    assert changed == []
