"""What can be wrong with a WARC file or with a body inside it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from storage.errors import DamageFound, HarvesterError, UsageError

if TYPE_CHECKING:
    from pathlib import Path


class BadCoding(HarvesterError):
    """A body cannot be decoded. `reason` is a short class (`bad_encoding` or `too_large`) and, after a colon, the detail."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"The body cannot be decoded: {reason}.")
        self.reason = reason


class TornWarc(UsageError):
    """Somebody's WARC file is cut or corrupt. `offset` is the first byte of the gzip member (or plain record) that is not whole."""

    def __init__(self, path: Path, offset: int) -> None:
        super().__init__(
            f"{path} is torn or corrupt at byte {offset}.", "All records before it were read; get the file again for the rest."
        )
        self.path = path
        self.offset = offset


class BadPointer(DamageFound):
    """No whole response lies where a pointer says. `phrase` says in a few words what is wrong there."""

    def __init__(self, path: Path, offset: int, phrase: str) -> None:
        super().__init__(f"{path}, offset {offset}: {phrase}.", "Run `harvester verify`.")
        self.phrase = phrase
