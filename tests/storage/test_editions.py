from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from storage.model.capture_result import CaptureResult
from storage.model.captures import Outcome, OutcomeKind
from storage.model.editions import Edition, EditionClue, FoundIn
from storage.query import ArticleQuery
from storage.repositories.editions import MOST_VERSIONS

if TYPE_CHECKING:
    from collections.abc import Callable

    from storage.archive import Archive
    from tests.storage.conftest import Maker

SITE = "https://vestnik.example/"


@pytest.fixture
def keep(archive: Archive, run: int, make: Maker) -> Callable[..., None]:
    """Writes an article down, with its language and its clues."""

    def write(path: str, language: str, *clues: EditionClue, kind: OutcomeKind = OutcomeKind.NEW, minutes: int | None = None) -> None:
        change = make.change(path, f"Текст {path}.", path)
        change = replace(change, extraction=replace(change.extraction, language=language), editions=clues)
        archive.record_capture(run, CaptureResult(make.capture(path, minutes=minutes), Outcome(kind, article=change.id), change=change))

    return write


def names(path: str, language: str) -> EditionClue:
    return EditionClue(FoundIn.HREFLANG, SITE + path, language)


def editions(archive: Archive, path: str) -> list[tuple[str, str, str]]:
    """Language, path and way of the versions of an article; a question mark before what the archive does not hold."""
    article, _ = archive.article(SITE + path) or pytest.fail(path)
    assert all(edition.article in {"", f"id of {edition.url.removeprefix(SITE)}"} for edition in article.editions)
    return [(x.language, ("" if x.article else "?") + x.url.removeprefix(SITE), x.found_in.value) for x in article.editions]


@pytest.mark.parametrize("order", [("ru/1", "kz/1"), ("kz/1", "ru/1")])
def test_one_page_naming_the_other_links_both_whatever_comes_first(
    archive: Archive, keep: Callable[..., None], order: tuple[str, str]
) -> None:
    articles = {"ru/1": ("ru", names("kz/1", "kk")), "kz/1": ("kk",)}
    for path in order:
        keep(path, *articles[path])
    assert editions(archive, "ru/1") == [("kk", "kz/1", "hreflang")]
    assert editions(archive, "kz/1") == [("ru", "ru/1", "hreflang")]


def test_a_version_that_is_not_held_is_named_and_found_once_it_comes(archive: Archive, keep: Callable[..., None]) -> None:
    keep("ru/1", "ru", names("kz/1", "kk"), names("en/1", "en"), names("ru/other", "ru"))
    assert editions(archive, "ru/1") == [("en", "?en/1", "hreflang"), ("kk", "?kz/1", "hreflang")]
    keep("kz/1", "kk")
    assert editions(archive, "ru/1") == [("en", "?en/1", "hreflang"), ("kk", "kz/1", "hreflang")]


def test_the_language_of_a_held_version_is_that_of_its_text(archive: Archive, keep: Callable[..., None]) -> None:
    keep("ru/1", "ru", names("kz/1", "kk"), names("kz/2", "kk"))
    keep("kz/1", "kk-Latn")
    keep("kz/2", "ru")  # a page that nobody translated
    assert editions(archive, "ru/1") == [("kk-Latn", "kz/1", "hreflang")]
    assert editions(archive, "kz/2") == []


@pytest.mark.parametrize("spelling", ["http://vestnik.example/kz/1", "https://www.vestnik.example/kz/1", "https://vestnik.example/kz/1/"])
def test_links_may_spell_the_address_otherwise(archive: Archive, keep: Callable[..., None], spelling: str) -> None:
    keep("ru/1", "ru", EditionClue(FoundIn.HREFLANG, spelling, "kk"))
    keep("kz/1", "kk")
    assert editions(archive, "ru/1") == [("kk", "kz/1", "hreflang")]
    assert editions(archive, "kz/1") == [("ru", "ru/1", "hreflang")]


def test_a_link_to_another_address_of_an_article_counts(archive: Archive, run: int, make: Maker, keep: Callable[..., None]) -> None:
    keep("kz/1", "kk")
    change = make.change("kz/amp/1")
    archive.record_capture(run, CaptureResult(make.capture("kz/amp/1"), Outcome(OutcomeKind.ALIAS, article="id of kz/1"), change=change))
    keep("ru/1", "ru", names("kz/amp/1", "kk"))
    assert editions(archive, "ru/1") == [("kk", "kz/1", "hreflang")]
    assert editions(archive, "kz/1") == [("ru", "ru/1", "hreflang")]


def test_a_shared_id_or_path_links_other_languages_only(archive: Archive, keep: Callable[..., None]) -> None:
    shared, path = EditionClue(FoundIn.ID, "77"), EditionClue(FoundIn.PATH, "n/77")
    keep("ru/n/77", "ru", shared, path)
    keep("kz/n/77", "kk", shared, path)
    keep("ru/n/77/print", "ru", shared)
    keep("qz/n/77", "kk-Latn", path)
    keep("ru/n/78", "ru", EditionClue(FoundIn.ID, "78"))
    assert editions(archive, "ru/n/77") == [("kk", "kz/n/77", "id"), ("kk-Latn", "qz/n/77", "path")]
    assert editions(archive, "kz/n/77") == [("kk-Latn", "qz/n/77", "path"), ("ru", "ru/n/77", "id"), ("ru", "ru/n/77/print", "id")]
    assert editions(archive, "qz/n/77") == [("kk", "kz/n/77", "path"), ("ru", "ru/n/77", "path")]
    assert editions(archive, "ru/n/78") == []


def test_the_surest_way_is_told(archive: Archive, keep: Callable[..., None]) -> None:
    keep("ru/1", "ru", EditionClue(FoundIn.PATH, "1"), EditionClue(FoundIn.ID, "1"))
    keep("kz/1", "kk", names("ru/1", "ru"), EditionClue(FoundIn.PATH, "1"), EditionClue(FoundIn.ID, "1"))
    assert editions(archive, "ru/1") == [("kk", "kz/1", "hreflang")]


def test_what_many_articles_share_is_no_id(archive: Archive, keep: Callable[..., None]) -> None:
    year = EditionClue(FoundIn.ID, "2026")
    for number in range(MOST_VERSIONS):
        keep(f"n/{number}", "kk" if number % 2 else "ru", year)
    assert len(editions(archive, "n/0")) == MOST_VERSIONS // 2
    keep("n/more", "kk", year)
    assert editions(archive, "n/0") == []


def test_the_newest_capture_says_what_its_page_names(archive: Archive, keep: Callable[..., None]) -> None:
    keep("ru/1", "ru", minutes=10)
    keep("kz/1", "kk", minutes=11)
    keep("ru/1", "ru", names("kz/1", "kk"), kind=OutcomeKind.UNCHANGED, minutes=20)
    assert editions(archive, "kz/1") == [("ru", "ru/1", "hreflang")]
    keep("ru/1", "ru", kind=OutcomeKind.UNCHANGED, minutes=15)  # an older capture that came later
    assert editions(archive, "kz/1") == [("ru", "ru/1", "hreflang")]
    keep("ru/1", "ru", kind=OutcomeKind.UNCHANGED, minutes=30)
    assert editions(archive, "kz/1") == []


def test_sources_do_not_mix(archive: Archive, run: int, make: Maker, keep: Callable[..., None]) -> None:
    from storage.model.sources import Source, SourceKind

    archive.keep_source(Source("other", "Other", SourceKind.ONLINE, "https://other.example/"))
    change = replace(make.change("kz/1"), id="other", editions=(EditionClue(FoundIn.ID, "1"), names("ru/1", "ru")))
    change = replace(change, extraction=replace(change.extraction, language="kk"))
    capture = replace(make.capture("kz/1"), source="other")
    archive.record_capture(run, CaptureResult(capture, Outcome(OutcomeKind.NEW, article="other"), change=change))
    keep("ru/1", "ru", EditionClue(FoundIn.ID, "1"))
    assert editions(archive, "ru/1") == []


def test_a_batch_takes_as_many_statements_as_one_article_and_a_query_sees_no_difference(
    archive: Archive, keep: Callable[..., None]
) -> None:
    for number in range(30):
        keep(f"ru/{number}", "ru", names(f"kz/{number}", "kk"), EditionClue(FoundIn.PATH, str(number)))
        keep(f"kz/{number}", "kk", EditionClue(FoundIn.PATH, str(number)))
    kazakh = list(archive.articles(ArticleQuery(languages=("kk",))))
    assert len(kazakh) == archive.count(ArticleQuery(languages=("kk",))) == 30
    for article in kazakh:
        russian = article.url.replace("/kz/", "/ru/")
        assert article.editions == (Edition("ru", f"id of {russian.removeprefix(SITE)}", russian, FoundIn.HREFLANG),)


def test_shares_of_languages_are_kept(archive: Archive, run: int, make: Maker) -> None:
    change = make.change()
    change = replace(change, extraction=replace(change.extraction, languages=(("ru", 0.81), ("kk", 0.19))))
    archive.record_capture(run, CaptureResult(make.capture(), Outcome(OutcomeKind.NEW, article=change.id), change=change))
    article, _ = archive.article(change.url) or pytest.fail("gone")
    assert article.extraction == change.extraction
