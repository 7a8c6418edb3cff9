"""Comparison of the CDXJ index of a WARC file with the captures in that file."""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import TYPE_CHECKING

from harvester.verification.wording import counted
from storage.warc.index import cdxj_lines, index_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from storage.model.captures import Capture


class IndexCheck:
    """Comparison of an index with the captures passed to `expect`, one by one in any order.

    Index lines are sorted by URL and captures by offset, so the sums of their hashes are compared: memory
    does not grow with their number. An index is written when a run closes; captures behind its last one
    belong to a run that was killed or is under way.
    """

    def __init__(self, warc: Path) -> None:
        self.path = index_of(warc)
        self._is_there = self.path.is_file()
        self._doubtful = False
        self._broken: list[str] = []
        self._unmodified = self._lines = self._sum = self._last = 0
        self._expected = self._expected_sum = self._behind = 0
        if self._is_there:
            self._read()

    def _read(self) -> None:
        before = b""
        with self.path.open("rb") as file:
            for number, line in enumerate(file, start=1):
                try:
                    fields = json.loads(line.split(b" ", 2)[2])
                    offset, status = int(fields["offset"]), int(fields["status"])
                except (ValueError, KeyError, IndexError, TypeError):
                    self._broken.append(f"line {number} of the index cannot be read")
                    return
                if line < before:
                    self._broken.append(f"line {number} of the index is out of its order, so that it is not found")
                    return
                before = line
                self._last = max(self._last, offset)
                if status == HTTPStatus.NOT_MODIFIED:
                    self._unmodified += 1
                else:
                    self._lines, self._sum = self._lines + 1, self._sum + hash(line)

    def expect(self, capture: Capture) -> None:
        """Add a capture that the index should have, unless it lies behind the last one of the index."""
        for line in cdxj_lines([capture]):
            if capture.warc.offset > self._last:
                self._behind += 1
            else:
                self._expected, self._expected_sum = self._expected + 1, self._expected_sum + hash(line.encoded())

    def doubt(self) -> None:
        """Note that a row of the file is damaged and its index line is unknown: sums are not compared."""
        self._doubtful = True

    def faults(self) -> Iterator[str]:
        """Yield a message for each fault of the index."""
        remedy = "; it may be deleted, for the next run makes it anew"
        if self._broken:
            yield self._broken[0] + remedy
        elif self._is_there and not self._doubtful and (self._lines, self._sum) != (self._expected, self._expected_sum):
            lines, captures = counted(self._lines, "line"), counted(self._expected, "capture")
            yield f"the index has {lines} for {captures}, or other lines than these have{remedy}"

    def notes(self) -> Iterator[str]:
        """Yield messages about the index that are no damage."""
        if not self._is_there and self._behind:
            yield f"{self.path.name}: there is no such index yet; the next run makes it"
        elif self._behind and not self._broken:
            newest = counted(self._behind, "capture")
            yield f"{self.path.name}: the index does not know the newest {newest}; a run was killed, or is under way"
        if self._unmodified:
            answers = counted(self._unmodified, "answer")
            yield (
                f"{self.path.name}: an older version put {answers} without a body (304) into the index, at which replay "
                "tools show an empty page; delete it, and the next run makes it anew"
            )
