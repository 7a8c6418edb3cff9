from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from storage.model.capture_result import CaptureResult
from storage.model.captures import Outcome, OutcomeKind
from storage.model.frontier import NO_ARTICLES
from storage.model.sources import AddressKind, DiscoveredUrl

if TYPE_CHECKING:
    from storage.archive import Archive
    from tests.storage.conftest import Maker

HOME = "https://vestnik.example/"


class Days:
    """Runs on one day after the other over the same known articles."""

    def __init__(self, archive: Archive, make: Maker, articles: int) -> None:
        self.archive, self.make = archive, make
        self.now = datetime(2026, 3, 3, 12, tzinfo=UTC)
        archive.clock = lambda: self.now
        self.paths = [f"n/{n}" for n in range(articles)]
        self.ask(dict.fromkeys(self.paths, OutcomeKind.NEW))

    def ask(self, kinds: dict[str, OutcomeKind], *, after: timedelta = timedelta(days=1)) -> int:
        """One run, in which each of these articles is found so; its number."""
        self.now += after
        run = self.archive.start_run("crawl", "test")
        for path, kind in kinds.items():
            change = self.make.capture_result(kind, path, text=f"Текст {path}.") if kind is OutcomeKind.NEW else None
            reason = "status 404" if kind is OutcomeKind.GONE else ""
            capture_result = change or CaptureResult(self.make.capture(path), Outcome(kind, reason))
            self.archive.record_capture(run, replace(capture_result, capture=replace(capture_result.capture, captured_at=self.now)))
        self.archive.finish_run(run, "finished")
        return run

    def state(self, path: str) -> str:
        article = self.archive.article(HOME + path)
        assert article is not None
        return str(article[0].state)


def test_takedowns_in_small_portions_add_up_over_a_week(archive: Archive, make: Maker) -> None:
    days = Days(archive, make, 12)
    told = []
    for start in range(0, 12, 2):
        kinds = dict.fromkeys(days.paths[start : start + 2], OutcomeKind.GONE)
        told.append(archive.mass_takedowns(days.ask(kinds)))
    assert told[:2] == [{}, {}], "so few may well be takedowns"
    assert told[2] == {"vestnik": (6, 12)}
    assert [days.state(path) for path in days.paths[:6]] == ["gone"] * 4 + ["live"] * 2, "nothing is marked from then on"


def test_takedowns_over_a_long_time_are_takedowns(archive: Archive, make: Maker) -> None:
    days = Days(archive, make, 12)
    for start in range(0, 12, 2):
        kinds = dict.fromkeys(days.paths[start : start + 2], OutcomeKind.GONE)
        assert archive.mass_takedowns(days.ask(kinds, after=timedelta(days=9))) == {}
    assert {days.state(path) for path in days.paths} == {"gone"}


def test_a_few_takedowns_among_many_articles_are_believed(archive: Archive, make: Maker) -> None:
    days = Days(archive, make, 40)
    for start in range(0, 6, 2):
        kinds = dict.fromkeys(days.paths[start : start + 2], OutcomeKind.GONE)
        assert archive.mass_takedowns(days.ask(kinds)) == {}
    assert [days.state(path) for path in days.paths[:7]] == ["gone"] * 6 + ["live"]


def test_what_came_back_is_not_counted(archive: Archive, make: Maker) -> None:
    days = Days(archive, make, 12)
    days.ask(dict.fromkeys(days.paths[:2], OutcomeKind.GONE))
    days.ask(dict.fromkeys(days.paths[:2], OutcomeKind.UNCHANGED))
    run = days.ask(dict.fromkeys(days.paths[4:8], OutcomeKind.GONE))
    assert archive.mass_takedowns(run) == {}


@pytest.mark.parametrize(
    ("reason", "away", "fine", "told"),
    [
        ("not an article of this source: https://vestnik.example/", 6, 2, {"vestnik": (6, 8)}),
        ("not an article of this source: https://vestnik.example/", 6, 6, {}),
        ("not an article of this source: https://vestnik.example/", 4, 0, {}),
        ("to https://vestnik.example/n/77", 9, 0, {}),
        ("nowhere", 9, 0, {"vestnik": (9, 9)}),
    ],
)
def test_a_site_that_turns_most_new_addresses_away_is_told(
    archive: Archive, run: int, make: Maker, reason: str, away: int, fine: int, told: dict[str, tuple[int, int]]
) -> None:
    paths = [f"n/{n}" for n in range(away + fine)]
    archive.seed(run, "vestnik", [DiscoveredUrl(HOME + path, AddressKind.ARTICLE, HOME + "rss") for path in paths], early=True)
    for entry in archive.lease(run, "vestnik", 99, [AddressKind.ARTICLE]):
        path = entry.url.removeprefix(HOME)
        if paths.index(path) < away:
            archive.record_capture(
                run, CaptureResult(make.capture(path, status=302), Outcome(OutcomeKind.REDIRECT, reason), entry=entry.id)
            )
        else:
            archive.record_capture(run, replace(make.capture_result(OutcomeKind.NEW, path, text=f"Текст {path}."), entry=entry.id))
    assert archive.turned_away(run) == told


def test_sitemaps_that_are_nested_too_deep_are_told(archive: Archive, run: int, make: Maker) -> None:
    archive.record_capture(
        run, CaptureResult(make.capture("map.xml"), Outcome(OutcomeKind.CHANNEL, "3 addresses; sitemaps nested too deep (2)"))
    )
    archive.record_capture(run, CaptureResult(make.capture("rss"), Outcome(OutcomeKind.CHANNEL, "3 addresses")))
    assert archive.too_deep(run) == {"vestnik": 1}


def test_a_source_of_which_no_article_was_ever_found_is_told_when_its_channels_list_something(
    archive: Archive, run: int, make: Maker
) -> None:
    archive.record_capture(run, CaptureResult(make.capture("rss"), Outcome(OutcomeKind.CHANNEL, "0 addresses; empty (1)")))
    assert archive.without_articles(run) == []
    for channel in ("map.xml", "news/"):
        archive.record_capture(run, CaptureResult(make.capture(channel), Outcome(OutcomeKind.CHANNEL, f"0 addresses; {NO_ARTICLES} (1)")))
    assert archive.without_articles(run) == ["vestnik"]
    later = archive.start_run("crawl", "test")
    assert archive.without_articles(later) == []
    archive.seed(run, "vestnik", [DiscoveredUrl(HOME + "rss", AddressKind.FEED, HOME + "rss")], early=True)
    assert archive.without_articles(run) == ["vestnik"]
    archive.seed(run, "vestnik", [DiscoveredUrl(HOME + "n/1", AddressKind.ARTICLE, HOME + "rss")], early=True)
    assert archive.without_articles(run) == []
