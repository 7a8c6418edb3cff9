"""How much quicker the strict shapes are than dateparser: medians over the shared table of date strings, and their ratio.

Run it with `python -m benchmarks.dates`. Trust the ratio; the figures belong to the machine.
"""

from __future__ import annotations

import csv
import statistics
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import dateparser

from pipelines.dates.parser import printed_dates
from pipelines.dates.stage import read_date
from pipelines.draft import RawDate
from pipelines.rules import DateRules

if TYPE_CHECKING:
    from collections.abc import Callable

TABLE = Path(__file__).resolve().parents[1].parent / "shared" / "facts" / "dates.tsv"
CAPTURED_AT = datetime(2026, 12, 1, tzinfo=UTC)
ROUNDS = 5


def cold(string: str) -> None:
    printed_dates.cache_clear()
    warm(string)


def warm(string: str) -> None:
    read_date(RawDate(string, "benchmark"), DateRules(), CAPTURED_AT)


def median_us(read: Callable[[str], object], strings: list[str], rounds: int) -> float:
    """The median over the strings of the best of some rounds, in microseconds of CPU time of this thread."""
    return statistics.median(min(_once(read, string) for _ in range(rounds)) for string in strings)


def _once(read: Callable[[str], object], string: str) -> float:
    started = time.thread_time_ns()
    read(string)
    return (time.thread_time_ns() - started) / 1000


def main() -> None:
    if not TABLE.exists():
        sys.exit("the shared table of date strings is not beside the checkout")
    with TABLE.open(encoding="utf-8", newline="") as file:
        strings = [row["string"] for row in csv.DictReader(file, delimiter="\t")]
    foreign = sum(printed_dates(string.lower()) is None for string in strings)
    for string in strings:
        warm(string)
    dateparser.parse("1 января 2026")
    strict, memo, default = median_us(cold, strings, ROUNDS), median_us(warm, strings, ROUNDS), median_us(dateparser.parse, strings, 1)
    print(f"strings                {len(strings)} ({foreign} not read by the strict shapes)")
    print(f"strict shapes          {strict:10.1f} µs")
    print(f"strict shapes, memo    {memo:10.1f} µs")
    print(f"dateparser, defaults   {default:10.1f} µs")
    print(f"ratio                  {default / strict:10.0f} : 1")


if __name__ == "__main__":
    main()
