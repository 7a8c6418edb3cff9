from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

from harvester.fetching.guard import Allowance
from harvester.fetching.proxy import GuardProxy
from tests.site.answers import Answer
from tests.site.wire import LoopbackServer, serve_on

if TYPE_CHECKING:
    from collections.abc import Iterator


class Site(list[tuple[str, str, Mapping[str, str]]]):
    """What a server was asked."""

    server: LoopbackServer

    def respond(self, method: str, target: str, headers: Mapping[str, str]) -> Answer:
        self.append((method, target, headers))
        return Answer(200, {"Content-Type": "text/plain", "Keep-Alive": "timeout=60"}, b"answered")


@pytest.fixture
def site() -> Iterator[Site]:
    site = Site()
    site.server = serve_on("127.0.0.1", site.respond)
    yield site
    site.server.close()


def through(allowed: str, request: str, expected: tuple[str, ...] = ()) -> bytes:
    """What the proxy answers until it hangs up; `expected` are what a page may ask, the allowed address where it is left out."""

    async def talk() -> bytes:
        proxy = GuardProxy(Allowance([allowed]))
        for url in expected or (f"http://{allowed}/",):
            proxy.expect(url)
        address = urlsplit(await proxy.start())
        try:
            reader, writer = await asyncio.open_connection(address.hostname, address.port)
            writer.write(request.replace("\n", "\r\n").encode())
            answer = await asyncio.wait_for(reader.read(), 10)
            writer.close()
            return answer
        finally:
            await proxy.close()

    return asyncio.run(talk())


def test_an_allowed_address_is_asked_once_and_the_connection_ends(site: Site) -> None:
    netloc = site.server.netloc
    head = f"GET http://{netloc}/a/b?c=d HTTP/1.1\nHost: {netloc}\nProxy-Connection: keep-alive\nConnection: keep-alive\nX-Kept: yes\n\n"
    answer = through(netloc, head)
    ((method, target, headers),) = site
    assert (method, target, headers["x-kept"], headers["connection"]) == ("GET", "/a/b?c=d", "yes", "close")
    assert "proxy-connection" not in headers
    assert answer.startswith(b"HTTP/1.1 200 ")
    assert answer.endswith(b"\r\nConnection: close\r\n\r\nanswered")
    assert b"Keep-Alive" not in answer


def test_a_tunnel_leads_to_an_allowed_address(site: Site) -> None:
    netloc = site.server.netloc
    inner = f"GET /inner HTTP/1.1\nHost: {netloc}\nConnection: close\n\n"
    answer = through(netloc, f"CONNECT {netloc} HTTP/1.1\nHost: {netloc}\n\n{inner}")
    assert answer.startswith(b"HTTP/1.1 200 Connection established\r\n\r\nHTTP/1.1 200 ")
    assert [target for _, target, _ in site] == ["/inner"]


@pytest.mark.parametrize(
    "request_line",
    [
        "GET http://{netloc}/ HTTP/1.1",
        "CONNECT {netloc} HTTP/1.1",
        "GET http://localhost:{port}/ HTTP/1.1",
        "CONNECT localhost:{port} HTTP/1.1",
        "GET http://[::ffff:127.0.0.1]:{port}/ HTTP/1.1",
        "GET http://0x7f000001:{port}/ HTTP/1.1",
        "GET http://user:word@{netloc}/ HTTP/1.1",
        "GET ftp://{netloc}/ HTTP/1.1",
        "GET http://169.254.169.254/latest/meta-data/ HTTP/1.1",
    ],
)
def test_what_is_not_allowed_is_refused_however_it_is_spelled(site: Site, request_line: str) -> None:
    line = request_line.format(netloc=site.server.netloc, port=site.server.server_port)
    target = line.split()[1]
    asked = target if "://" in target else f"https://{target}/"
    assert through("127.0.0.7:80", f"{line}\nHost: x\n\n", (asked,)).startswith(b"HTTP/1.1 403 ")
    assert site == []


def test_a_host_that_no_page_may_ask_is_refused_although_it_is_allowed(site: Site) -> None:
    netloc = site.server.netloc
    assert through(netloc, f"GET http://{netloc}/ HTTP/1.1\nHost: {netloc}\n\n", ("http://other.example/",)).startswith(b"HTTP/1.1 403 ")
    assert site == []


def test_another_port_of_an_allowed_host_is_refused(site: Site) -> None:
    assert through("127.0.0.1:1", f"GET http://{site.server.netloc}/ HTTP/1.1\nHost: x\n\n").startswith(b"HTTP/1.1 403 ")
    assert site == []


@pytest.mark.parametrize(
    "junk",
    [
        "\n\n",
        "GET\n\n",
        "GET / HTTP/1.1\nHost: x\n\n",
        "CONNECT nowhere HTTP/1.1\nHost: x\n\n",
        "CONNECT x:80/path HTTP/1.1\nHost: x\n\n",
        "CONNECT user@x:80 HTTP/1.1\nHost: x\n\n",
        "GET http://x:99999/ HTTP/1.1\nHost: x\n\n",
        "GET http://x/ HTTP/1.1\n\n",
        "GET http://x/ HTTP/1.1\nHost: x\nHost: y\n\n",
        "GET http://x/ HTTP/1.1\nHost : x\n\n",
        "POST http://x/ HTTP/1.1\nHost: x\nContent-Length: 1\nContent-Length: 2\n\n",
        "POST http://x/ HTTP/1.1\nHost: x\nContent-Length: -1\n\n",
    ],
)
def test_what_is_no_request_to_a_proxy_is_answered_with_an_error(junk: str) -> None:
    assert through("127.0.0.7:80", junk, ("http://x/",)).startswith(b"HTTP/1.1 400 ")
