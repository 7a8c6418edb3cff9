from __future__ import annotations

import pytest

from harvester.discovery.pagination import is_further, next_address
from storage.model.sources import AddressKind, Channel

LISTING = Channel(AddressKind.LISTING, "https://a.kz/news/", pages="https://a.kz/news/?page={page}")
FROM_ZERO = Channel(AddressKind.LISTING, "https://a.kz/news/", pages="https://a.kz/news/{page}/", first=0)
COUNTED = Channel(AddressKind.LISTING, "https://a.kz/index.php?act=news", pages="https://a.kz/index.php?act=news&start={offset}", step=10)
BY_PATH = Channel(AddressKind.LISTING, "https://a.kz/novosti/", pages="https://a.kz/novosti/P{offset}/", step=15)
PLAIN = Channel(AddressKind.LISTING, "https://a.kz/news/")
SEARCH = Channel(AddressKind.SEARCH, "https://a.kz/search?q={query}&page={page}")
ARCHIVE = Channel(AddressKind.ARCHIVE, "https://a.kz/{year}{month}{day}/{page}/")
DAYS = Channel(AddressKind.ARCHIVE, "https://a.kz/{year}/{month}/{day}/")
OFFSETS = Channel(AddressKind.API, "https://a.kz/api?limit=20&offset={offset}", step=20)
PAGES = Channel(AddressKind.API, "https://a.kz/api?page={page}", first=0)


@pytest.mark.parametrize(
    ("channel", "url", "following"),
    [
        (LISTING, "https://a.kz/news/", "https://a.kz/news/?page=2"),
        (LISTING, "http://www.a.kz/news?page=12", "https://a.kz/news/?page=2"),  # not one of its pages: without the slash
        (LISTING, "http://www.a.kz/news/?page=12", "https://a.kz/news/?page=13"),
        (LISTING, "https://a.kz/elsewhere", "https://a.kz/news/?page=2"),
        (FROM_ZERO, "https://a.kz/news/", "https://a.kz/news/1/"),
        (FROM_ZERO, "https://a.kz/news/4", "https://a.kz/news/5/"),
        (PLAIN, "https://a.kz/news/", None),
        (COUNTED, "https://a.kz/index.php?act=news", "https://a.kz/index.php?act=news&start=10"),
        (COUNTED, "https://a.kz/index.php?act=news&start=10", "https://a.kz/index.php?act=news&start=20"),
        (COUNTED, "https://a.kz/index.php?start=90&act=news", "https://a.kz/index.php?act=news&start=10"),  # another order: not its page
        (BY_PATH, "https://a.kz/novosti/", "https://a.kz/novosti/P15/"),
        (BY_PATH, "https://a.kz/novosti/P45/", "https://a.kz/novosti/P60/"),
        (SEARCH, "https://a.kz/search?q=%D0%B0%20b&page=1", "https://a.kz/search?q=%D0%B0%20b&page=2"),
        (SEARCH, "https://a.kz/", None),
        (ARCHIVE, "https://a.kz/20260305/9/", "https://a.kz/20260305/10/"),
        (DAYS, "https://a.kz/2026/03/05/", None),
        (OFFSETS, "https://a.kz/api?limit=20&offset=0", "https://a.kz/api?limit=20&offset=20"),
        (PAGES, "https://a.kz/api?page=0", "https://a.kz/api?page=1"),
        (PAGES, "https://a.kz/api?page=" + "9" * 5000, None),
    ],
)
def test_the_page_that_follows(channel: Channel, url: str, following: str | None) -> None:
    assert next_address(channel, url) == following


@pytest.mark.parametrize(
    ("channel", "url", "further"),
    [
        (LISTING, "https://a.kz/news/", False),
        (LISTING, "https://a.kz/news/?page=2", True),
        (COUNTED, "https://a.kz/index.php?act=news", False),
        (COUNTED, "https://a.kz/index.php?act=news&start=0", False),
        (COUNTED, "https://a.kz/index.php?act=news&start=30", True),
        (SEARCH, "https://a.kz/search?q=a&page=1", False),
        (SEARCH, "https://a.kz/search?q=a&page=2", True),
        (OFFSETS, "https://a.kz/api?limit=20&offset=0", False),
        (OFFSETS, "https://a.kz/api?limit=20&offset=20", True),
        (PAGES, "https://a.kz/api?page=0", False),
        (PAGES, "https://a.kz/api?page=1", True),
        (DAYS, "https://a.kz/2026/03/05/", False),
    ],
)
def test_first_and_further_pages(channel: Channel, url: str, further: bool) -> None:  # noqa: FBT001 - a table's column
    assert is_further(channel, url) is further
