"""What the proxy sends on of a request and of its answer, byte by byte, between a scripted browser and a scripted server."""

from __future__ import annotations

import asyncio
from urllib.parse import urlsplit

import h11
import pytest

from harvester.fetching.guard import Allowance
from harvester.fetching.proxy import GuardProxy
from harvester.fetching.proxy_http import CHUNK, MAX_HEAD, BadRequest, Peer, ProxyRequest, proxy_request, read_request

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi"


def request(target: str, method: str = "GET", **headers: str) -> ProxyRequest:
    return proxy_request(h11.Request(method=method, target=target, headers=[("Host", "x"), *headers.items()]))


def passed_on(sent: bytes, answered: bytes = OK, *, until: bytes = b"\r\n\r\n") -> tuple[bytes, bytes]:
    """What a server is sent of a browser's request to `FAR`, and what the browser is sent of the server's answer.

    The server answers when it has read `until`, then hangs up.
    """
    seen: list[bytes] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        seen.append(await reader.readuntil(until))
        writer.write(answered)
        await writer.drain()
        writer.close()

    async def talk() -> bytes:
        far = await asyncio.start_server(serve, "127.0.0.1", 0, limit=1_000_000)
        netloc = "{}:{}".format(*far.sockets[0].getsockname()[:2])
        proxy = GuardProxy(Allowance([netloc]))
        proxy.expect(f"http://{netloc}/")
        address = urlsplit(await proxy.start())
        try:
            reader, writer = await asyncio.open_connection(address.hostname, address.port)
            writer.write(sent.replace(b"FAR", netloc.encode()).replace(b"\n", b"\r\n"))
            answer = await asyncio.wait_for(reader.read(), 10)
            writer.close()
            return answer.replace(netloc.encode(), b"FAR")
        finally:
            await proxy.close()
            far.close()

    answer = asyncio.run(talk())
    return b"".join(seen), answer


@pytest.mark.parametrize(
    ("target", "host", "port", "path"),
    [
        ("http://a.kz/", "a.kz", 80, b"/"),
        ("http://a.kz", "a.kz", 80, b"/"),
        ("http://a.kz?q=1", "a.kz", 80, b"/?q=1"),
        ("http://A.kz:8080/b//c?d=http://e/#f", "a.kz", 8080, b"/b//c?d=http://e/"),
        ("http://[2001:db8::1]:81/x?", "2001:db8::1", 81, b"/x?"),
        ("HTTP://a.kz/%D0%B0", "a.kz", 80, b"/%D0%B0"),
    ],
)
def test_a_target_is_parted_into_host_and_path(target: str, host: str, port: int, path: bytes) -> None:
    asked = request(target)
    assert asked.onward is not None
    assert (asked.url, asked.host, asked.port, asked.onward.target) == (target, host, port, path)


@pytest.mark.parametrize(
    ("target", "host", "port"), [("a.kz:443", "a.kz", 443), ("[::1]:80", "::1", 80), ("127.0.0.1:8443", "127.0.0.1", 8443)]
)
def test_a_tunnel_leads_to_a_host_and_a_port(target: str, host: str, port: int) -> None:
    asked = request(target, "CONNECT")
    assert (asked.url, asked.host, asked.port, asked.onward) == (f"https://{target}/", host, port, None)


@pytest.mark.parametrize("target", ["/", "*", "a.kz/", "a.kz:443", "http:/a", "http://", "//a.kz/", "http://a.kz:x/", "http://[a/"])
def test_what_is_no_absolute_address_is_refused(target: str) -> None:
    with pytest.raises(ValueError, match=r"absolute address|Port|IPv6"):
        request(target)


@pytest.mark.parametrize(
    "target", ["a.kz", "a.kz:", "a.kz:x", "http://a.kz:80", "a@b:80", "a.kz:80/x", "a.kz:80?x", ":80", "a.kz:80#x", "a:b:80"]
)
def test_what_is_no_host_and_port_is_refused(target: str) -> None:
    with pytest.raises(ValueError, match="no host and port"):
        request(target, "CONNECT")


def test_the_host_is_that_of_the_target_and_headers_between_neighbours_stay_behind() -> None:
    head = b"GET http://FAR/a HTTP/1.1\nHost: other.example\nConnection: keep-alive, X-Hop\nX-Hop: 1\nX-Kept: 2\nTE: trailers\n"
    seen, _ = passed_on(head + b"Upgrade: websocket\nProxy-Authorization: Basic eA==\nAccept: */*\n\n")
    first, *lines = seen.decode().split("\r\n")
    assert first == "GET /a HTTP/1.1"
    assert lines[0].startswith("Host: 127.0.0.1:")
    assert lines[1:] == ["X-Kept: 2", "Accept: */*", "Connection: close", "", ""]


def test_a_body_of_a_known_length_is_sent_on() -> None:
    body = b"x" * 200_000
    head = b"POST http://FAR/a HTTP/1.1\nHost: FAR\nContent-Length: %d\n\n" % (len(body) + 3)
    seen, answer = passed_on(head + body + b"END", until=b"END")
    assert b"Content-Length: 200003\r\n" in seen
    assert seen.endswith(b"\r\n\r\n" + body + b"END")
    assert answer.endswith(b"hi")


def test_a_body_in_chunks_is_sent_on_in_chunks_and_has_no_length_beside() -> None:
    head = b"POST http://FAR/a HTTP/1.1\nHost: FAR\nContent-Length: 5\nTransfer-Encoding: chunked\n\n"
    seen, _ = passed_on(head + b"5\nhello\n0\n\n", until=b"0\r\n\r\n")
    assert b"Content-Length" not in seen
    assert seen.endswith(b"Transfer-Encoding: chunked\r\nConnection: close\r\n\r\n5\r\nhello\r\n0\r\n\r\n")


def test_an_answer_before_the_body_has_ended_is_sent_on() -> None:
    head = b"POST http://FAR/a HTTP/1.1\nHost: FAR\nContent-Length: 10000\n\nbegun"
    _, answer = passed_on(head, b"HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\n\r\n", until=b"begun")
    assert answer.startswith(b"HTTP/1.1 413 Too Large\r\n")


CLOSE = b"Connection: close\r\n"


@pytest.mark.parametrize(
    ("answered", "sent"),
    [
        (OK, b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n" + CLOSE + b"\r\nhi"),
        (b"HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nhi", b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n" + CLOSE + b"\r\nhi"),
        (b"HTTP/1.1 200 OK\n\nhi", b"HTTP/1.1 200 OK\r\n" + CLOSE + b"Transfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n"),
        (
            b"HTTP/1.1 200 \r\nTransfer-Encoding: chunked\r\n\r\n1\r\nh\r\n1\r\ni\r\n0\r\nX: 1\r\n\r\n",
            b"HTTP/1.1 200 \r\n" + CLOSE + b"Transfer-Encoding: chunked\r\n\r\n1\r\nh\r\n1\r\ni\r\n0\r\n\r\n",
        ),
        (b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" + OK, b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n" + CLOSE + b"\r\nhi"),
        (b"HTTP/1.1 204 No Content\r\nKeep-Alive: timeout=5\r\n\r\n", b"HTTP/1.1 204 No Content\r\n" + CLOSE + b"\r\n"),
        (
            b"HTTP/1.1 302 Found\r\nLocation: /\xd0\xb0\r\nContent-Length: 0\r\n\r\n",
            b"HTTP/1.1 302 Found\r\nLocation: /\xd0\xb0\r\nContent-Length: 0\r\n" + CLOSE + b"\r\n",
        ),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\ncut", b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n" + CLOSE + b"\r\ncut"),
        (b"SSH-2.0-OpenSSH_9\r\n", b""),
        (b"", b""),
    ],
)
def test_an_answer_is_sent_on_and_ends_the_connection(answered: bytes, sent: bytes) -> None:
    assert passed_on(b"GET http://FAR/ HTTP/1.1\nHost: FAR\n\n", answered)[1] == sent


def test_an_answer_to_head_has_no_body() -> None:
    _, answer = passed_on(b"HEAD http://FAR/ HTTP/1.1\nHost: FAR\n\n", b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n")
    assert answer == b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n" + CLOSE + b"\r\n"


class Unused(asyncio.StreamWriter):
    """What is not written to."""

    def __init__(self) -> None:
        pass

    def __del__(self) -> None:
        pass


async def received(data: bytes) -> Peer:
    """A browser that has sent these bytes and hung up."""
    reader = asyncio.StreamReader()
    reader.feed_data(data)
    reader.feed_eof()
    return Peer(h11.SERVER, reader, Unused())


def test_a_browser_that_hangs_up_before_it_asks_asks_nothing() -> None:
    async def ask() -> ProxyRequest | None:
        return await read_request(await received(b""))

    assert asyncio.run(ask()) is None


@pytest.mark.parametrize("line", [b"X: " + b"a" * 200_000, b"X: 1\r\n" * 30_000], ids=["long", "many"])
def test_a_head_without_end_is_not_kept(line: bytes) -> None:
    async def ask() -> None:
        browser = await received(b"GET http://a.kz/ HTTP/1.1\r\nHost: a.kz\r\n" + line)
        with pytest.raises(BadRequest, match="Receive buffer too long"):
            await read_request(browser)
        assert len(browser.http.trailing_data[0]) <= MAX_HEAD + CHUNK

    asyncio.run(ask())
