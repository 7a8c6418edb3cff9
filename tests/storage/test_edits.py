"""Edits are dated by two captures: the last one that showed what was there before, and the first one that shows the change."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from storage.model.capture_result import CaptureResult
from storage.model.captures import Outcome, OutcomeKind
from storage.query import ArticleQuery
from tests.storage.conftest import NOON

if TYPE_CHECKING:
    from storage.archive import Archive
    from tests.storage.conftest import Maker


def seen(archive: Archive, path: str = "n/1") -> list[tuple[int, int]]:
    """In minutes, between which captures the edits of an article were made."""
    found = archive.article(f"id of {path}")
    assert found is not None
    article, revisions = found
    assert revisions[0].previous_last_seen is None
    assert [x.previous_last_seen for x in revisions[1:]] == [x.previous_last_seen for x in article.edits]
    minute = timedelta(minutes=1)
    return [((x.previous_last_seen - NOON) // minute, (x.captured_at - NOON) // minute) for x in article.edits]


def answer(archive: Archive, run: int, make: Maker, kind: OutcomeKind, minutes: int, reason: str = "", article: str = "id of n/1") -> None:
    archive.record_capture(run, CaptureResult(make.capture(minutes=minutes), Outcome(kind, reason, article=article)))


def test_an_edit_lies_between_the_last_capture_before_it_and_the_first_that_shows_it(archive: Archive, run: int, make: Maker) -> None:
    archive.record_capture(run, make.capture_result(OutcomeKind.NEW, text="Первый.", minutes=10))
    answer(archive, run, make, OutcomeKind.UNCHANGED, 20, "status 304")
    answer(archive, run, make, OutcomeKind.SERVER_ERROR, 30, "status 503")
    answer(archive, run, make, OutcomeKind.WALLED, 40, "paywall")
    archive.record_capture(run, make.capture_result(OutcomeKind.NEW, "n/2", text="Другая статья.", minutes=45))
    archive.record_capture(run, make.capture_result(OutcomeKind.REVISED, text="Второй.", minutes=50))
    archive.record_capture(run, make.capture_result(OutcomeKind.REVISED, text="Третий.", minutes=60))
    answer(archive, run, make, OutcomeKind.UNCHANGED, 70)
    assert seen(archive) == [(20, 50), (50, 60)]
    assert seen(archive, "n/2") == []


def test_captures_of_one_moment_leave_the_one_before(archive: Archive, run: int, make: Maker) -> None:
    archive.record_capture(run, make.capture_result(OutcomeKind.NEW, text="Первый.", minutes=10))
    archive.record_capture(run, make.capture_result(OutcomeKind.REVISED, text="Второй.", minutes=10))
    assert seen(archive) == [(10, 10)]


def test_edits_of_many_articles_are_not_mixed_up(archive: Archive, run: int, make: Maker) -> None:
    for number in range(5):
        archive.record_capture(run, make.capture_result(OutcomeKind.NEW, f"n/{number}", f"Первый {number}.", minutes=number))
        archive.record_capture(run, make.capture_result(OutcomeKind.REVISED, f"n/{number}", f"Второй {number}.", minutes=100 - number))
    found = {article.id: article.edits for article in archive.articles(ArticleQuery())}
    minutes = {
        name: ((edit.previous_last_seen - NOON).seconds // 60, (edit.captured_at - NOON).seconds // 60) for name, (edit,) in found.items()
    }
    assert minutes == {f"id of n/{number}": (number, 100 - number) for number in range(5)}
