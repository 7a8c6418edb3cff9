from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from harvester.catalogue.spec import Expect
from harvester.monitoring.expectations import judge
from storage.model.health import ExpectationResult, SourceStats

TODAY = date(2026, 11, 24)
VITALS = SourceStats(
    of_run=20, read=20, dated=20, byline=10, in_scope=4, lengths=(900,) * 20, newest=TODAY, held_since=TODAY - timedelta(days=100)
)


def only(expect: Expect, vitals: SourceStats, today: date = TODAY) -> ExpectationResult:
    (verdict,) = judge(expect, vitals, today)
    return verdict


def over_days(*counts: int, **more: object) -> SourceStats:
    """So many articles yesterday, the day before, …"""
    days = {TODAY - timedelta(days=back): count for back, count in enumerate(counts, start=1)}
    return replace(VITALS, per_day=days, **more)  # type: ignore[arg-type]


def test_a_source_that_promises_nothing_is_held_to_nothing() -> None:
    assert judge(Expect(), VITALS, TODAY) == []


def test_each_promise_has_a_verdict() -> None:
    expect = Expect(per_day=[0, 80], dated=0.9, byline=0.5, body_chars=200, in_scope=0.1, silence_days=7)
    verdicts = judge(expect, VITALS, TODAY)
    assert [x.promise for x in verdicts] == ["body_chars", "byline", "dated", "in_scope", "per_day", "silence_days"]
    assert all(x.kept for x in verdicts)


def test_a_broken_share_tells_both_numbers() -> None:
    verdict = only(Expect(dated=0.98), replace(VITALS, of_run=100, read=100, dated=61))
    assert (verdict.kept, verdict.told) == (False, "dated 0.61, promised 0.98")
    assert (verdict.promised, verdict.measured, verdict.over) == ("0.98", "0.61", 100)


@pytest.mark.parametrize(
    ("promised", "pages", "having", "kept"),
    [
        (0.98, 20, 19, True),  # two hundredths of twenty pages are less than one page, and one may miss
        (0.98, 20, 18, False),
        (0.98, 100, 98, True),
        (0.98, 100, 97, False),
        (0.9, 20, 18, True),
        (0.9, 20, 17, False),
        (1.0, 20, 20, True),
        (1.0, 20, 19, False),  # all are all
        (0.0, 20, 0, True),
    ],
)
def test_pages_that_may_miss_a_promise_are_rounded_up(promised: float, pages: int, having: int, kept: bool) -> None:  # noqa: FBT001
    vitals = replace(VITALS, of_run=pages, read=pages, byline=having)
    assert only(Expect(byline=promised), vitals).kept is kept


@pytest.mark.parametrize("name", ["dated", "byline", "in_scope"])
def test_each_share_is_judged_by_its_own_count(name: str) -> None:
    full = replace(VITALS, dated=20, byline=20, in_scope=20)
    assert only(Expect(**{name: 0.5}), full).kept
    assert only(Expect(**{name: 0.5}), replace(full, **{name: 3})).kept is False


@pytest.mark.parametrize("expect", [Expect(dated=0.9), Expect(body_chars=200)])
def test_too_few_pages_judge_nothing(expect: Expect) -> None:
    few = replace(VITALS, of_run=4, read=4, dated=0, lengths=(1,) * 4)
    assert only(expect, few).kept is None
    assert only(expect, replace(few, of_run=5, read=5, lengths=(1,) * 5)).kept is False
    assert only(expect, replace(VITALS, of_run=0, dated=0, lengths=(1,) * 20)).kept is None, "a run that read nothing"
    assert only(expect, replace(VITALS, of_run=1, dated=0, lengths=(1,) * 20)).kept is False, "with the pages before it"


def test_one_short_text_in_twenty_is_no_broken_promise() -> None:
    assert only(Expect(body_chars=200), replace(VITALS, lengths=(10, *(900,) * 19))).kept
    broken = only(Expect(body_chars=200), replace(VITALS, lengths=(10, 87, *(900,) * 18)))
    assert (broken.kept, broken.told) == (False, "body_chars 87, promised 200")


def test_articles_a_day_are_the_mean_of_the_last_week() -> None:
    expect = Expect(per_day=[5, 80])
    assert only(expect, over_days(0, 0, 9, 9, 9, 9, 9)).kept, "a weekend"
    broken = only(expect, over_days(4, 4, 4, 4, 4, 4, 4))
    assert (broken.kept, broken.told, broken.over) == (False, "per_day 4.0, promised 5 to 80", 7)
    assert only(expect, over_days(81, 81, 81, 81, 81, 81, 81)).kept is False
    assert only(expect, over_days(5, 5, 5, 5, 5, 5, 5, 0, 0, 0)).kept, "what was before the week"


def test_days_before_the_archive_held_the_source_do_not_count() -> None:
    expect = Expect(per_day=[5, 80])
    assert only(expect, over_days(6, 6, 6, 0, 0, 0, 0, held_since=TODAY - timedelta(days=4))).kept
    assert only(expect, over_days(0, 0, held_since=TODAY - timedelta(days=3))).kept is None
    assert only(expect, over_days(0, 0, 0, held_since=TODAY - timedelta(days=4))).kept is False
    assert only(expect, over_days(0, 0, 0, held_since=None)).kept is None


def test_too_few_articles_are_not_held_against_a_source_that_was_not_asked_for_them() -> None:
    assert only(Expect(per_day=[5, 80]), over_days(0, 0, 0, waiting=3)).kept is None
    assert only(Expect(per_day=[0, 1]), over_days(9, 9, 9, 9, 9, 9, 9, waiting=3)).kept is False


def test_silence_is_counted_from_the_newest_article() -> None:
    expect = Expect(silence_days=3)
    assert only(expect, replace(VITALS, newest=TODAY - timedelta(days=3))).kept
    broken = only(expect, replace(VITALS, newest=TODAY - timedelta(days=4)))
    assert (broken.kept, broken.told) == (False, "silent for 4 days, promised 3 at most")
    assert only(expect, replace(VITALS, newest=TODAY - timedelta(days=4), of_run=0)).kept is False, "a run that read nothing"


def test_a_source_that_never_gave_anything_is_silent_and_one_without_dates_cannot_be_judged() -> None:
    nothing = SourceStats(held_since=TODAY - timedelta(days=9))
    assert only(Expect(silence_days=3), nothing).kept is False
    assert only(Expect(silence_days=3), replace(nothing, read=8)).kept is None
    assert only(Expect(silence_days=3), replace(nothing, waiting=8)).kept is None
