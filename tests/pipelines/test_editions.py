from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.editions import MOST_LINKS, edition_clues
from pipelines.page import Page
from pipelines.rules import EditionRules
from storage.model.editions import EditionClue, FoundIn

OWN = "https://qala.example/ru/zhana-kun-1234"
KAZAKH = "https://qala.example/kz/zhana-kun-1234"
RULES = EditionRules(frozenset({"qala.example", "qala-en.example"}), articles=re.compile(r"^/(?:ru|kz|qz|en|news)/[a-z-]+-\d+$"))


def named(links: str, url: str = OWN, rules: EditionRules = RULES, base: str = "") -> dict[str, str]:
    page = Page(
        url, f"<html><head>{base}{links}</head><body><p>Текст</p></body></html>".encode(), "text/html", datetime(2026, 3, 3, tzinfo=UTC)
    )
    return {clue.key: clue.language for clue in edition_clues(page, rules) if clue.found_in is FoundIn.HREFLANG}


def link(code: str, href: str, more: str = 'rel="alternate"') -> str:
    return f'<link {more} hreflang="{code}" href="{href}">'


@pytest.mark.parametrize(
    ("code", "language"),
    [
        ("kk", "kk"),
        ("kz", "kk"),
        ("kk-KZ", "kk"),
        ("kz_KZ", "kk"),
        ("KAZ", "kk"),
        ("kk-Cyrl", "kk"),
        ("kk-Latn", "kk-Latn"),
        ("kk-latn-KZ", "kk-Latn"),
        ("qz", "kk-Latn"),
        ("kk-Arab", "kk-Arab"),
        ("en-GB", "en"),
        ("eng", "en"),
        (" en ", "en"),
        ("zh-Hans", "zh"),
        ("uz", "uz"),
    ],
)
def test_a_named_version_has_a_language_however_it_is_written(code: str, language: str) -> None:
    assert named(link(code, KAZAKH)) == {KAZAKH: language}


@pytest.mark.parametrize(
    "links",
    [
        link("x-default", KAZAKH),
        link("Kazakhstan", KAZAKH),
        link("", KAZAKH),
        link("ru", OWN),  # itself
        link("ru", OWN.replace("https://", "http://www.") + "/"),  # itself, spelled otherwise
        link("ru", OWN + "?utm_source=x#top"),  # itself, tracked
        link("kk", ""),
        link("kk", "javascript:void(0)"),
        link("kk", "https://[/kz/zhana-kun-1234"),
        link("kk", "https://elsewhere.example/kz/zhana-kun-1234"),
        link("kk", "https://notqala.example/kz/zhana-kun-1234"),
        link("kk", "https://user@qala.example/kz/zhana-kun-1234"),
        link("kk", "/kz/"),  # the edition's front page
        link("kk", "/"),
        link("kk", "/kz/tag/zhana-kun"),
        link("kk", KAZAKH, 'rel="canonical"'),
        link("kk", KAZAKH, 'rel="alternate" type="application/rss+xml"'),
        link("kk", KAZAKH, ""),
        '<a rel="alternate" hreflang="kk" href="/kz/zhana-kun-1234">Қаз</a>',
        f'<link rel="alternate" media="handheld" href="{KAZAKH}">',
    ],
)
def test_what_names_no_version_is_passed_over(links: str) -> None:
    assert named(links) == {}


def test_addresses_are_canonical_and_distinct() -> None:
    links = (
        link("kz", "../kz/zhana-kun-1234?utm_source=a")
        + link("ru-KZ", "//QALA.example:443/kz/zhana-kun-1234#a")
        + link("en", "/en/new-day-7")
    )
    assert named(links) == {KAZAKH: "kk", "https://qala.example/en/new-day-7": "en"}
    assert named(link("kk", "zhana-kun-1234"), base='<base href="/kz/">') == {KAZAKH: "kk"}
    assert named(link("kk", KAZAKH), base='<base href="https://[">') == {KAZAKH: "kk"}


def test_a_version_may_lie_on_another_host_of_the_source() -> None:
    for url in ("https://qala-en.example/news/new-day-7", "https://kaz.qala.example/news/zhana-kun-7"):
        assert named(link("en", url)) == {url: "en"}
    anything = EditionRules(frozenset({"qala.example"}), {"kk": "https://qala.example/kz/"})
    assert named(link("en", "https://kaz.qala.example/news/x"), rules=anything) == {}  # without a pattern subdomains are not the source's
    assert named(link("kk", "/kz/") + link("kk", "/"), rules=anything) == {}
    assert named(link("kk", "/kz/x"), rules=anything) == {"https://qala.example/kz/x": "kk"}


def test_links_are_bounded() -> None:
    assert len(named("".join(link("kk", f"/kz/zhana-kun-{n}") for n in range(5000)))) == MOST_LINKS


def shared(url: str, rules: EditionRules) -> list[EditionClue]:
    return list(edition_clues(Page(url, b"<p>", "text/html", datetime(2026, 3, 3, tzinfo=UTC)), rules))


def test_the_id_in_the_address_is_a_clue() -> None:
    rules = EditionRules(articles=re.compile(r"/(?:ru|kz)/news/(?P<id>\d+)|/pages/"))
    assert shared("https://a.example/kz/news/162372-slug", rules) == [EditionClue(FoundIn.ID, "162372")]
    assert shared("https://a.example/pages/about", rules) == []
    assert shared("https://a.example/else", rules) == []


FOLDERS = {"ru": "https://a.example/", "kk": "https://a.example/kk/", "en": "https://en.a.example/"}


@pytest.mark.parametrize(
    ("url", "places", "key"),
    [
        ("https://a.example/2026-03-15/kun", FOLDERS, "2026-03-15/kun"),
        ("https://a.example/kk/2026-03-15/kun/", FOLDERS, "2026-03-15/kun"),
        ("http://www.a.example/kk/2026-03-15/kun", FOLDERS, "2026-03-15/kun"),
        ("https://en.a.example/2026-03-15/kun", FOLDERS, "2026-03-15/kun"),
        ("https://a.example/kk/n?id=5", FOLDERS, "n?id=5"),
        ("https://a.example/kk/", FOLDERS, "kk"),  # a front page is no article; its key meets no other
        ("https://b.example/2026-03-15/kun", FOLDERS, None),
        ("https://a.example/kkk/n", {"kk": "https://a.example/kk"}, None),
        ("https://a.example/kk/n", {"kk": "https://a.example/kk"}, "n"),
        ("https://a.example/d/1?lang=kk", {"kk": "https://a.example/?lang=kk", "ru": "https://a.example/?lang=ru"}, "d/1"),
        ("https://a.example/d/1?lang=ru&p=2", {"kk": "https://a.example/?lang=kk", "ru": "https://a.example/?lang=ru"}, "d/1?p=2"),
        ("https://a.example/d/1", {"kk": "https://a.example/?lang=kk", "ru": "https://a.example/?lang=ru"}, None),
    ],
)
def test_the_path_without_the_folder_of_the_language_is_a_clue(url: str, places: dict[str, str], key: str | None) -> None:
    assert shared(url, EditionRules(places=places)) == ([EditionClue(FoundIn.PATH, key)] if key else [])


@given(st.text(max_size=60), st.text(max_size=60), st.text(max_size=20))
def test_any_link_is_survived(href: str, base: str, code: str) -> None:
    from html import escape

    found = named(link(escape(code), escape(href)), base=f'<base href="{escape(base)}">')
    assert all(url.startswith("http") and language for url, language in found.items())
