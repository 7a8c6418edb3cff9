"""Rescoring an archive of many articles: verdicts are written in batches, and every one is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harvester.rescoring import BATCH, Rescored, TopicChange, rescore
from pipelines.rules import TopicRules, TopicTerm
from storage.archive import Archive
from storage.model.capture_result import ArticleUpdate, CaptureResult
from storage.model.captures import Capture, Outcome, OutcomeKind, WarcPointer
from storage.query import ArticleQuery
from tests.archives import SEEN, VESTNIK, reading

if TYPE_CHECKING:
    from pathlib import Path

    from harvester.response_handler import SourceContext

SNOW = TopicRules("snow", "Снег", 1.0, (TopicTerm("снег", "ru", 1.0),))


def no_frame(source: str) -> SourceContext:
    raise AssertionError(f"no capture of {source} is out of scope")


def fill(archive: Archive, run: int, articles: int) -> None:
    archive.keep_source(VESTNIK)
    for number in range(articles):
        url = f"https://vestnik.example/{number}"
        capture = Capture("vestnik", url, SEEN, 200, "text/html", "sha256:A", WarcPointer("a.warc.gz", number, 1, f"<urn:{number}>"))
        change = ArticleUpdate(str(number), url, reading(f"Снег {number}", f"Снег выпал {number} раз."), str(number))
        archive.record_capture(run, CaptureResult(capture, Outcome(OutcomeKind.NEW, article=change.id), change=change))


def test_every_article_of_every_batch_is_judged(tmp_path: Path) -> None:
    articles = BATCH + 5
    with Archive.held(tmp_path / "archive", "test") as archive:
        run = archive.start_run("rescore", "test")
        fill(archive, run, articles)
        empty_pages, done, again = Rescored(), Rescored(), Rescored()
        rescore(archive, [SNOW], no_frame, empty_pages, run=None)
        assert archive.count(ArticleQuery(topics=("snow",))) == 0
        rescore(archive, [SNOW], no_frame, done, run=run)
        assert archive.count(ArticleQuery(topics=("snow",))) == articles
        rescore(archive, [SNOW], no_frame, again, run=run)
    assert empty_pages == done
    assert done.topics == {"snow": TopicChange(belong=articles, gained=articles)}
    assert again.topics == {"snow": TopicChange(belong=articles)}
