from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from storage.model.capture_result import CaptureResult
from storage.model.captures import Outcome, OutcomeKind
from storage.model.coverage import CoverageStatus, ListedUrl
from storage.model.frontier import FailureScope
from storage.model.health import PageQuality
from storage.model.runs import ROBOTS_DISALLOWED
from storage.model.sources import AddressKind, DiscoveredUrl

if TYPE_CHECKING:
    from storage.archive import Archive
    from tests.storage.conftest import Maker

HOME = "https://vestnik.example/"


def found(path: str, kind: AddressKind = AddressKind.ARTICLE) -> DiscoveredUrl:
    return DiscoveredUrl(HOME + path, kind, HOME + "rss", datetime(2026, 3, 1, tzinfo=UTC))


def fate(archive: Archive, path: str) -> ListedUrl:
    return archive.fates("vestnik", [HOME + path])[HOME + path]


def record_capture(archive: Archive, run: int, make: Maker, path: str, kind: OutcomeKind, reason: str = "", **more: object) -> None:
    archive.record_capture(run, CaptureResult(make.capture(path), Outcome(kind, reason), **more))  # type: ignore[arg-type]


def test_what_nobody_asked_was_never_tried(archive: Archive, run: int) -> None:
    archive.seed(run, "vestnik", [found("n/2")], early=True)
    assert fate(archive, "n/1") == ListedUrl(CoverageStatus.NEVER_TRIED)
    assert fate(archive, "n/2") == ListedUrl(CoverageStatus.NEVER_TRIED, waiting=True)
    assert fate(archive, "n/1").is_gap
    assert fate(archive, "n/2").is_gap


def test_an_article_is_archived_under_its_address_and_its_aliases(archive: Archive, run: int, make: Maker) -> None:
    archive.record_capture(run, make.capture_result(OutcomeKind.NEW, "n/1"))
    alias = make.change("n/1-again")
    archive.record_capture(run, CaptureResult(make.capture("n/1-again"), Outcome(OutcomeKind.ALIAS, article="id of n/1"), change=alias))
    assert fate(archive, "n/1") == fate(archive, "n/1-again") == ListedUrl(CoverageStatus.ARCHIVED, day="2026-03-03")
    record_capture(archive, run, make, "n/1", OutcomeKind.SERVER_ERROR, "status 503")
    assert fate(archive, "n/1").fate is CoverageStatus.ARCHIVED, "a later failure takes nothing away"


def test_a_redirect_has_the_fate_of_where_it_led(archive: Archive, run: int, make: Maker) -> None:
    archive.record_capture(run, make.capture_result(OutcomeKind.NEW, "n/1"))
    record_capture(archive, run, make, "old/1", OutcomeKind.REDIRECT, f"to {HOME}older/1")
    record_capture(archive, run, make, "older/1", OutcomeKind.REDIRECT, f"to {HOME}n/1")
    record_capture(archive, run, make, "old/2", OutcomeKind.REDIRECT, f"to {HOME}n/2")
    record_capture(archive, run, make, "old/3", OutcomeKind.REDIRECT, f"to {HOME}old/4")
    record_capture(archive, run, make, "old/4", OutcomeKind.REDIRECT, f"to {HOME}old/3")
    record_capture(archive, run, make, "old/5", OutcomeKind.REDIRECT, f"not an article of this source: {HOME}")
    assert fate(archive, "old/1") == ListedUrl(CoverageStatus.ARCHIVED, day="2026-03-03")
    assert fate(archive, "old/2").fate is CoverageStatus.NEVER_TRIED
    assert fate(archive, "old/3").fate is CoverageStatus.FAILED
    assert fate(archive, "old/5") == ListedUrl(CoverageStatus.FAILED, f"redirect: not an article of this source: {HOME}")


def test_what_is_out_of_scope_stays_so_and_tells_its_day(archive: Archive, run: int, make: Maker) -> None:
    reading = PageQuality(datetime(2026, 3, 2, tzinfo=UTC).date(), byline=False, body_chars=1, in_scope=False)
    record_capture(archive, run, make, "n/1", OutcomeKind.OUT_OF_SCOPE, reading=reading)
    record_capture(archive, run, make, "n/1", OutcomeKind.SERVER_ERROR, "status 503")
    assert fate(archive, "n/1") == ListedUrl(CoverageStatus.OUT_OF_SCOPE, day="2026-03-02")
    assert not fate(archive, "n/1").is_gap


def test_the_last_word_is_the_newest(archive: Archive, run: int, make: Maker) -> None:
    record_capture(archive, run, make, "n/1", OutcomeKind.SERVER_ERROR, "status 503")
    record_capture(archive, run, make, "n/1", OutcomeKind.GONE, "status 404")
    record_capture(archive, run, make, "n/2", OutcomeKind.NOT_ARTICLE, "no-text")
    assert fate(archive, "n/1") == ListedUrl(CoverageStatus.FAILED, "gone: status 404")
    assert fate(archive, "n/1").is_gap
    assert fate(archive, "n/2") == ListedUrl(CoverageStatus.NOT_ARTICLE, "no-text")
    assert not fate(archive, "n/2").is_gap


@pytest.mark.parametrize(
    ("reason", "scope", "gap"), [(ROBOTS_DISALLOWED, FailureScope.RULE, False), ("blocked_address", FailureScope.ADDRESS, True)]
)
def test_what_brought_no_answer_tells_why(archive: Archive, run: int, reason: str, scope: FailureScope, gap: bool) -> None:  # noqa: FBT001
    archive.seed(run, "vestnik", [found("n/1")], early=True)
    (entry,) = archive.lease(run, "vestnik", 1, [AddressKind.ARTICLE])
    archive.unanswered(run, entry, reason, scope)
    assert fate(archive, "n/1") == ListedUrl(CoverageStatus.FAILED, reason, waiting=not gap)
    assert fate(archive, "n/1").is_gap is gap


def test_what_will_be_tried_again_is_no_gap(archive: Archive, run: int) -> None:
    archive.seed(run, "vestnik", [found("n/1")], early=True)
    (entry,) = archive.lease(run, "vestnik", 1, [AddressKind.ARTICLE])
    archive.unanswered(run, entry, "timeout")
    assert fate(archive, "n/1") == ListedUrl(CoverageStatus.FAILED, "timeout", waiting=True)
    assert not fate(archive, "n/1").is_gap


def test_gaps_are_due_at_once_and_known_ones_start_anew(archive: Archive, run: int) -> None:
    archive.seed(run, "vestnik", [found("n/1")], early=True)
    (entry,) = archive.lease(run, "vestnik", 1, [AddressKind.ARTICLE])
    archive.unanswered(run, entry, "timeout")
    assert archive.lease(run, "vestnik", 9, [AddressKind.ARTICLE]) == []
    assert archive.enqueue(run, "vestnik", [found("n/1"), found("n/2")]) == 1
    assert {x.url: x.attempts for x in archive.lease(run, "vestnik", 9, [AddressKind.ARTICLE])} == {HOME + "n/1": 0, HOME + "n/2": 0}


def test_where_a_redirect_led_was_not_listed(archive: Archive, run: int, make: Maker) -> None:
    archive.seed(run, "vestnik", [found("n/1")], early=True)
    record_capture(archive, run, make, "n/1", OutcomeKind.REDIRECT, f"to {HOME}n/2", found=(found("n/2"),), hops=1)
    assert list(archive.found_articles("vestnik")) == [(HOME + "n/1", datetime(2026, 3, 1, tzinfo=UTC))]


def test_answers_of_channels_come_newest_first_and_equal_ones_once(archive: Archive, run: int, make: Maker) -> None:
    archive.seed(run, "vestnik", [found("rss", AddressKind.FEED)], early=True)
    for minutes, digest in enumerate(("sha256:A", "sha256:B", "sha256:B"), start=1):
        archive.record_capture(run, CaptureResult(make.capture("rss", minutes=minutes, digest=digest), Outcome(OutcomeKind.CHANNEL)))
    archive.record_capture(
        run, CaptureResult(make.capture("rss", minutes=9, digest="sha256:C", status=503), Outcome(OutcomeKind.SERVER_ERROR))
    )
    archive.record_capture(run, CaptureResult(make.capture("lost.xml", minutes=0), Outcome(OutcomeKind.CHANNEL)))
    archive.record_capture(run, make.capture_result(OutcomeKind.NEW, "n/1"))
    answers = [(x.capture.url.removeprefix(HOME), x.capture.payload_digest, x.kind) for x in archive.channel_answers("vestnik")]
    feed = AddressKind.FEED
    assert answers == [("rss", "sha256:B", feed), ("rss", "sha256:A", feed), ("lost.xml", "sha256:A", None)]
