from __future__ import annotations

import gzip
import json
import re
from collections import Counter

import pytest

from harvester.catalogue.declaration import Declaration
from harvester.discovery import discovery_result as problems
from harvester.discovery.channels import MAX_ARTICLES, discover
from harvester.discovery.discovery_result import DiscoveryResult
from storage.model.frontier import NO_ARTICLES
from storage.model.sources import AddressKind, Channel, Items, Source, SourceKind

FEED = Channel(AddressKind.FEED, "https://a.kz/rss")
SITEMAP = Channel(AddressKind.SITEMAP, "https://a.kz/sitemap.xml")
LISTING = Channel(AddressKind.LISTING, "https://a.kz/news/", pages="https://a.kz/news/{page}/")
DECLARATION = Declaration(Source("a", "A", SourceKind.ONLINE, "https://a.kz/"), (FEED, SITEMAP, LISTING), re.compile("^/n/"))

RSS = "<rss><channel>{}</channel></rss>"
URLSET = "<urlset>{}</urlset>"
LINKS = ["https://a.kz/n/1", "https://b.kz/n/2", "https://a.kz/about", "https://a.kz/n/1/n/1/n/1"]


def rss(*links: str) -> bytes:
    return RSS.format("".join(f"<item><link>{x}</link></item>" for x in links)).encode()


def urlset(*links: str) -> bytes:
    return URLSET.format("".join(f"<url><loc>{x}</loc></url>" for x in links)).encode()


def html(*links: str) -> bytes:
    return ("<html><body>" + "".join(f'<a href="{x}">t</a>' for x in links)).encode()


def read(body: bytes, channel: Channel, at: str = "") -> DiscoveryResult:
    return discover(body, "", DECLARATION, at or channel.url, channel)


@pytest.mark.parametrize("body", [rss(*LINKS), urlset(*LINKS)], ids=["rss", "urlset"])
@pytest.mark.parametrize("channel", [FEED, SITEMAP, LISTING], ids=lambda x: x.kind)
def test_an_answer_is_read_for_what_it_is(body: bytes, channel: Channel) -> None:
    found = read(body, channel)
    assert [x.url for x in found.urls] == ["https://a.kz/n/1", "https://a.kz/n/1/n/1/n/1"]
    assert found.problems == {problems.FOREIGN: 1}
    assert found.next_page is None


@pytest.mark.parametrize(
    "address",
    [
        "/n/index.php?option=com_content&view=article&id=41:soobshchenie&catid=12&Itemid=101",
        "/n/article.aspx?lang=kk&cat=3&sub=7&id=1204&ver=2",
        "/n/detail.php?IBLOCK_ID=4&SECTION_ID=19&ELEMENT_ID=5512&lang=ru&sphrase=1",
        "/n/11/11/11/",
        "/n/2011/11/11/11/11/",
        "/n/" + "/".join(f"s{i}" for i in range(25)),
        "/n/viewpage?a=1&b=2&c=3&d=4&e=5&f=6&g=7",
    ],
)
def test_what_the_site_lists_itself_is_no_trap(address: str) -> None:
    url = f"https://a.kz{address}"
    escaped = url.replace("&", "&amp;")
    answers = ((rss(escaped), FEED), (urlset(escaped), SITEMAP), (json.dumps([{"link": url}]).encode(), API))
    assert [[x.url for x in read(body, channel, channel.url.format(page=1)).urls] for body, channel in answers] == [[url]] * 3


def test_links_that_look_endless_are_not_followed_and_counted() -> None:
    calendar = [f"/n/cal?y=2026&m=3&d={day}&view=list" for day in range(3)]
    found = read(html("/n/1", "/n/1/n/1/n/1", "/about/about/about/", *calendar), LISTING)
    assert [x.url for x in found.urls] == ["https://a.kz/n/1"]
    assert found.problems == {problems.TRAP: 4}


def test_a_listing_gives_its_articles_and_its_next_page() -> None:
    found = read(html(*LINKS), LISTING)
    assert [x.url for x in found.urls] == ["https://a.kz/n/1"]
    assert found.problems == {problems.TRAP: 1}
    assert found.next_page == "https://a.kz/news/2/"
    assert read(html(*LINKS), LISTING, "https://a.kz/news/7").next_page == "https://a.kz/news/8/"
    assert read(html(*LINKS), Channel(AddressKind.LISTING, "https://a.kz/x")).next_page is None


SEARCH = Channel(AddressKind.SEARCH, "https://a.kz/search?q={query}&page={page}")
ARCHIVE = Channel(AddressKind.ARCHIVE, "https://a.kz/{year}/{month}/{day}/")
API = Channel(AddressKind.API, "https://a.kz/api?page={page}", items=Items(url="link"))


def test_pages_of_a_search_and_of_a_date_archive_are_read_as_listings() -> None:
    found = read(html(*LINKS), SEARCH, "https://a.kz/search?q=x&page=3")
    assert ([x.url for x in found.urls], found.problems) == (["https://a.kz/n/1"], {problems.TRAP: 1})
    assert {x.channel for x in found.urls} == {SEARCH.url}
    assert found.next_page == "https://a.kz/search?q=x&page=4"
    assert read(html(*LINKS), ARCHIVE, "https://a.kz/2026/03/05/").next_page is None
    nothing = read(html("/about"), SEARCH, "https://a.kz/search?q=x&page=3")
    assert (nothing.next_page, nothing.problems) == (None, {})


@pytest.mark.parametrize("channel", [FEED, LISTING, API], ids=lambda x: x.kind)
def test_gzip_of_several_members_is_read_whole_in_every_channel(channel: Channel) -> None:
    links = [f"https://a.kz/n/{i}" for i in range(5)]
    body = {FEED: rss(*links), LISTING: html(*links), API: json.dumps([{"link": x} for x in links]).encode()}[channel]
    packed = b"".join(gzip.compress(body[at : at + 50]) for at in range(0, len(body), 50))
    assert [x.url for x in read(packed, channel, channel.url.format(page=1)).urls] == links
    assert read(packed[:-4], channel, channel.url.format(page=1)).problems == {problems.BAD_GZIP: 1}


def test_an_api_is_read_as_json_and_goes_on_while_it_has_entries() -> None:
    at = "https://a.kz/api?page=2"
    found = read(json.dumps([{"link": x} for x in LINKS]).encode(), API, at)
    assert [(x.url, x.channel) for x in found.urls] == [(x, API.url) for x in (LINKS[0], LINKS[3])]
    assert found.problems == {problems.FOREIGN: 1}
    assert found.next_page == "https://a.kz/api?page=3"
    assert read(b'[{"link": "/about"}]', API, at).next_page == "https://a.kz/api?page=3"
    assert read(b"[]", API, at).next_page is None
    assert read(b'[{"title": "<html><body>x"}]', API, at).problems == {problems.NO_ADDRESS: 1}


def test_a_page_without_articles_is_the_last() -> None:
    first, later = read(html("/about"), LISTING), read(html("/about"), LISTING, "https://a.kz/news/9/")
    assert (first.next_page, later.next_page) == (None, None)
    assert first.problems == {NO_ARTICLES: 1}
    assert later.problems == {}


@pytest.mark.parametrize("body", [rss("https://a.kz/about"), urlset("https://a.kz/about")])
def test_a_channel_none_of_whose_addresses_is_an_article_says_so(body: bytes) -> None:
    assert read(body, FEED) == DiscoveryResult(problems=Counter([NO_ARTICLES]))


def test_sitemaps_of_an_index_stay_on_the_sources_hosts() -> None:
    entries = "".join(f"<sitemap><loc>{x}</loc></sitemap>" for x in ("https://www.a.kz/s1.xml", "https://cdn.example/s2.xml"))
    found = read(f"<sitemapindex>{entries}</sitemapindex>".encode(), SITEMAP)
    assert [(x.url, x.kind) for x in found.urls] == [("https://www.a.kz/s1.xml", AddressKind.SITEMAP)]
    assert found.problems == {problems.FOREIGN: 1}


@pytest.mark.parametrize(
    ("body", "channel", "problem"),
    [
        (b"", FEED, problems.EMPTY),
        (b"", LISTING, problems.EMPTY),
        (html("/n/1"), FEED, problems.WEB_PAGE),
        (html("/n/1"), SITEMAP, problems.WEB_PAGE),
        (b"\x00\x01", SITEMAP, problems.NOT_XML),
        (b"\x89PNG\r\n", LISTING, problems.NO_WEB_PAGE),
    ],
)
def test_an_answer_that_cannot_be_read_is_a_problem(body: bytes, channel: Channel, problem: str) -> None:
    assert read(body, channel) == DiscoveryResult(problems=Counter([problem]))


def test_a_listing_gives_a_bounded_number_of_articles() -> None:
    found = read(html(*(f"/n/{i}" for i in range(MAX_ARTICLES + 5))), LISTING)
    assert len(found.urls) == MAX_ARTICLES
    assert found.problems == {problems.TOO_MANY: 5}
