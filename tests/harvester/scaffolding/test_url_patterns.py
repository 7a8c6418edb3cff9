from __future__ import annotations

import re

import pytest

from harvester.scaffolding.url_patterns import induce

HOST = "https://news.example"


def at(*paths: str) -> list[str]:
    return [HOST + path for path in paths]


@pytest.mark.parametrize(
    ("paths", "pattern"),
    [
        (("/n/kto-syadet/", "/n/abc-def/"), r"^/n/[a-z0-9-]+/$"),
        (("/news/12345", "/news/777"), r"^/news/\d+$"),
        (("/news/123456", "/news/7778888"), r"^/news/\d{4,}$"),
        (("/2026/03/11/one/", "/2025/12/01/two/"), r"^/\d{4}/\d{1,2}/\d{1,2}/[a-z0-9-]+/$"),
        (("/a/5-slug.html", "/a/123-slug-x.html"), r"^/a/\d+-[a-z0-9-]+\.html$"),
        (("/ru/a-0a1b2c", "/ru/b-0a1b22", "/news/c-fffff1", "/news/d-ff1fff"), r"^/(?:news|ru)/[a-z0-9-]+-[0-9a-f]{6}$"),
        (("/rus/politika/moskva_1377986147.html", "/rus/sport/gol_1377986148.html"), r"^/rus/[a-z0-9-]+/[a-z0-9_-]+_\d{4,}\.html$"),
        (("/?p=123", "/?p=555"), r"^/\?p=\d+$"),
        (
            ("/entities/mam/details/1187634?lang=kk", "/entities/sk/details/1187635?lang=kk"),
            r"^/entities/[a-z0-9-]+/details/\d{4,}\?lang=kk$",
        ),
        (
            ("/%D0%BD%D0%BE%D0%B2%D0%BE%D1%81%D1%82%D1%8C/%D0%B0", "/%D0%BD%D0%BE%D0%B2%D0%BE%D1%81%D1%82%D1%8C/%D0%B1"),
            r"^/новость/[\w-]+$",
        ),
    ],
)
def test_addresses_give_a_pattern_that_matches_them_and_others_like_them(paths: tuple[str, ...], pattern: str) -> None:
    induced = induce(at(*paths))
    assert induced is not None
    assert (induced.pattern, induced.matched, induced.wrongly) == (pattern, len(paths), ())


def test_section_pages_of_the_same_shape_are_told_apart_by_their_shorter_words() -> None:
    articles = at("/politics/a-long-title-of-an-article", "/sport/another-title-of-a-match", "/sport/third-title-of-more")
    others = at("/politics/about-us", "/sport/", "/sport/table")
    induced = induce(articles, others)
    assert induced is not None
    assert (induced.matched, induced.wrongly) == (3, ())
    assert not any(re.search(induced.pattern, x.removeprefix(HOST)) for x in others)


def test_a_section_page_that_cannot_be_told_apart_is_named() -> None:
    induced = induce(at("/politics/budget", "/sport/victory"), at("/politics/archive"))
    assert induced is not None
    assert induced.wrongly == ("/politics/archive",)


def test_each_shape_that_many_addresses_have_gets_its_pattern_and_a_rare_one_none() -> None:
    articles = at(*(f"/n/title-{x}-of/" for x in "abcdefghijklmnopqrst"), *(f"/video/1{x}234" for x in range(5)), "/one/two/three")
    induced = induce(articles)
    assert induced is not None
    assert induced.pattern == r"^(?:/n/[a-z0-9-]+/|/video/\d{4,})$"
    assert induced.matched == 25


def test_addresses_that_have_nothing_in_common_give_no_pattern() -> None:
    assert induce(at("/", "/a", "/b/c/")) is None
    assert induce([]) is None
