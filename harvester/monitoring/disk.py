"""Disk use of an archive and its growth."""

from __future__ import annotations

import shutil
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from storage.reader import ArchiveReader

LOOKED_BACK = timedelta(days=7)
"""Period over which growth is averaged: a week, because weekends are quiet."""

_DAY = timedelta(days=1)
_UNITS = ("B", "KiB", "MiB", "GiB", "TiB")


@dataclass(frozen=True, slots=True)
class DiskUse:
    """Bytes of the tables, of the WARC files with their indexes, and free on that disk.

    `per_day` is the growth in bytes a day, None while the archive is younger than a day.
    """

    tables: int
    warc: int
    free: int
    per_day: int | None

    def report(self) -> dict[str, Any]:
        """Return the disk use as a JSON object."""
        return {
            "tables_bytes": self.tables,
            "warc_bytes": self.warc,
            "free_bytes": self.free,
            "bytes_per_day": self.per_day,
            "days_left": self.days_left,
        }

    @property
    def days_left(self) -> int | None:
        """Days until the disk is full at the present growth; None where there is none or it is unknown."""
        return self.free // self.per_day if self.per_day else None

    def line(self) -> str:
        """Return the disk use as one line of text."""
        used = f"disk: {amount(self.tables + self.warc)} (tables {amount(self.tables)}, WARC {amount(self.warc)})"
        grown = "" if self.per_day is None else f", {amount(self.per_day)} a day"
        left = "" if self.days_left is None else f", enough for {self.days_left} days"
        return f"{used}{grown}; {amount(self.free)} free{left}"


def disk_use(archive: ArchiveReader, now: datetime) -> DiskUse:
    """Measure the disk use of an archive at `now`.

    Growth is estimated from the number of captures, each with the mean size of all: tables and WARC files
    grow with them.
    """
    directory = archive.directory
    tables = _size(path for path in directory.glob("archive.sqlite3*"))
    warc = _size(path for path in archive.warc_directory.glob("*"))
    growth = archive.growth(now - LOOKED_BACK)
    per_day = None
    if growth.first_run is not None and now - growth.first_run >= _DAY:
        days = min(now - growth.first_run, LOOKED_BACK) / _DAY
        per_day = round((tables + warc) * growth.lately / max(growth.captures, 1) / days)
    return DiskUse(tables, warc, shutil.disk_usage(directory).free, per_day)


def amount(size: int) -> str:
    """Return a number of bytes in a readable binary unit, such as `9.5 MiB`."""
    value, unit = float(size), 0
    while value >= 1024 and unit < len(_UNITS) - 1:  # noqa: PLR2004  the factor of binary prefixes (IEC 80000-13)
        value, unit = value / 1024, unit + 1
    return f"{value:.0f} {_UNITS[0]}" if unit == 0 else f"{value:.1f} {_UNITS[unit]}"


def _size(paths: Iterable[Path]) -> int:
    """Return the total size of files in bytes; a file that is removed meanwhile counts as 0."""
    total = 0
    for path in paths:
        try:
            total += path.stat().st_size
        except FileNotFoundError:
            continue
    return total
