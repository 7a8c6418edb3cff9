from __future__ import annotations

import os
import threading
from collections import Counter
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from storage.archive import Archive
from storage.query import ArticleQuery
from tests.end_to_end.conftest import Harvester
from tests.site.steppe_courier import PAGE, ZONE, SteppeCourier

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date
    from pathlib import Path

TODAY = datetime.now(ZONE).date()


def day(ago: int) -> date:
    return TODAY - timedelta(days=ago)


@pytest.fixture
def courier(request: pytest.FixtureRequest) -> Iterator[SteppeCourier]:
    days, per_day = getattr(request, "param", (10, 20))
    with SteppeCourier(days, per_day, TODAY) as serving:
        yield serving


@pytest.fixture
def harvester(courier: SteppeCourier, tmp_path: Path) -> Harvester:
    courier.write_source(tmp_path / "sources")
    return Harvester(
        tmp_path,
        {
            "HARVESTER_SOURCES": str(tmp_path / "sources"),
            "HARVESTER_ONLY_GIVEN_SOURCES": "true",
            "HARVESTER_ALLOW_ADDRESSES": courier.address,
            "HARVESTER_CONTACT": "archive@example.org",
            "HARVESTER_CRAWL__MAX_ARTICLES": "5000",
        },
    )


def archived(harvester: Harvester) -> list[str]:
    with Archive.opened(harvester.archive) as archive:
        return ["/" + article.url.split("/", 3)[3] for article in archive.articles(ArticleQuery())]


def paths(courier: SteppeCourier, since: date) -> set[str]:
    return {piece.path for piece in courier.since(since)}


@pytest.mark.parametrize("courier", [(100, 20)], indirect=True)
def test_two_thousand_addresses_are_walked_once_across_a_kill(courier: SteppeCourier, harvester: Harvester) -> None:
    since = day(79)
    wanted = paths(courier, since)
    assert len(courier.pieces) == 2000
    half_way, killed, asked = threading.Event(), threading.Event(), []

    def hook(path: str) -> None:
        if path.startswith("/a/"):
            asked.append(path)
            if len(asked) == len(wanted) // 2:
                half_way.set()
                killed.wait(timeout=60)

    courier.hook = hook
    process = harvester.start("crawl", "steppe-courier", "--since", since.isoformat(), "-q")
    assert half_way.wait(timeout=120)
    os.kill(process.pid, 9)
    killed.set()
    process.communicate()
    report = harvester.report("crawl", "steppe-courier", "--since", since.isoformat())
    assert report["backfills"]["steppe-courier"] == {
        "since": since.isoformat(),
        "finished": True,
        "pages_left": 0,
        "articles_left": 0,
        "limited": False,
    }
    pages = Counter(courier.paths(articles=False))
    assert [page for page, times in pages.items() if times > 1] == []
    assert len(courier.requests.all()) <= 1.15 * len(wanted)
    held = archived(harvester)
    assert len(held) == len(set(held))
    assert set(held) >= wanted
    beyond = [piece for piece in courier.pieces if piece.path in set(held) - wanted]
    assert {piece.channel for piece in beyond} <= {"listing", "search"}
    assert len(beyond) <= 2 * PAGE, "an undated list is known to be older only by its articles"
    print(len(courier.requests.all()), len(wanted), len(beyond), len(pages), sum(pages.values()))
    assert 0
