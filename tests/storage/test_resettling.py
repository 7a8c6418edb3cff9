"""Verdicts that are taken again: topics of articles, and captures that were out of scope."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from sqlalchemy import select

from storage.database.tables import FrontierRow
from storage.model.articles import Relevance
from storage.model.capture_result import CaptureResult
from storage.model.captures import Outcome, OutcomeKind
from storage.model.sources import AddressKind, DiscoveredUrl
from storage.query import ArticleQuery

if TYPE_CHECKING:
    from storage.archive import Archive
    from tests.storage.conftest import Maker

SNOW, ICE = Relevance("snow", 3.0, ("снег",)), Relevance("ice", 2.0, ("лёд",))


def topics_of(archive: Archive, article: str) -> list[str]:
    found = archive.article(article)
    assert found is not None
    return [x.topic for x in found[0].topics]


def test_only_the_verdicts_of_the_topics_that_were_asked_are_replaced(archive: Archive, run: int, make: Maker) -> None:
    capture_result = make.capture_result(OutcomeKind.NEW)
    assert capture_result.change is not None
    archive.record_capture(run, replace(capture_result, change=replace(capture_result.change, topics=(SNOW, ICE), judged=("snow", "ice"))))
    article = capture_result.change.id
    archive.retake({article: [ICE]}, ["ice"])
    assert topics_of(archive, article) == ["ice", "snow"]
    archive.retake({article: []}, ["snow"])
    assert topics_of(archive, article) == ["ice"]


def test_a_revision_does_not_lose_the_topics_that_nobody_asked_about(archive: Archive, run: int, make: Maker) -> None:
    first, second = make.capture_result(OutcomeKind.NEW), make.capture_result(OutcomeKind.REVISED, text="Другое.")
    assert first.change is not None
    assert second.change is not None
    archive.record_capture(run, replace(first, change=replace(first.change, topics=(SNOW, ICE), judged=("snow", "ice"))))
    archive.record_capture(run, replace(second, change=replace(second.change, topics=(), judged=("snow",))))
    assert topics_of(archive, first.change.id) == ["ice"]


def test_a_capture_that_comes_into_scope_keeps_its_run_and_its_entry_follows(archive: Archive, run: int, make: Maker) -> None:
    capture_result = make.capture_result(OutcomeKind.NEW)
    url = capture_result.capture.url
    archive.seed(run, "vestnik", [DiscoveredUrl(url, AddressKind.ARTICLE, "https://vestnik.example/rss")], early=True)
    (entry,) = archive.lease(run, "vestnik", 1, [AddressKind.ARTICLE])
    archive.record_capture(
        run, CaptureResult(capture_result.capture, Outcome(OutcomeKind.OUT_OF_SCOPE, "score 0.0 of 3.0"), entry=entry.id)
    )
    ((number, capture, outcome),) = archive.out_of_scope()
    assert (capture, outcome) == (capture_result.capture, Outcome(OutcomeKind.OUT_OF_SCOPE, "score 0.0 of 3.0"))
    assert archive.next_known("vestnik") is None
    archive.resettle(number, capture_result)
    assert archive.next_known("vestnik") is not None, "it is asked again like every article"
    assert list(archive.out_of_scope()) == []
    assert archive.count(ArticleQuery(words="текст")) == 1
    assert dict(archive.run(run).tally["vestnik"].outcomes) == {OutcomeKind.NEW: 1}
    newest = archive.newest_capture(url)
    assert newest is not None
    assert newest[1].kind is OutcomeKind.NEW
    with archive.database.read_session() as session:
        assert session.scalars(select(FrontierRow.last_outcome)).all() == ["new"]
    assert archive.newest_capture("https://vestnik.example/other") is None


def test_captures_out_of_scope_come_in_the_order_of_their_moments(archive: Archive, run: int, make: Maker) -> None:
    for minutes in (5, 3, 9):
        archive.record_capture(run, CaptureResult(make.capture(minutes=minutes), Outcome(OutcomeKind.OUT_OF_SCOPE)))
    archive.record_capture(run, CaptureResult(make.capture(minutes=1), Outcome(OutcomeKind.NOT_ARTICLE)))
    assert [capture.captured_at.minute for _, capture, _ in archive.out_of_scope()] == [3, 5, 9]
