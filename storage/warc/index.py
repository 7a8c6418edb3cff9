"""CDXJ: the index by which replay tools such as pywb find a capture in WARC files.

Responses with status 304 are in the WARC files and not in their indexes. pywb (2.10,
`ResolvingLoader.load_headers_and_payload`) treats every revisit record with a status from 300 to 399 as a
redirect and replays it with an empty body, whatever it refers to; as the newest capture of its URL, it would
hide the page. An identical body (status 200) is found by its digest or by the capture that the record refers
to, so those are in the index.
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

    `mime` is the bare media type (`warc/revisit` where the body lies in an earlier capture), `digest` is in
    the format of `payload_digest`.
    """

    url: str
    captured_at: datetime
    mime: str
    status: int
    digest: str
    warc: WarcPointer

    def encoded(self) -> bytes:
        """Return the line with its newline.

        It consists of sort key, moment (UTC, to the second), and the rest as JSON with string values.
        """
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
    """Return the path of the index of a WARC file: `<name>.cdxj` beside `<name>.warc.gz`."""
    return warc.with_suffix("").with_suffix(".cdxj")


def cdxj_lines(captures: Iterable[Capture]) -> Iterator[CdxjLine]:
    """Yield the index lines of those captures that can be replayed: all but those with status 304."""
    for capture in captures:
        if capture.status != HTTPStatus.NOT_MODIFIED:
            mime = "warc/revisit" if capture.same_as else capture.content_type.partition(";")[0].strip() or "unk"
            yield CdxjLine(capture.url, capture.captured_at, mime, capture.status, capture.payload_digest, capture.warc)


def write_cdxj(path: Path, lines: Iterable[CdxjLine]) -> int:
    """Write the index anew, sorted by bytes, and return its number of lines.

    The former index stays until the new one is complete. Memory is bounded whatever the number of lines.

    Raises:
        DiskFull, ArchiveUnusable: the index cannot be written; the former one is untouched.
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
    """Write the sorted lines into an unnamed temporary file, so that memory holds one batch at a time."""
    file = stack.enter_context(tempfile.TemporaryFile(dir=directory))  # noqa: SIM115 - the stack closes it
    file.writelines(batch)
    file.seek(0)
    return file
