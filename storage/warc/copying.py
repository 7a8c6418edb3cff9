"""Copy records of foreign WARC files into files of the archive whose warcinfo names the source file."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from storage.errors import UsageError
from storage.warc.parsing import parse_warc_fields
from storage.warc.walk import Walk
from storage.warc.writer import INGEST, WarcWriter

if TYPE_CHECKING:
    from pathlib import Path

    from storage.model.captures import WarcPointer
    from storage.warc.response import WarcResponse
    from storage.warc.walk import Record

MAX_WARCINFO_BYTES = 64 * 1024
"""Maximum size in bytes of a warcinfo block that is kept; usual ones have some hundreds."""

_FILE, _SHA256, _SIZE = "source-file", "source-sha256", "source-size"
_HEX = re.compile(r"[0-9a-f]{64}")
_DIGITS = re.compile(r"[0-9]{1,18}")


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A WARC file that records are copied from.

    `name` is without directories; `sha256` (hexadecimal) is that of its `size` bytes. `warcinfo` is the block
    of the warcinfo record at its beginning, and `warcinfo_id` the id of that record; both are empty when
    there is none, or one over 64 KiB.
    """

    name: str
    sha256: str
    size: int
    warcinfo: bytes = b""
    warcinfo_id: str = ""

    def fields(self) -> tuple[tuple[str, str], ...]:
        """Return the fields of the copy's warcinfo record.

        Those of a crawl (`robots`, user agent) would be untrue of these records.
        """
        return (
            ("description", f"Records copied from {self.name}, SHA-256 {self.sha256}, {self.size} bytes; fetched by others"),
            (_FILE, self.name),
            (_SHA256, self.sha256),
            (_SIZE, str(self.size)),
        )


def described(path: Path, name: str, sha256: str, size: int) -> SourceFile:
    """Describe a WARC file that records are to be copied from, including its first warcinfo record.

    For a file into which this program copied records, the result is the file that they came from: an archive
    rebuilt from its own WARC files keeps the origin of its pages.

    Raises:
        UsageError: it does not begin as a WARC file does.
        OSError: it cannot be read.
    """
    return _source_in(path) or _with_warcinfo(SourceFile(name, sha256, size), *_first_records(path)[:1])


def source_of(path: Path) -> SourceFile | None:
    """Return the file that the records of one of the archive's own WARC files were copied from.

    None when its warcinfo names none.

    Raises:
        OSError: the file cannot be read.
    """
    try:
        return _source_in(path)
    except UsageError:
        return None


def _source_in(path: Path) -> SourceFile | None:
    records = _first_records(path)
    if not records or records[0].fields.get("warc-type") != "warcinfo":
        return None
    first, *others = records
    said = parse_warc_fields(first.block.split(b"\n"))
    name, sha256, size = said.get(_FILE, ""), said.get(_SHA256, ""), said.get(_SIZE, "")
    if not name or not _HEX.fullmatch(sha256) or not _DIGITS.fullmatch(size):
        return None
    source = SourceFile(name, sha256, int(size))
    kept = [one for one in others if one.fields.get("warc-type") == "metadata" and "warc-refers-to" in one.fields]
    return SourceFile(name, sha256, int(size), kept[0].block, kept[0].fields["warc-refers-to"]) if kept else source


def _with_warcinfo(source: SourceFile, first: Record | None = None) -> SourceFile:
    if first is None or first.fields.get("warc-type", "").lower() != "warcinfo" or not first.block:
        return source
    return SourceFile(source.name, source.sha256, source.size, first.block, first.fields.get("warc-record-id", ""))


def _first_records(path: Path) -> list[Record]:
    with path.open("rb") as file:
        return list(islice(Walk(file, path).records(_short), 2))


def _short(fields: dict[str, str], length: int) -> int:
    is_kept = fields.get("warc-type", "").lower() in {"warcinfo", "metadata"}
    return length if is_kept and length <= MAX_WARCINFO_BYTES else 0


class RecordCopier:
    """Copier of foreign records; those of each source file go into separate WARC files.

    Such a file is created at the first record, and one is open at a time.

    Raises:
        DiskFull, ArchiveUnusable, DamageFound: by `copy`, as for `WarcWriter`.
    """

    def __init__(self, directory: Path, *, software: str, roll_bytes: int) -> None:
        self._directory, self._software, self._roll_bytes = directory, software, roll_bytes
        self._writers: dict[tuple[str, str], WarcWriter] = {}
        self._open: WarcWriter | None = None

    def copy(self, response: WarcResponse, record_id: str, source: SourceFile) -> WarcPointer:
        """Copy a response or revisit record of `source`, under this id."""
        writer = self._writers.get((source.name, source.sha256))
        if writer is None:
            writer = WarcWriter(
                self._directory,
                software=self._software,
                about=source.fields(),
                roll_bytes=self._roll_bytes,
                series=INGEST,
                quoted=(source.warcinfo_id, source.warcinfo),
            )
            self._writers[source.name, source.sha256] = writer
        if self._open is not writer:
            self.close()
            self._open = writer
        return writer.copy_response(response, record_id)

    def close(self) -> None:
        """Close the file that is open, if any."""
        if self._open is not None:
            self._open.close()
            self._open = None
