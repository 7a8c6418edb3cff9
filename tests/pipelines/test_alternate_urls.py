from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from pipelines.alternate_urls import is_same_article, other_addresses
from pipelines.deduplication import deduplicate
from pipelines.draft import Draft, ExtractedFields
from pipelines.fingerprints import sketch, text_digest
from pipelines.page import Page
from pipelines.persistence import persist
from pipelines.rules import StageRules
from storage.archive import Archive
from storage.model.articles import Extraction
from storage.model.captures import Capture, Outcome, OutcomeKind, WarcPointer
from storage.model.sources import Source, SourceKind
from storage.query import ArticleQuery

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PLAIN = "https://www.paper.example/kz/news/123-zhana-zan/"
RUSSIAN = Extraction(
    "Новый закон принят",
    "",
    "Депутаты приняли закон о Курултае.\nОн вступит в силу 1 июля, сообщили в пресс-службе.\nЗа него голосовали все.",
    "ru",
)
CYRILLIC = Extraction(
    "Жаңа Конституция күшіне енді",
    "",
    "Бүгін жаңа Конституция күшіне енді. Құрылтай сайлауы күзде өтеді, деп хабарлады баспасөз қызметі.\n"
    "Халық кеңесінің құрамы шілде айында жарияланады. Азаматтар ұсыныстарын қоғамдық қабылдауға жібере алады.",
    "kk",
)
LATIN = Extraction(
    "Jańa Konstıtýtsııa kúshine endi",
    "",
    "Búgin jańa Konstıtýtsııa kúshine endi. Quryltaı saılaýy kúzde ótedi, dep habarlady baspasóz qyzmeti.\n"
    "Halyq keńesiniń quramy shilde aıynda jarııalanady. Azamattar usynystaryn qoǵamdyq qabyldaýǵa jibere alady.",
    "kk-Latn",
)
ARABIC = Extraction(
    "جاڭا كونستيتۋتسيا كۇشىنە ەندى",
    "",
    "بۇگىن جاڭا كونستيتۋتسيا كۇشىنە ەندى. قۇرىلتاي سايلاۋى كۇزدە وتەدى، دەپ حابارلادى ءباسپاسوز قىزمەتى.\n"
    "حالىق كەڭەسىنىڭ قۇرامى شىلدە ايىندا جاريالانادى. ازاماتتار ۇسىنىستارىن قوعامدىق قابىلداۋعا جىبەرە الادى.",
    "kk-Arab",
)


@pytest.mark.parametrize(
    "form",
    [
        "https://www.paper.example/amp/kz/news/123-zhana-zan/",
        "https://www.paper.example/kz/amp/news/123-zhana-zan/",
        "https://www.paper.example/kz/news/123-zhana-zan/amp",
        "https://www.paper.example/kz/news/123-zhana-zan/amp/",
        "https://www.paper.example/kz/news/123-zhana-zan",
        "https://www.paper.example/kz/news/123-zhana-zan/?amp=1",
        "https://www.paper.example/kz/news/123-zhana-zan/?print=Y",
        "https://www.paper.example/print/kz/news/123-zhana-zan/",
        "https://www.paper.example/index.php/kz/news/123-zhana-zan/",
        "https://www.paper.example/qz/news/123-zhana-zan/",
        "https://qz.paper.example/news/123-zhana-zan/",
        "https://paper.example/kz/news/123-zhana-zan/",
    ],
)
def test_every_form_leads_to_the_plain_address_and_back(form: str) -> None:
    assert PLAIN in other_addresses(form, "kk")
    assert form in other_addresses(PLAIN, "kk")


@pytest.mark.parametrize("other", ["https://www.paper.example/kz/news/124-zhana-zan/", "https://www.paper.example/ru/news/123-zhana-zan/"])
def test_another_article_is_no_form(other: str) -> None:
    assert other not in other_addresses(PLAIN, "kk")


def test_a_russian_page_has_no_twin_in_another_script_and_keeps_its_parameters() -> None:
    found = other_addresses("https://paper.example/kz/?id=7&print=1", "ru")
    assert "https://paper.example/kz/?id=7" in found
    assert not any("/qz/" in address for address in found)


def test_forms_are_few() -> None:
    assert len(other_addresses("https://paper.example/news/7", "ru")) < 25
    assert len(other_addresses(PLAIN, "kk")) < 120


@pytest.mark.parametrize("other", [LATIN, ARABIC])
def test_scripts_are_read_as_one(other: Extraction) -> None:
    assert is_same_article(CYRILLIC, other)


def test_a_missing_line_keeps_the_article_but_another_text_or_headline_does_not() -> None:
    long = replace(RUSSIAN, text=RUSSIAN.text * 4)
    assert is_same_article(long, replace(long, text=f"{long.text} Фото редакции"))
    assert not is_same_article(long, RUSSIAN)
    assert not is_same_article(RUSSIAN, replace(RUSSIAN, title="Новый закон отклонен"))
    assert not is_same_article(CYRILLIC, replace(LATIN, text=RUSSIAN.text))
    assert not is_same_article(replace(RUSSIAN, text=""), replace(RUSSIAN, text=""))


SOURCE = Source("paper", "Paper", SourceKind.NEWSPAPER, "https://www.paper.example/", ("kk", "ru"))


class Line:
    """The archive after `deduplicate` and `persist`, for pages that were extracted before."""

    def __init__(self, archive: Archive) -> None:
        self.archive, self.run, self.settled = archive, archive.start_run("crawl", "test"), 0
        archive.keep_source(SOURCE)

    def record_capture(self, url: str, read: Extraction) -> Outcome:
        self.settled += 1
        moment = datetime(2026, 3, 3, 6, self.settled, tzinfo=UTC)
        capture = Capture(
            "paper", url, moment, 200, "text/html", "sha256:A", WarcPointer("a.warc.gz", self.settled, 1, f"<urn:{self.settled}>")
        )
        draft = Draft(
            capture,
            Page(url, b"", "text/html", moment),
            StageRules(SOURCE),
            ExtractedFields(title=read.title, text=read.text),
            language=read.language,
            text_sha256=text_digest(read.text),
            sketch=sketch(read.text),
        )
        decided = deduplicate(draft, self.archive, "1", lambda read: read)
        assert decided.outcome is not None
        persist(decided, self.archive, self.run)
        return decided.outcome


@pytest.fixture
def line(tmp_path: Path) -> Iterator[Line]:
    with Archive.held(tmp_path / "archive", "test") as archive:
        yield Line(archive)


@pytest.mark.parametrize("first", ["https://www.paper.example/kz/news/7/", "https://www.paper.example/amp/kz/news/7/"])
def test_forms_and_scripts_become_aliases_whichever_comes_first(line: Line, first: str) -> None:
    article = line.record_capture(first, CYRILLIC).article
    forms = {
        "https://www.paper.example/kz/news/7/": CYRILLIC,
        "https://www.paper.example/kz/amp/news/7/": replace(CYRILLIC, text=f"{CYRILLIC.text}\nФото: редакция"),
        "https://www.paper.example/index.php/kz/news/7/": CYRILLIC,
        "https://www.paper.example/kz/news/7/?print=1": CYRILLIC,
        "https://qz.paper.example/news/7/": LATIN,
        "https://www.paper.example/tote/news/7/": ARABIC,
    }
    for visit in (OutcomeKind.ALIAS, OutcomeKind.UNCHANGED):
        for url, read in forms.items():
            outcome = line.record_capture(url, read)
            assert (outcome.kind, outcome.article) == (visit, article) or url == first, url
    assert line.archive.count(ArticleQuery()) == 1
    assert line.archive.cluster(str(article)) is None


def test_another_text_at_a_twin_address_is_an_article(line: Line) -> None:
    line.record_capture("https://www.paper.example/kz/news/7/", CYRILLIC)
    assert line.record_capture("https://www.paper.example/qz/news/7/", replace(LATIN, title="Basqa jańalyq")).kind is OutcomeKind.NEW


def test_an_edit_that_an_alias_shows_is_a_revision(line: Line) -> None:
    long = replace(RUSSIAN, text=RUSSIAN.text * 4)
    line.record_capture("https://www.paper.example/news/7", long)
    line.record_capture("https://www.paper.example/amp/news/7", replace(long, text=f"{long.text} Фото редакции"))
    edited = replace(long, text=RUSSIAN.text.replace("1 июля", "1 сентября") + " Документ опубликован, а прежний закон утратил силу.")
    assert line.record_capture("https://www.paper.example/amp/news/7", edited).kind is OutcomeKind.REVISED
