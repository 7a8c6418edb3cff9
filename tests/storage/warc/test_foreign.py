from __future__ import annotations

import contextlib
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
from storage.warc.errors import TornWarc, UnreadableRange
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
    assert torn.gaps == (UnreadableRange(start, start + len(members[1])),)


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


def accounted(path: Path) -> tuple[int, Counter[str]]:
    """How many responses a file yields, and all that is counted besides; nothing but the declared errors is raised."""
    skipped: Counter[str] = Counter()
    read = 0
    try:
        for _ in iterate(path, skipped):
            read += 1
    except TornWarc as torn:
        damaged, starts = torn.damaged, [gap.start for gap in torn.gaps]
    except UsageError:
        return 0, skipped
    else:
        damaged, starts = 0, []
    assert skipped["damaged"] == damaged
    assert starts == sorted(starts)
    return read, skipped


_PIECES = st.one_of(
    st.binary(max_size=40),
    st.sampled_from(
        [
            record(page(1)),
            record(page(1), kind="revisit", WARC_Profile="x/identical-payload-digest"),
            record(b"POST / HTTP/1.1\r\n\r\n", kind="request", WARC_Concurrent_To="<urn:uuid:1>"),
            record(page(1), Content_Length="7"),
            record(page(1), Content_Length="90"),
            record(page(1), Content_Length="99999999"),
            record(page(1))[:-30],
            b"WARC/1.0\r\n",
            b"\r\n\r\n",
            b"\x1f\x8b\x08",
            gzip.compress(record(page(2)), mtime=0),
            gzip.compress(record(page(2)) + record(page(3)), mtime=0),
            gzip.compress(record(page(2)), mtime=0)[:-9],
            gzip.compress(b"", mtime=0),
        ]
    ),
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(pieces=st.lists(_PIECES, max_size=8), packed=st.booleans())
def test_no_bytes_raise_anything_but_our_errors(theirs: Path, pieces: list[bytes], packed: bool) -> None:  # noqa: FBT001
    theirs.write_bytes(b"".join(gzip.compress(each, mtime=0) if packed else each for each in pieces))
    accounted(theirs)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(at=st.integers(0, 600), junk=st.binary(min_size=1, max_size=30), packed=st.booleans())
def test_damage_of_one_record_leaves_the_others(theirs: Path, at: int, junk: bytes, packed: bool) -> None:  # noqa: FBT001
    parts = [gzip.compress(each, mtime=0) if packed else each for each in pages(6)]
    content = b"".join(parts)
    theirs.write_bytes(content[:at] + junk + content[at + len(junk) :])
    if theirs.read_bytes()[:5] not in {content[:5], b"WARC/"}:
        return
    read, skipped = accounted(theirs)
    hit = sum(sum(map(len, parts[:n])) < at + len(junk) and at < sum(map(len, parts[: n + 1])) for n in range(6))
    assert read >= 6 - hit - (0 if packed else 1)  # a length that lies may reach into the next record
    assert read + skipped.total() >= 6 - hit


def test_every_record_is_counted_by_its_type(theirs: Path) -> None:
    kinds = ["warcinfo", "request", "metadata", "resource", "conversion", "continuation", "Metadata", "x\ty", "", "dream"]
    more = [record(page(1), kind=f"k{n}") for n in range(200)]
    theirs.write_bytes(b"".join([*(record(b"x", kind=kind) for kind in kinds), *more, record(b"", url="dns:a.example"), *pages(1)]))
    read, skipped = accounted(theirs)
    assert (read, skipped.total()) == (1, len(kinds) + 201)
    assert {skipped[f"records of type {kind}"] for kind in ("warcinfo", "request", "resource", "conversion", "dream")} == {1}
    assert (skipped["records of type metadata"], skipped["records of type dns"]) == (2, 0)  # a hundred names are kept
    assert len(skipped) <= 101


CASES = {
    "response first": ["1", "GET 1", "2", "POST 2"],
    "request first": ["GET", "1", "POST", "2"],
    "linked, at the end": ["1", "2", "GET 1", "POST 2"],
    "linked, at the beginning": ["POST 2", "GET 1", "1", "2"],
    "linked from the response": ["POST a", "GET b", "1 b", "2 a"],
    "nobody's between": ["1", "GET 1", "PUT other", "2", "POST 2"],
}


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("packed", [True, False])
def test_answers_to_other_methods_are_counted_wherever_their_requests_lie(case: str, packed: bool, theirs: Path) -> None:  # noqa: FBT001
    made = []
    for at, told in enumerate(CASES[case]):
        first, _, rest = told.partition(" ")
        if first.isdigit():
            linked = f"<urn:{rest}>" if rest else ""
            made.append(record(page(int(first)), WARC_Record_ID=f"<urn:{first}>", WARC_Concurrent_To=linked))
        else:
            by_response = rest in {"a", "b"}
            own = f"<urn:{rest}>" if by_response else f"<urn:request:{at}>"
            linked = f"<urn:{rest}>" if rest and not by_response else ""
            made.append(record(f"{first} / HTTP/1.1\r\n\r\n".encode(), kind="request", WARC_Record_ID=own, WARC_Concurrent_To=linked))
    theirs.write_bytes(b"".join(gzip.compress(each) if packed else each for each in made))
    skipped: Counter[str] = Counter()
    assert [response.record_id for response in iterate(theirs, skipped)] == ["<urn:1>"]
    assert skipped["answers to POST"] == 1


def test_a_method_in_the_address_counts(theirs: Path) -> None:
    urls = ["https://a.example/?a=1&__wb_method=POST&q=2", "https://a.example/?__wb_method=get", "https://a.example/?x__wb_method=POST"]
    theirs.write_bytes(b"".join(record(page(n), url=url) for n, url in enumerate(urls)))
    skipped: Counter[str] = Counter()
    assert [response.url for response in iterate(theirs, skipped)] == urls[1:]
    assert skipped == Counter({"answers to POST": 1})


def test_of_one_id_on_two_records_each_has_the_method_of_its_own_request(theirs: Path) -> None:
    linked = {"kind": "request", "WARC_Concurrent_To": "<urn:uuid:1>"}
    get, post = record(b"GET / HTTP/1.1\r\n\r\n", **linked), record(b"POST / HTTP/1.1\r\n\r\n", **linked)
    theirs.write_bytes(record(page(1)) + get + record(page(2)) + post + record(page(3)) + get)
    assert [response.body for response in iterate(theirs)] == [b"<html>page 1</html>", b"<html>page 3</html>"]


@pytest.mark.parametrize("line_end", [b"\r\n", b"\n"])
def test_interim_responses_are_left_out(line_end: bytes, theirs: Path) -> None:
    interim = b"HTTP/1.1 103 Early Hints\r\nLink: </a.css>\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n"
    switching = b"HTTP/1.1 101 Switching Protocols\r\n\r\nHTTP/1.1 200 OK"
    blocks = [interim + page(1), interim, interim + switching, b"HTTP/1.1 100 Continue\r\n\r\nHTTP/x"]
    theirs.write_bytes(b"".join(record(block.replace(b"\r\n", line_end)) for block in blocks))
    skipped: Counter[str] = Counter()
    first, second = iterate(theirs, skipped)
    assert (first.status, first.block) == (200, page(1).replace(b"\r\n", line_end))
    assert (second.status, second.body) == (101, b"HTTP/1.1 200 OK")
    assert skipped == Counter({"interim_only": 1, "not_http": 1})


def test_dates_that_say_less_are_helped_by_the_server(theirs: Path) -> None:
    def dated(warc: str, http: str) -> bytes:
        return record(page(1).replace(b"\r\n\r\n", f"\r\nDate: {http}\r\n\r\n".encode(), 1), WARC_Date=warc)

    http = "Sun, 01 Mar 2026 10:00:00 GMT"
    given = [("2026", http), ("2025", http), ("2026-03-01T09:00:00Z", http), ("9999-12-31T23:59:59-08:00", http), ("", http), ("x", "x")]
    theirs.write_bytes(b"".join(dated(*pair) for pair in given))
    skipped: Counter[str] = Counter()
    ten = datetime(2026, 3, 1, 10, tzinfo=UTC)
    found = [(response.date, response.by_http_date) for response in iterate(theirs, skipped)]
    assert found == [(ten, True), (datetime(2025, 1, 1, tzinfo=UTC), False), (ten.replace(hour=9), False), (ten, True), (ten, True)]
    assert skipped == Counter({"no_date": 1})


def test_headers_are_bounded(theirs: Path) -> None:
    many = b"HTTP/1.1 200 OK\r\n" + b"A: b\r\n" * 1_001 + b"\r\nx"
    long = b"HTTP/1.1 200 OK\r\nA: " + b"b" * 70_000 + b"\r\n\r\nx"
    interim = b"HTTP/1.1 100 Continue\r\n\r\n" * 600 + page(1)
    body = page(1) + b"\n" * 100_000
    records = [
        record(many),
        record(long),
        record(interim),
        record(page(1), A="b\r\nC: " * 1_001),
        record(body),
        record(page(1), WARC_Record_ID="<u" + "r" * 600),
    ]
    theirs.write_bytes(b"".join(records))
    skipped: Counter[str] = Counter()
    assert [response.block for response in iterate(theirs, skipped)] == [body]
    assert skipped == Counter({"headers_too_large": 4, "no_id": 1})


@pytest.mark.parametrize(
    ("fields", "truncated"),
    [
        ({"WARC_Truncated": "TIME"}, "time"),
        ({"WARC_Truncated": "because\x01"}, "unspecified"),
        ({"WARC_Segment_Number": "1"}, "unspecified"),
        ({}, ""),
    ],
)
def test_what_a_record_says_of_its_own_cut_is_known(fields: dict[str, str], truncated: str, theirs: Path) -> None:
    theirs.write_bytes(record(page(1), **fields) + record(page(1), WARC_Segment_Number="2"))
    skipped: Counter[str] = Counter()
    assert [response.truncated for response in iterate(theirs, skipped)] == [truncated]
    assert skipped == Counter({"records of type continuation": 1})


def test_behind_damage_a_record_printed_by_a_page_is_not_taken(theirs: Path) -> None:
    of_file = {"WARC_Warcinfo_ID": "<urn:info>"}
    forged = record(page(9), url="https://forged.example/")
    printing = record(b"HTTP/1.1 200 OK\r\n\r\nRead this:\n" + forged, Content_Length="40", **of_file)
    theirs.write_bytes(record(page(1), **of_file) + printing + record(page(2), **of_file))
    urls, _, torn = everything(theirs)
    assert urls == ["https://a.example/1"] * 2
    assert torn is not None


def worst(kind: str, size: int) -> bytes:
    bad = bytearray(gzip.compress(record(page(1)), mtime=0))
    bad[-6] ^= 0xFF
    chain = b"".join(
        b"\0" + len(inner).to_bytes(2, "little") + (65535 - len(inner)).to_bytes(2, "little") + inner
        for inner in [b"\x1f\x8b\x08\0\0\0\0\0\0\3\0\x0a\0\xf5\xffWARC/1.0\r\n"] * (size // 30)
    )
    whole = gzip.compress(record(page(1)), mtime=0)
    return {
        "long lengths": record(page(1)) + record(page(1), Content_Length="9" * 14) * (size // 200),
        "packed long lengths": gzip.compress(record(page(1)) + record(page(1), Content_Length=str(MAX_BLOCK_BYTES)) * (size // 200)),
        "versions": record(page(1)) + b"x\n" + b"WARC/1.0\r\n" * (size // 10),
        "bad members": whole + bytes(bad) * (size // len(bad)),
        "nested members": whole + b"\x1f\x8b\x08\0\0\0\0\0\0\3" + chain + b"\1\0\0\xff\xff" + bytes(8),
    }[kind]


@pytest.mark.parametrize("kind", ["long lengths", "packed long lengths", "versions", "bad members", "nested members"])
def test_the_bytes_that_are_read_grow_with_the_file(kind: str) -> None:
    def bytes_read(size: int) -> int:
        file = CountingFile(worst(kind, size))
        with contextlib.suppress(TornWarc):
            for _ in iterate_stream(file, Path("memory")):
                pass
        return file.count

    once = 2 * (16 * 2**20 + 1_000_000)  # two walks, each of which may go back by 16 MiB
    assert bytes_read(150_000) <= once + 20 * 150_000
    assert bytes_read(600_000) <= once + 20 * 600_000


class CountingFile(io.BytesIO):
    """A file that counts what is read of it."""

    count = 0

    def read(self, size: int | None = -1) -> bytes:
        piece = super().read(size)
        self.count += len(piece)
        return piece


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
