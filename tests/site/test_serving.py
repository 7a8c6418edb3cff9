from __future__ import annotations

import gzip
import http.client
import re
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from protego import Protego

from tests.site.client import OUTLETS, announced, declared, fetch, of, read_sitemap
from tests.site.server import Newsroom


def addresses(newsroom: Newsroom) -> list[str]:
    paths = {
        "severny-vestnik": ("", "robots.txt", "rss.xml", "sitemap.xml", "sitemap-news.xml", "sitemap-archive.xml.gz"),
        "qala-aqparat": ("", "robots.txt", "atom.xml", "lenta/", "lenta/?page=2", "sitemap.xml"),
        "palace-press": ("", "robots.txt", "ru/events", "kz/events?page=1", "en/events?page=2", "sitemap.xml"),
    }
    return [newsroom.home(k) + x for k, v in paths.items() for x in v] + [x.url for x in newsroom.articles]


def test_everything_can_be_asked_conditionally(newsroom: Newsroom) -> None:
    for url in addresses(newsroom):
        first, again = fetch(url), fetch(url)
        assert (first.status, first.body) == (200, again.body), url
        known, since = {"If-None-Match": first.headers["etag"]}, {"If-Modified-Since": first.headers["last-modified"]}
        for asked in (known, since):
            answer = fetch(url, asked)
            assert (answer.status, answer.body, answer.headers["etag"]) == (304, b"", first.headers["etag"]), url
        assert fetch(url, {"If-None-Match": '"other"', **since}).status == 200, url
        assert fetch(url, {"If-Modified-Since": "Thu, 01 Jan 2015 00:00:00 GMT"}).status == 200, url


def test_head_answers_as_get_does_without_a_body(newsroom: Newsroom) -> None:
    for url in addresses(newsroom)[:20]:
        head, get = fetch(url, method="HEAD"), fetch(url)
        assert head.body == b""
        assert {**head.headers, "date": ""} == {**get.headers, "date": ""}
        assert int(head.headers["content-length"]) == len(get.body)


def test_nothing_follows_the_headers_of_an_answer_to_head(newsroom: Newsroom) -> None:
    host, _, port = newsroom.addresses[0].partition(":")
    with socket.create_connection((host, int(port)), timeout=5) as connection:
        connection.sendall(b"HEAD /robots.txt HTTP/1.1\r\nHost: newsroom\r\nConnection: close\r\n\r\n")
        with connection.makefile("rb") as answer:
            assert answer.read().endswith(b"\r\n\r\n")


def test_one_outlet_compresses_for_those_who_accept_it(newsroom: Newsroom) -> None:
    accept = {"Accept-Encoding": "gzip, deflate"}
    for outlet in OUTLETS:
        url = of(newsroom, outlet)[0].url
        plain, coded = fetch(url), fetch(url, accept)
        assert ("content-encoding" in coded.headers) == (outlet == "qala-aqparat")
        if outlet == "qala-aqparat":
            assert gzip.decompress(coded.body) == plain.body
            assert coded.headers["etag"] != plain.headers["etag"]
            assert fetch(url, {**accept, "If-None-Match": coded.headers["etag"]}).status == 304


def test_robots_close_a_page_that_channels_announce(newsroom: Newsroom, tmp_path: Path) -> None:
    for outlet in OUTLETS:
        robots = Protego.parse(fetch(f"{newsroom.home(outlet)}robots.txt").body.decode())
        source = declared(newsroom, outlet, tmp_path / outlet)
        deny = newsroom.deny_url(outlet)
        assert not robots.can_fetch(deny, "harvester")
        assert re.search(source["articles"]["allow"], urlsplit(deny).path)
        assert fetch(deny).status == 200
        assert robots.crawl_delay("harvester") is None
        for article in of(newsroom, outlet):
            assert robots.can_fetch(article.url, "harvester")
            assert re.search(source["articles"]["allow"], urlsplit(article.url).path)
        [sitemap] = robots.sitemaps
        assert {x.url for x in of(newsroom, outlet)} <= set(read_sitemap(sitemap))
    listing = fetch(f"{newsroom.home('qala-aqparat')}lenta/").body.decode()
    assert urlsplit(newsroom.deny_url("qala-aqparat")).path in listing


def test_pictures_are_pictures(newsroom: Newsroom) -> None:
    starts = {"severny-vestnik": b"\xff\xd8\xff\xdb", "qala-aqparat": b"\x89PNG\r\n", "palace-press": b"GIF89a"}
    for article in newsroom.articles:
        if article.image:
            answer = fetch(article.image)
            assert answer.headers["content-type"].startswith("image/")
            assert answer.body.startswith(starts[article.outlet])


def test_unknown_addresses_are_404(newsroom: Newsroom) -> None:
    for outlet in OUTLETS:
        assert fetch(f"{newsroom.home(outlet)}n/no-such-story/").status == 404


def test_connections_stay_open_between_requests(newsroom: Newsroom) -> None:
    connection = http.client.HTTPConnection(newsroom.addresses[0], timeout=5)
    connection.request("GET", "/robots.txt")
    connection.getresponse().read()
    kept = connection.sock
    connection.request("GET", "/n/nothing/")
    answer = connection.getresponse()
    answer.read()
    assert (answer.version, answer.status) == (11, 404)
    assert connection.sock is kept
    connection.close()


def test_an_edit_changes_its_own_page_and_the_channels_only(fresh: Newsroom) -> None:
    slug = "slovo-za-slovom"
    edited = next(x.url for x in fresh.articles if x.slug == slug)
    before = {url: fetch(url).headers for url in addresses(fresh)}
    fresh.edit("severny-vestnik", slug, title="Слово в слово", paragraphs=["Первый абзац.", "Второй абзац."])
    changed = {url for url, headers in before.items() if fetch(url, {"If-None-Match": headers["etag"]}).status == 200}
    home = fresh.home("severny-vestnik")
    assert changed == {edited, home, f"{home}sitemap.xml", f"{home}sitemap-archive.xml.gz"}
    since = {"If-Modified-Since": before[edited]["last-modified"]}
    assert fetch(edited, since).status == 200
    now = next(x for x in fresh.articles if x.slug == slug)
    assert (now.title, now.text) == ("Слово в слово", "Первый абзац.\nВторой абзац.")


def test_a_removed_article_is_gone_until_it_is_restored(fresh: Newsroom, tmp_path: Path) -> None:
    article = of(fresh, "qala-aqparat")[0]
    listing = f"{fresh.home('qala-aqparat')}lenta/"
    stamp = fetch(listing).headers["last-modified"]
    fresh.remove("qala-aqparat", article.slug)
    assert fetch(article.url).status == 404
    assert fetch(listing, {"If-Modified-Since": stamp}).status == 200
    assert article.url not in announced(fresh, "qala-aqparat", tmp_path)
    assert article not in fresh.articles
    fresh.restore("qala-aqparat", article.slug)
    assert fetch(article.url).status == 200
    with pytest.raises(KeyError):
        fresh.remove("qala-aqparat", "no-such-story")


def test_failures_last_as_long_as_asked(fresh: Newsroom) -> None:
    url = f"{fresh.home('qala-aqparat')}lenta/"
    fresh.fail("/lenta/", 503, times=2, headers={"Retry-After": "7"})
    answers = [fetch(url), fetch(f"{url}?page=2"), fetch(url)]
    assert [x.status for x in answers] == [503, 503, 200]
    assert answers[0].headers["retry-after"] == "7"
    fresh.fail(f"{fresh.home('palace-press')}robots.txt", 500)
    assert [fetch(f"{fresh.home(x)}robots.txt").status for x in OUTLETS] == [200, 200, 500]


def test_a_hook_may_answer_for_the_newsroom(fresh: Newsroom) -> None:
    fresh.hook = lambda path: (200, {"Content-Type": "text/html", "X-Own": "1"}, b"own") if path == "/hostile?a=1" else None
    answer = fetch(f"{fresh.home('palace-press')}hostile?a=1")
    assert (answer.status, answer.headers["x-own"], answer.body) == (200, "1", b"own")
    assert fetch(f"{fresh.home('palace-press')}hostile").status == 404


def test_requests_are_logged_with_what_they_said(fresh: Newsroom) -> None:
    started = time.monotonic()
    url = f"{fresh.home('palace-press')}robots.txt"
    fetch(url, {"User-Agent": "reader/1"})
    fetch(f"{fresh.home('qala-aqparat')}robots.txt", method="HEAD")
    first, second = fresh.requests.requests_for("/robots.txt")
    assert fresh.requests.requests_for(url) == [first]
    assert (first.host, first.method, first.status, first.headers["user-agent"]) == (urlsplit(url).netloc, "GET", 200, "reader/1")
    assert second.method == "HEAD"
    assert started <= first.time <= second.time <= time.monotonic()
    fresh.requests.clear()
    assert fresh.requests.all() == []


def test_an_outlet_can_be_slow(fresh: Newsroom) -> None:
    fresh.delay_seconds = 0.05
    started = time.monotonic()
    fetch(f"{fresh.home('palace-press')}robots.txt")
    assert time.monotonic() - started >= 0.05


def test_homes_have_addresses_of_their_own(newsroom: Newsroom) -> None:
    assert [f"http://{x}/" for x in newsroom.addresses] == [newsroom.home(x) for x in OUTLETS]
    assert [x.partition(":")[0] for x in newsroom.addresses] == ["127.0.0.1", "127.0.0.2", "127.0.0.3"]


def test_given_ports_are_used_where_they_are_free() -> None:
    with Newsroom() as first:
        ports = {outlet: urlsplit(first.home(outlet)).port or 0 for outlet in OUTLETS}
        with Newsroom(ports) as beside:
            assert not {*beside.addresses} & {*first.addresses}
            assert fetch(f"{beside.home('palace-press')}robots.txt").status == 200
    with Newsroom(ports) as again:
        assert {outlet: urlsplit(again.home(outlet)).port for outlet in OUTLETS} == ports


def test_the_newsroom_runs_by_itself_until_interrupted() -> None:
    command = [sys.executable, "-m", "tests.site"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=Path(__file__).parents[2]) as running:
        assert running.stdout is not None
        homes = dict(running.stdout.readline().split() for _ in OUTLETS)
        assert tuple(homes) == OUTLETS
        assert fetch(homes["qala-aqparat"]).status == 200
        running.send_signal(signal.SIGINT)
        assert running.wait(timeout=5) == 0
