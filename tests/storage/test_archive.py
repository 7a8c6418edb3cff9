from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sqlalchemy import event

from storage.archive import Archive
from storage.errors import ArchiveUnusable
from storage.model.capture_result import CaptureResult, RevisionContext
from storage.model.captures import Outcome, OutcomeKind
from storage.query import ArticleQuery

if TYPE_CHECKING:
    from pathlib import Path

    from tests.storage.conftest import Maker


def test_an_article_comes_back_as_it_was_settled(archive: Archive, run: int, make: Maker) -> None:
    capture_result = make.capture_result(OutcomeKind.NEW)
    archive.record_capture(run, capture_result)
    found = archive.article("id of n/1")
    assert found is not None
    article, revisions = found
    assert capture_result.change is not None
    assert article.extraction == capture_result.change.extraction
    assert article.topics == capture_result.change.topics
    assert article.warc == capture_result.capture.warc
    assert article.payload_digest == capture_result.capture.payload_digest
    assert (article.captured_at, article.first_seen_at) == (capture_result.capture.captured_at, capture_result.capture.captured_at)
    assert (article.revision, article.revisions, len(revisions)) == (1, 1, 1)
    assert article.source.languages == ("ru", "kk")
    assert archive.article("https://vestnik.example/n/1") == found
    assert archive.article("nothing") is None


def test_a_revision_becomes_the_face_of_its_article(archive: Archive, run: int, make: Maker) -> None:
    archive.record_capture(run, make.capture_result(OutcomeKind.NEW, text="Первый текст о бюджете."))
    archive.record_capture(run, make.capture_result(OutcomeKind.REVISED, text="Второй текст о выборах."))
    found = archive.article("id of n/1")
    assert found is not None
    article, revisions = found
    assert article.extraction.text == "Второй текст о выборах."
    assert [revision.number for revision in revisions] == [1, 2]
    assert archive.count(ArticleQuery(words="выборы")) == 1
    assert archive.count(ArticleQuery(words="бюджет")) == 0


def test_standing_tells_what_a_page_shows_and_whether_a_capture_is_its_newest(archive: Archive, run: int, make: Maker) -> None:
    assert standing(archive, make, "n/1", 5) == RevisionContext()
    archive.record_capture(run, make.capture_result(OutcomeKind.NEW, text="А", minutes=10))
    archive.record_capture(run, make.capture_result(OutcomeKind.REVISED, text="Б", minutes=20))
    newest = standing(archive, make, "n/1", 25)
    assert newest.before is not None
    assert (newest.article, newest.before.content_sha256, newest.is_newest) == ("id of n/1", "Заголовок|Б", True)
    assert not standing(archive, make, "n/1", 20).is_newest, "a moment is no key"
    assert standing(archive, make, "n/1/", 25).article == "id of n/1", "another spelling of the address"
    archive.record_capture(run, CaptureResult(make.capture("n/2", minutes=30), Outcome(OutcomeKind.GONE, "status 404")))
    assert standing(archive, make, "n/2", 40).has_captures


def standing(archive: Archive, make: Maker, path: str, minutes: int) -> RevisionContext:
    change = make.change(path)
    return archive.standing(make.capture(path, minutes=minutes), change.url, change.id)


def test_an_alias_leads_to_its_article(archive: Archive, run: int, make: Maker) -> None:
    archive.record_capture(run, make.capture_result(OutcomeKind.NEW))
    archive.record_capture(
        run, CaptureResult(make.capture("amp/1"), Outcome(OutcomeKind.ALIAS, article="id of n/1"), change=make.change("amp/1"))
    )
    found = archive.article("https://vestnik.example/amp/1")
    assert found is not None
    assert found[0].id == "id of n/1"
    assert archive.article("id of amp/1") == found
    assert archive.count(ArticleQuery()) == 1
    hidden = standing(archive, make, "amp/1", 50)
    assert (hidden.article, hidden.alias_of) == ("id of amp/1", "id of n/1")


def test_the_tally_sums_to_the_captures(archive: Archive, run: int, make: Maker) -> None:
    archive.record_capture(run, make.capture_result(OutcomeKind.NEW))
    archive.record_capture(run, CaptureResult(make.capture("n/2", status=404), Outcome(OutcomeKind.GONE, "status 404")))
    archive.record_capture(run, CaptureResult(make.capture("n/3", status=500), Outcome(OutcomeKind.SERVER_ERROR, "status 500")))
    tally = archive.tally(run)["vestnik"]
    assert tally.outcomes == {OutcomeKind.NEW: 1, OutcomeKind.GONE: 1, OutcomeKind.SERVER_ERROR: 1}
    assert tally.captures == len(list(archive.captures())) == 3
    assert tally.failures == 1


def test_a_capture_and_its_outcome_are_one_transaction(archive: Archive, run: int, make: Maker) -> None:
    broken = make.capture_result(OutcomeKind.NEW)
    archive.record_capture(run, broken)
    with pytest.raises(Exception, match="UNIQUE"):
        archive.record_capture(run, broken)
    assert len(list(archive.captures())) == 1
    assert list(archive.damage()) == []


def test_reading_needs_an_archive(tmp_path: Path) -> None:
    with pytest.raises(ArchiveUnusable, match="There is no archive in"), Archive.opened(tmp_path):
        pass
    assert list(tmp_path.iterdir()) == []


def test_a_killed_run_is_closed_by_the_next(archive: Archive, run: int) -> None:
    archive.database.close()
    other = Archive(archive.directory)
    assert other.run(run).ended == ""


def test_the_number_of_statements_does_not_grow_with_the_archive(archive: Archive, run: int, make: Maker) -> None:
    counts = []
    statements: list[str] = []

    def count(*arguments: object) -> None:
        statements.append(str(arguments[2]))

    event.listen(archive.database.engine, "before_cursor_execute", count)
    for number in range(40):
        statements.clear()
        change = make.change(f"n/{number}", f"Текст номер {number}.")
        capture = make.capture(f"n/{number}")
        archive.standing(capture, change.url, change.id)
        archive.record_capture(run, CaptureResult(capture, Outcome(OutcomeKind.NEW, article=change.id), change=change))
        counts.append(len(statements))
    event.remove(archive.database.engine, "before_cursor_execute", count)
    assert counts[0] == counts[-1]
    assert counts[0] <= 41
