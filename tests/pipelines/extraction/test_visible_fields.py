from __future__ import annotations

from typing import Any

from pipelines.draft import RawDate
from pipelines.extraction.visible_dates import VisibleDates
from pipelines.extraction.visible_fields import VisibleFields
from pipelines.page import text_of

PAGE = """<div class="top"><span class="date">Понедельник, 02 Февраля 2026</span></div><nav><a class="category">Меню</a></nav>
<main><div class="item"><a class="rubric" href="/r">Город</a><h1>Парк у реки расширят</h1>{meta}{body}
<div class="articleTags"><a href="/t/1">#парк</a> <a href="/t/2">#река</a></div></div>
<aside><span class="author">Чужой Автор</span></aside><div class="popular"><span class="author">Пётр Лишний</span></div></main>"""


def visible_fields(make: Any, meta: str = "", body: str = "") -> VisibleFields:
    inner = PAGE.format(meta=meta, body=f"<div id=body>{body}{make.paragraph * 3}</div>")
    page = make.page(make.html(inner))
    return VisibleFields(page.select("#body")[0], page.select("h1")[0])


def test_section_tags_and_byline_are_read_around_the_body(make: Any) -> None:
    fields = visible_fields(make, '<span class="article__author">Анна Ким</span>')
    assert fields.section() == "Город"
    assert fields.tags() == ["#парк", "#река"]
    assert fields.authors() == ["Анна Ким"]
    assert text_of(fields.scope).startswith("Город Парк у реки")


def test_a_byline_at_the_end_of_the_body_is_read_but_not_one_of_another_article(make: Any) -> None:
    assert visible_fields(make, body='<p class="author">Анна Ким</p>').authors() == ["Анна Ким"]
    assert visible_fields(make, '<div class="comments"><b class="author">Читатель</b></div>').authors() == []
    assert visible_fields(make, "<div class=byline><a href=/1>Анна Ким</a><a href=/2>Ержан Оспанов</a></div>").authors() == [
        "Анна Ким",
        "Ержан Оспанов",
    ]
    assert visible_fields(make, "<a rel=author href=/1>Анна Ким</a><span class=author>Автор</span>").authors() == ["Анна Ким"]


def test_the_lead_is_named_so_or_matches_the_description(make: Any) -> None:
    lead = "Триста молодых клёнов высадят вдоль реки уже этой весной."
    assert text_of(visible_fields(make, f'<div class="article__lead">{lead}</div>').lead("")) == lead
    assert visible_fields(make, f'<div class="subtitle">{lead}</div>').lead("Чистят пруд.") is None
    assert text_of(visible_fields(make, f'<div class="subtitle">{lead}</div>').lead("")) == lead  # nothing speaks against it
    assert text_of(visible_fields(make, f'<div class="subtitle">{lead}</div>').lead("Триста молодых клёнов…")) == lead
    assert visible_fields(make, '<div class="lead">Коротко.</div>').lead("") is None
    assert visible_fields(make, f'<a class="lead" href="/other">{lead}</a>').lead("") is None
    assert visible_fields(make, body=f'<div class="lead">{lead}</div>').lead("") is not None
    assert visible_fields(make, body=f'{make.paragraph}<div class="lead">{lead}</div>').lead("") is None


def test_dates_of_time_elements_and_of_named_ones(make: Any) -> None:
    meta = '<time datetime="2026-03-03T05:00:00+05:00">3 марта, 05:00</time><i class="news-date">3 марта 2026</i><i class="views">1245</i>'
    assert list(VisibleDates(visible_fields(make, meta)).dates()) == [
        RawDate("2026-03-03T05:00:00+05:00", "time"),
        RawDate("3 марта, 05:00", "time"),
        RawDate("3 марта 2026", "selector:i.news-date"),
    ]
    assert list(VisibleDates(visible_fields(make, '<span class="date">1245</span>')).dates()) == []
    assert list(VisibleDates(visible_fields(make, "<time>2 часа назад</time>")).dates()) == [RawDate("2 часа назад", "time")]


def test_a_date_near_the_headline_is_read_but_not_the_clock_of_the_site_header(make: Any) -> None:
    assert (
        VisibleDates(visible_fields(make, "<span>3 марта 2026 г. 5:00</span><span>919</span>")).date_near_headline()
        == "3 марта 2026 г. 5:00"
    )
    assert VisibleDates(visible_fields(make)).date_near_headline() == ""
    whole = make.page(make.html(f'<div class="top">Понедельник, 02 Февраля 2026</div><h1>Парк у реки расширят</h1>{make.paragraph}'))
    fields = VisibleDates(VisibleFields(whole.tree.find("body"), whole.select("h1")[0]))
    assert fields.date_near_headline() == ""
    assert list(fields.dates()) == []
