from __future__ import annotations

from collections import Counter

import pytest

from harvester.discovery import discovery_result as problems
from harvester.discovery.discovery_result import DiscoveryResult
from harvester.discovery.listings import MAX_LINKS, read_listing
from storage.model.sources import AddressKind, Channel

CHANNEL = Channel(AddressKind.LISTING, "https://a.kz/news/", "Новости", "https://a.kz/news/?page={page}")


def page(body: str, head: str = "") -> bytes:
    return f"<!DOCTYPE html><html><head><meta charset=utf-8>{head}</head><body>{body}</body></html>".encode()


def test_links_come_in_the_order_of_the_page_with_their_text() -> None:
    body = page(
        """<a href="/n/2"><img src="x.jpg"></a> <a href="/n/2">Второй
        <b>заголовок</b></a><a href="1?utm_source=x#comments">Первый</a><a name="top">no link</a><a href="https://b.kz/x">Другой сайт</a>"""
    )
    found = read_listing(body, CHANNEL)
    assert [(x.url, x.title, x.section, x.kind, x.dated) for x in found.urls] == [
        ("https://a.kz/n/2", "Второй заголовок", "Новости", AddressKind.ARTICLE, None),
        ("https://a.kz/news/1", "Первый", "Новости", AddressKind.ARTICLE, None),
        ("https://b.kz/x", "Другой сайт", "Новости", AddressKind.ARTICLE, None),
    ]
    assert not found.problems


def test_links_that_are_none_are_passed_over_and_broken_ones_counted() -> None:
    hrefs = ["#top", "", "JavaScript:void(0)", "mailto:a@a.kz", "tel:+7", "http://[x", "ftp://a.kz/", "/" + "x" * 3000, "/n/1"]
    found = read_listing(page("".join(f'<a href="{x}">t</a>' for x in hrefs)), CHANNEL)
    assert [x.url for x in found.urls] == ["https://a.kz/n/1"]
    assert found.problems == {problems.NOT_WEB: 2, problems.TOO_LONG: 1}


@pytest.mark.parametrize(
    ("base", "address", "counted"),
    [
        ("/kz/", "https://a.kz/kz/n/1", 0),
        ("https://www.a.kz/x/", "https://www.a.kz/x/n/1", 0),
        ("http://169.254.169.254/", "https://a.kz/news/n/1", 1),
        ("javascript:alert(1)", "https://a.kz/news/n/1", 1),
        ("http://[", "https://a.kz/news/n/1", 1),
    ],
)
def test_a_base_counts_while_it_stays_on_the_site(base: str, address: str, counted: int) -> None:
    found = read_listing(page('<a href="n/1">t</a>', f'<base href="{base}">'), CHANNEL)
    assert [x.url for x in found.urls] == [address]
    assert found.problems[problems.FOREIGN_BASE] == counted


def test_links_resolve_against_the_page_that_they_stand_on() -> None:
    found = read_listing(page('<a href="1">t</a>'), CHANNEL, at="https://a.kz/archive/2")
    assert [(x.url, x.channel) for x in found.urls] == [("https://a.kz/archive/1", CHANNEL.url)]


def test_the_charset_of_the_header_helps() -> None:
    text = "<html><body>" + "<a href='/n/1'>Заседание комиссии прошло в столице</a>"
    found = read_listing(text.encode("cp1251"), CHANNEL, content_type="text/html; charset=windows-1251")
    assert found.urls[0].title == "Заседание комиссии прошло в столице"


@pytest.mark.parametrize(
    ("charset", "href", "address"),
    [
        ("windows-1251", "/n.php?tema=Реформа&id=3", "/n.php?tema=%D0%E5%F4%EE%F0%EC%E0&id=3"),
        ("windows-1251", "/n.php?tema=Реформа&amp;id=3#Реформа", "/n.php?tema=%D0%E5%F4%EE%F0%EC%E0&id=3"),
        ("windows-1251", "?q=&#1056;ост&s=%D0%B0", "/news/?q=%D0%EE%F1%F2&s=%D0%B0"),
        ("windows-1251", "/новости/?q=ә", "/%D0%BD%D0%BE%D0%B2%D0%BE%D1%81%D1%82%D0%B8/?q=%26%231241%3B"),
        ("windows-1251", "https://a.kz/n?q=№ 5", "/n?q=%B9%205"),
        ("koi8-r", "/n?q=Выборы", "/n?q=%F7%D9%C2%CF%D2%D9"),
        ("iso-8859-1", "/n?q=caf\u00e9\u2019", "/n?q=caf%E9%92"),
        ("shift_jis", "/n?q=\u65e5\u672c", "/n?q=%93%FA%96%7B"),
        ("utf-8", "/n?q=Реформа", "/n?q=%D0%A0%D0%B5%D1%84%D0%BE%D1%80%D0%BC%D0%B0"),
        ("utf-16", "/n?q=ә", "/n?q=%D3%99"),
    ],
)
def test_a_query_is_encoded_in_the_charset_of_its_page(charset: str, href: str, address: str) -> None:
    body = f'<html><head><meta charset="{charset}"></head><body><p>Новости</p><a href="{href}">t</a>'
    body = body if charset not in {"iso-8859-1", "shift_jis"} else body.replace("Новости", "")
    python = {"iso-8859-1": "cp1252", "shift_jis": "cp932"}.get(charset, charset)
    encoded = body.encode(python, "xmlcharrefreplace")
    assert [x.url for x in read_listing(encoded, CHANNEL).urls] == [f"https://a.kz{address}"]


@pytest.mark.parametrize(
    ("body", "problem"), [(b"", problems.EMPTY), (b"%PDF-1.7 <a href=x>", problems.NO_WEB_PAGE), (b"[1]", problems.NO_WEB_PAGE)]
)
def test_what_is_no_page_says_so(body: bytes, problem: str) -> None:
    assert read_listing(body, CHANNEL) == DiscoveryResult(problems=Counter([problem]))


def test_a_page_of_links_without_end_is_read_from_its_start() -> None:
    found = read_listing(page("".join(f'<a href="/n/{i}">' for i in range(MAX_LINKS + 3))), CHANNEL)
    assert len(found.urls) == MAX_LINKS
    assert found.problems == {problems.TOO_MANY: 3}
