from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from harvester.catalogue.check import check_catalogue

if TYPE_CHECKING:
    from pathlib import Path

HEAD = 'name = "{0}"\nkind = "online"\nhome = "https://{0}.example/"\nlanguage = "ru"\n'


def faults(folder: Path, **declarations: str) -> list[str]:
    for name, rest in declarations.items():
        (folder / f"{name}.toml").write_text(HEAD.format(name) + rest, "utf-8")
    return check_catalogue([folder], builtin=False)


@pytest.mark.parametrize(
    ("rest", "channel"),
    [
        ("discover = [{ listing = '/news/' }]\narticles = { allow = '^/news/' }", "listing https://a.example/news/"),
        (
            "discover = [{ listing = '/n/', pages = '/n/page-{page}' }]\narticles = { allow = '^/n/[^/]+$' }",
            "listing https://a.example/n/page-{page}",
        ),
        ("discover = [{ archive = '/{year}/{month}/{day}/' }]\narticles = { allow = '^/2026/' }", "archive https://a.example/{year}"),
        ("discover = [{ feed = '/news/1.xml' }]\narticles = { allow = '^/news/\\d+' }", "feed https://a.example/news/1.xml"),
    ],
)
def test_patterns_that_take_their_own_channel_are_a_fault(tmp_path: Path, rest: str, channel: str) -> None:
    (fault,) = faults(tmp_path, a=rest)
    assert fault.startswith(f"{tmp_path / 'a.toml'}: articles takes its own {channel}")
    assert "narrow `allow`, or add `deny`" in fault


@pytest.mark.parametrize(
    "rest",
    [
        "discover = [{ listing = '/' }, { listing = '/news/', pages = '/news/?page={page}' }, { feed = '/rss.xml' }]",
        "discover = [{ search = '/search?q={query}' }]",
        "discover = [{ api = '/v1/posts?skip={offset}', step = 20, url = 'link' }]\narticles = { deny = '/tag/' }",
        "discover = [{ search = '/search?q={query}&page={page}' }]\narticles = { deny = '^/search' }",
        "discover = [{ listing = '/news/', pages = '/news/?page={page}' }]\narticles = { allow = '^/news/\\d+' }",
        "discover = [{ api = 'https://api.a.example/posts?q={query}', url = '/n/{id}' }]\narticles = { allow = '^/n/\\d+' }",
    ],
)
def test_channels_that_stay_apart_are_no_fault(tmp_path: Path, rest: str) -> None:
    assert faults(tmp_path, a=rest) == []


def test_a_channel_of_two_sources_is_a_fault(tmp_path: Path) -> None:
    shared = "discover = [{{ feed = '{}' }}]"
    found = faults(tmp_path, a=shared.format("http://www.wire.example/rss/"), b=shared.format("https://wire.example/rss"))
    assert found == [f"{tmp_path / 'b.toml'}: channel wire.example/rss is the same as in {tmp_path / 'a.toml'}."]


def test_the_same_channel_twice_in_one_source_is_no_business_of_others(tmp_path: Path) -> None:
    assert faults(tmp_path, a="discover = [{ feed = '/rss' }, { listing = '/rss' }]") == []


@pytest.mark.parametrize(
    ("articles", "words"),
    [
        ("deny = '.*'", "articles.deny matches every address"),
        ("allow = '^/n/', deny = '/'", "articles.deny matches every address"),
        ("deny = '/tag/|/[?]?'", "articles.deny matches every address"),
        ("allow = 'https://a.example/news/'", "without a.example."),
        ("allow = '^https?://(?:www\\.)?a\\.example/n/'", "without scheme and host."),
        ("allow = '^a\\.example/n/\\d+'", "without a.example."),
        ("allow = '^news/\\d+'", "write ^/ instead of ^"),
    ],
)
def test_patterns_that_leave_no_article_are_a_fault(tmp_path: Path, articles: str, words: str) -> None:
    (fault,) = faults(tmp_path, a=f"discover = [{{ feed = '/rss' }}]\narticles = {{ {articles} }}")
    assert fault.startswith(f"{tmp_path / 'a.toml'}: articles.")
    assert words in fault


@pytest.mark.parametrize(
    "articles",
    ["deny = '^/$'", "deny = '[?]'", "deny = '/tag/', allow = 'news/'", "allow = '^(?:/kz)?/n/'", "allow = '/[?]to=a'", "allow = '[0-9]$'"],
)
def test_patterns_that_leave_some_article_are_no_fault(tmp_path: Path, articles: str) -> None:
    assert faults(tmp_path, a=f"discover = [{{ feed = '/rss' }}]\narticles = {{ {articles} }}") == []
