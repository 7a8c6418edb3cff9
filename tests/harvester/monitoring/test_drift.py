from __future__ import annotations

from harvester.monitoring.drift import dead_selectors, judge_pages, judge_selector
from storage.model.health import ExpectationResult, SelectorCount

BODY = "div.article__body"


def runs(*counts: tuple[int, int]) -> list[SelectorCount]:
    """(matched, pages) of runs, newest first; the newest has the number 100."""
    return [SelectorCount(100 - place, pages, matched) for place, (matched, pages) in enumerate(counts)]


def judged(*counts: tuple[int, int], run: int = 100) -> ExpectationResult:
    return judge_selector("body", BODY, runs(*counts), run)


def test_a_selector_that_stopped_answering_is_named_with_what_was_before() -> None:
    verdict = judged((0, 14), (13, 13))
    assert (verdict.promise, verdict.kept, verdict.measured, verdict.over) == ("selector:body", False, "0 of 14", 14)
    assert verdict.told == "the selector for body, `div.article__body`, matched 0 of 14 pages (before: 13 of 13); extraction fell back"


def test_a_selector_that_answers_keeps_its_promise() -> None:
    assert judged((14, 14), (13, 13)).kept
    assert judged((14, 14)).kept, "the first run"
    assert judged((5, 14), (13, 13)).kept, "some pages are of another kind"


def test_single_old_pages_do_not_hide_a_drift() -> None:
    assert judged((1, 14), (13, 13)).kept is False


def test_what_was_never_on_most_pages_does_not_drift() -> None:
    assert judged((0, 14), (6, 13)).kept is None
    assert judged((0, 14), (0, 13), (1, 1), (0, 13)).kept is None, "a single page was lucky"


def test_small_runs_are_taken_together() -> None:
    assert judged((0, 1), (0, 1), (0, 1), (0, 1), (5, 5)).kept, "within the newest five or more it still answered"
    assert judged((0, 1), (0, 1), (0, 1), (0, 1), (0, 1), (1, 1), (1, 1), (1, 1), (1, 1), (1, 1)).kept is False
    assert judged((0, 2), (2, 2)).kept is None, "too few pages"


def test_a_drift_stays_one_until_the_selector_answers_again() -> None:
    outage = [(0, 14)] * 30
    assert judged(*outage, (13, 13)).kept is False
    assert judged((0, 14), (6, 14), (13, 13)).kept is False, "it began within a run"
    assert judged((9, 9), *outage, (13, 13)).kept


def test_a_run_without_pages_judges_nothing() -> None:
    assert judged((0, 14), (13, 13), run=101).kept is None
    assert judge_selector("body", BODY, [], 1).kept is None


def test_a_selector_that_never_answered_is_no_drift_and_is_warned_of_where_every_article_needs_it() -> None:
    verdict = judged((0, 14))
    assert (verdict.kept, verdict.told) == (None, "the selector for body, `div.article__body`, never matched on 14 pages")
    selectors = {"title": "h1", "body": BODY, "tags": ".tags a"}
    history = {"title": runs((14, 14)), "body": runs((0, 10), (0, 4)), "tags": runs((0, 14))}
    assert dead_selectors(selectors, history) == ["the selector for body, `div.article__body`, never matched on 14 pages"]
    assert dead_selectors(selectors, {**history, "body": runs((0, 10), (1, 4))}) == []
    assert dead_selectors(selectors, {**history, "body": runs((0, 4))}) == [], "too few pages"


def test_a_layout_that_never_matched_is_told_as_one() -> None:
    dead = {"title": runs((0, 14)), "tags": runs((0, 14))}
    assert dead_selectors({"title": "h1", "tags": "a"}, dead) == ["no selector of the layout ever matched, on 14 pages"]
    assert dead_selectors({}, {}) == []


def test_pages_that_are_no_longer_read_as_articles_are_told() -> None:
    verdict = judge_pages(runs((0, 14), (12, 13)), 100)
    assert (verdict.promise, verdict.kept) == ("pages", False)
    assert verdict.told == "0 of 14 pages were read as articles (before: 12 of 13)"
    assert judge_pages(runs((10, 14), (12, 13)), 100).kept
