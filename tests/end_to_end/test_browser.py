"""Pages that only scripts make: read by Chromium, under the same guard and the same robots.txt; and what happens without one."""

from __future__ import annotations

import gzip
import json
import shutil
from importlib.util import find_spec
from typing import TYPE_CHECKING

import pytest

from storage.archive import Archive
from storage.query import ArticleQuery
from storage.warc.reader import own_responses
from tests.end_to_end.conftest import Harvester
from tests.site.answers import Answer
from tests.site.wire import LoopbackServer, serve_on

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

CHROMIUM = next((x for x in ("chromium", "chromium-browser", "google-chrome") if shutil.which(x)), "")
needs_chromium = pytest.mark.skipif(
    not CHROMIUM or find_spec("scrapy_playwright") is None, reason="needs Chromium on PATH and the package scrapy-playwright"
)

DECLARATION = """name = "Сценарий"
kind = "online"
home = "{home}"
language = "ru"
discover = [{{ feed = "rss.xml" }}, {{ listing = "news/" }}]
articles = {{ allow = '^/a/\\d+$' }}
fetch = {{ delay = 0.0, browser = true, timeout = 40.0 }}
keep = "all"

[[layout]]
title = "h1"
date = "time"
body = ".text"
"""
SHELL = '<!DOCTYPE html><html lang="ru"><head><title>Сценарий</title></head><body><div id="app"></div>{script}</body></html>'
PARAGRAPHS = ["Участники прочли проект новой Конституции постатейно и записали двадцать вопросов.", "Референдум назначен на 15 марта."]
SCRIPT = """
const ask = url => fetch(url, {mode: "no-cors"}).catch(() => null);
Promise.all([ask("CANARY/fetched"), ask("NAMED/named"), ask("/lure"), ask("/private/x.json")]).then(async () => {
  const article = await (await fetch(`/api/${location.pathname.slice(3)}.json`)).json();
  new Image().src = "CANARY/image";
  document.body.appendChild(Object.assign(document.createElement("iframe"), {src: "CANARY/frame"}));
  window.open("CANARY/window");
  try { new WebSocket("CANARY/socket".replace("http", "ws")); } catch (error) {}
  document.getElementById("app").innerHTML = `<h1>${article.title}</h1><time>${article.date}</time>
    <div class="text">${article.text.map(x => `<p>${x}</p>`).join("")}</div>`;
});
"""
LISTING = "document.getElementById('app').innerHTML = '<a href=\"/a/2\">Вторая статья, о которой лента молчит</a>';"
FEED = '<rss version="2.0"><channel><item><title>Первая</title><link>{home}a/1</link></item></channel></rss>'


class Scripted:
    """A site whose pages are empty until their scripts have run, and what it was asked."""

    def __init__(self, canary: str, named: str) -> None:
        self.asked: list[tuple[str, str]] = []
        self.canary, self.named, self.home = canary, named, ""
        self.script = SCRIPT.replace("CANARY", canary).replace("NAMED", named)

    def respond(self, _method: str, target: str, headers: Mapping[str, str]) -> Answer:
        self.asked.append((target, headers.get("user-agent", "")))
        article = {"title": "Слово за участниками", "date": "11 марта 2026 г. 10:00", "text": PARAGRAPHS}
        shell = SHELL.format(script='<script src="/app.js"></script><img src="/picture.png">').encode()
        plain = {
            "/robots.txt": ("text/plain", b"User-agent: *\nDisallow: /private/\n"),
            "/rss.xml": ("application/rss+xml", FEED.format(home=self.home).encode()),
            "/app.js": ("text/javascript", self.script.encode()),
            "/api/1.json": ("application/json", json.dumps(article).encode()),
            "/api/2.json": ("application/json", json.dumps(article | {"title": "Вторая статья", "text": PARAGRAPHS[:1]}).encode()),
            "/news/": ("text/html; charset=utf-8", SHELL.format(script=f"<script>{LISTING}</script>").encode()),
        }
        if target == "/lure":
            return Answer(302, {"Location": f"{self.canary}/lured"})
        if target.startswith("/a/"):
            packed = {"Content-Type": "text/html; charset=utf-8", "Content-Encoding": "gzip", "ETag": '"shell"'}
            return Answer(200, packed, gzip.compress(shell))
        kind, body = plain.get(target, ("", b""))
        return Answer(200 if kind else 404, {"Content-Type": kind} if kind else {}, body)

    @property
    def paths(self) -> list[str]:
        return [path for path, _ in self.asked]


@pytest.fixture
def canary() -> Iterator[tuple[LoopbackServer, list[str]]]:
    """A server on loopback that is not allowed, and what it was asked."""
    asked: list[str] = []

    def respond(_method: str, target: str, _headers: Mapping[str, str]) -> Answer:
        asked.append(target)
        return Answer(200, {"Content-Type": "text/html"}, b"<html><body>secret</body></html>")

    server = serve_on("127.0.0.9", respond)
    yield server, asked
    server.close()


@pytest.fixture
def scripted(canary: tuple[LoopbackServer, list[str]]) -> Iterator[Scripted]:
    port = canary[0].server_port
    site = Scripted(f"http://{canary[0].netloc}", f"http://localhost:{port}")
    server = serve_on("127.0.0.1", site.respond)
    site.home = f"http://{server.netloc}/"
    yield site
    server.close()


@pytest.fixture
def harvester(scripted: Scripted, tmp_path: Path) -> Harvester:
    (tmp_path / "sources").mkdir()
    (tmp_path / "sources" / "scripted.toml").write_text(DECLARATION.format(home=scripted.home), "utf-8")
    return Harvester(
        tmp_path,
        {
            "HARVESTER_SOURCES": "sources",
            "HARVESTER_ONLY_GIVEN_SOURCES": "true",
            "HARVESTER_ALLOW_ADDRESSES": scripted.home.split("/")[2],
            "HARVESTER_CONTACT": "archive@example.org",
        },
    )


@needs_chromium
def test_what_scripts_make_is_read_and_nothing_is_asked_that_must_not_be(
    harvester: Harvester, scripted: Scripted, canary: tuple[LoopbackServer, list[str]]
) -> None:
    harvester.run("crawl")
    with Archive.opened(harvester.archive) as archive:
        articles = {article.url.rpartition("/")[2]: article.extraction for article in archive.articles(ArticleQuery())}
    assert articles.keys() == {"1", "2"}, "the feed names one, the rendered listing the other"
    read = articles["1"]
    assert (read.title, read.text.split("\n")) == ("Слово за участниками", PARAGRAPHS)
    assert read.published is not None
    assert read.published.iso() == "2026-03-11T10:00:00+05:00"
    assert canary[1] == []
    assert scripted.paths.count("/a/1") == 1, "the page itself is asked once"
    assert "/lure" in scripted.paths
    assert not {"/private/x.json", "/picture.png"} & set(scripted.paths)
    assert all(agent.startswith("NewsHarvester/") for _, agent in scripted.asked)


@needs_chromium
def test_the_captured_response_says_that_it_was_rendered_and_by_what(harvester: Harvester) -> None:
    harvester.run("crawl")
    (path,) = (harvester.archive / "warc").glob("*.warc.gz")
    pages = {response.url.split("/", 3)[3]: response for _, response in own_responses(path, 0)}
    page = pages["a/1"]
    assert page.header_values("x-rendered-by")[0].startswith("Chromium ")
    assert (page.header_values("content-encoding"), page.header_values("x-orig-content-encoding")) == ([], ["gzip"])
    assert (page.header_values("etag"), page.header_values("x-orig-etag")) == ([], ['"shell"']), "the shell never changes, the page does"
    assert "<h1>Слово за участниками</h1>" in page.decoded_body.decode()
    assert pages["rss.xml"].header_values("x-rendered-by") == []
    assert harvester.report("verify")["damages"] == []


@needs_chromium
def test_a_page_that_never_comes_to_an_end_is_given_up_and_the_run_goes_on(
    harvester: Harvester, scripted: Scripted, tmp_path: Path
) -> None:
    declaration = tmp_path / "sources" / "scripted.toml"
    declaration.write_text(declaration.read_text("utf-8").replace("timeout = 40.0", "timeout = 3.0"), "utf-8")
    scripted.script = "while (true) {}"
    report = harvester.report("sources", "probe", "scripted", code=3)
    assert report["article"]["trouble"] == "timeout"


@needs_chromium
def test_a_probe_renders_too(harvester: Harvester) -> None:
    report = harvester.report("sources", "probe", "scripted")
    fields = {x["field"]: x for x in report["article"]["fields"]}
    assert (fields["title"]["values"], fields["title"]["place"]) == (["Слово за участниками"], "selector")


def test_without_a_browser_the_source_fails_with_a_reason_and_the_others_go_on(
    harvester: Harvester, scripted: Scripted, tmp_path: Path
) -> None:
    harvester.variables["HARVESTER_CRAWL__BROWSER"] = "no-such-browser"
    plain = DECLARATION.format(home=scripted.home.replace("127.0.0.1", "localhost")).replace("browser = true", "browser = false")
    (tmp_path / "sources" / "plain.toml").write_text(plain.replace("Сценарий", "Просто"), "utf-8")
    harvester.variables["HARVESTER_ALLOW_ADDRESSES"] += "," + scripted.home.split("/")[2].replace("127.0.0.1", "localhost")
    said = harvester.run("crawl", code=3).stderr
    assert "1 of 2 sources failed: scripted (" in said
    assert "no browser: " in said
    assert "/rss.xml" in scripted.paths
    assert "install Chromium" in harvester.run("sources", "probe", "scripted", code=2).stderr
    assert harvester.run("crawl", "scripted", code=9).stderr.count("no browser: ") == 1


def test_doctor_tells_when_a_source_wants_a_browser_and_there_is_none(harvester: Harvester) -> None:
    harvester.variables["HARVESTER_CRAWL__BROWSER"] = "no-such-browser"
    found = {x["subject"]: x for x in harvester.report("doctor")["findings"]}
    assert found["browser"]["level"] == "warning"
    assert "scripted" in found["browser"]["finding"]
