from __future__ import annotations

import os
import re
import stat
from datetime import UTC, datetime
from http import HTTPStatus
from typing import TYPE_CHECKING

import pytest
from fastwarc.warc import ArchiveIterator
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from storage.warc.digests import payload_digest
from storage.warc.exchange import Exchange, response_block
from storage.warc.foreign import iterate
from storage.warc.reader import own_responses, read_response
from storage.warc.response import Original
from storage.warc.verify import check_member
from storage.warc.writer import WarcWriter, own_files

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.storage.warc.conftest import MakeExchange, Seen

    ByWarcio = Callable[[Path], list[Seen]]

MOMENT = datetime(2026, 3, 3, 10, 30, 0, 123456, tzinfo=UTC)

_ANY_BYTES = st.binary(max_size=30).map(lambda value: value.decode("latin-1"))
_NAMES = st.from_regex(r"[A-Za-z][A-Za-z0-9-]{0,15}", fullmatch=True).filter(
    lambda name: name.lower() not in {"content-length", "transfer-encoding", "content-encoding", "host", "cookie", "authorization"}
)
_HEADERS = st.lists(st.tuples(_NAMES, _ANY_BYTES), max_size=6).map(tuple)
_BODIES = st.one_of(st.just(b""), st.binary(max_size=300), st.integers(1, 5).map(lambda n: os.urandom(n * 70_000)))
_EXCHANGES = st.builds(
    Exchange,
    url=st.sampled_from(["https://a.example/", "https://a.example/q?x=1 2#y", "http://qazaq.example/жаңалық\r\n"]),
    captured_at=st.datetimes(min_value=datetime(1970, 1, 1), max_value=datetime(2100, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
    status=st.integers(100, 999),
    reason=_ANY_BYTES,
    response_headers=_HEADERS,
    body=_BODIES,
    request_headers=_HEADERS,
    ip=st.sampled_from([None, "127.0.0.1", "::1"]),
    protocol=st.sampled_from(["HTTP/1.0", "HTTP/1.1", "h2"]),
)


def safe(text: str) -> str:
    return re.sub("[\r\n\0]", " ", text).strip(" \t")


def phrase(status: int) -> str:
    """The standard's reason phrase of a status; empty where it has none."""
    return HTTPStatus(status).phrase if status in list(HTTPStatus) else ""


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(exchanges=st.lists(_EXCHANGES, min_size=1, max_size=3), truncated=st.sampled_from(["", "length", "time", "disconnect"]))
def test_what_was_written_is_read_back_by_both_readers(
    exchanges: list[Exchange], truncated: str, by_warcio: ByWarcio, tmp_path_factory: pytest.TempPathFactory
) -> None:
    directory = tmp_path_factory.mktemp("warc")
    with WarcWriter(directory, software="harvester/0") as writer:
        pointers = [writer.write_exchange(exchange, truncated=truncated) for exchange in exchanges]
    (path,) = own_files(directory)
    seen = by_warcio(path)
    assert [each.kind for each in seen] == ["warcinfo", *["response", "request"] * len(exchanges)]
    for exchange, pointer, theirs in zip(exchanges, pointers, seen[1::2], strict=True):
        ours = read_response(path, pointer.offset, pointer.length)
        expected = [(name, safe(value)) for name, value in exchange.response_headers] + [("Content-Length", str(len(exchange.body)))]
        assert list(ours.headers) == expected
        assert (ours.status, ours.reason, ours.body) == (exchange.status, safe(exchange.reason or phrase(exchange.status)), exchange.body)
        assert (ours.record_id, ours.date, ours.truncated) == (pointer.record_id, exchange.captured_at, truncated)
        assert theirs.fields.get("WARC-Truncated", "") == truncated
        assert (theirs.offset, theirs.length, theirs.body) == (pointer.offset, pointer.length, exchange.body)
        assert [name for name, _ in theirs.headers] == [name for name, _ in expected]
        assert theirs.fields["WARC-Payload-Digest"] == payload_digest(exchange.body)
    assert [pointer for pointer, _ in own_responses(path)] == pointers


def test_records_name_each_other_and_their_file(
    writer: WarcWriter, make_exchange: MakeExchange, by_warcio: ByWarcio, tmp_path: Path
) -> None:
    pointer = writer.write_exchange(make_exchange())
    info, response, request = by_warcio(tmp_path / pointer.file)
    assert info.fields["WARC-Filename"] == pointer.file
    assert b"software: harvester/0\r\n" in info.body
    assert response.fields["WARC-Record-ID"] == request.fields["WARC-Concurrent-To"] == pointer.record_id
    assert response.fields["WARC-Warcinfo-ID"] == request.fields["WARC-Warcinfo-ID"] == info.fields["WARC-Record-ID"]
    assert response.fields["WARC-Date"] == "2026-03-03T10:30:00.123456Z"
    assert response.fields["WARC-IP-Address"] == "127.0.0.1"
    assert response.fields["WARC-Target-URI"] == "https://gazeta.example/news/1"
    assert request.start_line == "GET /news/1 HTTP/1.1"
    assert request.headers == [("Host", "gazeta.example"), ("User-Agent", "harvester")]


def test_body_of_many_megabytes_is_kept_whole(writer: WarcWriter, make_exchange: MakeExchange, by_warcio: ByWarcio, tmp_path: Path) -> None:
    body = os.urandom(5_000_000) + bytes(5_000_000)
    pointer = writer.write_exchange(make_exchange(body=body))
    assert read_response(tmp_path / pointer.file, pointer.offset, pointer.length).body == body
    assert by_warcio(tmp_path / pointer.file)[1].body == body


def test_every_digest_holds_for_the_first_reader_too(writer: WarcWriter, make_exchange: MakeExchange, tmp_path: Path) -> None:
    path = tmp_path / writer.write_exchange(make_exchange()).file
    verified = 0
    with path.open("rb") as file:
        for record in ArchiveIterator(file, parse_http=False):
            assert record.verify_block_digest()
            assert record.headers.status_line == "WARC/1.1"
            verified += 1
    assert verified == 3


def test_file_is_named_by_time_and_serial_and_obeys_the_umask(writer: WarcWriter, make_exchange: MakeExchange, tmp_path: Path) -> None:
    before = os.umask(0o027)
    try:
        pointer = writer.write_exchange(make_exchange())
    finally:
        os.umask(before)
    assert re.fullmatch(r"harvest-\d{8}T\d{6}Z-00000\.warc\.gz", pointer.file)
    assert stat.S_IMODE((tmp_path / pointer.file).stat().st_mode) == 0o640


def test_nothing_is_opened_before_the_first_write(tmp_path: Path) -> None:
    with WarcWriter(tmp_path, software="harvester/0"):
        assert list(tmp_path.iterdir()) == []


def test_stored_length_is_true_and_the_sent_headers_are_kept(writer: WarcWriter, make_exchange: MakeExchange, tmp_path: Path) -> None:
    sent = (("Transfer-Encoding", "chunked"), ("content-length", "999"), ("Set-Cookie", "a=1"), ("Set-Cookie", "b=2"))
    pointer = writer.write_exchange(make_exchange(response_headers=sent, body=b"12345"))
    assert read_response(tmp_path / pointer.file, pointer.offset, pointer.length).headers == (
        ("X-Orig-Transfer-Encoding", "chunked"),
        ("content-length", "5"),
        ("X-Orig-Content-Length", "999"),
        ("Set-Cookie", "a=1"),
        ("Set-Cookie", "b=2"),
    )


@pytest.mark.parametrize("name", ["Cookie", "COOKIE", "Authorization", "Proxy-Authorization", " cookie"])
def test_secrets_of_a_request_are_not_kept(
    name: str, writer: WarcWriter, make_exchange: MakeExchange, by_warcio: ByWarcio, tmp_path: Path
) -> None:
    url = "https://user:canary@gazeta.example/"
    pointer = writer.write_exchange(make_exchange(url=url, request_headers=((name, "canary"), ("Accept", "*/*"))))
    request = by_warcio(tmp_path / pointer.file)[2]
    assert request.headers == [("Host", "gazeta.example"), ("Accept", "*/*")]


def test_hostile_header_names_do_not_break_the_record(
    writer: WarcWriter, make_exchange: MakeExchange, by_warcio: ByWarcio, tmp_path: Path
) -> None:
    hostile = (("", "empty"), ("A\r\nInjected: x", "y\r\n\r\n<html>"), ("Қаз", "ақ"), ("with:colon", "z"))
    pointer = writer.write_exchange(make_exchange(response_headers=hostile, body=b"body"))
    path = tmp_path / pointer.file
    ours = read_response(path, pointer.offset, pointer.length)
    assert ours.body == by_warcio(path)[1].body == b"body"
    assert [name for name, _ in ours.headers] == ["_", "A__Injected__x", "Қаз".encode().decode("latin-1"), "with_colon", "Content-Length"]


def test_revisit_refers_to_what_was_not_modified(
    writer: WarcWriter, make_exchange: MakeExchange, by_warcio: ByWarcio, tmp_path: Path
) -> None:
    unmodified = make_exchange(status=304, reason="Not Modified", body=b"", response_headers=(("ETag", '"a"'),))
    pointer = writer.write_revisit(unmodified, original_url="https://gazeta.example/news/1", original_date=MOMENT)
    bare = writer.write_revisit(unmodified)
    path = tmp_path / pointer.file
    revisit, alone = by_warcio(path)[1:]
    assert (revisit.kind, alone.kind) == ("revisit", "revisit")
    assert revisit.fields["WARC-Profile"] == "http://netpreserve.org/warc/1.1/revisit/server-not-modified"
    assert revisit.fields["WARC-Refers-To-Target-URI"] == "https://gazeta.example/news/1"
    assert revisit.fields["WARC-Refers-To-Date"] == "2026-03-03T10:30:00.123456Z"
    assert not any(name.startswith("WARC-Refers-To") for name in alone.fields)
    assert read_response(path, bare.offset, bare.length).status == 304
    assert [response.original for response in iterate(path)] == [
        Original("https://gazeta.example/news/1", MOMENT),
        Original("https://gazeta.example/news/1"),
    ]


def test_the_same_body_is_referred_to_and_its_digest_kept(writer: WarcWriter, make_exchange: MakeExchange, tmp_path: Path) -> None:
    again = make_exchange(body=b"the same")
    pointer = writer.write_same(again, original_date=MOMENT)
    read = read_response(tmp_path / pointer.file, pointer.offset, pointer.length)
    assert (read.status, read.body, read.same_as, read.declared_digest) == (200, b"", MOMENT, payload_digest(b"the same"))
    path, url = tmp_path / pointer.file, again.url
    assert check_member(path, pointer, url, payload_digest(b"the same")) is None
    assert check_member(path, pointer, url, payload_digest(b"another")) == "the digest of the body differs"


def test_copied_response_keeps_its_identity_and_every_byte(tmp_path: Path, by_warcio: ByWarcio) -> None:
    block = b"HTTP/1.1 200 OK\nContent-Type: text/html\nTransfer-Encoding: chunked\n\n5\r\nhello\r\n0\r\n\r\n"
    head = (
        "WARC/1.0\r\nWARC-Type: response\r\nWARC-Record-ID: <urn:uuid:0b5ee0a7-6f0e-4d1c-8ff8-3a2a9f3c1d11>\r\n"
        "WARC-Date: 2020-01-02T03:04:05Z\r\nWARC-Target-URI: <https://old.example/a>\r\nWARC-Payload-Digest: sha1:WRONG\r\n"
        f"WARC-Truncated: length\r\nContent-Type: application/http; msgtype=response\r\nContent-Length: {len(block)}\r\n\r\n"
    )
    theirs = tmp_path / "theirs.warc"
    theirs.write_bytes(head.encode() + block + b"\r\n\r\n")
    (foreign,) = iterate(theirs)
    with WarcWriter(tmp_path, software="harvester/0") as writer:
        pointer = writer.copy_response(foreign)
    path = tmp_path / pointer.file
    ours = read_response(path, pointer.offset, pointer.length)
    assert ours == foreign
    assert ours.block == block
    assert (ours.record_id, ours.url, ours.truncated) == (pointer.record_id, "https://old.example/a", "length")
    assert by_warcio(path)[1].fields["WARC-Payload-Digest"] == payload_digest(foreign.body)


def test_newest_file_is_continued_until_it_is_full(tmp_path: Path, make_exchange: MakeExchange, by_warcio: ByWarcio) -> None:
    def one_more(roll_bytes: int) -> str:
        with WarcWriter(tmp_path, software="harvester/0", roll_bytes=roll_bytes) as writer:
            return writer.write_exchange(make_exchange()).file

    first = one_more(1_000_000)
    assert one_more(1_000_000) == first
    second = one_more(1000)
    assert second != first
    assert second.endswith("-00001.warc.gz")
    with WarcWriter(tmp_path, software="harvester/0", roll_bytes=1000) as writer:
        rolled = [writer.write_exchange(make_exchange()).file for _ in range(5)]
    assert len(set(rolled)) >= 2
    for path in own_files(tmp_path):
        assert by_warcio(path)[0].kind == "warcinfo"
    assert len(by_warcio(tmp_path / first)) == 5


def test_serial_numbers_order_files_when_the_clock_jumps_back(tmp_path: Path, make_exchange: MakeExchange) -> None:
    future = tmp_path / "harvest-20991231T235959Z-00006.warc.gz"
    future.write_bytes(b"torn")
    (tmp_path / "theirs.warc.gz").write_bytes(b"not ours")
    with WarcWriter(tmp_path, software="harvester/0") as writer:
        pointer = writer.write_exchange(make_exchange())
    assert pointer.file.endswith("-00007.warc.gz")
    assert own_files(tmp_path) == [future, tmp_path / pointer.file]
    assert future.read_bytes() == b"torn"  # nothing is appended behind a tear


def test_empty_file_of_a_killed_run_is_begun_properly(tmp_path: Path, make_exchange: MakeExchange, by_warcio: ByWarcio) -> None:
    empty = tmp_path / "harvest-20260303T103000Z-00000.warc.gz"
    empty.touch()
    with WarcWriter(tmp_path, software="harvester/0") as writer:
        assert writer.write_exchange(make_exchange()).file == empty.name
    assert [seen.kind for seen in by_warcio(empty)] == ["warcinfo", "response", "request"]


def test_a_file_says_who_made_it_and_how(tmp_path: Path, make_exchange: MakeExchange) -> None:
    about = (("operator", "archive@example.org\r\nx: y"), ("robots", "classic"), ("http-header-user-agent", "NewsHarvester/1 (архив)"))
    with WarcWriter(tmp_path, software="harvester/0", about=about) as writer:
        writer.write_exchange(make_exchange())
    (path,) = tmp_path.glob("*.warc.gz")
    with path.open("rb") as file:
        block = next(iter(ArchiveIterator(file, parse_http=False))).reader.read().decode()
    assert block.split("\r\n") == [
        "software: harvester/0",
        "format: WARC File Format 1.1",
        "conformsTo: http://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/",
        "operator: archive@example.org  x: y",
        "robots: classic",
        "http-header-user-agent: NewsHarvester/1 (архив)",
        "",
    ]


@pytest.mark.parametrize(
    ("status", "reason", "line"),
    [
        (304, "", b"HTTP/1.1 304 Not Modified"),
        (200, "", b"HTTP/1.1 200 OK"),
        (404, "", b"HTTP/1.1 404 Not Found"),
        (200, "Fine", b"HTTP/1.1 200 Fine"),
        (599, "", b"HTTP/1.1 599 "),
    ],
)
def test_a_status_line_has_its_reason(make_exchange: MakeExchange, status: int, reason: str, line: bytes) -> None:
    assert response_block(make_exchange(status=status, reason=reason)).split(b"\r\n")[0] == line
