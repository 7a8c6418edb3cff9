from __future__ import annotations

import re
from collections import Counter
from datetime import datetime
from typing import TYPE_CHECKING, Any

import pytest
from lxml import html

from tests.site.client import OUTLETS, announced, declared, fetch, listing_pages, of, read_sitemap

if TYPE_CHECKING:
    from pathlib import Path

    from tests.site.server import Newsroom

KAZAKH = set("әғқңөұүһі")


def test_articles_are_many_and_in_three_languages(newsroom: Newsroom) -> None:
    counted = Counter(x.language for x in newsroom.articles)
    assert counted["ru"] >= 24
    assert counted["kk"] >= 12
    assert counted["en"] >= 10
    assert Counter(x.in_scope for x in newsroom.articles) == {True: 40, False: 7}
    assert len({x.url for x in newsroom.articles}) == len({x.text for x in newsroom.articles}) == len(newsroom.articles)


def test_articles_keep_their_measure(newsroom: Newsroom) -> None:
    for article in newsroom.articles:
        assert 120 <= len(article.text.split()) <= 400, article.url
        assert 4 <= article.text.count("\n") + 1 <= 9, article.url
        assert "2026-01-08" <= article.published[:10] <= "2026-06-30", article.url


def test_each_language_is_written_in_its_own_letters(newsroom: Newsroom) -> None:
    for article in newsroom.articles:
        letters = [x for x in article.text.lower() if x.isalpha()]
        kazakh = sum(x in KAZAKH for x in letters) / len(letters)
        latin = sum(x.isascii() for x in letters) / len(letters)
        assert (kazakh > 0.06) == (article.language == "kk"), article.url
        assert (latin > 0.9) == (article.language == "en"), article.url


def test_only_articles_in_scope_speak_of_the_reform(newsroom: Newsroom) -> None:
    words = re.compile(r"конституци|референдум|құрылтай|курулта|constitution|referendum|kurultai", re.IGNORECASE)
    for article in newsroom.articles:
        assert bool(words.search(article.title + article.text)) == article.in_scope, article.url


@pytest.mark.parametrize("outlet", OUTLETS)
def test_every_article_is_announced_and_nothing_else_but_the_closed_page(newsroom: Newsroom, outlet: str, tmp_path: Path) -> None:
    found = announced(newsroom, outlet, tmp_path)
    assert found - {newsroom.deny_url(outlet)} == {x.url for x in of(newsroom, outlet)}


def test_listings_have_several_pages(newsroom: Newsroom) -> None:
    home = newsroom.home("qala-aqparat")
    assert len(listing_pages(f"{home}lenta/", f"{home}lenta/?page={{page}}", "qala-aqparat")) == 3
    home = newsroom.home("palace-press")
    assert len(listing_pages(f"{home}en/events", f"{home}en/events?page={{page}}", "palace-press")) == 3
    assert fetch(f"{newsroom.home('qala-aqparat')}lenta/?page=9").status == 200
    assert fetch(f"{newsroom.home('palace-press')}en/events?page=9").status == 404
    assert fetch(f"{newsroom.home('palace-press')}en/events?page=x").status == 404


def test_sitemap_dates_are_those_of_the_articles(newsroom: Newsroom) -> None:
    dates = read_sitemap(f"{newsroom.home('severny-vestnik')}sitemap.xml")
    assert {x.url: dates[x.url] for x in of(newsroom, "severny-vestnik")} == {x.url: x.published for x in of(newsroom, "severny-vestnik")}


@pytest.mark.parametrize("outlet", OUTLETS)
def test_declared_selectors_read_the_expected_fields_from_every_page(newsroom: Newsroom, outlet: str, tmp_path: Path) -> None:
    layout = declared(newsroom, outlet, tmp_path)["layout"][0]
    for article in of(newsroom, outlet):
        page = html.fromstring(fetch(article.url).body.decode(charset_of(article.url)))
        single = {"title": article.title, "date": article.raw, "lead": article.lead, "section": article.section}
        single |= {"caption": article.caption, "credit": article.credit}
        for key, value in single.items():
            assert [text_of(x) for x in page.cssselect(layout.get(key, "nothing"))] == ([value] if value else []), (article.url, key)
        for key, values in {"authors": article.authors, "tags": article.tags}.items():
            assert tuple(text_of(x).lstrip("#") for x in page.cssselect(layout.get(key, "nothing"))) == values, (article.url, key)
        dropped: list[Any] = page.cssselect(layout.get("drop", "nothing"))
        for block in dropped:
            block.drop_tree()
        body: Any
        [body] = page.cssselect(layout["body"])
        assert "\n".join(x.strip() for x in body.text_content().strip().splitlines() if x.strip()) == article.text, article.url


def text_of(element: Any) -> str:
    return str(element.text_content()).strip()


def charset_of(url: str) -> str:
    return fetch(url, method="HEAD").headers["content-type"].partition("charset=")[2]


def test_newspaper_pages_hold_what_must_not_be_read(newsroom: Newsroom) -> None:
    pages = [fetch(x.url).body.decode("windows-1251") for x in of(newsroom, "severny-vestnik")]
    assert all('class="header__clock"' in x and 'class="popular"' in x and 'class="article__views"' in x for x in pages)
    assert sum("Читайте также" in x for x in pages) >= 10


def test_newspaper_is_in_windows_1251_with_references_for_kazakh_letters(newsroom: Newsroom) -> None:
    url = next(x.url for x in newsroom.articles if "Құрылтае" in x.title)
    answer = fetch(url)
    assert answer.headers["content-type"] == "text/html; charset=windows-1251"
    assert b'charset=windows-1251"' in answer.body
    assert '<h1 class="article__title">Закон о &#1178;&#1201;рылтае' in answer.body.decode("windows-1251")
    assert fetch(f"{newsroom.home('severny-vestnik')}rss.xml").body.startswith(b'<?xml version="1.0" encoding="windows-1251"?>')


def test_agency_pages_carry_structured_dates(newsroom: Newsroom) -> None:
    article = next(x for x in newsroom.articles if x.slug == "zheztauda-dauys-beru-bastaldy")
    page = html.fromstring(fetch(article.url).body.decode())
    structured = "".join(str(x.text) for x in page.cssselect('script[type="application/ld+json"]'))
    assert '"datePublished": "2026-03-15T08:05:00+05:00"' in structured
    assert f'"dateModified": "{article.modified}"' in structured
    assert article.modified == "2026-03-15T12:40:00+05:00"
    assert article.raw == "08:05, 15 Наурыз 2026 | GMT +5"


@pytest.mark.parametrize(
    ("slug", "raw", "published"),
    [
        ("razgovor-v-obedennyy-pereryv", "3 марта 2026 г. 5:00", "2026-03-03T05:00:00+05:00"),
        ("rabochaya-gruppa-soglasovala-razdel-o-pravah", "12:14, 15 Январь 2026 | GMT +5", "2026-01-15T12:14:00+05:00"),
        ("byuro-konstitucionnoy-reformy-pristupilo-k-rabote", "21 января 2026 года", "2026-01-21"),
        ("halyqqa-undeu-referendum-kuni", "2026 жылғы 15 наурыз", "2026-03-15"),
        ("statement-on-the-close-of-voting", "15 march 2026 year", "2026-03-15"),
    ],
)
def test_dates_are_printed_in_the_manner_of_each_outlet(newsroom: Newsroom, slug: str, raw: str, published: str) -> None:
    article = next(x for x in newsroom.articles if x.slug == slug)
    assert (article.raw, article.published) == (raw, published)
    assert article.precision == ("day" if len(published) == 10 else "minute")


def test_times_are_those_of_almaty(newsroom: Newsroom) -> None:
    offsets = {datetime.fromisoformat(x.published).strftime("%z") for x in newsroom.articles if x.precision == "minute"}
    assert offsets == {"+0500"}
