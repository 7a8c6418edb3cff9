from __future__ import annotations

import tomllib
from datetime import UTC, datetime

import pytest

from harvester.catalogue.spec import SourceSpec
from harvester.scaffolding.autodiscovery import FoundChannel, SiteSurvey
from harvester.scaffolding.site_features import feeds_of, languages_of, links_of, listing_of, name_of, news_page_of, source_id, system_of
from harvester.scaffolding.template import stub_of
from pipelines.page import Page
from storage.model.sources import AddressKind, DiscoveredUrl

HOME = "https://www.news.example/ru/"


def page(html: str, url: str = HOME) -> Page:
    return Page(url, html.encode(), "text/html; charset=utf-8", datetime(2026, 3, 1, tzinfo=UTC))


@pytest.mark.parametrize(
    ("markup", "system"),
    [
        ('<meta name="generator" content="WordPress 6.4"><p>x', "wordpress"),
        ('<script src="/wp-content/themes/x.js"></script>', "wordpress"),
        ('<meta name="generator" content="DataLife Engine (http://dle-news.ru)"><p>x', "dle"),
        ('<link href="/bitrix/cache/css/x.css"><p>x', "bitrix"),
        ('<meta name="generator" content="Joomla! - Open Source Content Management"><p>x', "joomla"),
        ("<p>a page about WordPress and Joomla", ""),
    ],
)
def test_the_publishing_system_is_recognised_by_its_marks(markup: str, system: str) -> None:
    assert system_of(page(f"<html><head>{markup}</html>")) == system


def test_feeds_are_the_alternates_that_are_no_comments() -> None:
    html = """<html><head>
    <link rel="alternate" type="application/rss+xml" title="Лента" href="/feed/">
    <link rel="alternate" type="application/rss+xml" title="Лента комментариев" href="/comments/feed/">
    <link rel="alternate" hreflang="kk" href="/kz/"><link rel="stylesheet" type="text/css" href="/x.css">
    <link rel="Alternate" type="application/atom+xml" href="atom.xml"></head><body>x</body></html>"""
    assert feeds_of(page(html)) == ["https://www.news.example/feed/", "https://www.news.example/ru/atom.xml"]


@pytest.mark.parametrize(
    ("head", "name"),
    [
        ('<meta property="og:site_name" content=" Вести  дня "><title>x</title>', ("Вести дня", "og:site_name")),
        ("<title>Степной курьер – газета Жезтауского района</title>", ("Степной курьер", "<title>")),
        ("<title>Басты бет | Дала үні</title>", ("Дала үні", "<title>")),
        ("<title>События | Palace Press</title>", ("Palace Press", "<title>")),
        ("<title>Дала үні — біз бәрін білеміз</title>", ("Дала үні", "<title>")),
        ("<title>Последние новости региона сегодня — N.E.W.S. / News, агентство — Шу</title>", ("Шу", "<title>")),
        ("<title>Шу — News: новости долины</title>", ("Шу", "<title>")),
        ("<title>Новости Казахстана | Новости</title>", ("Новости", "<title>")),
        ("<title>Новости - Вести дня</title>", ("Вести дня", "<title>")),
        ("<title>Вести дня</title>", ("Вести дня", "<title>")),
        ("", ("news.example", "the host")),
    ],
)
def test_the_name_is_what_the_site_calls_itself(head: str, name: tuple[str, str]) -> None:
    assert name_of(page(f"<html><head>{head}</head><body>x</body></html>")) == name


def test_languages_are_those_of_headlines_then_of_folders_then_what_the_page_says() -> None:
    front = page('<html lang="ru-RU"><head><link rel="alternate" hreflang="en" href="/en/"></head><body>x</body></html>')
    kazakh = ["Құрылтай сайлауына дайындық басталды", "Халық кеңесі туралы заң қабылданды"]
    assert languages_of(front, [*kazakh, *kazakh], []) == ["kk", "ru", "en"]
    assert languages_of(front, [], ["https://news.example/kz/a", "https://news.example/kz/b", "https://news.example/en/c"]) == [
        "kk",
        "ru",
        "en",
    ]


def test_a_listing_is_the_one_whose_pages_are_turned() -> None:
    front = page('<html><body><a href="/news/?page=2">2</a><a href="/news/?page=3">3</a></body></html>')
    assert listing_of(links_of(front), front) == ("https://www.news.example/news/", "https://www.news.example/news/?page={page}")
    assert listing_of([], front) == ("", "")


def test_of_the_parts_of_a_title_the_one_that_the_host_names_is_the_name() -> None:
    front = page("<html><head><title>Шу | Главные новости — Qala News.kz</title></head><body>x</body></html>", "https://qalanews.kz/")
    assert name_of(front) == ("Qala News.kz", "<title>")


@pytest.mark.parametrize(
    ("paths", "found"),
    [
        (["/about", "/novosti/", "/novosti/kultura/"], "/novosti/"),
        (["/kz/zhanalyktar", "/kz/news/2026/1"], "/kz/zhanalyktar"),
        (["/ru/lenta.html", "/contacts"], "/ru/lenta.html"),
        (["/newsletter", "/news/1", "/"], ""),
    ],
)
def test_the_page_of_news_is_told_by_its_address(paths: list[str], found: str) -> None:
    links = "".join(f'<a href="{path}">x</a>' for path in paths)
    assert news_page_of(links_of(page(f"<html><body>{links}</body></html>"))) == (f"https://www.news.example{found}" if found else "")


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("https://www.kazpravda.kz/", "kazpravda"),
        ("https://kaz.inform.kz/", "kaz-inform"),
        ("https://mam.gov.kz/ru", "mam"),
        ("https://gov.kz/", "gov"),
        ("http://127.0.0.1:8700/", "127-0-0-1"),
    ],
)
def test_an_id_comes_from_the_host(url: str, name: str) -> None:
    assert source_id(url) == name


def newcomer(html: str = "<html lang='ru'><head><title>«Кавычки» \"и\" \\ косая</title></head><body>x</body></html>") -> SiteSurvey:
    found = tuple(DiscoveredUrl(f"https://www.news.example/ru/n/tema-{x}/", AddressKind.ARTICLE, "") for x in ("odna", "dve"))
    channels = [
        FoundChannel(AddressKind.FEED, "https://www.news.example/ru/rss.xml", "named by the front page", found),
        FoundChannel(AddressKind.SITEMAP, "https://www.news.example/sitemap.xml", "named by robots.txt", found, index_of=7),
        FoundChannel(AddressKind.FEED, "https://feeds.example/x", "named by the front page"),
    ]
    return SiteSurvey(page(html), [], channels, [x.url for x in found], [HOME], ["Заголовок о проекте Конституции"])


def test_a_stub_is_a_declaration_whatever_the_site_writes() -> None:
    spec = SourceSpec.model_validate(tomllib.loads(stub_of(newcomer()).toml))
    assert spec.name == '«Кавычки» "и" \\ косая'
    assert [x.address for x in spec.discover] == ["rss.xml", "/sitemap.xml", "https://feeds.example/x"]
    assert (spec.language, spec.timezone, spec.kind, spec.articles.allow) == (["ru"], "Asia/Almaty", "online", "^/ru/n/[a-z0-9-]+/$")


def test_every_guess_stands_with_where_it_came_from() -> None:
    toml = stub_of(newcomer()).toml
    lines = {line.split()[0]: line for line in toml.splitlines() if " = " in line and not line.startswith(("#", " "))}
    assert all("#" in lines[key] for key in ("name", "kind", "language", "timezone", "articles"))
    assert "7 sitemaps, the newest lists 2" in toml


def test_a_family_is_named_only_where_there_is_one() -> None:
    wordpress = newcomer('<html><head><title>x</title><link href="/wp-content/x.css"></head><body>x</body></html>')
    assert tomllib.loads(stub_of(wordpress, ["bitrix-news", "wordpress"]).toml)["family"] == "wordpress"
    alone = stub_of(wordpress, ["bitrix-news"])
    assert "family" not in tomllib.loads(alone.toml)
    assert "# the markup is wordpress's; no family of that name is known" in alone.toml
