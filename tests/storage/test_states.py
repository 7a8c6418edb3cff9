"""States of articles: what a capture shows, what a run shows of a whole source."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from storage.model.articles import ArticleState
from storage.model.capture_result import CaptureResult
from storage.model.captures import Outcome, OutcomeKind
from storage.model.revisits import CHECKS_WITHOUT_EDIT, STEPS, RevisitSchedule, interval_factor
from storage.repositories.states import state_of
from tests.storage.conftest import NOON

if TYPE_CHECKING:
    from storage.archive import Archive
    from tests.storage.conftest import Maker


@pytest.mark.parametrize(
    ("kind", "reason", "state"),
    [
        (OutcomeKind.UNCHANGED, "status 304", ArticleState.LIVE),
        (OutcomeKind.GONE, "status 410", ArticleState.GONE),
        (OutcomeKind.GONE, "soft-gone: the front page", ArticleState.SOFT_GONE),
        (OutcomeKind.REDIRECT, "to https://v.example/n/2", ArticleState.MOVED),
        (OutcomeKind.REDIRECT, "not an article of this source: https://v.example/", ArticleState.SOFT_GONE),
        (OutcomeKind.WALLED, "paywall", ArticleState.PAYWALLED),
        (OutcomeKind.REFUSED, "status 402", ArticleState.PAYWALLED),
        (OutcomeKind.REFUSED, "status 403", ArticleState.BLOCKED),
        (OutcomeKind.REFUSED, "status 429", None),
        (OutcomeKind.SERVER_ERROR, "status 503", None),
        (OutcomeKind.SHORTENED, "", None),
        (OutcomeKind.ALIAS, "", ArticleState.LIVE),
        (OutcomeKind.REDIRECT, "to https://www.v.example/n/1/", None),
        (OutcomeKind.UNREADABLE, "maybe_truncated", None),
    ],
)
def test_what_an_outcome_shows(kind: OutcomeKind, reason: str, state: ArticleState | None) -> None:
    assert state_of(kind, reason, "http://v.example/n/1") is state


def test_a_page_behind_a_wall_is_paywalled() -> None:
    assert state_of(OutcomeKind.NEW, "", paywalled=True) is ArticleState.PAYWALLED


def answered(archive: Archive, run: int, make: Maker, path: str, kind: OutcomeKind, reason: str = "", minutes: int = 100) -> None:
    archive.record_capture(run, CaptureResult(make.capture(path, minutes=minutes), Outcome(kind, reason)))


def told(archive: Archive, path: str) -> list[str]:
    found = archive.article(f"id of {path}")
    assert found is not None
    assert found[0].state == found[0].states[-1].state
    return [span.state.value for span in found[0].states]


def test_a_takedown_is_dated_when_the_run_closes_and_a_return_is_history_too(archive: Archive, make: Maker) -> None:
    first = archive.start_run("crawl", "test")
    for number in range(10):
        archive.record_capture(first, make.capture_result(OutcomeKind.NEW, f"n/{number}", f"Текст {number}."))
    archive.finish_run(first, "finished")
    second = archive.start_run("crawl", "test")
    answered(archive, second, make, "n/1", OutcomeKind.GONE, "status 404", 100)
    assert told(archive, "n/1") == ["live"]
    archive.finish_run(second, "finished")
    assert told(archive, "n/1") == ["live", "gone"]
    third = archive.start_run("crawl", "test")
    answered(archive, third, make, "n/1", OutcomeKind.GONE, "status 404", 200)
    archive.finish_run(third, "finished")
    found = archive.article("id of n/1")
    assert found is not None
    gone = found[0].states[-1]
    assert (gone.since - NOON, gone.last_seen - NOON) == (timedelta(minutes=100), timedelta(minutes=200))
    fourth = archive.start_run("crawl", "test")
    answered(archive, fourth, make, "n/1", OutcomeKind.UNCHANGED, "", 300)
    archive.finish_run(fourth, "finished")
    assert told(archive, "n/1") == ["live", "gone", "live"]


@pytest.mark.parametrize(("gone", "told_of"), [(4, ["live", "gone"]), (2, ["live", "gone"]), (5, ["live"]), (10, ["live"])])
def test_a_site_that_failed_marks_nothing(archive: Archive, make: Maker, gone: int, told_of: list[str]) -> None:
    first = archive.start_run("crawl", "test")
    for number in range(10):
        archive.record_capture(first, make.capture_result(OutcomeKind.NEW, f"n/{number}", f"Текст {number}."))
    archive.finish_run(first, "finished")
    second = archive.start_run("crawl", "test")
    for number in range(10):
        lost = number < gone
        reason = "status 404" if lost else ""
        answered(archive, second, make, f"n/{number}", OutcomeKind.GONE if lost else OutcomeKind.UNCHANGED, reason)
    archive.finish_run(second, "finished")
    assert told(archive, "n/0") == told_of
    assert archive.mass_takedowns(second) == ({} if "gone" in told_of else {"vestnik": (gone, 10)})


def test_the_takedowns_of_a_killed_run_are_written_down_by_the_next(archive: Archive, run: int, make: Maker) -> None:
    archive.record_capture(run, make.capture_result(OutcomeKind.NEW))
    answered(archive, run, make, "n/1", OutcomeKind.GONE, "status 410")
    directory = archive.directory
    with type(archive).opened(directory) as before:
        assert told(before, "n/1") == ["live"]
    from storage.transactions import take_over  # what the next holder does first

    archive.database.write(lambda session: take_over(session, NOON))
    assert told(archive, "n/1") == ["live", "gone"]


def test_the_ladder_asks_young_articles_often_and_old_ones_never() -> None:
    ladder = RevisitSchedule()
    waits = [
        (born, (again - NOON) if (again := ladder.next_check(NOON - born, NOON)) else None)
        for born in (timedelta(0), timedelta(hours=4), timedelta(days=2), timedelta(days=10), timedelta(days=100), timedelta(days=400))
    ]
    assert [wait for _, wait in waits] == [*(wait for wait, _ in STEPS), None]
    assert ladder.next_check(NOON + timedelta(days=9), NOON) == NOON + STEPS[0][0], "a clock that jumped is no reason to wait"
    assert ladder.next_check(NOON, NOON, 4) == NOON + 4 * STEPS[0][0]


def test_a_source_that_never_edits_is_asked_less_often() -> None:
    few, many = CHECKS_WITHOUT_EDIT
    assert [interval_factor(few - 1, 0), interval_factor(few, 0), interval_factor(many, 0), interval_factor(many, 1)] == [1, 2, 4, 1]
