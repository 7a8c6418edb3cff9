"""Write captures into the archive's own WARC files, one synced exchange at a time."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Self

from storage.model.captures import WarcPointer
from storage.warc import records
from storage.warc.appending import AppendedFile, told
from storage.warc.repair import ends_whole, warcinfo_id

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path
    from types import TracebackType

    from storage.warc.exchange import Exchange
    from storage.warc.response import WarcResponse

HARVEST, INGEST = "harvest", "ingest"
"""The two series of WARC files: captures fetched by this program, and records copied from foreign files."""

_OWN_NAME = re.compile(rf"({HARVEST}|{INGEST})-\d{{8}}T\d{{6}}Z-(\d{{5,}})\.warc\.gz")
_ROLL_BYTES = 1024**3


def is_copy(name: str) -> bool:
    """Return whether this is the name of an archive's WARC file with records copied from foreign files."""
    match = _OWN_NAME.fullmatch(name)
    return match is not None and match[1] == INGEST


def own_files(directory: Path) -> list[Path]:
    """Return the archive's own WARC files, oldest first, ordered by serial number, for clocks jump.

    Raises:
        ArchiveUnusable: the directory is missing or cannot be read.
    """
    try:
        return sorted((path for path in directory.iterdir() if _OWN_NAME.fullmatch(path.name)), key=_serial)
    except OSError as error:
        raise told(error, directory) from error


class WarcWriter:
    """Writer that appends exchanges to the newest own file of `directory`.

    It begins a new file when one has reached `roll_bytes`. The directory must exist. Nothing is opened before
    the first write. A file of the series `HARVEST` is continued only when it ends whole (see `repair_tail`,
    to be called before); otherwise a new one is begun, so nothing ever follows a tear. A file of `INGEST` is
    continued only by the writer that began it, for it holds the records of one foreign file. When a method
    returns a pointer, the record is on the disk. The archive's lock allows one writer at a time.

    `about` are fields of the warcinfo of new files; `quoted` is a warcinfo record of another file (id and
    block) that is kept after it.

    Raises:
        DiskFull: by every writing method; no partial record remains, a later call may succeed.
        ArchiveUnusable: by every writing method; the file or directory is not writable, or missing.
        DamageFound: by every writing method; the disk failed, and the writer accepts nothing more.
    """

    def __init__(
        self,
        directory: Path,
        *,
        software: str,
        about: Sequence[tuple[str, str]] = (),
        roll_bytes: int = _ROLL_BYTES,
        series: str = HARVEST,
        quoted: tuple[str, bytes] = ("", b""),
    ) -> None:
        self._directory = directory
        self._series = series
        self._quoted = quoted
        self._software = software
        self._about = about
        self._roll_bytes = roll_bytes
        self._file: AppendedFile | None = None
        self._file_id = ""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    def close(self) -> None:
        """Close the current file, which the next write opens again.

        All returned pointers are on the disk already.
        """
        if self._file is not None:
            self._file.close()

    def write_exchange(self, exchange: Exchange, *, truncated: str = "") -> WarcPointer:
        """Write the response and its request; return the pointer to the response.

        `truncated` is why the body is not whole, empty if it is.
        """
        file = self._ready_file()
        record_id = records.new_record_id()
        return self._append(
            file,
            record_id,
            records.response(exchange, record_id, self._file_id, truncated),
            records.request(exchange, record_id, self._file_id),
        )

    def write_revisit(
        self,
        exchange: Exchange,
        *,
        original_url: str | None = None,
        original_date: datetime | None = None,
    ) -> WarcPointer:
        """Write a 304 as a revisit record, with URL and (aware) moment of the unmodified capture when known.

        Its request is not kept: it carried the validators of the capture that the record refers to, and it
        would be most of what a check adds.
        """
        file = self._ready_file()
        record_id = records.new_record_id()
        return self._append(file, record_id, records.revisit(exchange, record_id, self._file_id, original_url, original_date))

    def write_same(self, exchange: Exchange, *, original_date: datetime) -> WarcPointer:
        """Write a response with the body of an earlier capture of the URL as a revisit, and its request.

        `original_date` is the moment of the earlier capture, aware.
        """
        file = self._ready_file()
        record_id = records.new_record_id()
        return self._append(
            file,
            record_id,
            records.same_payload(exchange, record_id, self._file_id, original_date),
            records.request(exchange, record_id, self._file_id),
        )

    def copy_response(self, foreign: WarcResponse, record_id: str = "") -> WarcPointer:
        """Copy a response or revisit from a foreign WARC file: date, URL and HTTP block are unchanged.

        So is its id, unless another `record_id` is given because the archive has another record of that id.
        """
        file = self._ready_file()
        record_id = record_id or foreign.record_id
        return self._append(file, record_id, records.copied(foreign, record_id, self._file_id))

    def _append(self, file: AppendedFile, record_id: str, member: bytes, *following: bytes) -> WarcPointer:
        preface = b"" if file.size else self._warcinfo(file.path.name)
        offset = file.append(b"".join((preface, member, *following))) + len(preface)
        return WarcPointer(file.path.name, offset, len(member), record_id)

    def _warcinfo(self, name: str) -> bytes:
        now = datetime.now(UTC)
        own = records.warcinfo(self._file_id, name, self._software, now, self._about)
        quoted_id, block = self._quoted
        return own + records.quoted_warcinfo(quoted_id, block, self._file_id, now) if block else own

    def _ready_file(self) -> AppendedFile:
        if self._file is None:
            self._file = self._continued() or self._begun()
        elif self._file.is_closed and self._file.usable:
            self._file = AppendedFile(self._file.path, new=False)
        if self._file.usable and self._file.size >= self._roll_bytes:
            full, self._file = self._file, self._begun()
            full.close()
        return self._file

    def _continued(self) -> AppendedFile | None:
        newest = next((path for path in reversed(own_files(self._directory)) if not is_copy(path.name)), None)
        if newest is None or self._series == INGEST:
            return None
        try:
            size = newest.stat().st_size
            file_id = warcinfo_id(newest)
            continuable = size == 0 or (size < self._roll_bytes and file_id is not None and ends_whole(newest))
        except OSError as error:
            raise told(error, newest) from error
        if not continuable:
            return None
        self._file_id = file_id or records.new_record_id()
        return AppendedFile(newest, new=False)

    def _begun(self) -> AppendedFile:
        serial = max(map(_serial, own_files(self._directory)), default=-1) + 1
        self._file_id = records.new_record_id()
        return AppendedFile(self._directory / f"{self._series}-{datetime.now(UTC):%Y%m%dT%H%M%SZ}-{serial:05d}.warc.gz", new=True)


def _serial(path: Path) -> int:
    match = _OWN_NAME.fullmatch(path.name)
    assert match is not None
    return int(match[2])
