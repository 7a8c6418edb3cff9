from __future__ import annotations

from typing import Any

import pytest

from pipelines.extraction.bounds import HEADLINE
from pipelines.extraction.extract import extract
from pipelines.extraction.headlines import printed_headline, stated_headline
from pipelines.page import text_of
from pipelines.rules import Layout

TITLE = "Парк у реки расширят этой весной"
LONG = "Парк у реки, о котором спорили двадцать лет, " * 40 + "расширят"


def title_of(make: Any, inner: str, head: str = "", title: str = TITLE) -> str:
    page = make.html(f"{inner}<div class=article__text>{make.paragraph * 3}</div>", head, title)
    read: str = extract(make.draft(make.page(page))).reading.title
    return read


def og(title: str) -> str:
    return f'<meta property="og:title" content="{title}">'


def test_the_headline_is_the_one_that_the_page_states(make: Any) -> None:
    page = make.page(make.html("<h1>Вестник</h1><h1>Парк у реки расширят</h1><h1>Погода</h1>"))
    found = printed_headline(page.tree, ["Парк у реки расширят: что известно"], "", frozenset({"вестник"}))
    assert found is not None
    assert text_of(found) == "Парк у реки расширят"
    assert printed_headline(page.tree, ["Совсем другое"], "", frozenset()) is None
    assert printed_headline(make.page("<h1>Одна</h1>").tree, [], "", frozenset()) is not None


@pytest.mark.parametrize(
    ("inner", "title"),
    [
        ("<div class=t>{0}</div>", "{0} | Новости города - Наш край"),
        ("<h2>{0}</h2>", "Наш край: {0}"),
        ("<td><b>{0}</b></td>", '{0} / ИА "Край", 17 января 2012'),
        ("<font>{0}</font>", "{0} - новость из рубрики Общество, обсуждение на Крае."),
        ("<span>{0}</span>", "{0} :: Областное Агентство :: Новый взгляд"),
    ],
)
def test_without_h1_the_headline_is_the_part_of_the_title_that_the_page_prints(make: Any, inner: str, title: str) -> None:
    assert title_of(make, inner.format(TITLE), title=title.format(TITLE)) == TITLE
    assert title_of(make, "<div>Другое</div>", title=title.format(TITLE)) == title.format(TITLE)  # nothing proves a part: nothing is cut


def test_links_to_other_articles_are_no_headline(make: Any) -> None:
    assert title_of(make, f"<a href=/1><span>{TITLE}</span></a>", title=f"{TITLE} | Край") == f"{TITLE} | Край"


@pytest.mark.parametrize(
    "inner",
    [
        '<h1><span class="rubric">Город</span> {0} <small>1245</small></h1>',
        '<h1><span class="live-badge">LIVE</span> {0}</h1>',
        "<h1><span>{0}</span><a>Новинки</a><a>США</a></h1>",
        "<h1>{0}<time>3 марта</time></h1>",
    ],
)
def test_badges_and_counters_are_removed_from_a_headline(make: Any, inner: str) -> None:
    assert title_of(make, inner.format(TITLE)) == TITLE


def test_a_part_of_a_headline_is_kept_if_only_a_shorter_declaration_lacks_it(make: Any) -> None:
    assert title_of(make, f"<h1>{TITLE} <span>и осенью</span></h1>", og(TITLE)) == f"{TITLE} и осенью"
    assert title_of(make, f"<h1>{TITLE} <a href=/1>и осенью</a></h1>", og("Парк"), "Парк") == f"{TITLE} и осенью"


def test_a_complete_headline_is_preferred_to_a_truncated_declaration(make: Any) -> None:
    assert title_of(make, "", og("Парк у реки расширят…"), f"{TITLE} | Вестник") == TITLE
    assert title_of(make, f"<h1>{TITLE}</h1>", og("Парк у реки расширят…"), "Вестник") == TITLE
    assert stated_headline(["Парк у реки…"], "Другое") == "Парк у реки…"


def test_a_long_headline_is_never_cut(make: Any) -> None:
    assert len(LONG) > 1500
    assert title_of(make, f"<h1>{LONG}</h1>", title=LONG) == LONG
    assert title_of(make, "", og(LONG), title="Вестник") == LONG


def test_an_implausibly_long_headline_is_replaced_by_the_next_candidate(make: Any) -> None:
    monster = "А" * (HEADLINE + 2)
    assert title_of(make, f"<h1>{monster}</h1>") == TITLE
    assert title_of(make, "", og(monster)) == TITLE
    body = f"<h1>{monster}</h1><div class=article__text>{make.paragraph * 3}</div>"
    cut = extract(make.draft(make.page(make.html(body, og(monster), title=monster)))).reading
    assert (cut.title, cut.cuts) == ("А" * 500, ("headline cut to 500 characters",))


def test_the_first_selected_headline_with_words_is_used(make: Any) -> None:
    page = make.html(f"<h2 class=t> </h2><h2 class=t>{TITLE}</h2>{make.paragraph * 3}", title="Вестник")
    assert extract(make.draft(make.page(page), Layout({"title": ".t"}))).reading.title == TITLE


@pytest.mark.parametrize("of_the_site", ["", "Вестник", "Газета Вестник"])
def test_a_title_that_names_the_site_only_loses_against_the_only_h1(make: Any, of_the_site: str) -> None:
    assert title_of(make, "<h1>Мост откроют осенью</h1>", title=of_the_site) == "Мост откроют осенью"
