"""What a reader of pywb sees: the index is asked for the capture closest to a moment, and a revisit record leads to its body.

The looking up is done as pywb 2.10 does it (`warcserver.resource.resolvingloader`), the reading by warcio, on which pywb stands.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from warcio.archiveiterator import ArchiveIterator
from warcio.timeutils import iso_date_to_timestamp

from storage.model.captures import Capture, WarcPointer
from storage.warc.digests import payload_digest
from storage.warc.exchange import Exchange
from storage.warc.index import cdxj_lines, index_of, write_cdxj
from storage.warc.surts import surt
from storage.warc.writer import WarcWriter

if TYPE_CHECKING:
    from pathlib import Path

URL = "https://gazeta.example/news/1"
START = datetime(2026, 3, 3, 10, tzinfo=UTC)
FIRST, EDITED = b"<html>first</html>", b"<html>edited</html>"


@dataclass
class Replay:
    """A folder of WARC files and their indexes, as a collection of pywb."""

    folder: Path

    def lines(self, url: str) -> list[dict[str, Any]]:
        found = []
        for index in sorted(self.folder.glob("*.cdxj")):
            for line in index.read_text().splitlines():
                key, moment, fields = line.split(" ", 2)
                if key == surt(url):
                    found.append({"timestamp": moment, **json.loads(fields)})
        return found

    def closest(self, lines: list[dict[str, Any]], moment: str) -> dict[str, Any]:
        return min(lines, key=lambda line: abs(_seconds(line["timestamp"]) - _seconds(moment)))

    def load(self, line: dict[str, Any]) -> Any:
        with (self.folder / line["filename"]).open("rb") as file:
            file.seek(int(line["offset"]))
            record = next(iter(ArchiveIterator(file)))
            return record, record.content_stream().read()

    def shown(self, url: str, moment: str) -> bytes:
        lines = self.lines(url)
        line = self.closest(lines, moment)
        record, body = self.load(line)
        if line["mime"] != "warc/revisit":
            return body
        if record.http_headers.get_statuscode().startswith("3"):
            return b""  # taken for a redirect, whatever it refers to
        assert record.rec_headers.get_header("WARC-Refers-To-Target-URI") == url
        date = iso_date_to_timestamp(record.rec_headers.get_header("WARC-Refers-To-Date"))
        originals = [x for x in lines if x["mime"] != "warc/revisit" and x["digest"] == line["digest"]]
        return self.load(self.closest(originals, date))[1]


def _seconds(moment: str) -> float:
    return datetime.strptime(moment, "%Y%m%d%H%M%S").replace(tzinfo=UTC).timestamp()


def capture(pointer: WarcPointer, moment: datetime, status: int, body: bytes, same_as: datetime | None = None) -> Capture:
    return Capture("gazeta", URL, moment, status, "text/html", payload_digest(body), pointer, None, None, same_as)


@pytest.fixture
def replay(tmp_path: Path) -> Replay:
    """An article that is fetched, asked again (304), served again as it was, asked again, edited, and asked again."""
    captures = []
    with WarcWriter(tmp_path, software="test/1") as writer:
        original, body = START, FIRST
        for hour, what in enumerate(("first", "304", "same", "304", "edited", "304")):
            moment = START + timedelta(hours=hour)
            if what in {"first", "edited"}:
                original, body = moment, FIRST if what == "first" else EDITED
                pointer = writer.write_exchange(Exchange(URL, moment, 200, "OK", (), body))
                captures.append(capture(pointer, moment, 200, body))
            elif what == "same":
                pointer = writer.write_same(Exchange(URL, moment, 200, "OK", (), body), original_date=original)
                captures.append(capture(pointer, moment, 200, body, original))
            else:
                exchange = Exchange(URL, moment, 304, "Not Modified", (), b"")
                pointer = writer.write_revisit(exchange, original_url=URL, original_date=original)
                captures.append(capture(pointer, moment, 304, b""))
    (warc,) = tmp_path.glob("*.warc.gz")
    assert write_cdxj(index_of(warc), cdxj_lines(captures)) == 3
    return Replay(tmp_path)


@pytest.mark.parametrize(
    ("hour", "body"), [(0, FIRST), (1, FIRST), (2, FIRST), (3, FIRST), (4, EDITED), (5, EDITED), (99, EDITED)], ids=str
)
def test_every_moment_shows_the_page_as_it_was(replay: Replay, hour: int, body: bytes) -> None:
    assert replay.shown(URL, f"{START + timedelta(hours=hour):%Y%m%d%H%M%S}") == body


def test_the_answers_without_a_body_are_in_the_warc_file(replay: Replay) -> None:
    (warc,) = replay.folder.glob("*.warc.gz")
    with warc.open("rb") as file:
        kinds = [record.rec_type for record in ArchiveIterator(file)]
    assert kinds.count("revisit") == 4
