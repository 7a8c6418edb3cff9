from __future__ import annotations

import gzip
from datetime import UTC, datetime

import pytest

from storage.warc.response import WarcResponse
from storage.warc.wholeness import has_html_end, has_own_end, is_short_of_its_length, looks_like_html

RSS = "<?xml version='1.0'?>\n<!-- <rss> --><!DOCTYPE rss>\n<rss version='2.0'><channel><title>Қ</title></channel></rss>"
JSON = '{"items": [{"title": "Қ"}]}'
HTML = "<!doctype html><html><body><p>Қазақ</p></body></html>"
XHTML = "<?xml version='1.0'?><!DOCTYPE html><html xmlns='http://www.w3.org/1999/xhtml'><body><p>x</p></body></html>"


@pytest.mark.parametrize(
    "body",
    [
        HTML.encode(),
        HTML.upper().encode("utf-16"),
        (HTML + "\n<!-- 0.02 s --><script>count()</script>").encode(),
        b"<html><p>x</body>",
        XHTML.encode(),
        RSS.encode(),
        (RSS + "\n<!-- made by x --><?end?>\n").encode("utf-16-le"),
        b"<feed xmlns='http://www.w3.org/2005/Atom'></feed >\n",
        b"<sm:urlset xmlns:sm='x'><sm:url/></sm:urlset>",
        JSON.encode(),
        b"[]",
        gzip.compress(RSS.encode()),
    ],
)
def test_a_body_that_reaches_the_end_of_its_format_is_whole_and_no_beginning_of_it_is(body: bytes) -> None:
    assert has_own_end(body, "")
    unit = 2 if b"\0" in body and not body.startswith(b"\x1f") else 1
    ends = [at for at in range(1, len(body) // 2, unit) if has_own_end(body[:at], "")]
    assert ends == []


@pytest.mark.parametrize(
    "body", [b"", b"User-agent: *", b"%PDF-1.4", b"<rss><channel></rss", b"<rss></rss>tail", b"<rss></rss><rss>", b"<", b"<!--"]
)
def test_without_an_end_nothing_is_said_to_be_whole(body: bytes) -> None:
    assert not has_own_end(body, "text/plain")


@pytest.mark.parametrize("start", [b"[" * 200_000, b"<a" * 200_000, b"<!--" * 200_000, b"<?" * 200_000, b"{" + b'"a":{' * 100_000])
def test_deep_and_endless_beginnings_are_no_end(start: bytes) -> None:
    assert not has_own_end(start, "text/html")


def test_pages_are_told_from_documents() -> None:
    assert looks_like_html(HTML.encode(), "application/octet-stream")
    assert looks_like_html(XHTML.encode(), "application/xhtml+xml")
    assert looks_like_html(b"<p>a fragment", "text/html")
    assert not looks_like_html(RSS.encode(), "text/html")
    assert not looks_like_html(JSON.encode(), "text/html")
    assert has_html_end(b"<p></BODY >")
    assert not has_html_end(b"<html></html>" + b"x" * 20_000)


def response(body: bytes, *headers: tuple[str, str]) -> WarcResponse:
    return WarcResponse("<urn:1>", "https://a.example/", datetime(2026, 3, 1, tzinfo=UTC), 200, "", headers, body, 0)


@pytest.mark.parametrize(
    ("body", "headers", "short"),
    [
        (b"12345", [("Content-Length", "6")], True),
        (b"12345", [("content-length", "5")], False),
        (b"12345", [("Content-Length", "4")], False),  # another tool's body may be decoded
        (b"12345", [("Content-Length", "9"), ("Content-Length", "5")], False),
        (b"12345", [("Content-Length", "many")], False),
        (b"12345", [("Content-Length", "9" * 400)], False),
        (b"12345", [("Content-Length", "6"), ("Transfer-Encoding", "chunked")], False),
        (b"<p>", [("Content-Length", "40"), ("Content-Encoding", "gzip")], False),
        (gzip.compress(b"<p>")[:-3], [("Content-Length", "23"), ("Content-Encoding", "gzip")], True),
    ],
)
def test_a_body_is_short_only_where_its_length_speaks_of_it(body: bytes, headers: list[tuple[str, str]], short: bool) -> None:  # noqa: FBT001
    assert is_short_of_its_length(response(body, *headers)) is short
