"""Errors of WARC files and of the bodies in them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from storage.errors import DamageFound, HarvesterError, UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

_MOST_TOLD = 10


class BadCoding(HarvesterError):
    """A body that cannot be decoded.

    `reason` is a short class (`bad_encoding` or `too_large`) and, after a colon, the detail.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(f"The body cannot be decoded: {reason}.")
        self.reason = reason


@dataclass(frozen=True, slots=True)
class UnreadableRange:
    """Bytes of a WARC file that could not be read.

    `start` is the offset of the first one, `end` that of the first byte after them (None: to the end of the
    file).
    """

    start: int
    end: int | None = None

    def __str__(self) -> str:
        return f"{self.start}-{self.end - 1}" if self.end is not None else f"{self.start} to the end"


class TornWarc(UsageError):
    """A foreign WARC file that is truncated or corrupt.

    `gaps` are the unreadable ranges, the first of `damaged` in total; `offset` is the first unreadable byte.
    """

    def __init__(self, path: Path, gaps: Sequence[UnreadableRange], damaged: int) -> None:
        told = ", ".join(map(str, gaps[:_MOST_TOLD])) + (f" and {damaged - _MOST_TOLD} more" if damaged > _MOST_TOLD else "")
        super().__init__(
            f"{path} is torn or corrupt at byte {gaps[0].start} (not read: {told}).",
            "All other records were read; get the file again for the rest.",
        )
        self.path = path
        self.gaps = tuple(gaps)
        self.damaged = damaged
        self.offset = gaps[0].start


class BadPointer(DamageFound):
    """A pointer at whose offset no whole response lies. `phrase` describes the fault in a few words."""

    def __init__(self, path: Path, offset: int, phrase: str) -> None:
        super().__init__(f"{path}, offset {offset}: {phrase}.", "Run `harvester verify`.")
        self.phrase = phrase


class OtherRecord(BadPointer):
    """A pointer at whose offset a record of another type lies: a warcinfo or a request."""
