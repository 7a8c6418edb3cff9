from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime

import pytest

from harvester.discovery import discovery_result as problems
from harvester.discovery.date_filter import day_in_path, since
from harvester.discovery.discovery_result import DiscoveryResult
from storage.model.sources import AddressKind, DiscoveredUrl

NEXT = "https://a.kz/news/?page=3"
SINCE = datetime(2025, 8, 31, 19, tzinfo=UTC)  # the first of September in Almaty


def url(path: str, dated: datetime | None = None) -> DiscoveredUrl:
    return DiscoveredUrl(f"https://a.kz/{path}", AddressKind.ARTICLE, "https://a.kz/rss", dated)


def cut(*urls: DiscoveredUrl) -> DiscoveryResult:
    return since(DiscoveryResult(urls, Counter(), NEXT), SINCE, "Asia/Almaty")


def test_what_is_dated_before_the_moment_is_left_out() -> None:
    young, old, undated = url("1", SINCE), url("2", datetime(2025, 8, 31, 18, 59, tzinfo=UTC)), url("3")
    assert cut(young, old, undated) == DiscoveryResult((young, undated), Counter({problems.OLDER: 1}), NEXT)


def test_a_day_in_the_address_dates_what_its_channel_does_not() -> None:
    young, old = url("2025/09/01/x"), url("2025/08/31/x")
    assert cut(young, old, url("2025/08/31/y", SINCE)).urls == (young, url("2025/08/31/y", SINCE))


def test_a_page_that_is_wholly_before_the_moment_is_the_last() -> None:
    assert cut(url("2025/08/31/x")) == DiscoveryResult((), Counter({problems.OLDER: 1}), None)
    assert cut().next_page == NEXT


@pytest.mark.parametrize(
    ("path", "day"),
    [
        ("2026/03/05/slug", date(2026, 3, 5)),
        ("ru/news/2026-03-05", date(2026, 3, 5)),
        ("ru/news/2026-03-05/slug", date(2026, 3, 5)),
        ("news/referendum-2022-06-05", None),  # the day of an event
        ("2022-06-05-referendum/", None),
        ("2026/13/05/x", None),
        ("2026/02/30/x", None),
        ("2026/03-05/x", None),
        ("x?day=/2026/03/05/", None),
        ("12026/03/05/x", None),
    ],
)
def test_the_day_that_an_address_is_filed_under(path: str, day: date | None) -> None:
    assert day_in_path(f"https://a.kz/{path}") == day
