from __future__ import annotations

import json
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

PATIENCE = 400.0
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
        measured=False,
    )


def archived(harvester: Harvester) -> list[str]:
    with Archive.opened(harvester.archive) as archive:
        return ["/" + article.url.split("/", 3)[3] for article in archive.articles(ArticleQuery())]


def paths(courier: SteppeCourier, since: date) -> set[str]:
    return {piece.path for piece in courier.since(since)}


@pytest.mark.timeout(600)  # 1,000 requests: 25 seconds where nothing else runs
@pytest.mark.parametrize("courier", [(50, 20)], indirect=True)
def test_a_thousand_addresses_are_walked_once_across_a_kill(courier: SteppeCourier, harvester: Harvester) -> None:
    since = day(39)
    wanted = paths(courier, since)
    assert len(courier.pieces) == 1000
    half_way, killed, asked = threading.Event(), threading.Event(), []

    def hook(path: str) -> None:
        if path.startswith("/a/"):
            asked.append(path)
            if len(asked) == len(wanted) // 2:
                half_way.set()
                killed.wait(timeout=PATIENCE)

    courier.hook = hook
    process = harvester.start("crawl", "steppe-courier", "--since", since.isoformat(), "-q")
    assert half_way.wait(timeout=PATIENCE)
    os.kill(process.pid, 9)
    killed.set()
    process.communicate()
    process = harvester.start("crawl", "steppe-courier", "--since", since.isoformat(), "--json")
    report = json.loads(process.communicate(timeout=PATIENCE)[0])
    assert process.returncode == 0
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


@pytest.mark.parametrize("courier", [(5, 20)], indirect=True)
def test_a_limit_stops_a_backfill_and_the_next_run_goes_on(courier: SteppeCourier, harvester: Harvester) -> None:
    since = day(2)
    command = ("crawl", "--since", since.isoformat(), "--limit", "40")
    stopped = harvester.run(*command, code=8)
    assert "the limit on articles stopped the backfill of steppe-courier" in stopped.stderr
    assert "go on" in stopped.stderr
    assert len(courier.paths(articles=True)) == 40
    report = harvester.report(*command, code=0)
    assert report["backfills"]["steppe-courier"]["finished"] is True
    assert set(archived(harvester)) >= paths(courier, since)
    assert max(Counter(courier.paths(articles=False)).values()) == 1
    assert max(Counter(courier.paths(articles=True)).values()) == 1


@pytest.mark.parametrize("courier", [(5, 20)], indirect=True)
def test_a_backfill_reaches_behind_what_ordinary_runs_know_and_begins_anew_when_asked_again(
    courier: SteppeCourier, harvester: Harvester
) -> None:
    harvester.run("crawl", "--limit", "5", "-q")
    asked = courier.paths(articles=False)
    assert sum(path.startswith("/archive/") for path in asked) == 2, "today and yesterday"
    assert sum(path.startswith("/search?") for path in asked) >= 4, "each query of the topic"
    since = day(2)
    harvester.run("crawl", "--since", since.isoformat(), "-q")
    assert set(archived(harvester)) >= paths(courier, since)
    courier.requests.clear()
    harvester.run("crawl", "--since", since.isoformat(), "-q")
    again = courier.paths(articles=False)
    assert {"/sitemap.xml", "/news/", "/news/page/2/", f"/archive/{since:%Y/%m/%d}/"} <= set(again), "no page is only revalidated"
    assert max(Counter(again).values()) == 1
    assert courier.paths(articles=True) == [], "an article is fetched once"


def test_a_dry_run_of_a_backfill_lists_its_first_pages(courier: SteppeCourier, harvester: Harvester) -> None:
    told = harvester.run("crawl", "--since", day(2).isoformat(), "--dry-run").stdout
    assert f"archive http://{courier.address}/archive/{day(2):%Y/%m/%d}/" in told
    assert f"{day(3):%Y/%m/%d}" not in told
    assert courier.requests.all() == []
