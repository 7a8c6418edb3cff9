"""Sites that never end, never answer as they should, or want to be left alone, beside a good one: two crawls, over real HTTP."""

from __future__ import annotations

import itertools
import time
from collections import defaultdict
from contextlib import ExitStack
from typing import TYPE_CHECKING

import pytest

from tests.end_to_end.conftest import Harvester
from tests.site.answers import Answer
from tests.site.wire import serve_on

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from tests.site.wire import LoopbackServer

XML, HTML, TEXT = ({"Content-Type": kind} for kind in ("application/xml", "text/html; charset=utf-8", "text/plain"))
ROBOTS = Answer(200, TEXT, b"User-agent: *\nDisallow:\n")


def feed(base: str, *paths: str) -> Answer:
    items = "".join(f"<item><title>t</title><link>{base}{path}</link></item>" for path in paths)
    return Answer(200, XML, f'<?xml version="1.0"?><rss version="2.0"><channel><title>f</title>{items}</channel></rss>'.encode())


def page(path: str) -> Answer:
    text = f"Комиссия обсудила поправку {path} к проекту, и участники отметили, что порядок обсуждения остаётся открытым. " * 4
    return Answer(
        200, HTML, f"<html lang=ru><body><article><h1>Поправка {path} обсуждена</h1><p>{text}</p></article></body></html>".encode()
    )


class Sites:
    """Sources on loopback addresses of their own; what each was asked, and when."""

    def __init__(self, place: Path) -> None:
        self.place = place
        self.asked: defaultdict[str, list[tuple[float, str]]] = defaultdict(list)
        self.servers: dict[str, LoopbackServer] = {}
        self._hosts = (f"127.0.0.{number}" for number in itertools.count(31))
        (place / "sources").mkdir()

    def serve(self, name: str, answer: Callable[[str, str], Answer | None], discover: str = '{ feed = "rss.xml" }') -> None:
        """A source; `answer` takes its base address and a path."""

        def respond(_method: str, path: str, _headers: Mapping[str, str]) -> Answer:
            self.asked[name].append((time.monotonic(), path))
            return answer(base, path) or (ROBOTS if path == "/robots.txt" else Answer(404, HTML, b"<html>404</html>"))

        server = self.servers[name] = serve_on(next(self._hosts), respond)
        base = f"http://{server.netloc}"
        (self.place / "sources" / f"{name}.toml").write_text(
            f'name = "{name}"\nkind = "online"\nhome = "{base}/"\nlanguage = "ru"\nkeep = "all"\ndiscover = [{discover}]\n'
            'articles = { allow = "/n/" }\nfetch = { delay = 0.05 }\n',
            "utf-8",
        )

    def paths(self, name: str) -> list[str]:
        return [path for _, path in self.asked[name]]

    def harvester(self) -> Harvester:
        allowed = ",".join(server.netloc for server in self.servers.values())
        return Harvester(
            self.place,
            {
                "HARVESTER_SOURCES": str(self.place / "sources"),
                "HARVESTER_ONLY_GIVEN_SOURCES": "true",
                "HARVESTER_ALLOW_ADDRESSES": allowed,
                "HARVESTER_CONTACT": "archive@example.org",
            },
            measured=False,
        )


@pytest.fixture
def sites(tmp_path: Path) -> Iterator[Sites]:
    with ExitStack() as stack:
        made = Sites(tmp_path)
        yield made
        for server in made.servers.values():
            stack.callback(server.close)


def good(base: str, path: str) -> Answer | None:
    return feed(base, "/n/1", "/n/2") if path == "/rss.xml" else page(path) if path.startswith("/n/") else None


def maze(base: str, path: str) -> Answer | None:
    """Each sitemap names two that nobody has seen."""
    if not path.startswith("/map"):
        return None
    inner = "".join(f"<sitemap><loc>{base}{path}-{x}</loc></sitemap>" for x in "ab")
    return Answer(200, XML, f'<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{inner}</sitemapindex>'.encode())


def many(base: str, path: str) -> Answer | None:
    """A sitemap index of sixty."""
    if path == "/map.xml":
        inner = "".join(f"<sitemap><loc>{base}/map-{n}.xml</loc></sitemap>" for n in range(60))
        return Answer(200, XML, f'<sitemapindex xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{inner}</sitemapindex>'.encode())
    if path.startswith("/map"):
        return Answer(200, XML, b'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"/>')
    return None


def yearly(base: str, path: str) -> Answer | None:
    """A sitemap that is larger than any page may be."""
    if path == "/map.xml":
        entries = f"<url><loc>{base}/n/1</loc></url>{' ' * 11_000_000}<url><loc>{base}/n/2</loc></url>".replace(
            " " * 1000, f"{' ' * 990}<url></url>"
        )
        return Answer(200, XML, f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{entries}</urlset>'.encode())
    return good(base, path)


def deaf(_base: str, path: str) -> Answer | None:
    return Answer(200, HTML, b"<html><body><h1>Works in progress</h1></body></html>") if path == "/rss.xml" else None


def flood(base: str, path: str) -> Answer | None:
    if path == "/n/1":
        return Answer(200, {f"X-{n}": "a" * 100 for n in range(5000)}, b"")
    return good(base, path)


def circle(base: str, path: str) -> Answer | None:
    """A wall that wants its cookie back."""
    if path == "/n/1":
        return Answer(302, {"Location": "/n/cookie", "Set-Cookie": "seen=1"}, b"")
    if path == "/n/cookie":
        return Answer(302, {"Location": "/n/1"}, b"")
    return good(base, path)


def slow(base: str, path: str) -> Answer | None:
    return Answer(200, TEXT, b"User-agent: *\nCrawl-delay: 100000\n") if path == "/robots.txt" else good(base, path)


def pausing(base: str, path: str) -> Answer | None:
    return Answer(429, {"Retry-After": "3"}, b"") if path == "/n/1" else good(base, path)


def test_each_ends_within_its_budget_and_is_named(sites: Sites) -> None:
    sitemap = '{ sitemap = "map.xml" }'
    for name, answer in {"good": good, "deaf": deaf, "flood": flood, "circle": circle, "slow": slow, "pausing": pausing}.items():
        sites.serve(name, answer)
    sites.serve("maze", maze, sitemap)
    sites.serve("many", many, sitemap)
    sites.serve("yearly", yearly, sitemap)
    harvester = sites.harvester()
    first = harvester.report("crawl", "--all", code=3)
    assert set(first["failing"]) == {"deaf", "flood", "circle", "pausing"}
    reasons = {name: {address["reason"].partition(":")[0] for address in addresses} for name, addresses in first["failing"].items()}
    assert reasons == {"deaf": {"unreadable"}, "flood": {"too_large"}, "circle": {"server-error", "redirect_loop"}, "pausing": {"refused"}}
    assert set(first["limits"]) == {"many"}
    assert "50 sitemaps" in first["limits"]["many"][0]
    assert "maze: 8 of its sitemaps name others that are nested too deep" in first["why"]
    assert set(first["postponed"]) == {"slow"}
    assert {name: first["sources"][name]["stored"] for name in ("good", "yearly", "flood", "circle", "pausing")} == {
        "good": 2,
        "yearly": 2,
        "flood": 1,
        "circle": 1,
        "pausing": 1,
    }
    assert sites.paths("slow") == ["/robots.txt", "/rss.xml"]
    assert len(sites.paths("maze")) == 1 + 1 + 2 + 4 + 8
    assert len(sites.paths("many")) == 1 + 50
    for name in sites.servers:
        asked = sites.paths(name)
        assert max(map(asked.count, asked)) <= 3
    gaps = [after - before for (before, path), (after, _) in itertools.pairwise(sites.asked["pausing"]) if path == "/n/1"]
    assert min(gaps) >= 3
    second = harvester.report("crawl", "--all", code=3)
    assert "deaf" in second["failing"]
    assert sites.paths("slow") == ["/robots.txt", "/rss.xml"], "its delay is kept to over runs"
    assert len(sites.paths("many")) == 1 + 50 + 12, "the index, and the sitemaps that were left"
    assert {name: sites.paths(name).count("/robots.txt") for name in sites.servers} == dict.fromkeys(sites.servers, 1)
    assert harvester.report("verify")["damages"] == []
