from __future__ import annotations

import tomllib
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from storage.archive import Archive
from storage.query import ArticleQuery
from tests.quality.reprints import GoldText, gold
from tests.quality.test_reprints import article_of, keep

if TYPE_CHECKING:
    from collections.abc import Iterator

NOON = datetime(2026, 3, 5, 12, tzinfo=UTC)
TELLINGS = tomllib.loads((Path(__file__).parents[1] / "quality" / "events.toml").read_text("utf-8"))["telling"]
EVENTS = sorted({x["event"] for x in TELLINGS})


def told(n: int, telling: dict[str, str], moment: datetime) -> GoldText:
    return GoldText(telling["event"], "telling", f"paper{n}", telling["language"], telling["title"], telling["text"], moment)


TEXTS = [
    *(text for text in gold() if text.kind == "original"),
    *(told(n, telling, NOON + timedelta(hours=n)) for n, telling in enumerate(TELLINGS)),
]


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    with Archive.held(tmp_path_factory.mktemp("stories") / "archive", "test") as held:
        keep(held, TEXTS)
        yield held


def test_events_are_told_apart_and_their_tellings_found(archive: Archive) -> None:
    event_of = {article_of(n, text): text.story for n, text in enumerate(TEXTS)}
    stories = archive.stories(ArticleQuery(), 100)
    found = [sorted(event_of[telling.article.id] for telling in story.tellings) for story in stories]
    assert sorted(found) == sorted([name] * sum(x["event"] == name for x in TELLINGS) for name in EVENTS)
    moments = [story.tellings[-1].article.extraction.published for story in stories]
    assert [x.moment for x in moments if x] == sorted((x.moment for x in moments if x), reverse=True)
    assert all(0.2 < story.score < 1 and all(0.2 < telling.score < 1 for telling in story.tellings) for story in stories)


def test_a_query_a_window_and_a_limit_narrow_what_is_told(archive: Archive) -> None:
    assert len(archive.stories(ArticleQuery(words="мост"), 100)) == 1
    assert archive.stories(ArticleQuery(until=date(2026, 2, 1)), 100) == []
    assert archive.stories(ArticleQuery(), 1) == archive.stories(ArticleQuery(), 100)[:1]


def test_the_limit_of_a_query_says_how_many_articles_are_compared(archive: Archive) -> None:
    newest = {x.id for x in archive.articles(ArticleQuery(limit=30))}
    compared = archive.stories(ArticleQuery(limit=30), 100)
    assert compared
    assert {x.id for story in compared for x in story.articles} <= newest
    assert len(compared) < len(archive.stories(ArticleQuery(), 100))
    assert archive.stories(ArticleQuery(limit=1), 100) == []


def test_reprints_count_once_and_a_story_ends(tmp_path: Path) -> None:
    first, second, _ = (x for x in TELLINGS if x["event"] == "bridge")
    texts = [told(0, first, NOON), told(1, first, NOON + timedelta(hours=1)), told(2, second, NOON + timedelta(hours=2))]
    later = told(3, second | {"text": f"{first['text']} {second['text']}"}, NOON + timedelta(days=6))
    with Archive.held(tmp_path / "archive", "test") as archive:
        keep(archive, [*texts, later])
        (story,) = archive.stories(ArticleQuery(), 10)
        assert [telling.article.source.id for telling in story.tellings] == ["paper0", "paper2"]
