from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.extraction.jsonld import Statements, read_statements
from pipelines.page import Page

VALUES = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["@type", "@id", "@graph", "name", "author", "headline", "image", "item"]), inner)
    ),
    max_leaves=12,
)


def statements(make: Any, *scripts: object, url: str = "") -> Statements:
    texts = [script if isinstance(script, str) else json.dumps(script, ensure_ascii=False) for script in scripts]
    page: Page = make.page(make.html(head="".join(f'<script type="application/ld+json">{text}</script>' for text in texts)))
    return read_statements(page.tree, url or page.url)


def test_an_article_in_a_graph_with_references(make: Any) -> None:
    found = statements(
        make,
        {
            "@graph": [
                {"@type": "WebSite", "name": "Сайт"},
                {
                    "@type": ["Thing", "NewsArticle"],
                    "headline": "Парк &amp; река",
                    "author": {"@id": "#a"},
                    "publisher": {"@type": "Organization", "name": "Вестник"},
                    "keywords": ["парк", {"@type": "DefinedTerm", "name": "река"}],
                    "image": ["https://a.example/1.jpg", {"url": "https://a.example/2.jpg", "caption": "Вид"}],
                },
                {"@type": "Person", "@id": "#a", "name": "Анна Ким"},
            ]
        },
    )
    assert found.text("headline") == "Парк & река"
    assert found.people() == ["Анна Ким"]
    assert found.organisations() == ["Вестник"]
    assert found.texts("keywords") == ["парк", "река"]
    assert found.images() == [("https://a.example/1.jpg", ""), ("https://a.example/2.jpg", "Вид")]


def test_an_organisation_is_no_author(make: Any) -> None:
    article = {
        "@type": "NewsArticle",
        "author": [{"@type": "Organization", "name": "Агентство"}, {"@type": "Person", "name": ["Анна Ким"]}],
    }
    assert statements(make, article).people() == ["Анна Ким"]


def test_the_page_s_own_article_is_chosen(make: Any) -> None:
    others = {"@type": "ItemList", "itemListElement": [{"@type": "NewsArticle", "headline": "Из списка"}]}
    first, own = (
        {"@type": "Article", "headline": "Чужая"},
        {"@type": "Article", "headline": "Своя", "mainEntityOfPage": {"@id": make.url + "/"}},
    )
    assert statements(make, others, first).text("headline") == "Чужая"
    assert statements(make, first, own).text("headline") == "Своя"
    assert statements(make, others).text("headline") == ""
    assert statements(make, {"@type": "WebPage", "datePublished": "2026-03-03"}).text("datePublished") == "2026-03-03"


def test_breadcrumbs(make: Any) -> None:
    trail = {"@type": "BreadcrumbList", "itemListElement": [{"name": "Главная"}, {"item": {"name": "Город"}}, "x", {"position": 3}]}
    assert statements(make, trail).breadcrumbs == ("Главная", "Город")


def test_dates_are_saved_from_a_broken_script(make: Any) -> None:
    found = statements(make, '{"@type":"NewsArticle","headline":"Парк "у реки"","datePublished":"2026-03-03T05:00:00+05:00",}')
    assert found.text("datePublished") == "2026-03-03T05:00:00+05:00"
    assert statements(make, '//<![CDATA[\n{"@type":"Article","headline":"Парк"}\n//]]>').text("headline") == "Парк"


@pytest.mark.parametrize(
    "script",
    [
        "[" * 50_000,
        '{"a":' * 50_000,
        '{"@type":"Article","n":' + "9" * 6000 + "}",
        '{"@type":"Article","headline":NaN,"author":-Infinity}',
        "null",
        "5",
        '"x"',
        "",
        '{"@type":"Article","@id":"a","author":{"@id":"a"},"publisher":{"@id":"a"}}',
        '{"@type":{"@type":[]},"headline":{"headline":[]}}',
    ],
)
def test_hostile_scripts_state_nothing(make: Any, script: str) -> None:
    found = statements(make, script)
    assert found.text("headline") == ""
    assert found.people() == []


@settings(max_examples=60, deadline=None)
@given(value=VALUES)
def test_any_json_is_survived(value: object) -> None:
    page = Page("https://a.example/", b"", "", None)  # type: ignore[arg-type]
    script = page.tree.makeelement("script", {"type": "application/ld+json"})
    script.text = json.dumps(value).replace("\\u0000", "")
    page.tree.append(script)
    found = read_statements(page.tree, page.url)
    assert all(isinstance(text, str) for text in (found.text("headline"), *found.people(), *found.organisations(), *found.breadcrumbs))
    assert all(isinstance(address, str) for address, _ in found.images())
