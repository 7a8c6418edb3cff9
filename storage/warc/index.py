"""CDXJ: the index by which replay tools such as pywb find a capture in WARC files.

Answers with status 304 are in the WARC files and not in their indexes. pywb (2.10, `ResolvingLoader.load_headers_and_payload`) takes
every revisit record with a status from 300 to 399 for a redirect and replays it with an empty body, whatever it refers to; as the
newest capture of its address, it would hide the page. An identical body (status 200) is found by its digest or by what the record
refers to, so those are in the index.
"""

from __future__ import annotations

import heapq
import itertools
import json
import tempfile
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC
from http import HTTPStatus
from typing import TYPE_CHECKING, BinaryIO

from storage.atomic_files import replacing
from storage.warc.appending import told
from storage.warc.surts import surt

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime
    from pathlib import Path

    from storage.model.captures import Capture, WarcPointer

_SORTED_AT_ONCE = 50_000  # lines, about 20 MB


@dataclass(frozen=True, slots=True)
class CdxjLine:
    """One capture in the index.

    `mime` is the bare media type (`warc/revisit` where the body lies in an earlier capture), `digest` as `payload_digest` writes it.
    """

    url: str
    captured_at: datetime
    mime: str
    status: int
    digest: str
    warc: WarcPointer

    def encoded(self) -> bytes:
        """The line, its newline included: sort key, moment (UTC, to the second), and the rest as JSON with string values."""
        fields = {
            "url": self.url,
            "mime": self.mime,
            "status": str(self.status),
            "digest": self.digest,
            "length": str(self.warc.length),
            "offset": str(self.warc.offset),
            "filename": self.warc.file,
        }
        moment = self.captured_at.astimezone(UTC)
        key = "".join(surt(self.url).split())
        return f"{key} {moment:%Y%m%d%H%M%S} {json.dumps(fields)}\n".encode()


def index_of(warc: Path) -> Path:
    """Where the index of a WARC file lies: `<name>.cdxj` beside `<name>.warc.gz`."""
    return warc.with_suffix("").with_suffix(".cdxj")


def cdxj_lines(captures: Iterable[Capture]) -> Iterator[CdxjLine]:
    """The lines of some captures; those that can be replayed."""
    for capture in captures:
        if capture.status != HTTPStatus.NOT_MODIFIED:
            mime = "warc/revisit" if capture.same_as else capture.content_type.partition(";")[0].strip() or "unk"
            yield CdxjLine(capture.url, capture.captured_at, mime, capture.status, capture.payload_digest, capture.warc)


def write_cdxj(path: Path, lines: Iterable[CdxjLine]) -> int:
    """Write the index anew, sorted by bytes, and return how many lines it has; the old one stays until the new one is whole.

    Memory is bounded whatever the number of lines.

    Raises:
        DiskFull, ArchiveUnusable: the index cannot be written; the old one is untouched.
    """
    unsorted = iter(lines)
    count = 0
    with ExitStack() as stack:
        try:
            runs: list[Iterable[bytes]] = []
            while batch := [line.encoded() for line in itertools.islice(unsorted, _SORTED_AT_ONCE)]:
                count += len(batch)
                batch.sort()
                runs.append(batch if len(batch) < _SORTED_AT_ONCE else _spilled(batch, path.parent, stack))
            with replacing(path) as file:
                file.writelines(heapq.merge(*runs))
        except OSError as error:
            raise told(error, path) from error
    return count


def _spilled(batch: list[bytes], directory: Path, stack: ExitStack) -> BinaryIO:
    """The sorted lines in a nameless file, so that memory holds one batch at a time."""
    file = stack.enter_context(tempfile.TemporaryFile(dir=directory))  # noqa: SIM115 - the stack closes it
    file.writelines(batch)
    file.seek(0)
    return file
