from __future__ import annotations

import re
from dataclasses import replace

import pytest

from harvester.catalogue.compose import generic_declaration
from harvester.catalogue.declaration import Declaration
from harvester.catalogue.loader import Catalogue
from storage.model.sources import AddressKind, Channel, Source, SourceKind


def declare(home: str, *channels: Channel, allow: str = "", deny: str = "", source_id: str = "s") -> Declaration:
    return Declaration(
        Source(source_id, "S", SourceKind.ONLINE, home),
        channels,
        re.compile(allow) if allow else None,
        re.compile(deny) if deny else None,
    )


LISTING = Channel(AddressKind.LISTING, "https://a.kz/news/", pages="https://a.kz/news/page/{page}/")
KAZAKH = Channel(AddressKind.FEED, "https://kaz.other.kz/rss?all=1")


@pytest.mark.parametrize(
    ("url", "is_article"),
    [
        ("https://a.kz/news/slug", True),
        ("http://www.a.kz/news/slug?utm_source=x#y", True),
        ("https://kaz.other.kz/news/slug", True),
        ("https://m.a.kz/news/slug", True),  # a subdomain
        ("https://other.kz/news/slug", False),
        ("https://xa.kz/news/slug", False),
        ("https://a.kz.evil.example/news/slug", False),
        ("https://a.kz:8443/news/slug", False),
        ("https://a.kz/photo/slug", False),
        ("https://a.kz/news/photo/1", False),
        ("https://a.kz/news/", False),  # the channel itself
        ("http://a.kz/news", False),
        ("https://a.kz/news/page/2/", False),
        ("https://a.kz/news/page/17", False),
        ("https://a.kz/news/page/last/", True),
        ("https://kaz.other.kz/rss?all=1", False),
        ("https://a.kz/x?path=/news/1", True),  # patterns are searched in the query, too
        ("https://a.kz/%D0%B6%D0%B0%D2%A3%D0%B0", True),  # and with percent-encoding undone
        ("javascript:alert('/news/1')", False),
        ("", False),
    ],
)
def test_addresses_of_a_source_with_patterns(url: str, is_article: bool) -> None:  # noqa: FBT001 - a table's column
    one = declare("https://a.kz/", LISTING, KAZAKH, allow=r"/news/|/rss|/жаңа", deny="photo")
    assert one.is_article(url) is is_article


@pytest.mark.parametrize(
    ("url", "is_article"),
    [
        ("https://a.kz/ru/anything", True),
        ("https://a.kz/ru/", False),
        ("https://a.kz/ru", False),
        ("https://a.kz/kz/anything", False),
        ("https://m.a.kz/ru/anything", False),
        ("https://a.kz/news/", False),
        ("https://kaz.other.kz/anything", True),
        ("https://a.kz/ru/photo.JPG", False),
        ("https://a.kz/ru/report.pdf?download=1", False),
        ("https://a.kz/ru/slug.html", True),
    ],
)
def test_without_patterns_every_page_under_home_is_a_candidate(url: str, is_article: bool) -> None:  # noqa: FBT001
    assert declare("https://a.kz/ru/", LISTING, KAZAKH).is_article(url) is is_article


@pytest.mark.parametrize(
    "url",
    [
        "https://a.kz/search?q=%D0%B8&page=7",
        "https://a.kz/archive/2026/03/05/",
        "https://a.kz/archive/2026/03/05",
        "https://api.a.kz/v1/news?projects=eq:a&page=12&size=20",
    ],
)
def test_pages_of_channels_that_are_patterns_are_no_articles(url: str) -> None:
    channels = (
        Channel(AddressKind.SEARCH, "https://a.kz/search?q={query}&page={page}"),
        Channel(AddressKind.ARCHIVE, "https://a.kz/archive/{year}/{month}/{day}/"),
        Channel(AddressKind.API, "https://api.a.kz/v1/news?projects=eq:a&page={page}&size=20"),
    )
    one = declare("https://a.kz/", *channels)
    assert not one.is_article(url)
    assert one.is_article(url.replace("03/05", "03/05/slug").replace("q=", "id=").replace("eq:a", "eq:b"))


def test_a_newsroom_on_a_port() -> None:
    one = declare("http://127.0.0.1:8700/", Channel(AddressKind.FEED, "http://127.0.0.1:8700/rss"), allow="^/n/")
    assert one.is_article("http://127.0.0.1:8700/n/1")
    assert not one.is_article("http://127.0.0.1:8701/n/1")
    assert not one.is_article("http://127.0.0.1/n/1")


def test_an_address_goes_to_the_nearest_source() -> None:
    apex = declare("https://a.kz/", allow="/n/", source_id="apex")
    sub = declare("https://sport.a.kz/", allow="/n/", source_id="sub")
    deep = declare("https://a.kz/city/", source_id="deep")
    catalogue = Catalogue({x.id: x for x in (apex, deep, sub)})
    found = {
        url: catalogue.of_url(url) for url in ("https://sport.a.kz/n/1", "https://a.kz/n/1", "https://a.kz/city/n/1", "https://b.kz/n/1")
    }
    assert [x and x.id for x in found.values()] == ["sub", "apex", "deep", None]
    assert catalogue.of_url("mailto:x@a.kz") is None


def test_a_host_belongs_to_the_source_whose_home_the_address_begins_with() -> None:
    homes = {"a": "https://a.kz/", "city": "https://a.kz/city/", "sport": "https://sport.a.kz/", "c": "https://c.kz/x/"}
    catalogue = Catalogue({name: declare(home, allow="^/never/", source_id=name) for name, home in homes.items()})
    urls = {
        "https://a.kz/old/1": "a",
        "https://a.kz/city/old/1": "city",
        "https://sport.a.kz/1": "sport",
        "http://www.c.kz/elsewhere": "c",
        "https://news.c.kz/1": "c",
        "https://b.kz/1": None,
        "mailto:x@a.kz": None,
    }
    found = {url: catalogue.of_host(url) for url in urls}
    assert {url: x.id if x else None for url, x in found.items()} == urls


def test_an_unknown_host_has_generic_rules() -> None:
    one = generic_declaration("news.example")
    assert (one.id, one.source.name, one.source.timezone, one.source.languages) == ("news.example", "news.example", "UTC", ())
    assert one.is_article("http://www.news.example/2012/1.html")
    assert one.is_article("http://news.example/?page=39385a700b22")
    assert not one.is_article("http://other.example/1.html")
    assert one.line_rules([]).keep_all is False
    assert Catalogue({}).generic("News.Example") == one


def test_hosts_of_editions_belong_to_the_source_and_the_line_is_told_of_them() -> None:
    one = replace(declare("https://a.kz/", allow=r"^/n/(?P<id>\d+)"), editions={"ru": "https://a.kz/", "en": "https://a-news.com/"})
    assert one.owns("https://www.a-news.com/n/1")
    assert one.is_article("https://a-news.com/n/1")
    rules = one.line_rules([]).editions
    assert (rules.hosts, dict(rules.places)) == ({"a.kz", "a-news.com"}, {"ru": "https://a.kz/", "en": "https://a-news.com/"})
    assert rules.articles is not None
    assert list(rules.articles.groupindex) == ["id"]
