from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from pipelines.deduplication import content_digest, decide
from storage.model.articles import DateStamp, Extraction, Image, Precision
from storage.model.captures import OutcomeKind
from storage.model.settlement import ArticleChange, Standing

STAMP = DateStamp(datetime(2026, 3, 3, 5, tzinfo=UTC), Precision.MINUTE, "3 марта 2026 г. 5:00", "selector:time", "Asia/Almaty")
READ = Extraction(
    title="Заголовок",
    lead="Лид",
    text="Текст",
    language="ru",
    authors=("Автор",),
    section="Политика",
    tags=("тег",),
    images=(Image("https://vestnik.example/1.jpg", "подпись", "фото"),),
    published=STAMP,
    modified=STAMP,
)
CHANGE = ArticleChange("id", "https://vestnik.example/n/1", READ, "now")


@pytest.mark.parametrize(
    ("standing", "kind", "article"),
    [
        (Standing(), OutcomeKind.NEW, "id"),
        (Standing(article="known", before="now"), OutcomeKind.UNCHANGED, "known"),
        (Standing(article="known", after="now"), OutcomeKind.UNCHANGED, "known"),
        (Standing(article="known", before="then", after="later"), OutcomeKind.REVISED, "known"),
        (Standing(twin="other"), OutcomeKind.ALIAS, "other"),
    ],
)
def test_the_archive_s_knowledge_decides(standing: Standing, kind: OutcomeKind, article: str) -> None:
    outcome = decide(CHANGE, standing)
    assert (outcome.kind, outcome.article) == (kind, article)


def test_an_article_of_no_topic_is_left_out_unless_it_is_known() -> None:
    left_out = decide(CHANGE, Standing(), "score 0.0 of 3.0")
    assert (left_out.kind, left_out.reason, left_out.article) == (OutcomeKind.OUT_OF_SCOPE, "score 0.0 of 3.0", None)
    assert decide(CHANGE, Standing(twin="other"), "score 0.0 of 3.0").kind is OutcomeKind.OUT_OF_SCOPE
    assert decide(CHANGE, Standing(article="known", before="then"), "score 0.0 of 3.0").kind is OutcomeKind.REVISED


@pytest.mark.parametrize(
    "changed",
    [
        {"title": "Другой"},
        {"lead": "Другой"},
        {"text": "Другой"},
        {"authors": ("Автор", "Второй")},
        {"section": "Экономика"},
        {"tags": ()},
        {"images": (Image("https://vestnik.example/1.jpg", "другая", "фото"),)},
        {"published": None},
        {"modified": replace(STAMP, moment=datetime(2026, 3, 4, tzinfo=UTC))},
    ],
)
def test_whatever_a_publisher_can_change_changes_the_digest(changed: dict[str, object]) -> None:
    assert content_digest(replace(READ, **changed)) != content_digest(READ)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "ours", [{"line": "2"}, {"extractor": "other"}, {"language": "kk"}, {"published": replace(STAMP, raw="вчера в 5:00")}]
)
def test_what_only_our_reading_changes_does_not(ours: dict[str, object]) -> None:
    assert content_digest(replace(READ, **ours)) == content_digest(READ)  # type: ignore[arg-type]
