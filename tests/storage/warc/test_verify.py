from __future__ import annotations

import gzip
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from storage.errors import DamageFound
from storage.warc.digests import payload_digest
from storage.warc.errors import BadPointer
from storage.warc.reader import own_responses, read_response
from storage.warc.verify import check_member, record_fault
from storage.warc.writer import WarcWriter

if TYPE_CHECKING:
    from pathlib import Path

    from storage.model.captures import WarcPointer
    from tests.storage.warc.conftest import MakeExchange

URL = "https://a.example/жаңа бет"
BODY = b"<html>one</html>"
DIGEST = payload_digest(BODY)


@pytest.fixture
def pointers(tmp_path: Path, make_exchange: MakeExchange) -> list[WarcPointer]:
    with WarcWriter(tmp_path, software="harvester/0") as writer:
        return [writer.write_exchange(make_exchange(url=URL, body=BODY)) for _ in range(3)]


def test_whole_records_pass(tmp_path: Path, pointers: list[WarcPointer], make_exchange: MakeExchange) -> None:
    path = tmp_path / pointers[0].file
    assert [check_member(path, pointer, URL, DIGEST) for pointer in pointers] == [None] * 3
    with WarcWriter(tmp_path, software="harvester/0") as writer:
        revisit = writer.write_revisit(make_exchange(url=URL, status=304, body=b""))
    assert check_member(path, revisit, URL, payload_digest(b"")) is None


def test_each_disagreement_is_named(tmp_path: Path, pointers: list[WarcPointer]) -> None:
    first, second, last = pointers
    path = tmp_path / first.file
    size = path.stat().st_size
    request = replace(first, offset=first.offset + first.length, length=second.offset - first.offset - first.length)
    found = {
        "missing": check_member(tmp_path / "no.warc.gz", first, URL, DIGEST),
        "unreadable": check_member(tmp_path, first, URL, DIGEST),
        "behind": check_member(path, replace(last, offset=size), URL, DIGEST),
        "negative": check_member(path, replace(last, offset=-1), URL, DIGEST),
        "shifted": check_member(path, replace(first, offset=first.offset + 1), URL, DIGEST),
        "longer": check_member(path, replace(first, length=first.length + 1), URL, DIGEST),
        "request": check_member(path, request, URL, DIGEST),
        "other record": check_member(path, replace(second, offset=first.offset, length=first.length), URL, DIGEST),
        "other address": check_member(path, first, URL + "x", DIGEST),
        "other digest": check_member(path, first, URL, payload_digest(b"two")),
    }
    assert found == {
        "missing": "the file is missing",
        "unreadable": "the file cannot be read (Is a directory)",
        "behind": f"the offset lies outside the file, which has {size} bytes",
        "negative": f"the offset lies outside the file, which has {size} bytes",
        "shifted": "the gzip member is cut or corrupt",
        "longer": "the gzip member has another length",
        "request": "no response there (another record type)",
        "other record": f"another record lies there ({first.record_id})",
        "other address": "the record is of another address (https://a.example/жаңа%20бет)",
        "other digest": "the digest of the body differs",
    }


def test_every_flipped_byte_of_a_member_is_found_and_its_neighbours_stay_readable(tmp_path: Path, pointers: list[WarcPointer]) -> None:
    first, second, last = pointers
    path = tmp_path / first.file
    content = path.read_bytes()
    harmless = range(second.offset + 4, second.offset + 10)  # time, flags and system of the gzip header say nothing about the content
    for at in range(second.offset, second.offset + second.length):
        if at in harmless:
            continue
        path.write_bytes(content[:at] + bytes([content[at] ^ 0xFF]) + content[at + 1 :])
        assert check_member(path, second, URL, DIGEST) is not None, at
        assert check_member(path, first, URL, DIGEST) is None
        assert check_member(path, last, URL, DIGEST) is None
        assert [pointer for pointer, _ in own_responses(path)] == [first, last]


def test_reading_at_a_bad_pointer_names_file_and_offset(tmp_path: Path, pointers: list[WarcPointer]) -> None:
    path = tmp_path / pointers[0].file
    with pytest.raises(BadPointer, match=rf"{path.name}, offset 3: the gzip member is cut or corrupt") as caught:
        read_response(path, 3, 10)
    assert caught.value.exit_code == DamageFound.exit_code


def test_a_record_that_was_written_anew_does_not_have_its_digest(tmp_path: Path, make_exchange: MakeExchange) -> None:
    with WarcWriter(tmp_path, software="test/1") as writer:
        pointer = writer.write_exchange(make_exchange(url=URL))
    path = tmp_path / pointer.file
    at = pointer.offset + pointer.length
    content = path.read_bytes()
    request = gzip.decompress(content[at:])
    assert record_fault(path, at, len(content) - at) is None
    for forged, what in (
        (request.replace(b"GET /", b"PUT /"), "the record does not have its digest"),
        (request.replace(b"\r\nUser-Agent", b"\r\nX: y\r\nUser-Agent"), "the record has another length than it says"),
        (request[:-4], "the record has another length than it says"),
    ):
        assert forged != request
        member = gzip.compress(forged)
        path.write_bytes(content[:at] + member)
        assert record_fault(path, at, len(member)) == what
