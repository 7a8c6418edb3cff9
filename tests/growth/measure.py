"""A fresh process that times every pattern and every walk on 1, 2, 4 and 8 times its worst input: `python -m tests.growth.measure`.

Prints one JSON object: what more than doubled (with a wide margin), what was slow at its bound, and how much was looked at.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from collections import deque
from typing import TYPE_CHECKING, Any

from tests.growth.patterns import bound_of, patterns
from tests.growth.pumping import pumps
from tests.growth.walks import WALKS

if TYPE_CHECKING:
    from collections.abc import Callable

SIZES = (1, 2, 4, 8)
MARGIN = 2.6
"""How often a doubled input may cost what the single one did, over two doublings: a shared machine is noisy, and the square is 4."""
FLOOR = 0.001  # seconds of CPU below which nothing is told from noise
FIRST_LENGTH = 300  # characters of a pattern's input, which is 1
AT_BOUND = 0.15  # seconds of CPU that a pattern may take for the longest input that it gets
WALK_FLOOR = 0.04  # the same of a walk
CPU_LIMIT = 240
"""Seconds after which the process is ended, should a pattern be exponential; what it was at stands on stderr."""


def cpu(call: Callable[[], Any], times: int) -> float:
    best = 1e9
    for _ in range(times):
        start = time.process_time()
        call()
        best = min(best, time.process_time() - start)
    return best


def asked(pattern: Any, method: str, text: Any) -> Callable[[], Any]:
    if method == "finditer":
        return lambda: deque(pattern.finditer(text), maxlen=0)
    function = getattr(pattern, method)
    return lambda: function(text)


def grown(costs: list[float], floor: float) -> bool:
    two = MARGIN**2
    return any(after > floor and after > two * max(before, floor / two) for before, after in zip(costs, costs[2:], strict=False))


def pumped(pump: tuple[str, str], length: int, pattern: Any) -> Any:
    start, unit = pump
    text = start + unit * (max(0, length - len(start)) // len(unit) + 1)
    text = f"{text[:length]}\x01!"
    return text.encode("latin-1", "replace") if isinstance(pattern.pattern, bytes) else text


def costs_of(pattern: Any, method: str, pump: tuple[str, str], length: int, times: int) -> list[float]:
    return [cpu(asked(pattern, method, pumped(pump, length * size, pattern)), times) for size in SIZES]


def look_at(name: str, pattern: Any, methods: tuple[str, ...], report: dict[str, Any]) -> None:
    bound = bound_of(name)
    for pump in pumps(pattern):
        for method in methods:
            report["looked"] += 1
            if bound is not None:
                seconds = cpu(asked(pattern, method, pumped(pump, bound, pattern)), 1)
                if seconds > AT_BOUND and (seconds := cpu(asked(pattern, method, pumped(pump, bound, pattern)), 2)) > AT_BOUND:
                    report["slow"].append(f"{name}.{method}: {seconds:.3f} s for {bound} characters of {pump!r}")
                continue
            largest = cpu(asked(pattern, method, pumped(pump, FIRST_LENGTH * SIZES[-1], pattern)), 1)
            if largest <= FLOOR:
                continue
            costs = costs_of(pattern, method, pump, FIRST_LENGTH, 5)
            if grown(costs, FLOOR):  # what grows shows more of it on a longer input, noise does not
                costs = costs_of(pattern, method, pump, 4 * FIRST_LENGTH, 10)
            if grown(costs, FLOOR):
                report["grown"].append(f"{name}.{method}: {[round(x, 4) for x in costs]} s for {pump!r}")


def main() -> None:
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_LIMIT, CPU_LIMIT))
    report: dict[str, Any] = {"looked": 0, "patterns": [], "walks": 0, "grown": [], "slow": []}
    for name, pattern, methods in patterns():
        sys.stderr.write(f"{name}\n")
        report["patterns"].append(name)
        look_at(name, pattern, methods, report)
    for name, (walk, length) in WALKS.items():
        sys.stderr.write(f"{name}\n")
        report["walks"] += 1
        costs = [cpu(walk(length * size), 1) for size in SIZES]
        if grown(costs, WALK_FLOOR):  # as above
            costs = [cpu(walk(4 * length * size), 4) for size in SIZES]
        if grown(costs, WALK_FLOOR):
            report["grown"].append(f"{name}: {[round(x, 3) for x in costs]} s")
    sys.stdout.write(f"{json.dumps(report, ensure_ascii=False)}\n")


if __name__ == "__main__":
    main()
