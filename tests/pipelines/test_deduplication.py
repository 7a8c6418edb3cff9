from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from pipelines.deciding import NOISY_AFTER, decide
from pipelines.fingerprints import content_digest
from storage.model.articles import DateStamp, Extraction, Image, Precision
from storage.model.capture_result import ArticleUpdate, RevisionContext
from storage.model.captures import Capture, OutcomeKind, WarcPointer
from storage.model.history import StoredExtraction

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
CHANGE = ArticleUpdate("id", "https://vestnik.example/n/1", READ, "now")
CAPTURE = Capture("vestnik", CHANGE.url, STAMP.moment, 200, "text/html", "sha256:A", WarcPointer("a", 0, 9, "<a>"))


def known(content: str = "then", **changed: object) -> StoredExtraction:
    return StoredExtraction(1, replace(READ, **changed), content, CAPTURE)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("standing", "kind", "article"),
    [
        (RevisionContext(), OutcomeKind.NEW, "id"),
        (RevisionContext(article="known", before=known("now")), OutcomeKind.UNCHANGED, "known"),
        (RevisionContext(article="known", before=known(text="Иной")), OutcomeKind.REVISED, "known"),
        (RevisionContext(article="known", before=known()), OutcomeKind.UNCHANGED, "known"),
    ],
)
def test_the_archive_s_knowledge_decides(standing: RevisionContext, kind: OutcomeKind, article: str) -> None:
    outcome = decide(CHANGE, standing)
    assert (outcome.kind, outcome.article) == (kind, article)


def test_an_article_of_no_topic_is_not_stored_unless_it_is_known() -> None:
    left_out = decide(CHANGE, RevisionContext(), "score 0.0 of 3.0")
    assert (left_out.kind, left_out.reason, left_out.article) == (OutcomeKind.OUT_OF_SCOPE, "score 0.0 of 3.0", None)
    assert decide(CHANGE, RevisionContext(article="known", before=known(title="Иной")), "score 0.0 of 3.0").kind is OutcomeKind.REVISED


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


def test_a_publication_date_that_goes_back_is_flagged() -> None:
    earlier = replace(STAMP, moment=datetime(2026, 2, 1, tzinfo=UTC), raw="1 февраля 2026 г.")
    outcome = decide(replace(CHANGE, extraction=replace(READ, published=earlier)), RevisionContext(article="known", before=known()))
    assert (outcome.kind, outcome.reason) == (OutcomeKind.REVISED, "published; date_suspect: published went back")


LONG = " ".join(f"слово{number}" for number in range(100))


def test_changed_fields_are_named() -> None:
    change = replace(CHANGE, extraction=replace(READ, title="Другой заголовок", text="Другой текст"))
    outcome = decide(change, RevisionContext(article="known", before=known()))
    assert (outcome.kind, outcome.reason) == (OutcomeKind.REVISED, "title text")


def test_a_stub_never_replaces_a_text() -> None:
    change = replace(CHANGE, extraction=replace(READ, text=LONG[:200]))
    assert decide(change, RevisionContext(article="known", before=known(text=LONG))).kind is OutcomeKind.SHORTENED
    another = replace(CHANGE, extraction=replace(READ, text="Совсем другой короткий текст об ином."))
    assert decide(another, RevisionContext(article="known", before=known(text=LONG))).kind is OutcomeKind.REVISED


def test_a_token_that_changes_at_every_fetch_makes_no_storm() -> None:
    change = replace(CHANGE, extraction=replace(READ, text=f"{LONG} 184"))
    standing = RevisionContext(article="known", before=known(text=f"{LONG} 183"), streak=NOISY_AFTER)
    outcome = decide(change, standing)
    assert (outcome.kind, outcome.reason.partition(":")[0]) == (OutcomeKind.UNCHANGED, "unstable")
    assert decide(change, replace(standing, streak=NOISY_AFTER - 1)).kind is OutcomeKind.REVISED
    longer = replace(CHANGE, extraction=replace(READ, text=f"{LONG} 184 и ещё один целый абзац прямого эфира"))
    assert decide(longer, standing).kind is OutcomeKind.REVISED
