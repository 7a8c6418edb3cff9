from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from scrapy.exceptions import DownloadFailedError
from twisted.internet.testing import StringTransport
from twisted.web._newclient import Request, ResponseFailed
from twisted.web.http_headers import Headers

from harvester.fetching.bounded_headers import MAX_HEADER_BYTES, BoundedFactory, is_header_flood
from harvester.spiders.source_spider import reason_of
from storage.model.frontier import FailureScope

if TYPE_CHECKING:
    from collections.abc import Iterable


def fed(pieces: Iterable[bytes]) -> tuple[object, int, StringTransport]:
    """What a request comes to that is answered with these pieces, how many bytes were taken, and the connection."""
    transport = StringTransport()
    protocol = BoundedFactory(lambda _: None, None).buildProtocol(None)
    protocol.makeConnection(transport)
    results: list[object] = []
    protocol.request(Request(b"GET", b"/", Headers({b"Host": [b"x"]}), None)).addBoth(results.append)
    taken = 0
    for piece in pieces:
        if results or transport.disconnecting:
            break
        protocol.dataReceived(piece)
        taken += len(piece)
    return results[0] if results else None, taken, transport


def without_end(line: bytes) -> Iterable[bytes]:
    yield b"HTTP/1.1 200 OK\r\n"
    while True:
        yield line


@pytest.mark.parametrize(
    "line",
    [b"X-A: " + b"a" * 1000 + b"\r\n", b"a:\n" * 300, b"HTTP/1.1 100 Continue\r\n\r\n" * 20, b"X-A: b\r\n continued\r\n"],
    ids=["long", "short", "interim", "folded"],
)
def test_headers_without_end_are_refused(line: bytes) -> None:
    pieces = without_end(line) if b"100" not in line else iter(lambda: line, b"")
    failure, taken, transport = fed(pieces)
    assert taken <= MAX_HEADER_BYTES + len(line) + 100
    assert transport.disconnecting
    error = failure.value  # type: ignore[attr-defined]
    assert isinstance(error, ResponseFailed)
    wrapped = DownloadFailedError(str(error))
    wrapped.__cause__ = error
    assert reason_of(wrapped) == ("too_large: headers", FailureScope.REQUEST)


def test_headers_within_bounds_and_any_body_are_taken() -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n" + b"X-A: aaaa\r\n" * 5000 + b"\r\n"
    response, _, transport = fed([head, *[b"x" * 10_000] * 100])
    assert response.code == 200  # type: ignore[union-attr, attr-defined]
    assert not transport.disconnecting


def test_other_errors_are_no_flood() -> None:
    assert not is_header_flood(None)
    assert not is_header_flood(DownloadFailedError("reset"))
    assert reason_of(ValueError("x")) == ("connection: ValueError", FailureScope.REQUEST)
