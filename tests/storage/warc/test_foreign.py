from __future__ import annotations

import gzip
import io
import random
import zipfile
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from storage.errors import UsageError
from storage.warc.errors import Gap, TornWarc
from storage.warc.foreign import MAX_BLOCK_BYTES, iterate, iterate_stream

SHARED = Path(__file__).resolve().parents[3].parent / "shared"


def record(block: bytes, *, kind: str = "response", url: str = "<https://a.example/1>", **fields: str) -> bytes:
    head = {
        "WARC-Type": kind,
        "WARC-Record-ID": "<urn:uuid:1>",
        "WARC-Date": "2020-01-02T03:04:05Z",
        "WARC-Target-URI": url,
        "Content-Type": "application/http; msgtype=response",
        "Content-Length": str(len(block)),
    } | {name.replace("_", "-"): value for name, value in fields.items()}
    lines = "".join(f"{name}: {value}\r\n" for name, value in head.items() if value)
    return b"WARC/1.0\r\n" + lines.encode() + b"\r\n" + block + b"\r\n\r\n"


def page(n: int) -> bytes:
    return b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<html>page %d</html>" % n


def pages(count: int) -> list[bytes]:
    return [record(page(n), url=f"https://a.example/{n}") for n in range(count)]


def everything(path: Path) -> tuple[list[str], Counter[str], TornWarc | None]:
    skipped: Counter[str] = Counter()
    urls = []
    try:
        for response in iterate(path, skipped):
            urls.append(response.url)  # noqa: PERF401 - a torn file shall leave what came before
    except TornWarc as torn:
        return urls, skipped, torn
    return urls, skipped, None


@pytest.fixture
def theirs(tmp_path: Path) -> Path:
    return tmp_path / "theirs.warc.gz"


@pytest.mark.parametrize("pack", ["plain", "member each", "one member"])
def test_files_of_others_are_read_however_they_are_packed(pack: str, theirs: Path) -> None:
    records = [record(b"software: x\r\n", kind="warcinfo", url=""), *pages(2), record(b"GET / HTTP/1.1\r\n\r\n", kind="request"), *pages(1)]
    packed = {
        "plain": b"".join(records),
        "member each": b"".join(map(gzip.compress, records)),
        "one member": gzip.compress(b"".join(records)),
    }
    theirs.write_bytes(packed[pack])
    passed_over = Counter({"records of type warcinfo": 1, "records of type request": 1})
    assert everything(theirs) == (["https://a.example/0", "https://a.example/1", "https://a.example/0"], passed_over, None)
    first = next(iter(iterate(theirs)))
    assert (first.status, first.reason, first.content_type, first.body) == (200, "OK", "text/html", b"<html>page 0</html>")
    assert first.date == datetime(2020, 1, 2, 3, 4, 5, tzinfo=UTC)
    assert first.block == page(0)


def test_odd_headers_are_read(theirs: Path) -> None:
    block = b"HTTP/1.0 404\nX-Folded: a\n  b\nno colon here\nContent-TYPE :  text/plain \nX: \xd0\x9a\n\nbody\n\nmore"
    odd = record(block, warc_extra="x").replace(b"\r\n", b"\n").replace(b"WARC-Type: response", b"warc-type:response\nX-Other:\n folded")
    theirs.write_bytes(odd + record(page(1), url="https://a.example/қ", WARC_Date="2020-01-02T03:04:05.123456789+05:00"))
    first, second = iterate(theirs)
    assert (first.url, first.status, first.reason, first.content_type) == ("https://a.example/1", 404, "", "text/plain")
    assert first.headers == (("X-Folded", "a b"), ("Content-TYPE", "text/plain"), ("X", "Ð\x9a"))
    assert first.body == b"body\n\nmore"
    assert second.url == "https://a.example/қ"
    assert second.date == datetime(2020, 1, 1, 22, 4, 5, 123456, tzinfo=UTC)


def test_what_cannot_be_used_is_counted_and_passed_over(theirs: Path) -> None:
    big = b"HTTP/1.1 200 OK\r\n\r\n" + bytes(MAX_BLOCK_BYTES)
    theirs.write_bytes(
        b"".join(
            [
                record(b"<html>no status line"),
                record(b"20200102030405 1.2.3.4", url="dns:a.example"),
                record(b""),
                record(page(1), url=""),
                record(page(1), WARC_Date="yesterday"),
                record(page(1), WARC_Record_ID=""),
                record(big),
                *pages(1),
            ]
        )
    )
    assert everything(theirs) == (
        ["https://a.example/0"],
        Counter({"not_http": 2, "records of type dns": 1, "no_target": 1, "no_date": 1, "no_id": 1, "too_large": 1}),
        None,
    )


def test_truncated_response_says_so(theirs: Path) -> None:
    theirs.write_bytes(record(page(1), WARC_Truncated="length"))
    assert [response.truncated for response in iterate(theirs)] == ["length"]


def test_file_of_members_cut_at_every_byte_yields_whole_records_and_tells(theirs: Path) -> None:
    members = [gzip.compress(each, mtime=0) for each in pages(3)]
    whole = b"".join(members)
    ends = [sum(map(len, members[:n])) for n in range(4)]
    for cut in range(3, len(whole)):  # less is not even the mark of a gzip file
        theirs.write_bytes(whole[:cut])
        urls, _, torn = everything(theirs)
        n = sum(end <= cut for end in ends) - 1
        assert len(urls) == n
        if cut == ends[n]:
            assert torn is None
        else:
            assert torn is not None
            assert (torn.offset, torn.path) == (ends[n], theirs)


def test_plain_file_cut_at_every_byte_yields_whole_records_and_tells(theirs: Path) -> None:
    records = pages(3)
    whole = b"".join(records)
    blocks_end = [sum(map(len, records[: n + 1])) - 4 for n in range(3)]
    for cut in range(5, len(whole)):
        theirs.write_bytes(whole[:cut])
        urls, _, torn = everything(theirs)
        n = sum(end <= cut for end in blocks_end)
        assert len(urls) == n
        if n and cut <= blocks_end[n - 1] + 4:
            assert torn is None
        else:
            assert torn is not None
            assert torn.offset == (blocks_end[n - 1] + 4 if n else 0)


def test_single_member_cut_yields_records_before_the_tear(theirs: Path) -> None:
    random.seed(1)
    bodies = [b"HTTP/1.1 200 OK\r\n\r\n" + random.randbytes(30_000) for _ in range(5)]
    theirs.write_bytes(gzip.compress(b"".join(record(body, url=f"u:{n}") for n, body in enumerate(bodies)))[:100_000])
    urls, _, torn = everything(theirs)
    assert urls == ["u:0", "u:1", "u:2"]
    assert torn is not None
    assert torn.exit_code == UsageError.exit_code


@pytest.mark.parametrize("spoil", ["middle", "zeros", "checksum"])
def test_corrupt_member_costs_itself_and_is_told(spoil: str, theirs: Path) -> None:
    members = [bytearray(gzip.compress(each)) for each in pages(3)]
    if spoil == "middle":
        members[1][40] ^= 0xFF
    elif spoil == "zeros":
        members[1] = bytearray(len(members[1]))
    else:
        members[1][-6] ^= 0xFF
    theirs.write_bytes(b"".join(members))
    urls, _, torn = everything(theirs)
    assert urls == ["https://a.example/0", "https://a.example/2"]
    assert torn is not None
    start = len(members[0])
    assert torn.gaps == (Gap(start, start + len(members[1])),)


@pytest.mark.parametrize("length", ["-1", "x", "", "9" * 30, "100000"])
def test_impossible_length_is_a_tear(length: str, theirs: Path) -> None:
    theirs.write_bytes(pages(1)[0] + record(page(1), Content_Length=length))
    urls, _, torn = everything(theirs)
    assert urls == ["https://a.example/0"]
    assert torn is not None
    assert torn.offset == len(pages(1)[0])


def test_endless_headers_cost_their_record(theirs: Path) -> None:
    theirs.write_bytes(record(page(1), WARC_Extra="x" * 100) + record(page(1), WARC_Extra="y\r\nX: y" * 200_000) + pages(1)[0])
    urls, _, torn = everything(theirs)
    assert urls == ["https://a.example/1", "https://a.example/0"]
    assert torn is not None


@pytest.mark.parametrize("content", [b"", b"<html>", gzip.compress(b""), gzip.compress(b"<html>"), b"PK\x03\x04"])
def test_file_that_is_no_warc_is_refused(content: bytes, theirs: Path) -> None:
    theirs.write_bytes(content)
    with pytest.raises(UsageError, match=r"theirs\.warc\.gz is no WARC file"):
        list(iterate(theirs))


@pytest.mark.parametrize("name", ["missing.warc", "."])
def test_file_that_cannot_be_read_is_refused(name: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be read"):
        list(iterate(tmp_path / name))


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(at=st.integers(0, 600), junk=st.binary(min_size=1, max_size=30), packed=st.booleans())
def test_no_damage_raises_anything_but_our_errors(theirs: Path, at: int, junk: bytes, packed: bool) -> None:  # noqa: FBT001
    content = b"".join(gzip.compress(each, mtime=0) if packed else each for each in pages(3))
    theirs.write_bytes(content[:at] + junk + content[at + len(junk) :])
    try:
        responses = list(iterate(theirs))
    except UsageError:
        return
    assert len(responses) <= 3


def test_member_of_a_zip_file_is_read_in_place(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.wacz", "w") as made:
        made.writestr("archive/data.warc.gz", b"".join(map(gzip.compress, pages(2))))
    with zipfile.ZipFile(tmp_path / "a.wacz") as wacz, wacz.open("archive/data.warc.gz") as file:
        assert len(list(iterate_stream(file, tmp_path / "a.wacz"))) == 2
    stream = io.BytesIO(b"".join(pages(2)))
    assert len(list(iterate_stream(stream, Path("memory")))) == 2
    assert not stream.closed


@pytest.mark.skipif(not SHARED.is_dir(), reason="the shared pages are not beside this checkout")
@pytest.mark.parametrize(("name", "count"), [("seed", 1), ("benchmark", 181), ("russian", 97)])
def test_shared_files_are_read_whole(name: str, count: int) -> None:
    responses = list(iterate(SHARED / "pages" / f"{name}.warc.gz"))
    assert len(responses) == count
    assert all(response.status == 200 and response.decoded_body for response in responses)
