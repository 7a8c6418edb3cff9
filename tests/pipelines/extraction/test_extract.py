from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from pipelines.draft import ExtractedFields, RawDate
from pipelines.extraction.extract import extract
from pipelines.extraction.overrides import DeclaredFieldError
from pipelines.rules import Layout
from storage.model.articles import Image
from storage.model.captures import Outcome, OutcomeKind
from tests.quality.corpora import SHARED, read_pages

if TYPE_CHECKING:
    from pipelines.page import Page

LAYOUT = Layout(
    {
        "title": "h1.t",
        "lead": ".lead",
        "body": "div.body",
        "date": "time.d",
        "modified": ".m",
        "authors": ".by",
        "section": ".rubric",
        "tags": ".tags a",
        "caption": "figure i",
        "credit": "figure b",
    },
    drop=".ps",
)
PAGE = """<h1 class=t>Парк у реки</h1><a class=rubric>Город</a><time class=d datetime="2026-03-03T00:00:00Z">3 марта 2026 г. 5:00</time>
<i class=views>919</i><span class=m>обновлено 4 марта</span><span class=by>Автор: Анна Ким</span><span class=by>Ержан Оспанов</span>
<div class=lead>Коротко о парке.</div><figure><img src=/a.jpg><i>Вид</i><b>фото акимата</b></figure>
<div class=body>{body}</div><p class=tags><a>#парк</a><a>#река</a></p>"""
KAZPRAVDA = Layout(
    {
        "title": "h1.article__title",
        "lead": ".article__lead",
        "body": "div.article__body",
        "date": "time.article__date",
        "authors": ".article__author",
        "section": ".article__rubric",
        "tags": ".article__tags a",
        "credit": "figure figcaption",
    }
)


def reading(make: Any, inner: str, *layouts: Layout, head: str = "", overrides: Any = None) -> ExtractedFields:
    result: ExtractedFields = extract(make.draft(make.page(make.html(inner, head)), *layouts, overrides=overrides)).reading
    return result


def test_a_layout_selects_every_field(make: Any) -> None:
    read = reading(make, PAGE.format(body="<p>Первый.</p><p class=ps>Приписка.</p><p>Второй.</p>"), LAYOUT)
    assert read == ExtractedFields(
        title="Парк у реки",
        lead="Коротко о парке.",
        text="Первый.\nВторой.",
        authors=("Анна Ким", "Ержан Оспанов"),
        section="Город",
        tags=("парк", "река"),
        images=(Image("https://vestnik.example/a.jpg", "Вид", "фото акимата"),),
        published=(RawDate("3 марта 2026 г. 5:00", "selector:time.d"), RawDate("2026-03-03T00:00:00Z", "selector:time.d@datetime")),
        modified=(RawDate("обновлено 4 марта", "selector:.m"),),
        html_language="ru",
        extractor="selector",
        selectors={field: (selector, True) for field, selector in LAYOUT.selectors.items()},
    )


def test_each_selector_is_reported_with_whether_it_matched(make: Any) -> None:
    page = (
        '<h1 class=t>Парк</h1><div class=lead> <b></b></div><div class=body><p>Текст о парке.</p></div><meta class=d content="2026-03-03">'
    )
    layout = Layout({"title": "h1.t", "lead": ".lead", "body": ".text", "date": ".d", "section": ".rubric"})
    read = reading(make, page, layout, overrides={"section": lambda _: "Город"})
    assert read.selectors == {"title": ("h1.t", True), "lead": (".lead", False), "body": (".text", False), "date": (".d", True)}
    assert "Текст о парке." in read.text, "another rule answered"


def test_an_override_precedes_the_layout_and_none_falls_through(make: Any) -> None:
    def words(page: Page) -> object:
        return [page.first_text(".rubric"), 7]

    answers: dict[str, Any] = {
        "title": lambda _: "Свой заголовок",
        "body": lambda _: "Раз.\n\n  Два. ",
        "tags": words,
        "date": lambda _: "вчера",
        "section": lambda _: None,
        "credit": lambda _: "Анна Ким",
        "authors": lambda page: page.first_text(".rubric"),
    }
    read = reading(make, PAGE.format(body="<p>Первый.</p>"), LAYOUT, overrides=answers)
    assert (read.title, read.text, read.tags, read.section, read.extractor) == (
        "Свой заголовок",
        "Раз.\nДва.",
        ("Город", "7"),
        "Город",
        "override",
    )
    assert read.published[0] == RawDate("вчера", "override")
    assert read.images[0] == Image("https://vestnik.example/a.jpg", "Вид", "Анна Ким")
    assert read.authors == ("Город",)


def failing(page: Page) -> object:
    return [1 / len(page.select("h7"))]


def failing_later(page: Page) -> object:
    yield page.url
    raise KeyError("no such script")


@pytest.mark.parametrize(
    ("field", "override", "line", "raised"),
    [
        ("title", failing, 1, "ZeroDivisionError: division by zero"),
        ("tags", failing_later, 2, "KeyError: 'no such script'"),
        ("date", lambda page: int(page.url), 0, "ValueError: invalid literal for int()"),
        ("body", lambda page: page.select("p["), 0, "SelectorSyntaxError: "),
    ],
)
def test_an_override_that_fails_is_named_with_its_line(make: Any, field: str, override: Any, line: int, raised: str) -> None:
    with pytest.raises(DeclaredFieldError) as caught:
        reading(make, make.article, overrides={field: override})
    place = f"{__file__}, line {override.__code__.co_firstlineno + line}"
    assert str(caught.value).startswith(f"{place}: {field} raised {raised}")


@pytest.mark.parametrize("field", ["title", "body", "date", "drop"])
def test_a_selector_that_does_not_compile_is_named_with_its_field(make: Any, field: str) -> None:
    layout = Layout({"body": "article"}, drop="h1[") if field == "drop" else Layout({field: "h1["})
    with pytest.raises(DeclaredFieldError, match=rf"the layout's selector of {field}, h1\[, is not a CSS selector: "):
        reading(make, make.article, layout)


def test_the_layout_of_the_day_of_capture_is_used(make: Any) -> None:
    old, new = Layout({"title": "h2"}, until=date(2026, 3, 3)), Layout({"title": "h3"})
    draft = make.draft(make.page(make.html(f"<h2>Старый</h2><h3>Новый</h3>{make.paragraph * 3}")), new, old)
    later = replace(draft, page=replace(draft.page, captured_at=datetime(2026, 3, 4, tzinfo=UTC)))
    assert (extract(draft).reading.title, extract(later).reading.title) == ("Старый", "Новый")


def test_a_selector_that_finds_nothing_falls_back(make: Any) -> None:
    read = reading(make, make.article, Layout({"title": "h1.gone", "body": ".gone", "authors": ".gone", "tags": ".gone", "date": ".gone"}))
    assert read.title == "Парк у реки расширят"
    assert read.text.endswith("Работы начнутся в мае.")
    assert read.extractor.startswith("generic+trafilatura-")


def test_generic_rules_read_structured_data(make: Any) -> None:
    head = """<script type="application/ld+json">{"@type":"NewsArticle","headline":"Парк у реки расширят",
      "datePublished":"2026-03-03T05:00:00+05:00",
      "author":{"@type":"Person","name":"Анна Ким"},"articleSection":"Город","keywords":"парк, река","image":"/p.jpg"}</script>"""
    read = reading(make, make.article, head=head)
    assert (read.authors, read.section, read.tags) == (("Анна Ким",), "Город", ("парк", "река"))
    assert read.published == (RawDate("2026-03-03T05:00:00+05:00", "jsonld:datePublished"),)
    assert read.images == (Image("https://vestnik.example/p.jpg"),)
    assert read.text.count("\n") == 3


def test_a_title_is_as_printed_and_loses_the_site_only_at_the_last(make: Any) -> None:
    head = '<meta property="og:title" content="Парк у реки расширят: что известно - Вестник">'
    assert reading(make, make.article, head=head).title == "Парк у реки расширят"
    inner = make.paragraph * 3
    assert reading(make, inner, head=head).title == "Парк у реки расширят: что известно"
    page = make.page(make.html(inner, title="Парк у реки | Вестник"))
    assert extract(make.draft(page)).reading.title == "Парк у реки"


def test_headline_and_lead_are_not_repeated_in_the_text(make: Any) -> None:
    lead = "Триста молодых клёнов высадят вдоль реки весной."
    inner = f"<article><h1>Парк у реки расширят</h1><div class=lead>{lead}</div><div><p>{lead}</p>{make.paragraph * 3}</div></article>"
    read = reading(make, inner)
    assert (read.lead, read.text) == (lead, "\n".join([(make.sentence * 3).strip()] * 3))
    inside = reading(make, f"<h1>Парк</h1><div class=b><p class=l>{lead}</p>{make.paragraph}</div>", Layout({"body": ".b", "lead": ".l"}))
    assert (inside.lead, inside.text.split("\n")[0]) == (lead, lead)


def test_an_agency_s_byline_has_no_author(make: Any) -> None:
    inner = "<h1>Парк у реки расширят</h1>{}<article>" + make.paragraph * 3 + "</article><aside class=author-name>Пётр Лишний</aside>"
    assert reading(make, inner.format("<div class=author>Казинформ</div>")).authors == ()
    assert reading(make, inner.format("<div class=author>Казинформ</div><div class=author>Анна Ким</div>")).authors == ("Анна Ким",)


def test_a_visible_date_is_used_if_there_is_no_other(make: Any) -> None:
    headline, article = "<h1>Парк у реки расширят</h1>", f"<article>{make.paragraph * 3}</article>"
    inner = f"<main>{headline}<p><span>3 марта 2026, 05:00</span> <i>919</i></p>{article}</main>"
    assert reading(make, inner).published == (RawDate("3 марта 2026, 05:00", "text"),)
    hidden = f"<main>{headline}{article}</main><p>{make.sentence} Обновлено 02.03.2026 в городе.</p>"
    assert reading(make, hidden).published == (RawDate("2026-03-02", "htmldate"),)


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("%PDF-1.7 <p>", "not-html"),
        ("", "not-html"),
        ('{"a":"<p>"}', "not-html"),
        ("<html><body><h1>Парк</h1></body></html>", "no-text"),
        ("<html><body><nav>Меню</nav></body></html>", "no-text"),
    ],
)
def test_what_is_not_an_article(make: Any, source: str, reason: str) -> None:
    assert extract(make.draft(make.page(source))).outcome == Outcome(OutcomeKind.NOT_ARTICLE, reason)


def test_an_article_needs_a_headline(make: Any) -> None:
    result = extract(make.draft(make.page(f"<html><body>{make.paragraph * 4}</body></html>")))
    assert result.outcome == Outcome(OutcomeKind.NOT_ARTICLE, "no-title")


def test_a_draft_that_has_its_outcome_is_left_alone(make: Any) -> None:
    done = replace(make.draft(make.page(make.html())), outcome=Outcome(OutcomeKind.GONE))
    assert extract(done) is done


@pytest.mark.parametrize("layouts", [(KAZPRAVDA,), ()], ids=["layout", "generic"])
def test_the_example_page_is_read_field_by_field(make: Any, layouts: tuple[Layout, ...]) -> None:
    if not (SHARED / "seed.warc.gz").exists():
        pytest.skip("the example page is not beside this checkout")
    gold = json.loads(Path(SHARED / "seed.json").read_text("utf-8"))
    (page,) = read_pages(SHARED / "seed.warc.gz")
    read = extract(make.draft(page, *layouts)).reading
    assert read.text.split("\n") == gold["text"].split("\n")
    assert (read.title, read.lead, list(read.authors)) == (gold["title"], gold["lead"], gold["authors"])
    assert (read.section, list(read.tags)) == (gold["section"], gold["tags"])
    assert [(image.caption, image.credit) for image in read.images] == [("", gold["credit"])]
    assert [stamp.raw for stamp in read.published] == [gold["published"]["raw"]]
    assert "6" not in (read.section, *read.tags, *read.authors)


def test_a_date_above_a_short_text_is_no_part_of_it(make: Any) -> None:
    page = make.html(f"<h1>Парк у реки</h1><div class=article__text><p>11 марта 2026, 12:50</p>{make.paragraph * 2}</div>")
    read = extract(make.draft(make.page(page))).reading
    assert [date.raw for date in read.published] == ["11 марта 2026, 12:50"]
    assert "2026" not in read.text
    assert len(read.text.split("\n")) == 2
