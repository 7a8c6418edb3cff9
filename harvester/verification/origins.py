"""Comparison of the origin of copied records with the tables.

The origin of a copy is in the warcinfo record of its WARC file.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from storage.warc.copying import source_of
from storage.warc.writer import is_copy

if TYPE_CHECKING:
    from pathlib import Path

    from storage.model.captures import Capture
    from storage.reader import ArchiveReader


class OriginCheck:
    """Comparison of the rows of one WARC file with the source file that its warcinfo record names.

    Earlier versions copied records into WARC files of fetched responses, whose warcinfo names no source:
    these are not checked.

    Raises:
        OSError: the file cannot be read.
    """

    def __init__(self, archive: ArchiveReader, path: Path) -> None:
        self._source = source_of(path) if is_copy(path.name) else None
        self._numbers = {
            file.number
            for file in archive.ingested_files()
            if self._source and (file.name, file.sha256, file.size) == (self._source.name, self._source.sha256, self._source.size)
        }

    def fault(self, capture: Capture) -> str | None:
        """Return what is wrong with the origin that a row names; None if nothing is."""
        if self._source is None or capture.ingested_from in self._numbers:
            return None
        return f"the tables name another file than {self._source.name} (SHA-256 {self._source.sha256}), from which the record was copied"
