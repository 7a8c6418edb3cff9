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


def surroundings(make: Any, meta: str = "", body: str = "") -> VisibleFields:
    inner = PAGE.format(meta=meta, body=f"<div id=body>{body}{make.paragraph * 3}</div>")
    page = make.page(make.html(inner))
    return VisibleFields(page.select("#body")[0], page.select("h1")[0])


def test_rubric_tags_and_byline_stand_around_the_body(make: Any) -> None:
    around = surroundings(make, '<span class="article__author">Анна Ким</span>')
    assert around.section() == "Город"
    assert around.tags() == ["#парк", "#река"]
    assert around.authors() == ["Анна Ким"]
    assert text_of(around.scope).startswith("Город Парк у реки")


def test_a_byline_may_stand_at_the_end_of_the_body_but_not_with_other_articles(make: Any) -> None:
    assert surroundings(make, body='<p class="author">Анна Ким</p>').authors() == ["Анна Ким"]
    assert surroundings(make, '<div class="comments"><b class="author">Читатель</b></div>').authors() == []
    assert surroundings(make, "<div class=byline><a href=/1>Анна Ким</a><a href=/2>Ержан Оспанов</a></div>").authors() == [
        "Анна Ким",
        "Ержан Оспанов",
    ]
    assert surroundings(make, "<a rel=author href=/1>Анна Ким</a><span class=author>Автор</span>").authors() == ["Анна Ким"]


def test_the_lead_is_named_so_or_is_what_the_description_says(make: Any) -> None:
    lead = "Триста молодых клёнов высадят вдоль реки уже этой весной."
    assert text_of(surroundings(make, f'<div class="article__lead">{lead}</div>').lead("")) == lead
    assert surroundings(make, f'<div class="subtitle">{lead}</div>').lead("Чистят пруд.") is None
    assert text_of(surroundings(make, f'<div class="subtitle">{lead}</div>').lead("")) == lead  # nothing speaks against it
    assert text_of(surroundings(make, f'<div class="subtitle">{lead}</div>').lead("Триста молодых клёнов…")) == lead
    assert surroundings(make, '<div class="lead">Коротко.</div>').lead("") is None
    assert surroundings(make, f'<a class="lead" href="/other">{lead}</a>').lead("") is None
    assert surroundings(make, body=f'<div class="lead">{lead}</div>').lead("") is not None
    assert surroundings(make, body=f'{make.paragraph}<div class="lead">{lead}</div>').lead("") is None


def test_dates_of_time_elements_and_of_named_ones(make: Any) -> None:
    meta = '<time datetime="2026-03-03T05:00:00+05:00">3 марта, 05:00</time><i class="news-date">3 марта 2026</i><i class="views">1245</i>'
    assert list(VisibleDates(surroundings(make, meta)).dates()) == [
        RawDate("2026-03-03T05:00:00+05:00", "time"),
        RawDate("3 марта, 05:00", "time"),
        RawDate("3 марта 2026", "selector:i.news-date"),
    ]
    assert list(VisibleDates(surroundings(make, '<span class="date">1245</span>')).dates()) == []
    assert list(VisibleDates(surroundings(make, "<time>2 часа назад</time>")).dates()) == [RawDate("2 часа назад", "time")]


def test_a_bare_date_near_the_headline_is_found_and_the_masthead_s_clock_is_not(make: Any) -> None:
    assert (
        VisibleDates(surroundings(make, "<span>3 марта 2026 г. 5:00</span><span>919</span>")).date_near_headline() == "3 марта 2026 г. 5:00"
    )
    assert VisibleDates(surroundings(make)).date_near_headline() == ""
    whole = make.page(make.html(f'<div class="top">Понедельник, 02 Февраля 2026</div><h1>Парк у реки расширят</h1>{make.paragraph}'))
    around = VisibleDates(VisibleFields(whole.tree.find("body"), whole.select("h1")[0]))
    assert around.date_near_headline() == ""
    assert list(around.dates()) == []
