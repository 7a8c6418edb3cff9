from __future__ import annotations

import contextlib
import gzip
import io
import zlib
from typing import TYPE_CHECKING

import pytest
from fastwarc.stream_io import BrotliWriter, ZstdWriter
from hypothesis import given, settings
from hypothesis import strategies as st

from storage.warc.codings import MAX_BODY_BYTES, Decoded, decode, undo_codings
from storage.warc.errors import BadCoding
from storage.warc.reader import read_response
from storage.warc.writer import WarcWriter

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.storage.warc.conftest import MakeExchange

TEXT = "Тамыз айында сайлау өтті. ".encode() * 400


def raw_deflate(body: bytes) -> bytes:
    packer = zlib.compressobj(wbits=-15)
    return packer.compress(body) + packer.flush()


def through(writer_class: type[BrotliWriter | ZstdWriter], body: bytes) -> bytes:
    packed = io.BytesIO()
    writer = writer_class(packed)
    for start in range(0, len(body), 2**20):  # more at once is not taken whole
        writer.write(body[start : start + 2**20])
    writer.close()
    return packed.getvalue()


def brotli(body: bytes) -> bytes:
    return through(BrotliWriter, body)


def zstd(body: bytes) -> bytes:
    return through(ZstdWriter, body)


CODINGS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": gzip.compress,
    "x-gzip": gzip.compress,
    "deflate": zlib.compress,
    "Deflate": raw_deflate,
    "br": brotli,
    "zstd": zstd,
}


@pytest.mark.parametrize("name", CODINGS)
def test_coding_is_undone_and_a_cut_is_told(name: str) -> None:
    packed = CODINGS[name](TEXT)
    assert undo_codings(packed, name) == TEXT
    for cut in range(1, len(packed), 3):
        with pytest.raises(BadCoding, match="bad_encoding"):
            undo_codings(packed[:-cut], name)


@pytest.mark.parametrize("name", CODINGS)
def test_bomb_stops_at_the_limit(name: str) -> None:
    bomb = CODINGS[name](bytes(4 * MAX_BODY_BYTES))
    with pytest.raises(BadCoding, match="too_large") as caught:
        undo_codings(bomb, name)
    assert caught.value.reason.startswith("too_large: ")


def test_body_of_exactly_the_limit_passes() -> None:
    body = bytes(MAX_BODY_BYTES)
    assert undo_codings(gzip.compress(body), "gzip") == body
    assert undo_codings(body, "") is body
    for coding, packed in (("", body + b"x"), ("gzip", gzip.compress(body + b"x"))):
        with pytest.raises(BadCoding, match="too_large"):
            undo_codings(packed, coding)


def test_layers_are_undone_in_reverse_and_limited() -> None:
    assert undo_codings(gzip.compress(zlib.compress(TEXT)), " deflate ,identity, GZIP") == TEXT
    with pytest.raises(BadCoding, match="200 layers"):
        undo_codings(TEXT, ",".join(["gzip"] * 200))
    with pytest.raises(BadCoding, match="too_large"):
        undo_codings(gzip.compress(gzip.compress(bytes(4 * MAX_BODY_BYTES))), "gzip, gzip")


@pytest.mark.parametrize("coding", ["compress", "exi\r\n"])
def test_an_unknown_coding_is_told(coding: str) -> None:
    with pytest.raises(BadCoding, match="bad_encoding"):
        undo_codings(b"<html>plain</html>", coding)


@pytest.mark.parametrize("coding", ["gzip", "x-gzip", "deflate", "br", "zstd"])
@pytest.mark.parametrize("text", ["<html>Қазақ</html>", "\n <?xml version='1.0'?><rss/>", '{"a": 1}'])
@pytest.mark.parametrize("charset", ["utf-8", "utf-8-sig", "windows-1251", "utf-16"])
def test_a_text_that_lies_there_without_its_coding_is_read_and_the_coding_named(coding: str, text: str, charset: str) -> None:
    body = text.encode(charset, "replace")
    if charset == "utf-16" and coding in {"deflate", "br"}:
        return  # two letters of UTF-16 may begin a stream
    assert decode(body, coding) == Decoded(body, (coding,))


def test_of_two_codings_the_one_that_is_there_is_undone() -> None:
    assert decode(gzip.compress(TEXT), "gzip, gzip") == Decoded(TEXT, ("gzip",))


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br", "zstd"])
@pytest.mark.parametrize("body", [bytes(40), b"\x1f\x8b\x08 cut", b"\x00\x8b\x08" + bytes(30), b"\x89PNG\r\n\x1a\n"])
def test_bytes_that_are_no_text_are_damage(coding: str, body: bytes) -> None:
    with pytest.raises(BadCoding, match="bad_encoding"):
        undo_codings(body, coding)


def test_gzip_check_sum_counts() -> None:
    packed = bytearray(gzip.compress(TEXT))
    packed[-5] ^= 1
    with pytest.raises(BadCoding, match="corrupt"):
        undo_codings(bytes(packed), "gzip")


def test_gzip_may_have_several_members_and_padding() -> None:
    assert undo_codings(gzip.compress(b"a") + gzip.compress(b"b") + b"\0\0", "gzip") == b"ab"


@pytest.mark.parametrize("coding", CODINGS)
def test_empty_body_stays_empty(coding: str) -> None:
    assert undo_codings(b"", coding) == b""


def test_chunks_are_undone_and_a_missing_end_is_told() -> None:
    chunked = b"5;name=x\r\nhello\r\n6\r\n world\r\n0\r\nTrailer: x\r\n\r\n"
    assert undo_codings(chunked, "", "chunked") == b"hello world"
    packed = gzip.compress(TEXT)
    assert undo_codings(b"%x\r\n%b\r\n0\r\n\r\n" % (len(packed), packed), "gzip", "Chunked") == TEXT
    for cut in (b"5\r\nhello\r\n", b"5\r\nhel", b"5\r\nhelloX0\r\n\r\n", b"ffffffff\r\nhello\r\n0\r\n\r\n"):
        with pytest.raises(BadCoding, match="chunked"):
            undo_codings(cut, "", "chunked")
    assert undo_codings(b"<html>never had chunks", "", "chunked") == b"<html>never had chunks"


def test_response_is_decoded_by_its_headers(tmp_path: Path, make_exchange: MakeExchange) -> None:
    headers = (("Content-Encoding", "deflate"), ("content-encoding", "gzip"), ("Transfer-Encoding", "chunked"))
    body = gzip.compress(zlib.compress(TEXT))
    with WarcWriter(tmp_path, software="harvester/0") as writer:
        pointer = writer.write_exchange(make_exchange(response_headers=headers, body=body))
    response = read_response(tmp_path / pointer.file, pointer.offset, pointer.length)
    assert response.body == body
    assert response.decoded_body == TEXT
    assert response.content_type == ""


@settings(max_examples=200, deadline=None)
@given(body=st.binary(max_size=200), coding=st.sampled_from([*CODINGS, "gzip, br"]), chunked=st.sampled_from(["", "chunked"]))
def test_any_bytes_decode_or_are_refused(body: bytes, coding: str, chunked: str) -> None:
    with contextlib.suppress(BadCoding):
        undo_codings(body, coding, chunked)
