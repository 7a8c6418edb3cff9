from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Protocol

import pytest
from warcio.archiveiterator import ArchiveIterator

from storage.warc.exchange import Exchange
from storage.warc.writer import WarcWriter

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

MOMENT = datetime(2026, 3, 3, 10, 30, 0, 123456, tzinfo=UTC)


class MakeExchange(Protocol):
    def __call__(self, **changes: Any) -> Exchange: ...


@dataclass(frozen=True)
class Seen:
    """What the second reader, warcio, saw of one record."""

    kind: str
    fields: dict[str, str]
    start_line: str
    headers: list[tuple[str, str]]
    body: bytes
    offset: int
    length: int


@pytest.fixture
def make_exchange() -> MakeExchange:
    def make(**changes: Any) -> Exchange:
        given: dict[str, Any] = {
            "url": "https://gazeta.example/news/1",
            "captured_at": MOMENT,
            "status": 200,
            "reason": "OK",
            "response_headers": (("Content-Type", "text/html; charset=utf-8"),),
            "body": "<html>Жаңалық</html>".encode(),
            "request_headers": (("User-Agent", "harvester"),),
            "ip": "127.0.0.1",
        }
        return Exchange(**(given | changes))

    return make


@pytest.fixture
def writer(tmp_path: Path) -> WarcWriter:
    return WarcWriter(tmp_path, software="harvester/0")


@pytest.fixture
def by_warcio() -> Callable[[Path], list[Seen]]:
    """Reads a whole file with warcio, every digest checked; anything that it would complain of fails the test."""

    def read(path: Path) -> list[Seen]:
        seen = []
        with path.open("rb") as file:
            records = ArchiveIterator(file, check_digests="raise")
            for record in records:
                body = record.raw_stream.read()
                http = record.http_headers
                start = "" if http is None else f"{http.protocol} {http.statusline}"
                seen.append(
                    Seen(
                        record.rec_type,
                        dict(record.rec_headers.headers),
                        start,
                        [] if http is None else http.headers,
                        body,
                        records.get_record_offset(),
                        records.get_record_length(),
                    )
                )
        return seen

    return read
