from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from harvester.catalogue.declaration import Declaration
from harvester.discovery.seeds import is_without_queries, queries_of, starts, unasked_lines
from pipelines.rules import TopicRules
from storage.model.sources import AddressKind, Channel, Source, SourceKind

TODAY = date(2026, 3, 1)
TOPIC = TopicRules("t", "T", 3.0, (), search=(("ru", "новая конституция"), ("ru", "курултай"), ("kk", "құрылтай"), ("en", "курултай")))


def begun(*channels: Channel, since: date | None = None, languages: tuple[str, ...] = ("ru",)) -> list[str]:
    declaration = Declaration(Source("a", "A", SourceKind.ONLINE, "https://a.kz/", languages, "Asia/Almaty"), channels)
    found = starts(declaration, [TOPIC], TODAY, since)
    assert {(x.kind, x.channel) for x in found} <= {(x.kind, x.url) for x in channels}
    return [x.url.removeprefix("https://a.kz/") for x in found]


def channel(kind: AddressKind, path: str, first: int = 1) -> Channel:
    return Channel(kind, f"https://a.kz/{path}", first=first)


def test_channels_that_are_plain_addresses_are_asked_as_they_are() -> None:
    plain = [channel(AddressKind.FEED, "rss"), channel(AddressKind.SITEMAP, "map.xml"), channel(AddressKind.LISTING, "news/")]
    assert begun(*plain, plain[0]) == ["rss", "map.xml", "news/"]


def test_a_search_is_asked_with_each_query_of_the_sources_languages() -> None:
    search = channel(AddressKind.SEARCH, "s?q={query}&p={page}", first=0)
    assert begun(search) == [
        "s?q=%D0%BD%D0%BE%D0%B2%D0%B0%D1%8F%20%D0%BA%D0%BE%D0%BD%D1%81%D1%82%D0%B8%D1%82%D1%83%D1%86%D0%B8%D1%8F&p=0",
        "s?q=%D0%BA%D1%83%D1%80%D1%83%D0%BB%D1%82%D0%B0%D0%B9&p=0",
    ]
    assert begun(search, languages=("de",)) == []
    assert queries_of(("kk-Latn", "en", "ru"), [TOPIC]) == ["құрылтай", "курултай", "новая конституция"]


def test_an_api_begins_at_its_first_page_and_at_no_offset() -> None:
    assert begun(channel(AddressKind.API, "api?o={offset}"), channel(AddressKind.API, "v2?p={page}"), channel(AddressKind.API, "all")) == [
        "api?o=0",
        "v2?p=1",
        "all",
    ]


def test_a_date_archive_is_asked_for_today_and_yesterday_or_back_to_a_day() -> None:
    by_day = channel(AddressKind.ARCHIVE, "{year}/{month}/{day}/")
    assert begun(by_day) == ["2026/03/01/", "2026/02/28/"]
    assert begun(by_day, since=date(2025, 9, 1))[-2:] == ["2025/09/02/", "2025/09/01/"]
    assert len(begun(by_day, since=date(2025, 9, 1))) == (TODAY - date(2025, 9, 1)).days + 1


def test_a_monthly_archive_is_asked_month_by_month() -> None:
    by_month = channel(AddressKind.ARCHIVE, "{year}-{month}")
    assert begun(by_month) == ["2026-03", "2026-02"]
    assert begun(by_month, since=date(2026, 3, 1)) == ["2026-03"]
    assert begun(by_month, since=date(2025, 12, 31)) == ["2026-03", "2026-02", "2026-01", "2025-12"]


def test_a_day_of_an_archive_is_dated_in_the_sources_zone() -> None:
    source = Source("a", "A", SourceKind.ONLINE, "https://a.kz/", ("ru",), "Asia/Almaty")
    found = starts(Declaration(source, (channel(AddressKind.ARCHIVE, "{year}/{month}/{day}"),)), [], TODAY)
    assert found[0].dated == datetime(2026, 2, 28, 19, tzinfo=UTC)


@pytest.mark.parametrize(
    ("path", "languages", "unasked"),
    [
        ("s?q={query}", ("ru",), False),
        ("s?q={query}", ("kk-Latn",), False),
        ("s?q={query}", ("de", "en"), False),
        ("s?q={query}", ("de",), True),
        ("posts?q={query}&o={offset}", ("uz", "de"), True),
        ("posts?o={offset}", ("de",), False),
    ],
)
def test_what_is_searched_is_not_asked_without_queries(path: str, languages: tuple[str, ...], *, unasked: bool) -> None:
    source = Source("a", "A", SourceKind.ONLINE, "https://a.kz/", languages, "Asia/Almaty")
    declaration = Declaration(source, (channel(AddressKind.FEED, "rss"), channel(AddressKind.API, path)))
    assert is_without_queries(declaration.channels[1], declaration, [TOPIC]) is unasked
    assert (len(starts(declaration, [TOPIC], TODAY)) == 1) is unasked  # the feed alone
    lines = unasked_lines([declaration, Declaration(source)], [TOPIC])
    assert lines == (
        ["the search of a is not asked: [search] of t holds no query in the source's languages (docs/topics.md)"] if unasked else []
    )
